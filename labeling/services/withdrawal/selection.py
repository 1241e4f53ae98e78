"""Which answers a withdrawal is about, and what will happen: read in the scope of whoever orders it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from labeling.models import Annotation, LabelingJob
from labeling.states import AnnotationState, TaskState
from maskwright.core.errors import FieldProblem, Invalid, NotFound
from maskwright.core.scope import current_scope
from workforce.models import Worker, WorkGrant
from workforce.states import Stage

_CENTS = Decimal("0.01")


@dataclass(frozen=True)
class Selection:
    """`worker_id`: one person; `grant_id`: everybody who worked under a vendor's grant; one of the two."""

    job_id: uuid.UUID
    worker_id: uuid.UUID | None = None
    grant_id: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Preview:
    """What a withdrawal would do. `finished`: objects whose mask goes and that are labeled again; `cost`: what is not
    to be paid any more, by currency, as far as the answers' grants have prices."""

    answers: int
    objects: int
    finished: int
    reviews: int
    people: int
    seconds: float
    first: datetime | None
    last: datetime | None
    cost: dict[str, Decimal]


def job_of(job_id: uuid.UUID) -> tuple[LabelingJob, bool]:
    """The job, and whether a vendor asks: one with a live grant, for its own people. NotFound for others."""
    scope = current_scope()
    job: LabelingJob | None = LabelingJob.objects.filter(pk=job_id).first()
    if job is None or (job.organization_id != scope.organization_id and job.work_queue_id not in scope.queues):
        raise NotFound(_("There is no such labeling job."))
    return job, job.organization_id != scope.organization_id


def check(selection: Selection, job: LabelingJob, by_vendor: bool) -> uuid.UUID | None:
    """Whose people they are (None: the job's own); Invalid with all that is wrong."""
    problems: list[FieldProblem] = []
    owner = current_scope().organization_id
    vendor: uuid.UUID | None = owner if by_vendor else None
    if (selection.worker_id is None) == (selection.grant_id is None):
        problems.append(
            FieldProblem("worker", "one_of", _("Say whose answers: one labeler, or all people of a vendor's grant."))
        )
    if selection.worker_id is not None:
        worker = Worker.objects.filter(pk=selection.worker_id, organization_id=job.organization_id).first()
        if worker is None or (by_vendor and worker.vendor_id != owner):
            problems.append(FieldProblem("worker", "not_found", _("There is no such labeler in this job.")))
        else:
            vendor = worker.vendor_id
    if selection.grant_id is not None:
        grant = WorkGrant.objects.filter(pk=selection.grant_id, work_queue_id=job.work_queue_id).first()
        if grant is None or (by_vendor and grant.vendor_id != owner):
            problems.append(FieldProblem("grant", "not_found", _("There is no such grant of this job.")))
        else:
            vendor = grant.vendor_id
    if selection.since and selection.until and selection.since >= selection.until:
        problems.append(FieldProblem("until", "before_since", _("The end must come after the beginning.")))
    if problems:
        raise Invalid(_("Nothing was withdrawn."), fields=tuple(problems))
    return vendor


def selected(
    *,
    job_id: uuid.UUID,
    worker_id: uuid.UUID | None,
    grant_id: uuid.UUID | None,
    since: datetime | None,
    until: datetime | None,
    vendor_id: uuid.UUID | None = None,
) -> QuerySet[Annotation]:
    """The answers that count and are meant; gold tasks make no result, so there is nothing of them to withdraw."""
    found = Annotation.objects.filter(job_id=job_id, stage=Stage.LABEL, state=AnnotationState.ACCEPTED)
    found = found.exclude(task__state=TaskState.GOLD)
    if worker_id is not None:
        found = found.filter(worker_id=worker_id)
    if grant_id is not None:
        found = found.filter(claim__work_grant_id=grant_id)
    if vendor_id is not None:
        found = found.filter(worker__vendor_id=vendor_id)
    if since is not None:
        found = found.filter(submitted_at__gte=since)
    if until is not None:
        found = found.filter(submitted_at__lte=until)
    return found


def preview(selection: Selection) -> Preview:
    """Counts and cost; nothing is changed. Raises NotFound, Invalid."""
    job, by_vendor = job_of(selection.job_id)
    check(selection, job, by_vendor)
    answers = selected(
        job_id=job.pk,
        worker_id=selection.worker_id,
        grant_id=selection.grant_id,
        since=selection.since,
        until=selection.until,
        vendor_id=current_scope().organization_id if by_vendor else None,
    )
    counts = answers.aggregate(
        answers=Count("id"),
        objects=Count("task", distinct=True),
        finished=Count("task", distinct=True, filter=~Q(task__state=TaskState.OPEN)),
        people=Count("worker", distinct=True),
        seconds=Sum("active_seconds", default=0.0),
        first=Min("submitted_at"),
        last=Max("submitted_at"),
    )
    reviews = Annotation.objects.filter(
        job_id=job.pk, stage=Stage.REVIEW, state=AnnotationState.ACCEPTED, task__in=answers.values("task")
    )
    by_grant = answers.values_list("claim__work_grant_id").annotate(Count("id"), Sum("active_seconds")).order_by()
    return Preview(**counts, reviews=reviews.count(), cost=_cost(by_grant))


def _cost(by_grant: Iterable[tuple[uuid.UUID | None, int, float]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    rows = {grant: (answers, seconds or 0.0) for grant, answers, seconds in by_grant if grant is not None}
    for grant in WorkGrant.objects.filter(pk__in=rows).exclude(currency=""):
        answers, seconds = rows[grant.pk]
        amount = (grant.price_per_object or Decimal(0)) * answers
        amount += (grant.price_per_hour or Decimal(0)) * Decimal(seconds) / 3600
        found[grant.currency] = found.get(grant.currency, Decimal(0)) + amount
    return {currency: amount.quantize(_CENTS) for currency, amount in found.items()}
