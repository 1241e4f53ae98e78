"""Functions that an organization connects: what stands behind an ARN, which job uses it, what it was asked."""

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from labeling.models.job import DataObject, LabelingJob
from maskwright.core.models import TenantForeignKey, TenantManager, TenantModel, TenantOneToOneField
from workforce.models import WorkQueue


class FunctionKind(models.TextChoices):
    BUILTIN = "builtin", _("built-in")
    WEBHOOK = "webhook", _("webhook")
    ENTRY_POINT = "entry_point", _("installed Python function")


class FunctionRole(models.TextChoices):
    PRE = "pre", _("pre-annotation")
    CONSOLIDATION = "consolidation", _("consolidation")


class CallState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class LabelingFunction(TenantModel):
    """What answers for an ARN. `target`: a built-in's task type, a webhook's address, or an entry point's name."""

    arn = models.CharField(max_length=2048)
    kind = models.CharField(max_length=12, choices=FunctionKind)
    target = models.CharField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    #: Of a webhook; encrypted, never shown after it was made.
    secret = models.BinaryField(default=b"", editable=False)
    timeout_seconds = models.PositiveSmallIntegerField(default=30)
    #: Data objects in one call of a consolidation function.
    batch_size = models.PositiveSmallIntegerField(default=10)
    last_called_at = models.DateTimeField(null=True, editable=False)
    #: "" when the last call was answered well.
    last_error = models.CharField(max_length=1024, blank=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "arn"], name="labeling_function_arn_once")]

    def __str__(self) -> str:
        return self.arn.rpartition(":function:")[2] or self.arn


class JobFunctions(TenantModel):
    """The functions that a job uses beside the built-in ones; ARNs as its order named them."""

    job = TenantOneToOneField(LabelingJob, on_delete=models.CASCADE, related_name="functions")
    pre_arn = models.CharField(max_length=2048, blank=True)
    pre_function = TenantForeignKey(LabelingFunction, null=True, related_name="+")
    consolidation_arn = models.CharField(max_length=2048, blank=True)
    consolidation_function = TenantForeignKey(LabelingFunction, null=True, related_name="+")

    def __str__(self) -> str:
        return f"functions of {self.job_id}"


class FunctionCall(TenantModel):
    """What a function is asked about one data object, and its answer. One row however often it is asked.

    `generation` is the task's, of a consolidation. `answer`: `{"task_input": {...}, "is_required": bool}` of
    pre-annotation; of a consolidation what it said, once it was found right.
    """

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="+")
    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="+")
    data_object = TenantForeignKey(DataObject, on_delete=models.CASCADE, related_name="function_calls")
    index = models.PositiveIntegerField()  # the data object's, for the order
    role = models.CharField(max_length=13, choices=FunctionRole)
    generation = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=CallState, default=CallState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    error = models.CharField(max_length=1024, blank=True)
    answer = models.JSONField(null=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "data_object", "role", "generation"], name="function_call_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["job", "role", "next_at"],
                condition=models.Q(state="waiting"),
                name="function_call_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} of object {self.index}"
