"""Gold tasks in a queue: their items, and a slot of one for one person. Acts in the open scope, which owns the queue.

A slot is kept for its person softly, like the next photo that is fetched ahead, and later than that: so it never takes
the place of what his client has prepared already, and is prepared itself. Its audience is nobody's (`workforce.gold`),
so nobody else ever gets it.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from maskwright.core.scope import current_scope
from workforce.gold import GOLD, REMOVED_GOLD
from workforce.models import WorkItem, WorkQueue
from workforce.models.work_queue import SHARDS
from workforce.states import ItemState

#: How long a gold slot is kept for its person; then it is made for him anew when it is due.
_KEPT_DAYS = 30

_NEXT_POSITION = """
SELECT greatest(coalesce(max(position), 0) + 1, 1000000000) FROM workforce_workitem WHERE work_queue_id = %(queue)s
"""


def add_gold_item(*, queue: WorkQueue, item_id: uuid.UUID) -> WorkItem:
    """An item beside the queue's own; it wants no answer and stands behind all of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"gold {queue.pk}"])
        cursor.execute(_NEXT_POSITION, {"queue": queue.pk})
        position = cursor.fetchone()[0]
    item: WorkItem = WorkItem.objects.create(
        id=item_id,
        organization_id=queue.organization_id,
        work_queue=queue,
        position=position,
        labelers_wanted=0,
        state=ItemState.GOLD,
        audience_id=GOLD,
    )
    return item


# What its person let go of or lost comes back to him before anything new: his draft is there. What he declined never
# does; such a slot stays as it is, seen by nobody.
_KEEP_AGAIN = """
UPDATE workforce_slot s SET reserved_worker_id = %(worker)s, reserved_claim_id = s.id,
  reserved_until = clock_timestamp() + %(days)s * interval '1 day'
WHERE s.id = (
  SELECT x.id FROM workforce_slot x JOIN workforce_claim c ON c.slot_id = x.id AND c.fencing_token = x.fencing_token
  WHERE x.work_queue_id = %(queue)s AND x.audience_id = %(gold)s AND x.state = 'ready'
    AND x.reserved_worker_id IS NULL AND c.worker_id = %(worker)s AND c.state IN ('expired', 'released')
  ORDER BY c.ended_at LIMIT 1 FOR UPDATE OF x SKIP LOCKED)
RETURNING s.id
"""
_OUTSTANDING = """
SELECT 1 FROM workforce_slot s WHERE s.work_queue_id = %(queue)s AND s.audience_id = %(gold)s
  AND ((s.state = 'ready' AND s.reserved_worker_id = %(worker)s) OR (s.state = 'claimed' AND s.worker_id = %(worker)s))
LIMIT 1
"""
_MAKE = """
INSERT INTO workforce_slot
  (id, organization_id, work_queue_id, work_item_id, stage, round, number, shard, position, state, fencing_token,
   created_at, audience_id, reserved_worker_id, reserved_until, reserved_claim_id)
SELECT f.id, f.organization_id, f.work_queue_id, f.item_id, 'label', 1, f.number, f.position %% %(shards)s, f.position,
  'ready', 0, clock_timestamp(), %(gold)s, %(worker)s, clock_timestamp() + %(days)s * interval '1 day', f.id
FROM (
  SELECT gen_random_uuid() AS id, i.organization_id, i.work_queue_id, i.id AS item_id, i.position,
    (SELECT coalesce(max(s.number), 0) + 1 FROM workforce_slot s WHERE s.work_item_id = i.id) AS number
  FROM workforce_workitem i WHERE i.id = %(item)s AND i.state = 'gold') f
ON CONFLICT DO NOTHING
RETURNING id
"""


def is_outstanding(*, queue_id: uuid.UUID, worker_id: uuid.UUID) -> bool:
    """Whether a gold task is kept for the person or in his hands; one that he let go of is kept for him again."""
    values: dict[str, Any] = {"queue": queue_id, "worker": worker_id, "gold": GOLD, "days": _KEPT_DAYS}
    with connection.cursor() as cursor:
        cursor.execute(_OUTSTANDING, values)
        if cursor.fetchone() is not None:
            return True
        cursor.execute(_KEEP_AGAIN, values)
        return cursor.fetchone() is not None


def keep_gold(*, item_id: uuid.UUID, worker_id: uuid.UUID) -> bool:
    """Make a slot of a gold item for one person. The caller holds a lock on person and queue (`lock_person`)."""
    values: dict[str, Any] = {"item": item_id, "worker": worker_id, "gold": GOLD, "days": _KEPT_DAYS, "shards": SHARDS}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"gold item {item_id}"])
        cursor.execute(_MAKE, values)
        return cursor.fetchone() is not None


_HISTORY = """
WITH his AS (
  SELECT c.work_item_id, c.claimed_at, c.state, i.state = 'gold' AS is_gold
  FROM workforce_claim c JOIN workforce_workitem i ON i.id = c.work_item_id
  WHERE c.organization_id = %(org)s AND c.worker_id = %(worker)s AND c.work_queue_id = %(queue)s AND c.stage = 'label'
)
SELECT count(DISTINCT work_item_id) FILTER (WHERE is_gold), count(*) FILTER (WHERE NOT is_gold AND state = 'submitted'
  AND claimed_at > coalesce((SELECT max(g.claimed_at) FROM his g WHERE g.is_gold), '-infinity'))
FROM his
"""


def history(*, queue_id: uuid.UUID, worker_id: uuid.UUID) -> tuple[int, int]:
    """How many gold tasks the person has had in a queue, and how many ordinary answers he gave since the last."""
    values = {"org": current_scope().organization_id, "worker": worker_id, "queue": queue_id}
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, values)
        given, since = cursor.fetchone()
    return int(given), int(since)


# Who asks for work in a qualification has all of its gold tasks kept for him that he has not had in his hands.
_KEEP_ALL = """
INSERT INTO workforce_slot
  (id, organization_id, work_queue_id, work_item_id, stage, round, number, shard, position, state, fencing_token,
   created_at, audience_id, reserved_worker_id, reserved_until, reserved_claim_id)
SELECT f.id, f.organization_id, f.work_queue_id, f.item_id, 'label', 1, f.number, f.position %% %(shards)s, f.position,
  'ready', 0, clock_timestamp(), %(gold)s, f.worker_id,
  clock_timestamp() + %(days)s * interval '1 day' + f.place * interval '1 millisecond', f.id
FROM (
  SELECT gen_random_uuid() AS id, i.organization_id, i.work_queue_id, i.id AS item_id, i.position, e.worker_id,
    row_number() OVER (ORDER BY i.position) AS place,
    (SELECT coalesce(max(s.number), 0) + 1 FROM workforce_slot s WHERE s.work_item_id = i.id) AS number
  FROM unnest(%(queues)s::uuid[], %(workers)s::uuid[]) AS e(queue_id, worker_id)
  JOIN workforce_workitem i ON i.work_queue_id = e.queue_id AND i.state = 'gold' AND i.audience_id = %(gold)s
  WHERE NOT EXISTS (SELECT 1 FROM workforce_slot s WHERE s.work_item_id = i.id
      AND (s.worker_id = e.worker_id OR s.reserved_worker_id = e.worker_id))
    AND NOT EXISTS (SELECT 1 FROM workforce_claim c WHERE c.work_item_id = i.id AND c.worker_id = e.worker_id
      AND c.state IN ('live', 'submitted', 'declined'))) f
ON CONFLICT DO NOTHING
"""


def keep_all(places: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Make the slots that people lack in qualifications, as (queue, worker); one at a time in a queue, as slots of an
    item are numbered."""
    values: dict[str, Any] = {
        "queues": [queue for queue, _ in places],
        "workers": [worker for _, worker in places],
        "gold": GOLD,
        "days": _KEPT_DAYS,
        "shards": SHARDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('gold ' || queue, 0)) FROM"
            " unnest(%(queues)s::text[]) AS queue ORDER BY queue",
            {"queues": sorted({str(queue) for queue, _ in places})},
        )
        cursor.execute(_KEEP_ALL, values)


def remove_item(item_id: uuid.UUID) -> None:
    """Keep a gold item for nobody any more; who holds it may finish."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workforce_slot SET state = 'void', reserved_worker_id = NULL, reserved_until = NULL,"
            " reserved_claim_id = NULL WHERE work_item_id = %s AND state = 'ready'",
            [item_id],
        )
        cursor.execute("UPDATE workforce_workitem SET audience_id = %s WHERE id = %s", [REMOVED_GOLD, item_id])


def lock_person(*, queue_id: uuid.UUID, worker_id: uuid.UUID) -> None:
    """One decision about a person's gold in a queue at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"gold of {worker_id} in {queue_id}"])


def had_items(*, item_ids: Sequence[uuid.UUID], worker_id: uuid.UUID) -> set[uuid.UUID]:
    """Which of the items the person has had in his hands, or has kept for him."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT work_item_id FROM workforce_claim WHERE work_item_id = ANY (%(items)s) AND worker_id = %(worker)s"
            " UNION SELECT work_item_id FROM workforce_slot WHERE work_item_id = ANY (%(items)s)"
            " AND (worker_id = %(worker)s OR (reserved_worker_id = %(worker)s AND state = 'ready'))",
            {"items": list(item_ids), "worker": worker_id},
        )
        return {row[0] for row in cursor.fetchall()}


# Of what is kept for others only the soft part counts, which he gets when nothing else is left; photos he had never do.
_ORDINARY = """
SELECT 1 FROM workforce_slot s JOIN workforce_workqueue q ON q.id = s.work_queue_id AND q.state = 'open'
WHERE s.work_queue_id = %(queue)s AND s.state = 'ready' AND s.stage = 'label' AND s.audience_id <> %(gold)s
  AND (s.reserved_worker_id IS NULL OR s.reserved_worker_id = %(worker)s OR s.reserved_claim_id IS NOT NULL
    OR s.reserved_until < clock_timestamp())
  AND NOT EXISTS (SELECT 1 FROM workforce_claim c WHERE c.work_item_id = s.work_item_id AND c.worker_id = %(worker)s
    AND c.state IN ('live', 'submitted', 'declined'))
LIMIT 1
"""


def has_ordinary_work(*, queue_id: uuid.UUID, worker_id: uuid.UUID) -> bool:
    """Whether the queue is open and something of its own is free for the person.

    Otherwise he has been told that there is nothing: nothing would tell him of a gold task that is made after that, and
    who waits for the end of a job must not wait for gold.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ORDINARY, {"queue": queue_id, "worker": worker_id, "gold": GOLD})
        return cursor.fetchone() is not None
