"""What the management API sends about jobs."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.api.work.outputs import CategoryOutput, NamedOutput
from labeling.instructions import render_instructions
from labeling.models import DataObject
from maskwright.core.api.fields import KeptText
from maskwright.core.wording import reword


class JobRowOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="job.pk")
    name = serializers.CharField(source="job.name")
    state = serializers.CharField(source="job.state")
    failure_reason = KeptText(source="job.failure_reason")
    work_team = NamedOutput(source="job.work_queue.work_team", allow_null=True)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    created_at = serializers.DateTimeField(source="job.created_at")
    started_at = serializers.DateTimeField(source="job.started_at", allow_null=True)
    ended_at = serializers.DateTimeField(source="job.ended_at", allow_null=True)


class JobOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="job.pk")
    name = serializers.CharField(source="job.name")
    state = serializers.CharField(source="job.state")
    ground_truth_status = serializers.CharField()
    failure_reason = KeptText(source="job.failure_reason")
    task_type = serializers.CharField(source="job.task_type")
    prior_attribute_name = serializers.CharField(source="job.prior_attribute_name", help_text="What it begins with.")
    label_attribute_name = serializers.CharField(source="job.label_attribute_name")
    input_uri = serializers.CharField(source="job.input_uri")
    input_filter = serializers.CharField(source="job.input_filter")
    sample_percent = serializers.IntegerField(source="job.sample_percent")
    output_uri = serializers.CharField(source="job.output_uri")
    output_manifest_uri = serializers.CharField()
    label_set = NamedOutput(source="job.label_set", allow_null=True)
    task_template = NamedOutput(source="job.task_template", allow_null=True)
    work_team = NamedOutput(source="queue.work_team", allow_null=True)
    review_team = NamedOutput(source="queue.review_team", allow_null=True)
    review_share = serializers.FloatField(source="job.review_share")
    gold_rate = serializers.FloatField(source="job.gold_rate")
    is_qualification = serializers.BooleanField(source="job.is_qualification")
    qualification_skill = serializers.CharField(source="job.qualification_skill")
    qualification_iou = serializers.FloatField(source="job.qualification_iou")
    work_queue = serializers.UUIDField(source="queue.pk", help_text="What a grant to a vendor names.")
    number_of_labelers = serializers.IntegerField(source="queue.labelers_wanted")
    time_limit_seconds = serializers.IntegerField(source="queue.time_limit_seconds")
    max_concurrent = serializers.IntegerField(source="queue.window")
    priority = serializers.IntegerField(source="queue.priority")
    deadline = serializers.DateTimeField(source="queue.deadline", allow_null=True)
    policy = serializers.CharField(source="queue.policy")
    required_skills = serializers.DictField(source="queue.required_skills", child=serializers.IntegerField())
    hold_seconds = serializers.IntegerField(source="queue.hold_seconds")
    max_open_claims = serializers.IntegerField(source="queue.max_open_claims")
    max_declines = serializers.IntegerField(source="queue.max_declines", allow_null=True)
    idle_seconds = serializers.IntegerField(source="queue.idle_seconds")
    availability_seconds = serializers.IntegerField(source="queue.availability_seconds", allow_null=True)
    consolidation_rule = serializers.CharField(source="job.consolidation_rule")
    start_when_ready = serializers.BooleanField(source="job.start_when_ready")
    revision = serializers.IntegerField(source="job.revision")
    title = serializers.CharField(source="revision.title")
    instructions = serializers.CharField(source="revision.instructions")
    instructions_html = serializers.SerializerMethodField()
    tools = serializers.ListField(child=serializers.CharField(), source="revision.tools")
    allow_empty = serializers.BooleanField(source="revision.allow_empty")
    allow_impossible = serializers.BooleanField(source="revision.allow_impossible")
    require_full_coverage = serializers.BooleanField(source="revision.require_full_coverage")
    categories = CategoryOutput(source="revision.categories", many=True)
    created_at = serializers.DateTimeField(source="job.created_at")
    started_at = serializers.DateTimeField(source="job.started_at", allow_null=True)
    ended_at = serializers.DateTimeField(source="job.ended_at", allow_null=True)
    manifest_written_at = serializers.DateTimeField(source="job.manifest_written_at", allow_null=True)

    def get_instructions_html(self, detail: Any) -> str:
        return render_instructions(detail.revision.instructions)


class AnswersOutput(serializers.Serializer[Any]):
    accepted = serializers.IntegerField(source="answers")
    wanted = serializers.IntegerField()


class IntakeOutput(serializers.Serializer[Any]):
    checked = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True, help_text="Null while the input is still being read.")
    unusable = serializers.IntegerField()


class TaskCountsOutput(serializers.Serializer[Any]):
    total = serializers.SerializerMethodField()
    waiting = serializers.IntegerField()
    open = serializers.IntegerField()
    consolidating = serializers.IntegerField()
    reviewing = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()

    def get_total(self, tasks: dict[str, int]) -> int:
        return sum(tasks.values())


class ProgressOutput(serializers.Serializer[Any]):
    """`total`, `usable`, `unusable` count lines of the input; the others count tasks, also gathered in `tasks`."""

    state = serializers.CharField()
    total = serializers.IntegerField()
    usable = serializers.IntegerField()
    unusable = serializers.IntegerField()
    waiting = serializers.IntegerField(source="tasks.waiting")
    open = serializers.IntegerField(source="tasks.open")
    consolidating = serializers.IntegerField(source="tasks.consolidating")
    reviewing = serializers.IntegerField(source="tasks.reviewing")
    done = serializers.IntegerField(source="tasks.done")
    failed = serializers.IntegerField(source="tasks.failed")
    tasks = TaskCountsOutput()
    answers = AnswersOutput(source="*")
    claimed = serializers.IntegerField(help_text="Live assignments: one photo may have several.")
    labeling = serializers.IntegerField(help_text="Photos that somebody labels at this moment; at most `open`.")
    in_review = serializers.IntegerField(help_text="Photos that a reviewer holds at this moment.")
    labelers_active = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    estimated_end = serializers.DateTimeField(allow_null=True)
    intake = IntakeOutput(allow_null=True)


class LeftOutOutput(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    names = serializers.ListField(child=serializers.CharField())


class PreflightOutput(serializers.Serializer[Any]):
    """`reasons`, `warnings`: numbers by code. The objects of a reason: `objects?problem=<code>`.

    `not_required`: those of which the pre-annotation function says that nobody need label them; `function_error`: why
    it does not answer just now. `not_chosen`: what the job's filter or sample leaves out. `left_out`: how many files
    below a prefix are no photos, and the addresses of the first; all: `preflight/left-out`.
    """

    state = serializers.CharField()
    failure_reason = KeptText()
    lines = serializers.IntegerField(source="intake_lines")
    done_at = serializers.DateTimeField(source="intake_done_at", allow_null=True)
    usable = serializers.SerializerMethodField()
    unusable = serializers.SerializerMethodField()
    already_labeled = serializers.SerializerMethodField()
    not_required = serializers.SerializerMethodField()
    not_chosen = serializers.SerializerMethodField()
    function_error = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()
    left_out = serializers.SerializerMethodField()

    def get_usable(self, job: Any) -> int:
        return int(job.preflight.get("usable", 0))

    def get_unusable(self, job: Any) -> int:
        return int(job.preflight.get("unusable", 0))

    def get_already_labeled(self, job: Any) -> int:
        return int(job.preflight.get("already_labeled", 0))

    def get_not_required(self, job: Any) -> int:
        return int(job.preflight.get("not_required", 0))

    def get_not_chosen(self, job: Any) -> int:
        return int(job.preflight.get("not_chosen", 0))

    def get_function_error(self, job: Any) -> str:
        return reword(str(job.preflight.get("function_error", "")))

    def get_reasons(self, job: Any) -> dict[str, int]:
        return dict(job.preflight.get("reasons", {}))

    def get_warnings(self, job: Any) -> dict[str, int]:
        return dict(job.preflight.get("warnings", {}))

    @extend_schema_field(LeftOutOutput)
    def get_left_out(self, job: Any) -> dict[str, Any]:
        return job.preflight.get("left_out") or {"count": 0, "names": []}


class FollowUpOutput(serializers.Serializer[Any]):
    how = serializers.CharField()
    photos = serializers.IntegerField(help_text="How many it would ask about.")


class FollowUpsOutput(serializers.Serializer[Any]):
    labeled = serializers.IntegerField(help_text="Lines of the job's output that have its label.")
    unlabeled = serializers.IntegerField()
    has_output = serializers.BooleanField(help_text="Without output manifest it can only be cloned.")
    follow_ups = FollowUpOutput(many=True)


class GrantedJobRowOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.CharField()


class GrantedPhotoOutput(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    url = serializers.SerializerMethodField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()

    def get_url(self, item: DataObject) -> str:
        return reverse("object_image", args=[item.pk])


class GrantedJobOutput(serializers.Serializer[Any]):
    """A customer's job as its vendor sees it: nothing of storages, answers or files."""

    id = serializers.UUIDField(source="job.pk")
    name = serializers.CharField(source="job.name")
    state = serializers.CharField(source="job.state")
    title = serializers.CharField(source="revision.title")
    instructions_html = serializers.SerializerMethodField()
    categories = CategoryOutput(source="revision.categories", many=True)
    tasks = TaskCountsOutput()
    preview = serializers.BooleanField()
    photos = GrantedPhotoOutput(many=True)

    def get_instructions_html(self, granted: Any) -> str:
        return render_instructions(granted.revision.instructions)
