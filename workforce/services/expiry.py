"""Leases that end without their holder: expiry, withdrawal, the end of a stopping queue. Acts in the open scope."""

import uuid

from django.db import connection
from django.utils.translation import gettext_noop

from maskwright.audit.record import record
from maskwright.core.outbox import emit
from maskwright.core.scope import current_scope
from workforce.handlers import handler
from workforce.models import Claim, WorkItem, WorkQueue
from workforce.services.attention import call_for_attention
from workforce.services.pushes import available_pushes, claim_push
from workforce.states import QueueState, Stage

_EXPIRE = """
WITH due AS (
  SELECT s.id FROM workforce_slot s JOIN workforce_workqueue q ON q.id = s.work_queue_id
  WHERE s.organization_id = %(org)s AND s.state = 'claimed' AND s.expires_at < clock_timestamp()
    AND q.state IN ('open', 'stopping')
  ORDER BY s.expires_at LIMIT %(limit)s FOR UPDATE OF s SKIP LOCKED
), freed AS (
  UPDATE workforce_slot s SET worker_id = NULL, expires_at = NULL, deadline_at = NULL,
    state = CASE WHEN q.state = 'stopping' THEN 'void' ELSE 'ready' END
  FROM due, workforce_workqueue q WHERE s.id = due.id AND q.id = s.work_queue_id
  RETURNING s.id, s.fencing_token
)
UPDATE workforce_claim c SET state = 'expired', ended_at = clock_timestamp()
FROM freed f WHERE c.slot_id = f.id AND c.fencing_token = f.fencing_token AND c.state = 'live'
RETURNING c.id, c.worker_id, c.work_queue_id
"""


def expire_due(*, limit: int = 500) -> int:
    """End the claims whose lease is over; the slots are ready again, the tokens stay for a late submit."""
    owner = current_scope().organization_id
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRE, {"org": owner, "limit": limit})
        ended = cursor.fetchall()
    _tell(owner, ended, "claim.expired")
    return len(ended)


_WITHDRAW = """
WITH ended AS (
  UPDATE workforce_claim c SET state = 'withdrawn', ended_at = clock_timestamp(), reason = %(reason)s
  FROM workforce_worker w
  WHERE c.state = 'live' AND w.id = c.worker_id AND c.organization_id = ANY (%(owners)s)
    AND (%(queue)s::uuid IS NULL OR c.work_queue_id = %(queue)s)
    AND (%(vendor)s::uuid IS NULL OR w.vendor_id = %(vendor)s)
    AND (%(workers)s::uuid[] IS NULL OR c.worker_id = ANY (%(workers)s))
  RETURNING c.id, c.worker_id, c.work_queue_id, c.slot_id, c.organization_id
), freed AS (
  UPDATE workforce_slot s SET worker_id = NULL, expires_at = NULL, deadline_at = NULL,
    fencing_token = s.fencing_token + 1, state = CASE WHEN q.state = 'stopping' THEN 'void' ELSE 'ready' END
  FROM ended e, workforce_workqueue q WHERE s.id = e.slot_id AND q.id = s.work_queue_id AND s.state = 'claimed'
)
SELECT id, worker_id, work_queue_id, organization_id FROM ended
"""


# What was kept for them is free for others.
_UNRESERVE = """
UPDATE workforce_slot s SET reserved_worker_id = NULL, reserved_until = NULL, reserved_claim_id = NULL
FROM workforce_worker w
WHERE s.state = 'ready' AND w.id = s.reserved_worker_id AND s.organization_id = ANY (%(owners)s)
  AND (%(queue)s::uuid IS NULL OR s.work_queue_id = %(queue)s)
  AND (%(vendor)s::uuid IS NULL OR w.vendor_id = %(vendor)s)
  AND (%(workers)s::uuid[] IS NULL OR s.reserved_worker_id = ANY (%(workers)s))
"""


def withdraw_claims(
    *,
    reason: str,
    queue_id: uuid.UUID | None = None,
    vendor_id: uuid.UUID | None = None,
    worker_ids: list[uuid.UUID] | None = None,
) -> int:
    """Take claims away at once (rights ended): tokens rise, so a submit that is under way comes too late."""
    scope = current_scope()
    values = {
        "owners": [scope.organization_id, *scope.customers],
        "reason": reason[:500],
        "queue": queue_id,
        "vendor": vendor_id,
        "workers": worker_ids,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, values)
        ended = cursor.fetchall()
        cursor.execute(_UNRESERVE, values)
    for owner in {row[3] for row in ended}:
        _tell(owner, [row[:3] for row in ended if row[3] == owner], "claim.withdrawn")
    return len(ended)


def _tell(owner: uuid.UUID, ended: list[tuple[uuid.UUID, uuid.UUID, uuid.UUID]], verb: str) -> None:
    if not ended:
        return
    for claim_id, worker_id, _ in ended:
        record(verb, "claim", claim_id, organization_id=owner, worker_id=worker_id)
    emit(
        *(claim_push(owner, worker_id, "work.claim_ended", claim_id) for claim_id, worker_id, _ in ended),
        *available_pushes(list({queue_id for _, _, queue_id in ended})),
    )


_VOID = """
WITH freed AS (
  UPDATE workforce_slot SET state = 'void', worker_id = NULL, expires_at = NULL, deadline_at = NULL,
    reserved_worker_id = NULL, reserved_until = NULL
  WHERE work_queue_id = %(queue)s AND state IN ('ready', 'claimed') RETURNING id
)
UPDATE workforce_claim c SET state = 'void', ended_at = clock_timestamp()
FROM freed f WHERE c.slot_id = f.id AND c.state = 'live'
RETURNING c.id, c.worker_id, c.work_queue_id
"""


def end_stopping_queues() -> int:
    """Close stopping queues whose grace is over, or in which nobody holds anything any more."""
    owner = current_scope().organization_id
    closed = 0
    queues = WorkQueue.objects.select_for_update(no_key=True, skip_locked=True)
    for queue in queues.filter(organization_id=owner, state=QueueState.STOPPING):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT clock_timestamp() >= %s OR NOT EXISTS (SELECT 1 FROM workforce_slot"
                " WHERE work_queue_id = %s AND state = 'claimed')",
                [queue.stop_at, queue.pk],
            )
            if not cursor.fetchone()[0]:
                continue
            cursor.execute(_VOID, {"queue": queue.pk})
            _tell(owner, cursor.fetchall(), "claim.void")
        _close(queue)
        closed += 1
    return closed


def _close(queue: WorkQueue) -> None:
    queue.state = QueueState.CLOSED
    queue.version += 1
    queue.save(update_fields=["state", "version"])
    record("work_queue.moved", "work_queue", queue.pk, to=QueueState.CLOSED)
    handler().queue_closed(queue.pk)


_REVIEWERS_DECLINED = 3  # one reviewer's refusal is no verdict on the photo


def settle_declined(*, item_id: uuid.UUID) -> None:
    """When as many people declined an item as its queue allows, hand it to the managers, with their reasons."""
    item = WorkItem.objects.select_related("work_queue").filter(pk=item_id).first()
    if item is None:
        return
    declined = list(
        Claim.objects.filter(work_item=item, state="declined", stage=item.stage, round=item.round).values_list(
            "reason", flat=True
        )
    )
    of_labelers = item.work_queue.max_declines or item.labelers_wanted
    if len(declined) >= (of_labelers if item.stage == Stage.LABEL else _REVIEWERS_DECLINED):
        reasons = "; ".join(reason for reason in declined if reason) or "-"
        call_for_attention(
            item_id=item_id,
            reason=(
                gettext_noop("%(count)s labelers declined it: %(reasons)s")
                % {"count": len(declined), "reasons": reasons}
            )[:1000],
        )
