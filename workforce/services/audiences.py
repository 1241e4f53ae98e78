"""Whose the items and slots of a shared queue are: marked when they are opened, marked anew when a part changes hands.

Each function is part of its caller's transaction, whose scope is the queue's owner's, and needs the queue's lock.
Order of locks: queue, items, slots.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from workforce.distribution.sharing import Part, deal
from workforce.models import WorkQueue, WorkShare
from workforce.models.work_queue import EVERYBODY

_UNMARKED = """
SELECT id FROM workforce_workitem WHERE id = ANY (%(items)s) AND audience_id = %(everybody)s ORDER BY position
"""
_MARK = """
UPDATE workforce_workitem i SET audience_id = d.audience_id
FROM unnest(%(items)s::uuid[], %(audiences)s::uuid[]) AS d(item_id, audience_id) WHERE i.id = d.item_id
"""


def mark_opened(queue: WorkQueue, item_ids: Sequence[uuid.UUID]) -> None:
    """Give newly opened items to the parts of a shared queue; those that belong to one already stay there."""
    if not queue.is_shared:
        return
    with connection.cursor() as cursor:
        cursor.execute(_UNMARKED, {"items": list(item_ids), "everybody": EVERYBODY})
        fresh = [row[0] for row in cursor.fetchall()]
        shares = list(WorkShare.objects.filter(work_queue=queue).order_by("-percent", "pk"))
        if not fresh or not shares:
            return
        parts = [Part(share.audience_id, share.percent, share.marked) for share in shares]
        cursor.execute(_MARK, {"items": fresh, "audiences": deal(parts, len(fresh))})
    for share, part in zip(shares, parts, strict=True):
        share.marked = part.marked
    WorkShare.objects.bulk_update(shares, ["marked"])


_CLAIM_ALL = """
WITH taken AS (
  UPDATE workforce_workitem SET audience_id = %(target)s
  WHERE work_queue_id = %(queue)s AND state <> 'waiting' AND audience_id = %(source)s RETURNING state
)
SELECT count(*) FILTER (WHERE state IN ('open', 'attention')) FROM taken
"""


def mark_everything(queue: WorkQueue, audience_id: uuid.UUID) -> int:
    """A queue becomes shared: all of it that was opened is one part's. How many of these items are not finished."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_ALL, {"queue": queue.pk, "source": EVERYBODY, "target": audience_id})
        unfinished: int = cursor.fetchone()[0]
    _mark_slots(queue, EVERYBODY, audience_id)
    return unfinished


_MOVE_ALL = """
UPDATE workforce_workitem SET audience_id = %(target)s WHERE work_queue_id = %(queue)s AND audience_id = %(source)s
"""
# Evenly over the unfinished items, so that each side gets old and new ones.
_MOVE_SOME = """
WITH numbered AS (
  SELECT id, row_number() OVER (ORDER BY position) AS n FROM workforce_workitem
  WHERE work_queue_id = %(queue)s AND audience_id = %(source)s AND state NOT IN ('done', 'failed')
)
UPDATE workforce_workitem i SET audience_id = %(target)s FROM numbered n
WHERE i.id = n.id AND n.n * %(part)s / %(whole)s > (n.n - 1) * %(part)s / %(whole)s
"""


def move_part(queue: WorkQueue, *, source: uuid.UUID, target: uuid.UUID, percent: int) -> None:
    """Move `percent` of the part `source` to `target`, with its unfinished items in proportion; all of it moves with
    the finished ones, whose rework is then the target's.

    Free slots change hands with their items. A place that was kept there for somebody is kept no longer; who holds
    one may submit.
    """
    share = WorkShare.objects.get(work_queue=queue, audience_id=source)
    values: dict[str, Any] = {
        "queue": queue.pk,
        "source": source,
        "target": target,
        "part": percent,
        "whole": share.percent,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_ALL if percent == share.percent else _MOVE_SOME, values)
        moved = cursor.rowcount
    _mark_slots(queue, source, target)
    if percent == share.percent:
        moved = share.marked
        share.delete()
    else:
        share.percent, share.marked = share.percent - percent, max(share.marked - moved, 0)
        share.save(update_fields=["percent", "marked"])
    there = WorkShare.objects.filter(work_queue=queue, audience_id=target).first() or WorkShare(
        work_queue=queue, audience_id=target, percent=0, marked=0
    )
    there.percent, there.marked = there.percent + percent, there.marked + moved
    there.save()


_MARK_SLOTS = """
WITH chosen AS (
  SELECT s.id, i.audience_id FROM workforce_slot s JOIN workforce_workitem i ON i.id = s.work_item_id
  WHERE s.work_queue_id = %(queue)s AND s.stage = 'label' AND s.audience_id = %(source)s
    AND s.state IN ('ready', 'claimed') AND i.audience_id = %(target)s
  ORDER BY s.id FOR UPDATE OF s
)
UPDATE workforce_slot s SET audience_id = c.audience_id, reserved_worker_id = NULL, reserved_until = NULL,
  reserved_claim_id = NULL
FROM chosen c WHERE s.id = c.id
"""


def _mark_slots(queue: WorkQueue, source: uuid.UUID, target: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MARK_SLOTS, {"queue": queue.pk, "source": source, "target": target})


def mark_late_slots(queue_id: uuid.UUID) -> int:
    """Free slots that came back after their part had changed hands follow their items; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_LATE, {"queue": queue_id})
        late: int = cursor.rowcount
    return late


_LATE = """
WITH chosen AS (
  SELECT s.id, i.audience_id FROM workforce_slot s JOIN workforce_workitem i ON i.id = s.work_item_id
  WHERE s.work_queue_id = %(queue)s AND s.stage = 'label' AND s.state = 'ready' AND s.audience_id <> i.audience_id
  ORDER BY s.id FOR UPDATE OF s
)
UPDATE workforce_slot s SET audience_id = c.audience_id, reserved_worker_id = NULL, reserved_until = NULL,
  reserved_claim_id = NULL
FROM chosen c WHERE s.id = c.id
"""
