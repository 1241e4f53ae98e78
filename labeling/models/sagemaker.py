"""What the SageMaker API keeps beside our own rows: requests as they were given, details of teams, tags, templates."""

from django.db import models

from labeling.models.job import LabelingJob
from maskwright.core.models import TenantModel, TenantOneToOneField
from workforce.models import Workforce, WorkTeam


class SageMakerCall(TenantModel):
    """A change that was made by a signed request, with its answer, so that the same request is not obeyed twice.

    `call`: the client's id of the invocation, which a retry repeats; its signature where it sends none. Kept for an
    hour, longer than any signature holds.
    """

    call = models.CharField(max_length=100)
    signature = models.CharField(max_length=64)
    operation = models.CharField(max_length=60)
    body_sha256 = models.CharField(max_length=64)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "call"], name="sagemaker_call_once")]
        indexes = [
            models.Index(fields=["organization_id", "signature"], name="sagemaker_signature"),
            models.Index(fields=["organization_id", "created_at"], name="sagemaker_call_age"),
        ]

    def __str__(self) -> str:
        return self.operation


class LabelingRequest(TenantModel):
    """The CreateLabelingJob request that a job was made by, without its tags."""

    job = TenantOneToOneField(LabelingJob, on_delete=models.CASCADE, related_name="labeling_request")
    request = models.JSONField()

    def __str__(self) -> str:
        return f"request of {self.job_id}"


class WorkforceDetail(TenantModel):
    """The private workforce under the name that CreateWorkforce gave it. `settings`: its configuration, no secrets."""

    workforce = TenantOneToOneField(Workforce, on_delete=models.CASCADE, related_name="sagemaker_detail")
    name = models.CharField(max_length=63)
    settings = models.JSONField(default=dict)
    client_secret = models.BinaryField(default=b"", editable=False)  # of OIDC; encrypted, never shown again
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization_id", models.functions.Lower("name"), name="workforce_detail_name")
        ]

    def __str__(self) -> str:
        return self.name


class TeamDetail(TenantModel):
    """Members, notification and access as CreateWorkteam or UpdateWorkteam gave them."""

    work_team = TenantOneToOneField(WorkTeam, on_delete=models.CASCADE, related_name="sagemaker_detail")
    settings = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"details of {self.work_team_id}"


class TaskUi(TenantModel):
    """A human task UI: a worker task template that is kept here under a name."""

    name = models.CharField(max_length=63)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "name"], name="task_ui_name_once")]

    def __str__(self) -> str:
        return self.name


class TagOf(models.TextChoices):
    """The kinds of ARNs that carry tags."""

    LABELING_JOB = "labeling-job"
    WORKTEAM = "workteam"
    WORKFORCE = "workforce"
    HUMAN_TASK_UI = "human-task-ui"


class ResourceTag(TenantModel):
    """A tag: a key and a value on one of our rows."""

    kind = models.CharField(max_length=20, choices=TagOf)
    resource_id = models.UUIDField()
    key = models.CharField(max_length=128)
    value = models.CharField(max_length=256, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "resource_id", "key"], name="resource_tag_once")
        ]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
