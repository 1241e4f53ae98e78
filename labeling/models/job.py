"""Labeling jobs, their revisions, data objects and tasks."""

from typing import ClassVar, Self, TypeVar

from django.db import models

from labeling.models.label_set import LabelSet
from labeling.models.task_template import TaskTemplate
from labeling.states import JobState, ReviewState, TaskState, TaskType
from maskwright.accounts.models import User
from maskwright.core.models import TenantForeignKey, TenantManager, TenantModel, TenantOneToOneField
from workforce.models import WorkItem, WorkQueue

_M = TypeVar("_M", bound=models.Model)


class OwnManager(TenantManager[_M]):
    """The job's own rows: gold tasks stand beside them and are found by `with_gold` alone."""

    def __init__(self, *, granted_queue: str, own: models.Q) -> None:
        super().__init__(granted_queue=granted_queue)
        self.own = own

    def get_queryset(self) -> models.QuerySet[_M]:
        return super().get_queryset().filter(self.own)


class LabelingJob(TenantModel):
    """A job as Ground Truth knows it. `input_uri` is a manifest or, ending in `/`, a prefix; `output_uri` a prefix."""

    name = models.CharField(max_length=63)
    label_attribute_name = models.CharField(max_length=127)
    task_type = models.CharField(
        max_length=15, choices=TaskType, default=TaskType.SEGMENTATION, db_default=TaskType.SEGMENTATION
    )
    # Of an adjustment or verification: the label attribute of the earlier job, whose masks it begins with.
    prior_attribute_name = models.CharField(max_length=127, blank=True, default="", db_default="")
    state = models.CharField(max_length=15, choices=JobState, default=JobState.INITIALIZING)
    failure_reason = models.CharField(max_length=1024, blank=True)
    input_uri = models.CharField(max_length=1024)
    output_uri = models.CharField(max_length=1024)
    label_set = TenantForeignKey(LabelSet, null=True, related_name="jobs")
    task_template = TenantForeignKey(TaskTemplate, null=True, related_name="jobs")
    work_queue = TenantOneToOneField(WorkQueue, related_name="labeling_job")
    revision = models.PositiveIntegerField(default=1)
    consolidation_rule = models.CharField(max_length=40, default="majority")
    # The share of consolidated results, 0 to 1, that the queue's review team looks at before they count.
    review_share = models.FloatField(default=0.0, db_default=0.0)
    # The share of a person's photos that are gold tasks, once he has had his first few.
    gold_rate = models.FloatField(default=0.1, db_default=0.1)
    # A qualification: everybody answers each gold task once, is shown his mistakes, and earns the skill above the IoU.
    is_qualification = models.BooleanField(default=False, db_default=False)
    qualification_skill = models.CharField(max_length=63, default="", db_default="", blank=True)
    qualification_iou = models.FloatField(default=0.7, db_default=0.7)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    start_when_ready = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Which images of the input are wanted (`labeling.manifests.subset`): names, a pattern a line, and a share of these.
    input_filter = models.TextField(default="", blank=True)
    sample_percent = models.PositiveSmallIntegerField(default=100)
    # Intake: how far the manifest or prefix has been read, so that a killed intake goes on.
    intake_lines = models.PositiveIntegerField(default=0)
    intake_cursor = models.TextField(default="", blank=True)
    intake_done_at = models.DateTimeField(null=True)
    preflight = models.JSONField(default=dict)  # {"usable": n, "unusable": n, "reasons": {code: n}}
    manifest_written_at = models.DateTimeField(null=True)
    # Ground Truth's stopping conditions: how many of its objects, or which percentage of them, people label at most.
    stop_after_objects = models.PositiveIntegerField(null=True, blank=True)
    stop_after_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    # Who writes the output manifest just now, and until when he is believed to live (`services.publishing`).
    manifest_run = models.UUIDField(null=True, editable=False)
    manifest_run_until = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        constraints = [
            models.UniqueConstraint("organization_id", models.functions.Lower("name"), name="labeling_job_name_once"),
            models.CheckConstraint(
                condition=models.Q(review_share__gte=0, review_share__lte=1), name="labeling_job_review_share"
            ),
            models.CheckConstraint(
                condition=models.Q(gold_rate__gte=0, gold_rate__lte=1), name="labeling_job_gold_rate"
            ),
            models.CheckConstraint(
                condition=models.Q(qualification_iou__gte=0, qualification_iou__lte=1),
                name="labeling_job_qualification_iou",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class JobRevision(TenantModel):
    """What a labeler is shown and asked, as of one change of the job. Never changed; claims name its number.

    `source`: its template in Liquid, if it has one; `is_framed`: labelers are shown that, not our own editor.
    `template_input`: what the template finds in `task.input` beside what belongs to each task.
    """

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="revisions")
    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    categories = models.JSONField()
    title = models.CharField(max_length=128)
    instructions = models.TextField(blank=True)
    source = models.TextField(default="", db_default="", blank=True)
    is_framed = models.BooleanField(default=False, db_default=False)
    template_input = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    tools = models.JSONField(default=list)
    allow_empty = models.BooleanField(default=True)
    allow_impossible = models.BooleanField(default=True)
    require_full_coverage = models.BooleanField(default=False)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "job", "number"], name="job_revision_once")]

    def __str__(self) -> str:
        return f"revision {self.number}"


class DataObject(TenantModel):
    """One line of the input: a photo, or why it cannot be used. `index` is the 0-based manifest line.

    A gold task's photo is none of the job's own: `objects` leaves it out, and its `index` is one of the job's, so that
    it looks like any other.
    """

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="data_objects")
    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="+")
    index = models.PositiveIntegerField()
    source_ref = models.CharField(max_length=1024)
    line = models.TextField()  # the manifest line as it came; pass-through keys are taken from here
    problem_code = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    format = models.CharField(max_length=4, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    bytes = models.BigIntegerField(null=True)
    image_sha256 = models.CharField(max_length=64, blank=True)
    is_gold = models.BooleanField(default=False, db_default=False)
    # Of an adjustment or verification: the earlier mask in this job's indices (its blob and its raster), and the
    # classes that a verification shows, which are the earlier job's.
    prior_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    prior_raster_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    prior_categories = models.JSONField(default=list, db_default=[])

    objects: ClassVar[OwnManager[Self]] = OwnManager(granted_queue="work_queue_id", own=models.Q(is_gold=False))
    with_gold: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "job", "index"],
                condition=models.Q(is_gold=False),
                name="data_object_index_once",
            )
        ]
        indexes = [
            models.Index(fields=["organization_id", "image_sha256"], name="data_object_photo"),
            models.Index(
                fields=["organization_id", "prior_sha256"],
                condition=~models.Q(prior_sha256=""),
                name="data_object_prior",
            ),
        ]

    def __str__(self) -> str:
        return f"object {self.index}"


class Task(TenantModel):
    """A data object on its way through the job. `generation` fences consolidation: an older run writes nothing.

    `consolidation_at` and `consolidation_revision` belong to the generation: its files carry the time in their names
    and the revision's colours, so that each run of it writes the same.
    """

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="tasks")
    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="+")
    data_object = TenantOneToOneField(DataObject, on_delete=models.CASCADE, related_name="task")
    work_item = TenantOneToOneField(WorkItem, on_delete=models.CASCADE, related_name="task")
    state = models.CharField(max_length=15, choices=TaskState, default=TaskState.WAITING)
    generation = models.PositiveIntegerField(default=0)
    review = models.CharField(max_length=10, choices=ReviewState, default="", db_default="", blank=True)
    consolidation_at = models.DateTimeField(null=True)
    consolidation_revision = models.PositiveIntegerField(null=True)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_reason = models.CharField(max_length=1024, blank=True)

    objects: ClassVar[OwnManager[Self]] = OwnManager(granted_queue="work_queue_id", own=~models.Q(state=TaskState.GOLD))
    with_gold: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        indexes = [models.Index(fields=["job", "state"], name="task_job_state")]
        constraints = [
            # The names of a job's consolidation files are times alone, in Ground Truth's layout.
            models.UniqueConstraint(
                fields=["organization_id", "job", "consolidation_at"], name="task_consolidation_once"
            )
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"


class JobCount(TenantModel):
    """How many tasks of a job are done and failed, in shards; kept by the database as tasks move, never by counting.

    Whoever moves a task adds to the shard of his own connection, so that two seldom wait for each other. A shard alone
    may be below zero; the job's number is the sum.
    """

    job = TenantForeignKey(LabelingJob, on_delete=models.CASCADE, related_name="counts")
    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="+")
    shard = models.PositiveSmallIntegerField()
    done = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "job", "shard"], name="job_count_once")]

    def __str__(self) -> str:
        return f"{self.done} done, {self.failed} failed"
