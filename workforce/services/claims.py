"""Claims: a labeler takes a slot, keeps it alive, and lets go of it. Each function is one transaction of its caller.

Every statement uses the database's clock and checks the fencing token, so that a stale holder's call has no effect.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import randrange
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from maskwright.audit.record import record
from maskwright.core.errors import NotFound
from maskwright.core.ids import uuid7
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import current_scope
from workforce.errors import ClaimEnded, LeaseLost
from workforce.models.work_queue import SHARDS
from workforce.services.pushes import available_pushes
from workforce.services.workers import ensure_worker
from workforce.states import ClaimState, QueueState


class Reason(StrEnum):
    """Why there is no work for somebody at the moment."""

    NO_JOBS = "no_jobs"
    NOT_STARTED = "not_started"
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


_ELIGIBLE = """
SELECT q.id, q.organization_id, q.state, i.worker_id, c.id
FROM workforce_workqueue q
LEFT JOIN workforce_workeridentity i
  ON i.organization_id = %(org)s AND i.customer_id = q.organization_id AND i.user_id = %(user)s
LEFT JOIN workforce_claim c
  ON c.organization_id = q.organization_id AND c.work_queue_id = q.id AND c.worker_id = i.worker_id
  AND c.state = 'live'
WHERE q.state <> 'closed' AND (%(queue)s::uuid IS NULL OR q.id = %(queue)s)
  AND (
    (q.organization_id = %(org)s AND q.work_team_id IN (
      SELECT m.work_team_id FROM workforce_teammember m WHERE m.organization_id = %(org)s AND m.user_id = %(user)s))
    OR (q.id = ANY (%(granted)s) AND q.id IN (
      SELECT g.work_queue_id FROM workforce_grantstaffing g
      JOIN workforce_teammember m ON m.organization_id = g.organization_id AND m.work_team_id = g.work_team_id
      WHERE g.organization_id = %(org)s AND m.user_id = %(user)s))
  )
ORDER BY q.priority DESC, q.id
"""

# One statement takes the slot. Arms in order: an item whose lease of this person ran out (his draft is there), then the
# queue from a random shard on, so that many labelers do not all reach for its head. Each arm locks one row at most.
_OWN_SLOT = """
  SELECT 1 FROM workforce_slot o WHERE o.work_item_id = s.work_item_id AND o.stage = s.stage AND o.round = s.round
    AND o.worker_id = e.worker_id AND o.state IN ('claimed', 'accepted')
"""
_DECLINED = """
  SELECT 1 FROM workforce_claim d JOIN workforce_slot ds ON ds.id = d.slot_id
  WHERE d.work_item_id = s.work_item_id AND d.worker_id = e.worker_id AND d.state = 'declined'
    AND ds.stage = s.stage AND ds.round = s.round
"""
_FREE = f"s.state = 'ready' AND NOT EXISTS ({_OWN_SLOT}) AND NOT EXISTS ({_DECLINED})"
_SHARD_ARM = """
      SELECT * FROM (
        SELECT s.id, s.organization_id, s.work_queue_id, s.work_item_id, s.fencing_token FROM workforce_slot s
        WHERE s.work_queue_id = e.queue_id AND s.shard {compare} %(shard)s AND {free}
        ORDER BY s.shard, s.position LIMIT 1 FOR UPDATE SKIP LOCKED) AS {name}
"""
_TAKE = f"""
WITH picked AS (
  SELECT s.*, e.worker_id, q.lease_seconds, q.time_limit_seconds, q.revision, clock_timestamp() AS now
  FROM unnest(%(queues)s::uuid[], %(workers)s::uuid[]) AS e(queue_id, worker_id)
  JOIN workforce_workqueue q ON q.id = e.queue_id AND q.state = 'open'
  CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT s.id, s.organization_id, s.work_queue_id, s.work_item_id, s.fencing_token
        FROM workforce_claim x JOIN workforce_slot s ON s.work_item_id = x.work_item_id
        WHERE x.work_queue_id = e.queue_id AND x.worker_id = e.worker_id AND x.state = 'expired' AND {_FREE}
        ORDER BY x.ended_at DESC LIMIT 1 FOR UPDATE OF s SKIP LOCKED) AS own
      UNION ALL {_SHARD_ARM.format(compare=">=", free=_FREE, name="behind")}
      UNION ALL {_SHARD_ARM.format(compare="<", free=_FREE, name="before")}
  ) s
  LIMIT 1
), claim AS (
  INSERT INTO workforce_claim
    (id, organization_id, work_queue_id, work_item_id, slot_id, worker_id, fencing_token, revision, state,
     claimed_at, created_at, active_seconds, reason)
  SELECT %(claim)s, organization_id, work_queue_id, work_item_id, id, worker_id, fencing_token + 1, revision, 'live',
    now, now, 0, ''
  FROM picked
  ON CONFLICT (organization_id, work_queue_id, worker_id) WHERE state = 'live' DO NOTHING
  RETURNING slot_id
)
UPDATE workforce_slot s SET state = 'claimed', worker_id = p.worker_id, fencing_token = p.fencing_token + 1,
  deadline_at = p.now + p.time_limit_seconds * interval '1 second',
  expires_at = p.now + least(p.lease_seconds, p.time_limit_seconds) * interval '1 second'
FROM picked p JOIN claim c ON c.slot_id = p.id
WHERE s.id = p.id
RETURNING s.organization_id, s.worker_id, s.work_item_id
"""


def claim(*, user_id: uuid.UUID, queue_id: uuid.UUID | None = None) -> Claimed | NoWork:
    """Take a slot for a person, or return the live claim he has; or why there is nothing.

    Who may: members of the queue's team, and members of vendor teams that staff a live grant for it.
    """
    found = _eligible(user_id, queue_id)
    if not found:
        return NoWork(Reason.NO_JOBS)
    live = [row for row in found if row.claim_id is not None]
    active = [row for row in live if row.state != QueueState.PAUSED]
    if active or (live and (queue_id is not None or not any(row.state == QueueState.OPEN for row in found))):
        return Claimed((active or live)[0].claim_id, is_new=False)  # type: ignore[arg-type]  # filtered above
    open_queues = [row for row in found if row.state == QueueState.OPEN]
    if not open_queues:
        paused = any(row.state == QueueState.PAUSED for row in found)
        stopping = all(row.state == QueueState.STOPPING for row in found)
        return NoWork(Reason.JOB_PAUSED if paused else Reason.NO_JOBS if stopping else Reason.NOT_STARTED)
    workers = [row.worker_id or ensure_worker(user_id=user_id, customer_id=row.customer_id).pk for row in open_queues]
    claim_id = uuid7()
    queues = [row.queue_id for row in open_queues]
    values: dict[str, Any] = {
        "queues": queues,
        "workers": workers,
        "shard": randrange(SHARDS),
        "claim": claim_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        taken = cursor.fetchone()
    if taken is not None:
        owner, worker_id, item_id = taken
        record("claim.taken", "claim", claim_id, organization_id=owner, worker_id=worker_id, work_item=item_id)
        return Claimed(claim_id, is_new=True)
    # Asked twice at the same moment: the other call's claim is live by now.
    again = [row for row in _eligible(user_id, queue_id) if row.claim_id is not None]
    if again:
        return Claimed(again[0].claim_id, is_new=False)  # type: ignore[arg-type]  # filtered above
    return _why_nothing(queues, workers)


@dataclass(frozen=True)
class _Eligible:
    queue_id: uuid.UUID
    customer_id: uuid.UUID
    state: str
    worker_id: uuid.UUID | None
    claim_id: uuid.UUID | None


def _eligible(user_id: uuid.UUID, queue_id: uuid.UUID | None) -> list[_Eligible]:
    scope = current_scope()
    values = {"org": scope.organization_id, "user": user_id, "queue": queue_id, "granted": list(scope.queues)}
    with connection.cursor() as cursor:
        cursor.execute(_ELIGIBLE, values)
        return [_Eligible(*row) for row in cursor.fetchall()]


_WHY = f"""
SELECT min(s.expires_at) FILTER (WHERE s.state = 'claimed'),
  bool_or(s.state IN ('ready', 'claimed')),
  EXISTS (SELECT 1 FROM workforce_workitem w WHERE w.work_queue_id = ANY (%(queues)s) AND w.state = 'waiting')
FROM unnest(%(queues)s::uuid[], %(workers)s::uuid[]) AS e(queue_id, worker_id)
JOIN workforce_slot s ON s.work_queue_id = e.queue_id AND s.state IN ('ready', 'claimed')
WHERE NOT EXISTS ({_OWN_SLOT}) AND NOT EXISTS ({_DECLINED})
"""


def _why_nothing(queues: list[uuid.UUID], workers: list[uuid.UUID]) -> NoWork:
    with connection.cursor() as cursor:
        cursor.execute(_WHY, {"queues": queues, "workers": workers})
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
    """`seconds_left` until the time limit, by the database's clock; frozen while the queue is paused."""

    expires_at: datetime
    deadline_at: datetime
    seconds_left: float
    paused: bool
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
  RETURNING c.id, s.expires_at, s.deadline_at, q.state AS queue_state, q.paused_at, q.revision
), counted AS (
  UPDATE workforce_claim c SET active_seconds = c.active_seconds + least(greatest(%(active)s::float8, 0),
      greatest(extract(epoch FROM clock_timestamp() - c.claimed_at) - c.active_seconds, 0))
  FROM renewed r WHERE c.id = r.id AND %(active)s > 0
)
SELECT expires_at, deadline_at,
  extract(epoch FROM deadline_at - coalesce(paused_at, clock_timestamp()))::float8, queue_state = 'paused', revision
FROM renewed
"""


def heartbeat(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int, active_seconds: float = 0.0) -> Lease:
    """Renew the lease, up to the time limit. Activity is capped by the time that has really passed."""
    with connection.cursor() as cursor:
        cursor.execute(_HEARTBEAT, _mine(user_id, claim_id, token, active=active_seconds))
        row = cursor.fetchone()
    if row is None:
        raise why_not_mine(user_id=user_id, claim_id=claim_id, token=token)
    return Lease(*row)


_END = f"""
WITH freed AS (
  UPDATE workforce_slot s SET worker_id = NULL, expires_at = NULL, deadline_at = NULL,
    state = CASE WHEN q.state = 'stopping' THEN 'void' ELSE 'ready' END
  FROM workforce_claim c, workforce_workqueue q
  WHERE c.id = %(claim)s AND c.state = 'live' AND {MINE} AND q.id = c.work_queue_id
    AND s.id = c.slot_id AND s.fencing_token = %(token)s AND s.fencing_token = c.fencing_token
    AND s.state = 'claimed'
  RETURNING c.id
)
UPDATE workforce_claim c SET state = %(state)s, ended_at = clock_timestamp(), reason = %(reason)s
FROM freed f WHERE c.id = f.id
RETURNING c.organization_id, c.worker_id, c.work_queue_id, c.work_item_id
"""


def release(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int) -> None:
    """Give the slot back; the draft stays for the same person."""
    _end(user_id, claim_id, token, ClaimState.RELEASED, "")


def decline(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int, reason: str) -> None:
    """Give the slot back and never see the item again. When as many decline as were wanted, the item fails."""
    owner, item_id = _end(user_id, claim_id, token, ClaimState.DECLINED, reason[:500])
    emit(Message("work.item_declined", owner, {"item_id": str(item_id)}, key=str(item_id)))


def _end(
    user_id: uuid.UUID, claim_id: uuid.UUID, token: int, state: ClaimState, reason: str
) -> tuple[uuid.UUID, uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_END, _mine(user_id, claim_id, token, state=state.value, reason=reason))
        row = cursor.fetchone()
    if row is None:
        raise why_not_mine(user_id=user_id, claim_id=claim_id, token=token)
    owner, worker_id, queue_id, item_id = row
    record(f"claim.{state}", "claim", claim_id, organization_id=owner, worker_id=worker_id, reason=reason)
    emit(*available_pushes([queue_id]))
    return owner, item_id


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
