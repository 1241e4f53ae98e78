"""Answers of an item that are withdrawn, and withdrawals that are undone. In the owner's scope.

Each function is part of its caller's transaction, which holds the locks of the queue and the item.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from maskwright.audit.record import record
from maskwright.core.outbox import Message, emit
from workforce.models import Claim, Slot, WorkItem
from workforce.models.work_queue import SHARDS
from workforce.services.pushes import available_pushes, claim_push
from workforce.states import ItemState, SlotState, Stage


@dataclass(frozen=True)
class Taken:
    """How the item stood, and its round since then: None where its places are not offered again."""

    state: str
    stage: str
    round: int
    round_after: int | None


# The slots keep worker and token: undone, the answer's place is found as it was.
_VOID = """
UPDATE workforce_slot SET state = 'void' WHERE work_item_id = %(item)s AND state = 'accepted'
  AND (id = ANY (%(slots)s) OR (stage = 'review' AND round = %(round)s))
"""
_MARK_CLAIMS = """
UPDATE workforce_claim c SET is_withdrawn = %(withdrawn)s
FROM workforce_slot s WHERE s.id = ANY (%(slots)s) AND c.slot_id = s.id AND c.fencing_token = s.fencing_token
  AND c.worker_id = s.worker_id AND c.state = 'submitted' AND c.stage = 'label'
"""
_END_REVIEW = """
WITH freed AS (
  UPDATE workforce_slot SET state = 'void', worker_id = NULL, expires_at = NULL, deadline_at = NULL,
    reserved_worker_id = NULL, reserved_until = NULL, reserved_claim_id = NULL, fencing_token = fencing_token + 1
  WHERE work_item_id = %(item)s AND stage = 'review' AND state IN ('ready', 'claimed') RETURNING id
)
UPDATE workforce_claim c SET state = 'withdrawn', ended_at = clock_timestamp(), reason = %(reason)s
FROM freed f WHERE c.slot_id = f.id AND c.state = 'live'
RETURNING c.id, c.worker_id
"""
_ADD = """
INSERT INTO workforce_slot
  (id, organization_id, work_queue_id, work_item_id, stage, round, number, shard, position, state, fencing_token,
   created_at, audience_id)
SELECT gen_random_uuid(), i.organization_id, i.work_queue_id, i.id, 'label', i.round, n, i.position %% %(shards)s,
  i.position, 'ready', 0, clock_timestamp(), i.audience_id
FROM workforce_workitem i, generate_series(1, %(count)s) AS n WHERE i.id = %(item)s
"""


def withdraw_answers(*, item: WorkItem, slot_ids: Sequence[uuid.UUID], reopen: bool) -> Taken:
    """Void the label answers in these slots and every review of the item's round. With `reopen` others are offered as
    many places, in a new round; whose answers they were do not get the item again."""
    before, stage, number = item.state, item.stage, item.round
    values: dict[str, Any] = {
        "item": item.pk,
        "slots": list(slot_ids),
        "round": number,
        "withdrawn": True,
        "reason": gettext_noop("The answers changed."),
        "shards": SHARDS,
        "count": len(slot_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARK_CLAIMS, values)
        cursor.execute(_VOID, values)
        cursor.execute(_END_REVIEW, values)
        ended = cursor.fetchall()
        if reopen:
            item.stage, item.round, item.state = Stage.LABEL, number + 1, ItemState.OPEN
            item.attention_at, item.attention_reason = None, ""
            item.save(update_fields=["stage", "round", "state", "attention_at", "attention_reason"])
            cursor.execute(_ADD, values)
    emit(*(claim_push(item.organization_id, worker, "work.claim_ended", claim) for claim, worker in ended))
    if reopen:
        emit(*available_pushes([item.work_queue_id]))
    record("work_item.answers_withdrawn", "work_item", item.pk, answers=len(slot_ids), round=item.round)
    return Taken(before, stage, number, item.round if reopen else None)


def fail_withdrawn(item: WorkItem) -> None:
    """An item nobody labels any more whose answers are all gone; it can be tried again."""
    item.state = ItemState.FAILED
    item.save(update_fields=["state"])


def is_untouched(item: WorkItem, round_after: int) -> bool:
    """Whether nobody has taken a place of the round that the withdrawal began."""
    if (item.stage, item.state, item.round) != (Stage.LABEL, ItemState.OPEN, round_after):
        return False
    return not Claim.objects.filter(work_item=item, round=round_after).exists()


def restore_answers(item: WorkItem, slot_ids: Sequence[uuid.UUID]) -> None:
    """The answers in these slots, label or review, have their places again."""
    Slot.objects.filter(pk__in=slot_ids, work_item=item, state=SlotState.VOID).update(state=SlotState.ACCEPTED)
    with connection.cursor() as cursor:
        cursor.execute(_MARK_CLAIMS, {"slots": list(slot_ids), "withdrawn": False})


def restore_item(item: WorkItem, *, state: str, stage: str, round: int) -> None:
    """Put an untouched item back to where it stood; the places that were offered meanwhile vanish."""
    Slot.objects.filter(work_item=item, round=item.round, state=SlotState.READY).delete()
    item.state, item.stage, item.round = state, stage, round
    item.save(update_fields=["state", "stage", "round"])
    record("work_item.withdrawal_undone", "work_item", item.pk, round=round)


def free_places(item: WorkItem, wanted: int) -> int:
    """Void up to `wanted` label places that nobody has answered yet, those nobody holds first; how many."""
    if item.state not in (ItemState.OPEN, ItemState.ATTENTION) or item.stage != Stage.LABEL:
        return 0
    open_slots = Slot.objects.select_for_update(no_key=True).filter(
        work_item=item, stage=Stage.LABEL, state__in=[SlotState.READY, SlotState.CLAIMED]
    )
    chosen = sorted(open_slots, key=lambda slot: (slot.state == SlotState.CLAIMED, slot.number))[:wanted]
    with connection.cursor() as cursor:
        cursor.execute(
            _FREE,
            {
                "slots": [slot.pk for slot in chosen],
                "reason": gettext_noop("An answer that was withdrawn counts again."),
            },
        )
        ended = cursor.fetchall()
    emit(*(claim_push(item.organization_id, worker, "work.claim_ended", claim) for claim, worker in ended))
    return len(chosen)


_FREE = """
WITH freed AS (
  UPDATE workforce_slot SET state = 'void', worker_id = NULL, expires_at = NULL, deadline_at = NULL,
    reserved_worker_id = NULL, reserved_until = NULL, reserved_claim_id = NULL, fencing_token = fencing_token + 1
  WHERE id = ANY (%(slots)s) RETURNING id
)
UPDATE workforce_claim c SET state = 'withdrawn', ended_at = clock_timestamp(), reason = %(reason)s
FROM freed f WHERE c.slot_id = f.id AND c.state = 'live'
RETURNING c.id, c.worker_id
"""


def settle_later(item: WorkItem) -> None:
    emit(Message("work.item_answered", item.organization_id, {"item_id": str(item.pk)}, key=str(item.pk)))
