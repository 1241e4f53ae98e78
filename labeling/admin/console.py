"""What the console of a job shows: counts, the preflight report, settings, vendors, and what went wrong."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.admin.job_fields import RULES
from labeling.admin.job_next import next_step
from labeling.admin.words import reason
from labeling.models import DataObject, JobFunctions, LabelingJob, Task, Upload
from labeling.selectors.jobs import job_detail
from labeling.selectors.objects import UNUSABLE
from labeling.selectors.progress import job_progress
from labeling.states import JobState, TaskState
from labeling.storage import parse_address
from maskwright.core.wording import reword
from maskwright.organizations.admin_html import link, moment, thumbnail
from workforce.models import WorkQueue
from workforce.selectors import GrantRow

SHOWN_FAILURES = 10
SHOWN_PHOTOS = 8


def objects_url(job: LabelingJob, **filters: str) -> str:
    return f"{reverse('admin:labeling_dataobject_changelist')}?{urlencode({'job': str(job.pk), **filters})}"


def console_context(job: LabelingJob, grants: list[GrantRow]) -> dict[str, Any]:
    progress = job_progress(job.pk)
    detail = job_detail(job.pk)
    queue, revision = detail.queue, detail.revision
    failed = progress.tasks[TaskState.FAILED]
    return {
        "next_step": next_step(job, queue, grants, has_answers=bool(progress.answers or progress.labeling)),
        "progress": progress,
        "failures": _failures(job) if failed else [],
        "pictures": _pictures(job),
        "failed_count": failed,
        "failed_url": objects_url(job, state=TaskState.FAILED),
        "objects_url": objects_url(job),
        "reasons": _reasons(job),
        "unusable_url": objects_url(job, state=UNUSABLE),
        "preflight": job.preflight,
        "function_error": reword(str(job.preflight.get("function_error", ""))),
        "left_out": _left_out(job),
        "is_checking": job.state == JobState.INITIALIZING,
        "is_over": job.state in (JobState.STOPPED, JobState.COMPLETED),
        "manifest_uri": detail.output_manifest_uri if job.manifest_written_at else "",
        "archive_url": reverse("job_output_download", args=[job.pk]) if progress.tasks[TaskState.DONE] else "",
        "answers_url": reverse("job_answers_table", args=[job.pk]) if progress.answers else "",
        "manifest_url": reverse("job_output_manifest", args=[job.pk]) if progress.tasks[TaskState.DONE] else "",
        "grants": grants,
        "has_team": queue.work_team is not None,
        "revision": revision,
        "facts": [
            (_("Photos from"), _input(job)),
            *_subset(job),
            (_("Results to"), job.output_uri),
            *_task_type(job),
            (_("Label set"), _link("labeling_labelset", job.label_set)),
            (_("Task template"), _link("labeling_tasktemplate", job.task_template)),
            (_("Work team"), _link("workforce_workteam", queue.work_team) or gettext("vendors only")),
            (_("Labelers per photo"), queue.labelers_wanted),
            (_("Review"), _review(job, queue)),
            (_("Minutes for one photo"), f"{queue.time_limit_seconds / 60:g}"),
            (_("Photos open at once"), f"{queue.window:,}"),
            (_("Priority"), queue.priority),
            (_("Skills needed"), _skills(queue)),
            (_("Gold tasks"), gettext("%(percent)s %% of a person's photos") % {"percent": f"{job.gold_rate * 100:g}"}),
            *_qualification(job),
            (_("Deadline (UTC)"), moment(queue.deadline, gettext("none"))),
            (_("How answers become one mask"), RULES.get(job.consolidation_rule, job.consolidation_rule)),
            *_functions(job),
            (_("Label attribute"), job.label_attribute_name),
            (_("Revision"), revision.number),
            (_("Created (UTC)"), moment(job.created_at)),
            (_("Started (UTC)"), moment(job.started_at)),
            (_("Ended (UTC)"), moment(job.ended_at)),
        ],
    }


def _subset(job: LabelingJob) -> list[tuple[Any, Any]]:
    """What of its input it takes, where that is not all."""
    found: list[tuple[Any, Any]] = []
    if job.input_filter:
        found.append((_("Only photos named"), ", ".join(job.input_filter.splitlines())))
    if job.sample_percent < 100:
        found.append((_("Sample"), gettext("%(percent)s %% of them") % {"percent": job.sample_percent}))
    return found


def _task_type(job: LabelingJob) -> list[tuple[Any, Any]]:
    """Of an adjustment or verification: what it is about."""
    if not job.prior_attribute_name:
        return []
    return [(_("Task"), f"{job.get_task_type_display()}: {job.prior_attribute_name}")]


def _functions(job: LabelingJob) -> list[tuple[Any, Any]]:
    """Those that are called, where there are any."""
    used = JobFunctions.objects.filter(job=job).first()
    if used is None:
        return []
    named = ((_("Pre-annotation function"), used.pre_arn), (_("Consolidation function"), used.consolidation_arn))
    return [(label, arn.rpartition(":function:")[2]) for label, arn in named if arn]


def _skills(queue: WorkQueue) -> str:
    return ", ".join(f"{name} {level}" for name, level in sorted(queue.required_skills.items())) or gettext("none")


def _qualification(job: LabelingJob) -> list[tuple[Any, Any]]:
    if not job.is_qualification:
        return []
    words = gettext("%(skill)s from a mean IoU of %(percent)s %% on")
    values = {"skill": job.qualification_skill, "percent": f"{job.qualification_iou * 100:g}"}
    return [(_("Qualification"), words % values)]


def _review(job: LabelingJob, queue: WorkQueue) -> Any:
    """Who reviews how much of it."""
    if queue.review_team is None or not job.review_share:
        return gettext("none")
    team = _link("workforce_workteam", queue.review_team)
    return format_html(gettext("{} of the masks by {}"), f"{job.review_share:.0%}", team)


def _input(job: LabelingJob) -> Any:
    """An upload by its name, everything else by its address."""
    address = parse_address(job.input_uri)
    upload = None
    if address.scheme == "upload":
        upload = Upload.objects.filter(pk=address.container).first()
    return _link("labeling_upload", upload) if upload is not None else job.input_uri


def _reasons(job: LabelingJob) -> list[tuple[Any, int, str]]:
    """Words, number, and the list of those objects, the most frequent first."""
    counts: dict[str, int] = job.preflight.get("reasons", {})
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(reason(code), number, objects_url(job, state=UNUSABLE, reason=code)) for code, number in ordered]


def _left_out(job: LabelingJob) -> dict[str, Any] | None:
    """Files below the prefix that are no photos, by their names inside of it."""
    found = job.preflight.get("left_out")
    if not found:
        return None
    names = [name.removeprefix(job.input_uri) for name in found["names"]]
    return {**found, "names": names, "url": reverse("job_left_out", args=[job.pk])}


def _failures(job: LabelingJob) -> list[Task]:
    failed = Task.objects.filter(job=job, state=TaskState.FAILED).select_related("data_object")
    return list(failed.order_by("data_object__index")[:SHOWN_FAILURES])


def _pictures(job: LabelingJob) -> list[tuple[Any, str, str]]:
    """Thumbnail, name and page of the first usable photos."""
    found = DataObject.objects.filter(job=job).exclude(image_sha256="").order_by("index").defer("line")
    return [
        (
            thumbnail(reverse("object_thumbnail", args=[item.pk]), width=item.width, height=item.height),
            item.source_ref.rpartition("/")[2],
            reverse("admin:labeling_dataobject_change", args=[item.pk]),
        )
        for item in found[:SHOWN_PHOTOS]
    ]


def _link(page: str, obj: Any) -> Any:
    return link(reverse(f"admin:{page}_change", args=[obj.pk]), obj.name) if obj is not None else ""
