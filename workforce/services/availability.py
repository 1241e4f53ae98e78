"""Items that nobody finished while they were available. Acts in the open scope.

How long that is, is a setting of the queue: counted from when an item is offered, and standing still while the queue is
paused. Who holds a claim then may still answer.
"""

import uuid

from django.db import connection
from django.utils.translation import gettext_noop

from maskwright.audit.record import record
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import current_scope
from workforce.handlers import handler
from workforce.models import Slot, WorkItem
from workforce.services.items import fail_item
from workforce.states import ItemState, SlotState, Stage

EXPIRED = "expired"

_DUE = """
SELECT DISTINCT s.work_item_id FROM workforce_workqueue q
JOIN workforce_slot s ON s.work_queue_id = q.id AND s.state = 'ready' AND s.stage = 'label'
  AND s.created_at < clock_timestamp() - q.availability_seconds * interval '1 second'
JOIN workforce_workitem i ON i.id = s.work_item_id AND i.state = 'open' AND i.stage = 'label'
WHERE q.organization_id = %(org)s AND q.state = 'open' AND q.availability_seconds IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM workforce_slot c WHERE c.work_item_id = i.id AND c.state = 'claimed')
LIMIT %(limit)s
"""


def expire_unfinished(*, limit: int = 100) -> int:
    """End the items whose time is over: a label is made of the answers that are in; without any, the item fails."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"org": current_scope().organization_id, "limit": limit})
        due = sorted(row[0] for row in cursor.fetchall())
    return sum(_end(item_id) for item_id in due)


def _end(item_id: uuid.UUID) -> bool:
    items = WorkItem.objects.select_for_update(no_key=True).filter(pk=item_id, state=ItemState.OPEN, stage=Stage.LABEL)
    item = items.first()
    if item is None:
        return False
    # Locked, so that nobody takes one meanwhile: claims skip what is locked.
    slots = Slot.objects.filter(work_item=item, stage=Stage.LABEL).exclude(state=SlotState.VOID)
    states = [slot.state for slot in slots.select_for_update(no_key=True).order_by("pk")]
    if SlotState.CLAIMED in states or SlotState.READY not in states:
        return False
    answers = states.count(SlotState.ACCEPTED)
    if not answers:
        fail_item(item_id=item.pk, code=EXPIRED, reason=gettext_noop("Nobody labeled it while it was available."))
        return True
    slots.filter(state=SlotState.READY).update(
        state=SlotState.VOID, reserved_worker=None, reserved_until=None, reserved_claim_id=None
    )
    item.state = ItemState.DONE
    item.save(update_fields=["state"])
    record("work_item.expired", "work_item", item.pk, answers=answers)
    handler().item_done(item.pk, Stage.LABEL, item.round)
    queue = str(item.work_queue_id)
    emit(Message("queue.distribute", item.organization_id, {"queue_id": queue}, key=queue))
    return True
