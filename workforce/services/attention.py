"""Items that too many people declined: they wait for a manager, who puts them back or gives them up.

Each function is part of its caller's transaction and acts in the open scope.
"""

import uuid

from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from maskwright.audit.record import record
from maskwright.core.outbox import Message, emit
from workforce.errors import WrongMove
from workforce.models import Slot, WorkItem
from workforce.models.work_queue import SHARDS
from workforce.services.items import REVIEWS_WANTED, add_missing_slots, fail_item
from workforce.services.pushes import available_pushes
from workforce.states import ItemState, SlotState, Stage


def _locked(item_id: uuid.UUID, state: ItemState) -> WorkItem | None:
    found: WorkItem | None = WorkItem.objects.select_for_update(no_key=True).filter(pk=item_id, state=state).first()
    return found


def call_for_attention(*, item_id: uuid.UUID, reason: str) -> None:
    """Offer an open item to nobody any more; who is at it may go on. Does nothing for an item in another state."""
    item = _locked(item_id, ItemState.OPEN)
    if item is None:
        return
    item.slots.filter(state=SlotState.READY).update(
        state=SlotState.VOID, reserved_worker=None, reserved_until=None, reserved_claim_id=None
    )
    item.state, item.attention_reason, item.attention_at = ItemState.ATTENTION, reason[:1000], Now()
    item.save(update_fields=["state", "attention_reason", "attention_at"])
    record("work_item.needs_attention", "work_item", item.pk, reason=reason)
    queue = str(item.work_queue_id)
    emit(Message("queue.distribute", item.organization_id, {"queue_id": queue}, key=queue))


def put_back(*, item_id: uuid.UUID) -> None:
    """Offer the item again, to those who declined it, too: in a new round, in which answers that are in still count.

    Raises WrongMove when it does not need attention.
    """
    item = _needing(item_id)
    item.round += 1
    item.state, item.attention_reason, item.attention_at = ItemState.OPEN, "", None
    item.save(update_fields=["round", "state", "attention_reason", "attention_at"])
    if item.stage == Stage.LABEL:
        add_missing_slots([item.pk])
    else:
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
            ]
        )
    Slot.objects.filter(work_item=item, state=SlotState.READY).update(is_begun=True)
    record("work_item.put_back", "work_item", item.pk, round=item.round)
    emit(
        Message("work.item_answered", item.organization_id, {"item_id": str(item.pk)}, key=str(item.pk)),
        *available_pushes([item.work_queue_id]),
    )


def give_up(*, item_id: uuid.UUID, reason: str = "") -> None:
    """The item fails (`declined`), with the manager's reason or the one why it needed attention; it can be retried."""
    item = _needing(item_id)
    why = reason.strip() or item.attention_reason or gettext_noop("A manager gave it up.")
    fail_item(item_id=item.pk, code="declined", reason=why[:1000])


def _needing(item_id: uuid.UUID) -> WorkItem:
    item = _locked(item_id, ItemState.ATTENTION)
    if item is None:
        raise WrongMove(_("This photo does not need attention: it was put back or given up already."))
    return item
