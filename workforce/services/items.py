"""Work items: from one stage to the next, back with a new round, and given up.

Each function is part of its caller's transaction. Order of locks: item, then its slots; queues are read, never locked.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from maskwright.audit.record import record
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import current_scope
from workforce.errors import WrongMove
from workforce.handlers import handler
from workforce.models import Slot, WorkItem, WorkQueue
from workforce.models.work_queue import SHARDS
from workforce.services.pushes import available_pushes, claim_push
from workforce.states import ItemState, QueueState, SlotState, Stage

#: Reviews that settle an item.
REVIEWS_WANTED = 1

# As many label slots as are missing for the wanted answers; numbers go on within the item's round.
_ADD_MISSING = """
INSERT INTO workforce_slot
  (id, organization_id, work_queue_id, work_item_id, stage, round, number, shard, position, state, fencing_token,
   created_at, audience_id)
SELECT gen_random_uuid(), i.organization_id, i.work_queue_id, i.id, 'label', i.round, h.last + n,
  i.position %% %(shards)s, i.position, 'ready', 0, clock_timestamp(), i.audience_id
FROM workforce_workitem i
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE s.state <> 'void') AS kept,
    coalesce(max(s.number) FILTER (WHERE s.round = i.round), 0) AS last
  FROM workforce_slot s WHERE s.work_item_id = i.id AND s.stage = 'label') h
CROSS JOIN LATERAL generate_series(1, i.labelers_wanted - h.kept) AS n
WHERE i.id = ANY (%(items)s)
ON CONFLICT DO NOTHING
"""


def add_missing_slots(item_ids: Sequence[uuid.UUID]) -> None:
    """Make the label slots that items lack for their wanted answers."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD_MISSING, {"items": list(item_ids), "shards": SHARDS})


def _locked(item_id: uuid.UUID, *states: ItemState) -> WorkItem | None:
    items = WorkItem.objects.select_for_update(no_key=True)
    found: WorkItem | None = items.filter(pk=item_id, state__in=states).first()
    return found


def lock_item(item_id: uuid.UUID) -> None:
    """Lock an item before a row of its owner's that the item's own moves change too."""
    WorkItem.objects.select_for_update(no_key=True).filter(pk=item_id).values_list("pk").first()


def settle_item(*, item_id: uuid.UUID) -> None:
    """After an answer: when all that its stage wants are in, the item is done and its owner goes on.

    Answers of earlier rounds that nobody sent back count; a review is of its round alone.
    """
    item = _locked(item_id, ItemState.OPEN)
    if item is None:
        return
    accepted = item.slots.filter(state=SlotState.ACCEPTED, stage=item.stage)
    if item.stage == Stage.REVIEW:
        is_settled = accepted.filter(round=item.round).count() >= REVIEWS_WANTED
    else:
        is_settled = accepted.count() >= item.labelers_wanted
    if not is_settled:
        return
    item.state = ItemState.DONE
    item.save(update_fields=["state"])
    handler().item_done(item.pk, Stage(item.stage), item.round)
    queue = WorkQueue.objects.get(pk=item.work_queue_id)
    if queue.state == QueueState.OPEN:
        emit(Message("queue.distribute", queue.organization_id, {"queue_id": str(queue.pk)}, key=str(queue.pk)))


def begin_review(*, item_id: uuid.UUID) -> bool:
    """Offer an item whose answers are all in to the queue's review team; False when it stands somewhere else."""
    item = _locked(item_id, ItemState.DONE)
    if item is None or item.stage != Stage.LABEL:
        return False
    item.stage, item.state = Stage.REVIEW, ItemState.OPEN
    item.save(update_fields=["stage", "state"])
    Slot.objects.bulk_create(
        [
            Slot(
                organization_id=item.organization_id,
                work_queue_id=item.work_queue_id,
                work_item=item,
                stage=Stage.REVIEW,
                round=item.round,
                number=number,
                shard=item.position % SHARDS,
                position=item.position,
            )
            for number in range(1, REVIEWS_WANTED + 1)
        ],
        ignore_conflicts=True,
    )
    record("work_item.review_began", "work_item", item.pk, round=item.round)
    emit(*available_pushes([item.work_queue_id]))
    return True


# The replaced slots stay as history, void, with their worker. What another stage of the item has open ends. A place is
# kept for him only if he may still work here: his part of a shared queue is the item's, his vendor has a grant.
_VOID_ANSWERS = """
UPDATE workforce_slot SET state = 'void' WHERE work_item_id = %(item)s AND id = ANY (%(slots)s)
  AND stage = 'label' AND state = 'accepted'
RETURNING worker_id, audience_id
"""
_MAY_RETURN = """
SELECT w.id FROM workforce_worker w WHERE w.id = ANY (%(workers)s) AND (w.vendor_id IS NULL OR EXISTS (
  SELECT 1 FROM workforce_workgrant g WHERE g.work_queue_id = %(queue)s AND g.vendor_id = w.vendor_id
    AND g.state = 'accepted' AND g.revoked_at IS NULL))
"""
_END_REVIEW = """
WITH freed AS (
  UPDATE workforce_slot SET state = 'void', worker_id = NULL, expires_at = NULL, deadline_at = NULL,
    reserved_worker_id = NULL, reserved_until = NULL, fencing_token = fencing_token + 1
  WHERE work_item_id = %(item)s AND stage = 'review' AND state IN ('ready', 'claimed') RETURNING id
)
UPDATE workforce_claim c SET state = 'withdrawn', ended_at = clock_timestamp(), reason = 'The answers changed.'
FROM freed f WHERE c.slot_id = f.id AND c.state = 'live'
RETURNING c.id, c.worker_id
"""
_ADD_REWORK = """
INSERT INTO workforce_slot
  (id, organization_id, work_queue_id, work_item_id, stage, round, number, shard, position, state, fencing_token,
   created_at, audience_id, reserved_worker_id, reserved_until)
SELECT gen_random_uuid(), i.organization_id, i.work_queue_id, i.id, 'label', i.round, n, i.position %% %(shards)s,
  i.position, 'ready', 0, clock_timestamp(), i.audience_id, v.worker_id,
  CASE WHEN v.worker_id IS NOT NULL THEN clock_timestamp() + %(reserve)s * interval '1 second' END
FROM workforce_workitem i, unnest(%(workers)s::uuid[]) WITH ORDINALITY AS v(worker_id, n)
WHERE i.id = %(item)s
"""


def take_back(*, item_id: uuid.UUID, slot_ids: Sequence[uuid.UUID], reserve_seconds: float | None) -> int:
    """Void accepted label answers of an item and offer their places again, in a new round; how many were.

    With `reserve_seconds` each place is kept that long for the labeler whose answer it was; None offers it to others
    at once. The item goes back to labeling whatever stage it had reached; a review under way ends.
    """
    item = _locked(item_id, ItemState.OPEN, ItemState.DONE, ItemState.FAILED, ItemState.ATTENTION)
    if item is None:
        return 0
    values: dict[str, Any] = {"item": item.pk, "slots": list(slot_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_VOID_ANSWERS, values)
        voided = cursor.fetchall()
        if not voided:
            return 0
        cursor.execute(_END_REVIEW, values)
        ended = cursor.fetchall()
        item.stage, item.round, item.state = Stage.LABEL, item.round + 1, ItemState.OPEN
        item.save(update_fields=["stage", "round", "state"])
        kept = _kept_for(cursor, item, voided) if reserve_seconds is not None else [None] * len(voided)
        values |= {"workers": kept, "reserve": reserve_seconds, "shards": SHARDS}
        cursor.execute(_ADD_REWORK, values)
    owner = item.organization_id
    record("work_item.taken_back", "work_item", item.pk, round=item.round, answers=len(voided))
    emit(
        *(claim_push(owner, worker, "work.claim_ended", claim) for claim, worker in ended),
        *available_pushes([item.work_queue_id]),
    )
    return len(voided)


def _kept_for(cursor: Any, item: WorkItem, voided: list[tuple[uuid.UUID, uuid.UUID]]) -> list[uuid.UUID | None]:
    """For whom each place is kept: its worker, or nobody where he may not come back."""
    cursor.execute(_MAY_RETURN, {"workers": [worker for worker, _ in voided], "queue": item.work_queue_id})
    allowed = {row[0] for row in cursor.fetchall()}
    return [worker if worker in allowed and audience == item.audience_id else None for worker, audience in voided]


def fail_item(*, item_id: uuid.UUID, code: str, reason: str) -> None:
    """Give an item up, visibly: its free slots are void and its owner is told why."""
    item = _locked(item_id, ItemState.WAITING, ItemState.OPEN, ItemState.ATTENTION)
    if item is None:
        return
    item.slots.filter(state=SlotState.READY).update(state=SlotState.VOID, reserved_worker_id=None, reserved_until=None)
    item.state = ItemState.FAILED
    item.save(update_fields=["state"])
    record("work_item.failed", "work_item", item.pk, code=code, reason=reason)
    handler().item_failed(item.pk, code, reason)
    emit(Message("queue.distribute", current_scope().organization_id, {"queue_id": str(item.work_queue_id)}))


def reopen_item(*, item_id: uuid.UUID) -> None:
    """Put a failed item back to labeling; answers that were accepted stay and count."""
    item = _locked(item_id, ItemState.FAILED)
    if item is None:
        raise WrongMove(_("Only an item that failed can be put back to work."))
    item.stage, item.state = Stage.LABEL, ItemState.OPEN
    item.save(update_fields=["stage", "state"])
    item.slots.filter(state=SlotState.VOID, stage=Stage.LABEL, round=item.round, worker=None).update(
        state=SlotState.READY, audience_id=item.audience_id, created_at=Now()
    )
    add_missing_slots([item.pk])
    record("work_item.reopened", "work_item", item.pk)
    emit(
        Message("work.item_answered", item.organization_id, {"item_id": str(item.pk)}, key=str(item.pk)),
        *available_pushes([item.work_queue_id]),
    )
