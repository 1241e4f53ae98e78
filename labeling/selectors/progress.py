"""How far a job is: counted from the rows themselves, so that it is never off."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from labeling.models import Annotation, LabelingJob, Task
from labeling.services.intake.counts import NOT_CHOSEN, TOTALS
from labeling.services.intake.reading import ALL_READ
from labeling.services.jobs import own_job
from labeling.states import COUNTED, AnnotationState, JobState, TaskState
from workforce.models import Claim, WorkItem
from workforce.states import ClaimState, SlotState, Stage

_WINDOW = timedelta(hours=1)  # over which the pace is measured
_FEW = 3  # answers from which a pace says something


@dataclass(frozen=True)
class IntakeProgress:
    """While photos are being checked. `total` is None as long as the input is still being read."""

    checked: int
    total: int | None
    unusable: int


@dataclass(frozen=True)
class JobProgress:
    """`tasks`: number by state. `answers`: accepted ones; `wanted`: how many will be when all is done.

    `labeling`, `in_review`: photos that somebody holds at this moment, to label or to review them. Of the open tasks
    the others wait for a labeler.
    """

    state: str
    total: int
    usable: int
    unusable: int
    tasks: dict[str, int]
    answers: int
    wanted: int
    claimed: int
    labeling: int
    in_review: int
    labelers_active: int
    started_at: datetime | None
    estimated_end: datetime | None
    intake: IntakeProgress | None


def job_progress(job_id: uuid.UUID) -> JobProgress:
    """Progress of a job of the own organization; six statements however big it is. NotFound for others'."""
    job = own_job(job_id)
    report = job.preflight
    tasks = dict.fromkeys((state.value for state in COUNTED), 0)
    tasks |= dict(Task.objects.filter(job=job).values_list("state").annotate(n=Count("id")).order_by())
    items = WorkItem.objects.filter(work_queue_id=job.work_queue_id)
    work = items.aggregate(wanted=Sum("labelers_wanted", default=0), again=Count("id", filter=Q(round__gt=1)))
    wanted = work["wanted"]
    now = timezone.now()
    pace = _pace(job, now)
    if work["again"]:
        pace["answers"] -= _of_earlier_rounds(job)
    live = Claim.objects.filter(work_queue_id=job.work_queue_id, state=ClaimState.LIVE)
    counts = live.aggregate(
        claims=Count("id"),
        workers=Count("worker", distinct=True),
        labeling=Count("work_item", distinct=True, filter=Q(stage=Stage.LABEL)),
        in_review=Count("work_item", distinct=True, filter=Q(stage=Stage.REVIEW)),
    )
    return JobProgress(
        state=job.state,
        total=sum(report.get(key, 0) for key in TOTALS),
        usable=report.get("usable", 0),
        unusable=report.get("unusable", 0),
        tasks=tasks,
        answers=pace["answers"],
        wanted=wanted,
        claimed=counts["claims"],
        labeling=counts["labeling"],
        in_review=counts["in_review"],
        labelers_active=counts["workers"],
        started_at=job.started_at,
        estimated_end=_estimate(job, pace, wanted, now),
        intake=_intake(job),
    )


def _pace(job: LabelingJob, now: datetime) -> dict[str, Any]:
    recent = Q(submitted_at__gt=now - _WINDOW)
    return (
        Annotation.objects.filter(job=job, state=AnnotationState.ACCEPTED)
        .exclude(task__state=TaskState.GOLD)
        .aggregate(answers=Count("id"), recent=Count("id", filter=recent), since=Min("claimed_at", filter=recent))
    )


def _of_earlier_rounds(job: LabelingJob) -> int:
    """Accepted answers that count no more, their places being void: those that were not sent back or withdrawn with
    others go on counting in later rounds. Few, and found from the few items that were asked again."""
    again = Annotation.objects.filter(job=job, state=AnnotationState.ACCEPTED, task__work_item__round__gt=1)
    return again.filter(slot__state=SlotState.VOID).count()


def _estimate(job: LabelingJob, pace: dict[str, Any], wanted: int, now: datetime) -> datetime | None:
    """When it ends if people go on as in the last hour; None while nobody works or too little is known."""
    if job.state != JobState.IN_PROGRESS or pace["recent"] < _FEW:
        return None
    seconds = (now - max(pace["since"], now - _WINDOW)).total_seconds()
    return now + timedelta(seconds=seconds * max(wanted - pace["answers"], 0) / pace["recent"])


def _intake(job: LabelingJob) -> IntakeProgress | None:
    if job.state != JobState.INITIALIZING:
        return None
    report = job.preflight
    checked = sum(report.get(key, 0) for key in TOTALS)
    blank = report.get("warnings", {}).get("blank_line", 0)
    others = blank + report.get(NOT_CHOSEN, 0)
    total = job.intake_lines - others if job.intake_cursor == ALL_READ else None
    return IntakeProgress(checked, total, report.get("unusable", 0))
