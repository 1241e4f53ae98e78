"""Find work that a lost message left lying, from the rows alone. Acts in the open scope; may run twice."""

from django.db import connection

from maskwright.core.outbox import Message, emit
from maskwright.core.scope import current_scope

_STARVING_QUEUES = """
SELECT q.id FROM workforce_workqueue q
WHERE q.organization_id = %(org)s AND q.state = 'open'
  AND EXISTS (SELECT 1 FROM workforce_workitem w WHERE w.work_queue_id = q.id AND w.state = 'waiting')
  AND q.window > (
    SELECT count(*) FROM workforce_workitem o WHERE o.work_queue_id = q.id AND o.state = 'open' AND o.stage = 'label')
"""

_UNSETTLED_ITEMS = """
SELECT i.id FROM workforce_workitem i
WHERE i.organization_id = %(org)s AND i.state = 'open'
  AND CASE i.stage WHEN 'review' THEN 1 ELSE i.labelers_wanted END <= (
    SELECT count(*) FROM workforce_slot s WHERE s.work_item_id = i.id AND s.stage = i.stage AND s.state = 'accepted'
      AND (i.stage = 'label' OR s.round = i.round))
LIMIT 1000
"""


def reconcile_organization() -> int:
    """Write the missing messages of queues whose window has room and of items whose answers are all in."""
    owner = current_scope().organization_id
    messages: list[Message] = []
    with connection.cursor() as cursor:
        cursor.execute(_STARVING_QUEUES, {"org": owner})
        for (queue,) in cursor.fetchall():
            messages.append(Message("queue.distribute", owner, {"queue_id": str(queue)}, key=str(queue)))
        cursor.execute(_UNSETTLED_ITEMS, {"org": owner})
        for (item,) in cursor.fetchall():
            messages.append(Message("work.item_answered", owner, {"item_id": str(item)}, key=str(item)))
    emit(*messages)
    return len(messages)
