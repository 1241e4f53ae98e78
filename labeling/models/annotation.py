"""Answers: drafts, annotations, and the consolidated annotation of a task."""

from typing import ClassVar, Self

from django.db import models

from labeling.models.job import LabelingJob, Task
from labeling.states import AnnotationKind, AnnotationState
from maskwright.core.models import TenantForeignKey, TenantManager, TenantModel
from workforce.models import Claim, Slot, Worker, WorkQueue
from workforce.states import Stage


class Draft(TenantModel):
    """A labeler's unfinished mask of a task; survives the claim, so that the same person goes on."""

    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="+")
    task = TenantForeignKey(Task, on_delete=models.CASCADE, related_name="drafts")
    worker = TenantForeignKey(Worker, related_name="+")
    seq = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    saved_at = models.DateTimeField()
    # Where it was painted: the client's own name of the window, and the device in words.
    window = models.CharField(max_length=80, blank=True, default="", db_default="")
    device = models.CharField(max_length=60, blank=True, default="", db_default="")

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "task", "worker"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft {self.seq}"


class DraftVersion(TenantModel):
    """What another window's draft took the place of: kept for its author until he has answered."""

    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="+")
    task = TenantForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    worker = TenantForeignKey(Worker, related_name="+")
    sha256 = models.CharField(max_length=64)
    saved_at = models.DateTimeField()
    window = models.CharField(max_length=80, blank=True)
    device = models.CharField(max_length=60, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "task", "worker", "sha256"], name="draft_version_once")
        ]

    def __str__(self) -> str:
        return f"draft version {self.pk}"


class Annotation(TenantModel):
    """One answer. `sha256` is of the received bytes, `raster_sha256` of width, height and indices.

    Only `state` changes after the submit, so a repeated submit gets its reply rebuilt word for word. A reviewer's
    answer has `stage` review: a verdict (kind `review`), or the mask as he repainted it.
    """

    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="+")
    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="annotations")
    task = TenantForeignKey(Task, on_delete=models.CASCADE, related_name="annotations")
    claim = TenantForeignKey(Claim, on_delete=models.CASCADE, related_name="+")
    slot = TenantForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    worker = TenantForeignKey(Worker, related_name="annotations")
    fencing_token = models.BigIntegerField()
    revision = models.PositiveIntegerField()
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.LABEL, db_default=Stage.LABEL)
    round = models.PositiveSmallIntegerField(default=1, db_default=1)
    idempotency_key = models.UUIDField()
    kind = models.CharField(max_length=10, choices=AnnotationKind)
    content = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    raster_sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=AnnotationState)
    active_seconds = models.FloatField(default=0.0)
    claimed_at = models.DateTimeField()
    submitted_at = models.DateTimeField()

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "slot"],
                condition=models.Q(state="accepted"),
                name="annotation_accepted_once",
            ),
            models.UniqueConstraint(
                fields=["organization_id", "job", "worker", "idempotency_key"], name="annotation_key_once"
            ),
        ]
        indexes = [
            models.Index(fields=["task", "state"], name="annotation_task"),
            models.Index(fields=["organization_id", "worker", "submitted_at"], name="annotation_worker"),
            models.Index(fields=["organization_id", "sha256"], name="annotation_blob"),
            models.Index(
                fields=["job", "submitted_at"], condition=models.Q(kind=AnnotationKind.CHOICE), name="annotation_choice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_counted(self) -> bool:
        """Whether it is one of the answers that make the result: neither sent back nor of a round given up."""
        return self.state == AnnotationState.ACCEPTED and self.stage == Stage.LABEL


class ConsolidatedAnnotation(TenantModel):
    """The answer of a task. `mask_uri` is where the indexed PNG lies in the output location."""

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="consolidated_annotations")
    task = TenantForeignKey(Task, on_delete=models.CASCADE, related_name="consolidated_annotations")
    generation = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    rule = models.CharField(max_length=60)
    annotation_ids = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    raster_sha256 = models.CharField(max_length=64)
    disagreement_sha256 = models.CharField(max_length=64, blank=True)
    mask_uri = models.CharField(max_length=1024)
    confidence = models.FloatField()
    details = models.JSONField(default=dict)  # per-class agreement, disputed share, categories of the revision
    creation_date = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "task", "generation"], name="consolidated_generation"),
            models.UniqueConstraint(
                fields=["organization_id", "task"],
                condition=models.Q(is_current=True),
                name="consolidated_current_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "sha256"], name="consolidated_blob"),
            models.Index(fields=["organization_id", "disagreement_sha256"], name="consolidated_heat_blob"),
        ]

    def __str__(self) -> str:
        return f"consolidated {self.task_id}"
