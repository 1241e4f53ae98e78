"""The first page: what runs, what needs somebody, and what to do first where nothing is there yet."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from labeling.admin.console import objects_url
from labeling.admin.words import job_badge
from labeling.models import LabelingJob, LabelSet, StorageConnection, Task, TaskTemplate, Upload
from labeling.selectors.jobs import job_list, job_rows
from labeling.selectors.objects import UNUSABLE
from labeling.states import JobState, TaskState
from maskwright.core.scope import current_scope
from maskwright.core.wording import reword
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_base import may
from maskwright.organizations.admin_sites import on_dashboard
from maskwright.organizations.permissions import Permission
from workforce.models import TeamMember, WorkItem
from workforce.states import ItemState

LIVE = (JobState.IN_PROGRESS, JobState.PAUSED, JobState.STOPPING, JobState.READY, JobState.INITIALIZING)
ENDED = (JobState.COMPLETED, JobState.STOPPED)
SHOWN = 8
#: A job that ended with failures waits so long for somebody to look at them.
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True)
class Step:
    """One thing to do before the first job."""

    title: str | Promise
    text: str | Promise
    url: str
    label: str | Promise
    done: bool
    is_next: bool = False


@dataclass(frozen=True)
class Attention:
    """Something a person has to look at. `what` says it, `url` leads there."""

    job: LabelingJob
    what: str
    url: str
    is_urgent: bool


@on_dashboard
def overview(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    live = list(job_list().filter(state__in=LIVE)[:SHOWN])
    recent = list(job_list().exclude(state__in=LIVE)[:5])
    rows = [{"row": row, "badge": job_badge(row.job.state)} for row in job_rows(live)]
    ended = [{"row": row, "badge": job_badge(row.job.state)} for row in job_rows(recent)]
    has_jobs = bool(live or recent)
    return {
        "live_jobs": rows,
        "recent_jobs": ended,
        "attention": attention([*live, *_ended_badly()]),
        "steps": [] if has_jobs else steps(),
        "has_jobs": has_jobs,
        "may_make_jobs": may(request, Permission.JOBS_MANAGE),
    }


def _ended_badly() -> list[LabelingJob]:
    """Jobs that failed, or ended although some of their photos failed."""
    with_failures = Exists(Task.objects.filter(job=OuterRef("pk"), state=TaskState.FAILED))
    ended = job_list().filter(ended_at__gt=timezone.now() - REMEMBERED)
    lost = Q(state=JobState.FAILED) | (Q(state__in=(JobState.COMPLETED, JobState.STOPPED)) & with_failures)
    return list(ended.filter(lost).order_by("-ended_at")[:SHOWN])


def attention(jobs: list[LabelingJob]) -> list[Attention]:
    """The most urgent first: jobs that failed, objects that failed, photos that cannot be used, jobs not started."""
    failed = dict(
        Task.objects.filter(job__in=jobs, state=TaskState.FAILED)
        .values_list("job_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    stuck = dict(
        WorkItem.objects.filter(work_queue__in=[job.work_queue_id for job in jobs], state=ItemState.ATTENTION)
        .values_list("work_queue_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    found = []
    for job in jobs:
        url = reverse("admin:labeling_labelingjob_change", args=[job.pk])
        if job.state == JobState.FAILED:
            found.append(Attention(job, reword(job.failure_reason), url, True))
            continue
        if count := failed.get(job.pk):
            what = _failed_words(job, count)
            found.append(Attention(job, what, objects_url(job, state=TaskState.FAILED), True))
        if count := stuck.get(job.work_queue_id):
            what = ngettext("One photo needs a decision.", "%(count)s photos need a decision.", count)
            queue = reverse("admin:labeling_labelingjob_queue", args=[job.pk])
            found.append(Attention(job, what % {"count": f"{count:,}"}, queue, True))
        if job.state in ENDED:
            continue
        if count := job.preflight.get("unusable", 0):
            what = ngettext("One photo cannot be used.", "%(count)s photos cannot be used.", count)
            found.append(Attention(job, what % {"count": f"{count:,}"}, objects_url(job, state=UNUSABLE), False))
        if job.state == JobState.READY:
            waits = _("It is ready and waits for its start.")
            if job.work_queue.work_team_id is None:
                waits = _("It is ready; a vendor has to accept it before anybody works on it.")
            found.append(Attention(job, str(waits), url, False))
    return sorted(found, key=lambda one: not one.is_urgent)


def _failed_words(job: LabelingJob, count: int) -> str:
    number = {"count": f"{count:,}"}
    if job.state == JobState.COMPLETED:
        return ngettext("Completed, but one photo failed.", "Completed, but %(count)s photos failed.", count) % number
    return ngettext("One photo failed.", "%(count)s photos failed.", count) % number


def steps() -> list[Step]:
    owner = current_scope().organization_id
    mine = Q(organization_id=owner)
    has_photos = Upload.objects.filter(mine, completed_at__isnull=False).exists()
    has_photos = has_photos or StorageConnection.objects.filter(mine).exists()
    listed = [
        Step(
            _("Bring photos"),
            _("Upload a folder, or connect the bucket they lie in."),
            reverse("admin:labeling_upload_add"),
            _("Upload photos"),
            has_photos,
        ),
        Step(
            _("Say what is to be painted"),
            _("A label set names the categories, with a colour and a key for each."),
            reverse("admin:labeling_labelset_add"),
            _("New label set"),
            LabelSet.objects.filter(mine).exists(),
        ),
        Step(
            _("Say how"),
            _("A task template holds instructions and tools, and shows them in the real editor."),
            reverse("admin:labeling_tasktemplate_add"),
            _("New task template"),
            TaskTemplate.objects.filter(mine).exists(),
        ),
        Step(
            _("Gather the people"),
            _("Invite labelers by a link and put them into a work team."),
            reverse("admin:workforce_workteam_add"),
            _("New work team"),
            TeamMember.objects.filter(mine).exists(),
        ),
        Step(
            _("Create the job"),
            _("It checks every photo first; then it runs until all masks are there."),
            reverse("admin:labeling_labelingjob_add"),
            _("New labeling job"),
            False,
        ),
    ]
    first = next(place for place, step in enumerate(listed) if not step.done)
    listed[first] = replace(listed[first], is_next=True)
    return listed
