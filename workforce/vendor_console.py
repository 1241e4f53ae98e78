"""A vendor's console: what waits for its answer, what runs and until when, and how good its people are, over all its
customers at once. In the vendor's scope with its live grants; nothing in it tells of another vendor."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from maskwright.core.errors import NotFound
from maskwright.core.scope import current_scope
from workforce.handlers import Agreement
from workforce.models import WorkerIdentity, WorkGrant, WorkQueue
from workforce.selectors import GrantRow, grant_rows
from workforce.share_view import Answers, Expected, GrantProgress, grant_progress, people_of
from workforce.states import GrantState, QueueState

_SHOWN = 50


@dataclass(frozen=True)
class Running:
    """A live grant. `expected`, `latest`: when it is finished at the real speed of the vendor's own people."""

    row: GrantRow
    progress: GrantProgress
    state: Any
    expected: datetime | None
    latest: datetime | None


@dataclass(frozen=True)
class Labeler:
    """One of the vendor's people over all customers: for how many of them, which `percent` of his answers count, and
    how far they agree with the results they went into."""

    user_id: uuid.UUID
    name: str
    jobs: int
    answers: Answers
    agreement: Agreement | None = None

    @property
    def percent(self) -> int:
        return round(100 * self.answers.accepted / max(self.answers.judged, 1))


@dataclass(frozen=True)
class Console:
    waiting: list[GrantRow]
    running: list[Running]
    labelers: list[Labeler]


def vendor_console() -> Console:
    scope = current_scope()
    mine = WorkGrant.objects.filter(vendor_id=scope.organization_id)
    offers = list(mine.filter(state=GrantState.OFFERED).order_by("accept_by", "-created_at")[:_SHOWN])
    live = list(mine.filter(pk__in=scope.grants).order_by("expires_at", "-created_at")[:_SHOWN])
    return Console(grant_rows(offers), _running(live), _labelers([grant.work_queue_id for grant in live]))


@dataclass(frozen=True)
class OwnLabeler:
    worker_id: uuid.UUID
    name: str
    answers: Answers
    agreement: Agreement | None


@dataclass(frozen=True)
class ReceivedProgress:
    """Of one live grant; `expected`, `earliest`, `latest` as in the customer's forecast, at the vendor's own speed."""

    progress: GrantProgress
    expected: datetime | None
    earliest: datetime | None
    latest: datetime | None
    people: list[OwnLabeler]


def received_progress(grant_id: uuid.UUID) -> ReceivedProgress:
    """NotFound without a live grant of that id to the organization in scope."""
    scope = current_scope()
    grant = WorkGrant.objects.filter(pk=grant_id, vendor_id=scope.organization_id).first()
    if grant is None or grant.pk not in scope.grants:
        raise NotFound(gettext("There is no such grant that you work under now."))
    progress = grant_progress(grant, WorkQueue.objects.get(pk=grant.work_queue_id))
    people = people_of([grant.work_queue_id], scope.organization_id)
    names = names_of_own([one.worker_id for one in people])
    seen = Expected.of(progress.forecast)
    return ReceivedProgress(
        progress,
        seen.expected,
        seen.earliest,
        seen.latest,
        [OwnLabeler(one.worker_id, names.get(one.worker_id, ""), one.answers, one.agreement) for one in people],
    )


def _running(live: list[WorkGrant]) -> list[Running]:
    queues = {queue.pk: queue for queue in WorkQueue.objects.filter(pk__in=[grant.work_queue_id for grant in live])}
    found = []
    for row in grant_rows(live):
        queue = queues[row.grant.work_queue_id]
        progress = grant_progress(row.grant, queue)
        seen = Expected.of(progress.forecast)
        found.append(
            Running(
                row,
                progress,
                QueueState(queue.state).label,
                seen.expected,
                seen.latest,
            )
        )
    return found


def _labelers(queue_ids: list[uuid.UUID]) -> list[Labeler]:
    people = people_of(queue_ids, current_scope().organization_id)
    identities = WorkerIdentity.objects.filter(worker_id__in=[one.worker_id for one in people]).select_related("user")
    users = {one.worker_id: one for one in identities}
    found: dict[uuid.UUID, Labeler] = {}
    for one in people:
        identity = users.get(one.worker_id)
        if identity is None:
            continue
        before = found.get(identity.user_id)
        sums = before.answers if before else Answers()
        found[identity.user_id] = Labeler(
            identity.user_id,
            identity.user.get_full_name() or identity.user.username,
            (before.jobs if before else 0) + 1,
            Answers(
                sums.accepted + one.answers.accepted,
                sums.returned + one.answers.returned,
                sums.withdrawn + one.answers.withdrawn,
            ),
            _both(before.agreement if before else None, one.agreement),
        )
    return sorted(found.values(), key=lambda one: one.name.casefold())


def _both(one: Agreement | None, other: Agreement | None) -> Agreement | None:
    if one is None or other is None:
        return one or other
    answers = one.answers + other.answers
    return Agreement((one.value * one.answers + other.value * other.answers) / answers, answers)


def names_of_own(worker_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names by worker of the vendor's own people at its customers: rows of the vendor, which no customer reads."""
    found = WorkerIdentity.objects.filter(
        organization_id=current_scope().organization_id, worker_id__in=list(worker_ids)
    )
    return {one.worker_id: one.user.get_full_name() or one.user.username for one in found.select_related("user")}
