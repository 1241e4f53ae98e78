"""Quality of people: gold tasks with their truths, scores of answers, rules and what they did, qualifications."""

from typing import ClassVar, Self

from django.db import models

from labeling.models.annotation import Annotation
from labeling.models.job import LabelingJob, Task
from labeling.states import EventState, GoldSource, ScoreKind
from maskwright.core.models import TenantForeignKey, TenantManager, TenantModel, TenantOneToOneField
from workforce.models import Worker


class GoldTask(TenantModel):
    """The truth of a gold task: an indexed PNG under `sha256`. Nobody but its owner reads it.

    `origin_item_id` is the work item of the object it was made of: whoever has had that never gets this. `removed_at`:
    it is given to nobody any more; what was scored with it stays.
    """

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="gold_tasks")
    task = TenantOneToOneField(Task, on_delete=models.CASCADE, related_name="gold")
    source = models.CharField(max_length=12, choices=GoldSource)
    origin_item_id = models.UUIDField()
    image_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    raster_sha256 = models.CharField(max_length=64)
    created_by = models.UUIDField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "job", "image_sha256"],
                condition=models.Q(removed_at=None),
                name="gold_photo_once",
            )
        ]
        indexes = [models.Index(fields=["organization_id", "sha256"], name="gold_blob")]

    def __str__(self) -> str:
        return f"gold {self.pk}"


class AnswerScore(TenantModel):
    """How far an answer agrees with a gold task's truth, or with what was consolidated of it.

    `classes`: index -> [pixels both agree on, pixels either has]; `confusions`: [truth, answer, pixels], most first.
    The customer's row; the person's employer (`vendor_id`) reads it.
    """

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="+")
    annotation = TenantForeignKey(Annotation, on_delete=models.CASCADE, related_name="scores")
    claim_id = models.UUIDField()
    worker = TenantForeignKey(Worker, on_delete=models.CASCADE, related_name="+")
    vendor_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=10, choices=ScoreKind)
    mean_iou = models.FloatField()
    accuracy = models.FloatField()
    classes = models.JSONField(default=dict)
    confusions = models.JSONField(default=list)
    scored_at = models.DateTimeField()

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_vendor="vendor_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "annotation", "kind"], name="answer_score_once")
        ]
        indexes = [models.Index(fields=["job", "worker", "kind", "-scored_at"], name="answer_score_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mean_iou:.3f}"


class QualityRule(TenantModel):
    """A rule of a job, as `labeling.quality.Rule` has it; in the order of `number`."""

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="quality_rules")
    number = models.PositiveSmallIntegerField()
    collector = models.CharField(max_length=20)
    condition = models.CharField(max_length=20)
    limit = models.FloatField()
    at_least = models.PositiveSmallIntegerField(default=1)
    collector_settings = models.JSONField(default=dict)
    action = models.CharField(max_length=20)
    action_settings = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["job", "number"], name="quality_rule_job")]

    def __str__(self) -> str:
        return f"{self.collector} {self.condition} {self.limit}"


class QualityEvent(TenantModel):
    """A rule acted on a person at `at`; the rule looks at nothing older of him again, also when it was undone.

    `rule` is the rule as it was then, `outcome` what its undoing needs: {pause}, or {skill, before, after}.
    The customer's row; the person's employer (`vendor_id`) reads it.
    """

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="quality_events")
    rule_id = models.UUIDField()
    rule = models.JSONField()
    worker = TenantForeignKey(Worker, on_delete=models.CASCADE, related_name="+")
    vendor_id = models.UUIDField(null=True)
    value = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    count = models.PositiveIntegerField()
    outcome = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=EventState, default=EventState.DONE)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_vendor="vendor_id")

    class Meta:
        indexes = [
            models.Index(fields=["job", "-at"], name="quality_event_job"),
            models.Index(fields=["worker", "rule_id", "-at"], name="quality_event_person"),
        ]

    def __str__(self) -> str:
        return f"event {self.pk}"


class Qualification(TenantModel):
    """How a person did in a qualification job, once he has answered all of it; `level` is 0 to 100.

    The customer's row; the person's employer (`vendor_id`) reads it, whose skill it becomes when he passed.
    """

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="qualifications")
    worker = TenantForeignKey(Worker, on_delete=models.CASCADE, related_name="+")
    vendor_id = models.UUIDField(null=True)
    mean_iou = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    count = models.PositiveIntegerField()
    has_passed = models.BooleanField()
    skill = models.CharField(max_length=63)
    level = models.PositiveSmallIntegerField()

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_vendor="vendor_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "job", "worker"], name="qualification_once")]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"
