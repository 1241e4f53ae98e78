"""Claims: a labeler takes a slot, keeps it alive, and lets go of it. Each function is one transaction of its caller.

Every statement uses the database's clock and checks the fencing token, so that a stale holder's call has no effect.
"""

import uuid
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import randrange
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from maskwright.audit.record import record
from maskwright.core.errors import NotFound
from maskwright.core.ids import uuid7
from maskwright.core.outbox import Message, emit
from maskwright.core.prepared import execute_prepared
from maskwright.core.scope import current_scope
from workforce.errors import ClaimEnded, LeaseLost
from workforce.models.work_queue import SHARDS
from workforce.services import claim_sql
from workforce.services.activity_sql import COUNTED, RETURNED
from workforce.services.gold import keep_all
from workforce.services.pushes import available_pushes
from workforce.services.workers import ensure_worker
from workforce.states import ClaimState, QueueState

#: How long a labeler's next place is kept softly for him; each heartbeat renews it.
SOFT_SECONDS = 120


class Reason(StrEnum):
    """Why there is no work for somebody at the moment."""

    NO_JOBS = "no_jobs"
    NOT_STARTED = "not_started"
    TOO_MANY_OPEN = "too_many_open"
    SKILLS_MISSING = "skills_missing"
    PAUSED = "paused"
    JOB_PAUSED = "job_paused"
    ALL_CLAIMED = "all_claimed"
    DONE_ALL = "done_all"


@dataclass(frozen=True)
class Claimed:
    claim_id: uuid.UUID
    is_new: bool


@dataclass(frozen=True)
class NoWork:
    reason: Reason
    until: datetime | None = None


def claim(*, user_id: uuid.UUID, queue_id: uuid.UUID | None = None, may_review: bool = False) -> Claimed | NoWork:
    """Take a slot for a person, or return the live claim he has; or why there is nothing.

    Who may: members of the queue's team, members of vendor teams that staff a live grant for it, and, when his role
    lets him (`may_review`), members of its review team for what waits for a review.
    """
    found = eligible(user_id, queue_id, may_review)
    if not found:
        return NoWork(Reason.NO_JOBS)
    live = [row for row in found if row.claim_id is not None]
    active = [row for row in live if row.state != QueueState.PAUSED]
    if active or (live and (queue_id is not None or not any(row.state == QueueState.OPEN for row in found))):
        return Claimed((active or live)[0].claim_id, is_new=False)  # type: ignore[arg-type]  # filtered above
    offers = [row for row in found if row.state == QueueState.OPEN]
    if not offers:
        paused = any(row.state == QueueState.PAUSED for row in found)
        stopping = all(row.state == QueueState.STOPPING for row in found)
        return NoWork(Reason.JOB_PAUSED if paused else Reason.NO_JOBS if stopping else Reason.NOT_STARTED)
    offers = [row for row in offers if not row.is_paused]
    if not offers:
        return NoWork(Reason.PAUSED)
    offers = [row for row in offers if row.is_skilled]
    if not offers:
        return NoWork(Reason.SKILLS_MISSING)
    offers = [row for row in offers if row.open_claims < row.max_open_claims]
    if not offers:
        return NoWork(Reason.TOO_MANY_OPEN)
    claim_id = uuid7()
    values = {**offered(user_id, offers), "claim": claim_id}
    own = [
        (row.queue_id, worker) for row, worker in zip(offers, values["workers"], strict=True) if row.is_qualification
    ]
    if own:
        keep_all(own)
    taken = _take(values, may_collide=any(row.has_lost for row in offers))
    if taken is not None:
        owner, worker_id, item_id = taken
        record("claim.taken", "claim", claim_id, organization_id=owner, worker_id=worker_id, work_item=item_id)
        return Claimed(claim_id, is_new=True)
    # Asked twice at the same moment: the other call's claim is live by now.
    again = [row for row in eligible(user_id, queue_id, may_review) if row.claim_id is not None]
    if again:
        return Claimed(again[0].claim_id, is_new=False)  # type: ignore[arg-type]  # filtered above
    return _why_nothing(values)


def _take(values: dict[str, Any], *, may_collide: bool) -> Any:
    """The place that was taken, if any. Who has lost one may be submitting late for it at this moment while he is given
    another place of the same item: then he is given something else."""
    for is_last in (not may_collide, True):
        try:
            with transaction.atomic() if may_collide else nullcontext(), connection.cursor() as cursor:
                execute_prepared(cursor, claim_sql.TAKE, values)
                return cursor.fetchone()
        except IntegrityError:
            if is_last:
                raise
    return None


@dataclass(frozen=True)
class Eligible:
    """A stage of a queue that the person may take work of, if he `is_skilled` for it and not `is_paused` there."""

    queue_id: uuid.UUID
    customer_id: uuid.UUID
    state: str
    stage: str
    work_grant_id: uuid.UUID | None
    audience_id: uuid.UUID
    worker_id: uuid.UUID | None
    claim_id: uuid.UUID | None
    policy: str
    max_open_claims: int
    open_claims: int
    is_skilled: bool
    is_paused: bool
    is_qualification: bool
    has_lost: bool

    @property
    def is_open(self) -> bool:
        """Whether the person may take new work of it now."""
        return self.state == QueueState.OPEN and self.is_skilled and not self.is_paused


def eligible(user_id: uuid.UUID, queue_id: uuid.UUID | None, may_review: bool) -> list[Eligible]:
    """All of them, or those of one queue, in the order in which they take turns."""
    scope = current_scope()
    values = {
        "org": scope.organization_id,
        "user": user_id,
        "queue": queue_id,
        "grants": list(scope.grants),
        "may_review": may_review,
    }
    with connection.cursor() as cursor:
        execute_prepared(cursor, claim_sql.ELIGIBLE, values)
        return [Eligible(*row) for row in cursor.fetchall()]


def offered(user_id: uuid.UUID, offers: list[Eligible]) -> dict[str, Any]:
    """What `claim_sql.TAKE` and `RESERVE` need to know of the queues."""
    return {
        "queues": [row.queue_id for row in offers],
        "workers": _workers(user_id, offers),
        "stages": [row.stage for row in offers],
        "audiences": [row.audience_id for row in offers],
        "grants": [row.work_grant_id for row in offers],
        "policies": [row.policy for row in offers],
        "shard": randrange(SHARDS),
    }


def _workers(user_id: uuid.UUID, offers: list[Eligible]) -> list[uuid.UUID]:
    """The person's worker for each offer; made where he has none at that customer yet."""
    known = {row.customer_id: row.worker_id for row in offers}
    for customer_id, worker_id in known.items():
        if worker_id is None:
            known[customer_id] = ensure_worker(user_id=user_id, customer_id=customer_id).pk
    return [known[row.customer_id] for row in offers]  # type: ignore[misc]  # made above


def _why_nothing(values: dict[str, Any]) -> NoWork:
    with connection.cursor() as cursor:
        cursor.execute(claim_sql.WHY, values)
        until, any_left, waiting = cursor.fetchone()
    if any_left or waiting:
        return NoWork(Reason.ALL_CLAIMED, until)
    return NoWork(Reason.DONE_ALL)


# A claim belongs to the asking person when one of his worker identities holds it.
MINE = """
c.worker_id IN (SELECT i.worker_id FROM workforce_workeridentity i
                WHERE i.organization_id = %(org)s AND i.user_id = %(user)s)
"""


def _mine(user_id: uuid.UUID, claim_id: uuid.UUID, token: int, **more: Any) -> dict[str, Any]:
    return {"org": current_scope().organization_id, "user": user_id, "claim": claim_id, "token": token, **more}


@dataclass(frozen=True)
class Lease:
    """`seconds_left` until nothing renews the lease any more, by the database's clock; frozen during a pause.

    That is the time limit, or, while the job is `stopping`, the end of its grace.
    """

    expires_at: datetime
    deadline_at: datetime
    seconds_left: float
    paused: bool
    stopping: bool
    revision: int


_HEARTBEAT = f"""
WITH renewed AS (
  UPDATE workforce_slot s SET expires_at = CASE q.state
      WHEN 'paused' THEN s.expires_at
      WHEN 'stopping' THEN least(s.deadline_at, q.stop_at)
      ELSE least(s.deadline_at, clock_timestamp() + q.lease_seconds * interval '1 second') END
  FROM workforce_claim c, workforce_workqueue q
  WHERE c.id = %(claim)s AND c.state = 'live' AND {MINE} AND q.id = c.work_queue_id
    AND s.id = c.slot_id AND s.fencing_token = %(token)s AND s.fencing_token = c.fencing_token
    AND s.state = 'claimed'
  RETURNING c.id, s.expires_at, s.deadline_at, q.state AS queue_state, q.paused_at, q.stop_at, q.revision,
    {RETURNED}
), kept AS (
  UPDATE workforce_slot n SET reserved_until = clock_timestamp() + %(soft)s * interval '1 second'
  FROM renewed r WHERE n.reserved_claim_id = r.id AND n.state = 'ready' AND n.reserved_worker_id IS NOT NULL
), {COUNTED}SELECT expires_at, deadline_at,
  extract(epoch FROM CASE queue_state WHEN 'stopping' THEN least(deadline_at, stop_at) ELSE deadline_at END
    - coalesce(paused_at, clock_timestamp()))::float8,
  queue_state = 'paused', queue_state = 'stopping', revision
FROM renewed
"""


def heartbeat(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int, active_seconds: float = 0.0) -> Lease:
    """Renew the lease, up to the time limit, and the reservation of what comes next.

    `active_seconds` above nothing says that the person was at work since the last one; how long that was is measured
    here (`activity_sql`)."""
    with connection.cursor() as cursor:
        values = _mine(user_id, claim_id, token, active=active_seconds, soft=SOFT_SECONDS)
        execute_prepared(cursor, _HEARTBEAT, values)
        row = cursor.fetchone()
    if row is None:
        raise why_not_mine(user_id=user_id, claim_id=claim_id, token=token)
    return Lease(*row)


_END = f"""
WITH freed AS (
  UPDATE workforce_slot s SET worker_id = NULL, expires_at = NULL, deadline_at = NULL,
    reserved_worker_id = CASE WHEN %(hold)s AND q.state <> 'stopping' THEN s.worker_id END,
    reserved_until = CASE WHEN %(hold)s AND q.state <> 'stopping'
      THEN clock_timestamp() + q.hold_seconds * interval '1 second' END,
    state = CASE WHEN q.state = 'stopping' THEN 'void' ELSE 'ready' END
  FROM workforce_claim c, workforce_workqueue q
  WHERE c.id = %(claim)s AND c.state = 'live' AND {MINE} AND q.id = c.work_queue_id
    AND s.id = c.slot_id AND s.fencing_token = %(token)s AND s.fencing_token = c.fencing_token
    AND s.state = 'claimed'
  RETURNING c.id, s.reserved_until
), next AS (
  UPDATE workforce_slot n SET reserved_worker_id = NULL, reserved_until = NULL, reserved_claim_id = NULL
  FROM freed f WHERE n.reserved_claim_id = f.id AND n.state = 'ready'
)
UPDATE workforce_claim c SET state = %(state)s, ended_at = clock_timestamp(), reason = %(reason)s
FROM freed f WHERE c.id = f.id
RETURNING c.organization_id, c.worker_id, c.work_queue_id, c.work_item_id, f.reserved_until
"""


def release(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int, hold: bool = False) -> datetime | None:
    """Give the slot back; the draft stays for the same person.

    With `hold` ("stop and resume later") the place stays his, too: nobody else gets it until the returned time, which
    the queue's `hold_seconds` say; None when it is not kept, because the queue is stopping.
    """
    return _end(user_id, claim_id, token, ClaimState.RELEASED, "", hold=hold)[2]


def decline(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int, reason: str) -> None:
    """Give the slot back and never see the item again. When too many decline it, it needs a manager's attention."""
    owner, item_id, _until = _end(user_id, claim_id, token, ClaimState.DECLINED, reason[:500])
    emit(
        Message("work.item_declined", owner, {"item_id": str(item_id)}, key=str(item_id)),
        Message("work.person_declined", owner, {"claim_id": str(claim_id)}),
    )


def _end(
    user_id: uuid.UUID, claim_id: uuid.UUID, token: int, state: ClaimState, reason: str, *, hold: bool = False
) -> tuple[uuid.UUID, uuid.UUID, datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(_END, _mine(user_id, claim_id, token, state=state.value, reason=reason, hold=hold))
        row = cursor.fetchone()
    if row is None:
        raise why_not_mine(user_id=user_id, claim_id=claim_id, token=token)
    owner, worker_id, queue_id, item_id, until = row
    details = {"kept_until": until.isoformat()} if until is not None else {}
    record(f"claim.{state}", "claim", claim_id, organization_id=owner, worker_id=worker_id, reason=reason, **details)
    emit(*available_pushes([queue_id]))
    return owner, item_id, until


_STATE_OF = f"""
SELECT c.state, c.fencing_token FROM workforce_claim c WHERE c.id = %(claim)s AND {MINE}
"""


_ENDED = {
    ClaimState.SUBMITTED.value: gettext_noop("You have submitted this assignment already. Ask for the next one."),
    ClaimState.RELEASED.value: gettext_noop("You have released this assignment already. Ask for the next one."),
    ClaimState.DECLINED.value: gettext_noop("You have declined this assignment already. Ask for the next one."),
}


def why_not_mine(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int) -> NotFound | ClaimEnded | LeaseLost:
    """The error that tells why a call on a claim had no effect."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE_OF, _mine(user_id, claim_id, token))
        row = cursor.fetchone()
    if row is None:
        return NotFound(_("There is no such assignment of yours."))
    state, fencing_token = row
    if state == ClaimState.LIVE and fencing_token != token:
        return LeaseLost(_("This is not the token of the assignment. Ask for the assignment again."))
    if state in _ENDED:
        return ClaimEnded(_(_ENDED[state]))
    return LeaseLost(_("The time for this assignment is over. Your draft is kept; ask for the next assignment."))
