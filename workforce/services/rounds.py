"""Rounds: an item whose answers came to nothing is asked anew; what was answered before is kept and counts no more.

Everybody who may work on the queue may answer in the new round, once, whatever he said in an earlier one: a team has
often no more people than answers are wanted, and who could not label a photo can when its instructions are better.
Within a round nobody gets the same item twice, and who declines it does not see it again in that round.
"""

import uuid

from django.utils.translation import gettext as _

from maskwright.audit.record import record
from workforce.errors import WrongMove
from workforce.models import WorkItem, WorkQueue
from workforce.services.queues import distribute
from workforce.states import ItemState, SlotState, Stage


def has_answers_to_keep(item: WorkItem) -> bool:
    """Whether somebody answered the item in its present round, or is at it."""
    held = [SlotState.CLAIMED, SlotState.ACCEPTED]
    return bool(item.slots.filter(stage=item.stage, round=item.round, state__in=held).exists())


def begin_round(*, item_id: uuid.UUID) -> WorkItem:
    """Put an item that is done or failed back to the queue for a new round, with as many slots as are wanted now.

    It is opened at once while the queue is open and its window has room. The caller holds the queue's lock. Raises
    WrongMove while people are still to answer it.
    """
    item: WorkItem | None = WorkItem.objects.select_for_update(no_key=True).filter(pk=item_id).first()
    if item is None or item.state not in (ItemState.DONE, ItemState.FAILED):
        raise WrongMove(_("Only an item that is finished can begin a new round."))
    if item.slots.filter(state=SlotState.CLAIMED).exists():
        raise WrongMove(_("Somebody is still labeling it. Try again when nobody is."))
    item.slots.filter(state__in=[SlotState.READY, SlotState.ACCEPTED]).update(
        state=SlotState.VOID, reserved_worker=None, reserved_until=None
    )
    item.round += 1
    item.stage = Stage.LABEL
    item.state = ItemState.WAITING
    item.labelers_wanted = WorkQueue.objects.values_list("labelers_wanted", flat=True).get(pk=item.work_queue_id)
    item.save(update_fields=["stage", "round", "state", "labelers_wanted"])
    record("work_item.round_begun", "work_item", item.pk, round=item.round)
    distribute(queue_id=item.work_queue_id)
    return item
