"""A queue as its managers see it: what waits, who holds what, what starves and why, when it will be finished."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from workforce.distribution.forecast import BUCKET_SECONDS, WINDOW_SECONDS, Forecast, forecast
from workforce.distribution.skill_match import has_skills
from workforce.gold import GOLD, OWN_SLOT
from workforce.models import WorkQueue

_LISTED = 200


@dataclass(frozen=True)
class Held:
    """A live claim; `worker` is the name the customer knows him by."""

    claim_id: uuid.UUID
    worker_id: uuid.UUID
    worker: str
    item_id: uuid.UUID
    position: int
    stage: str
    since: datetime
    expires_at: datetime
    deadline_at: datetime


@dataclass(frozen=True)
class Starving:
    """An item that waits for an answer nobody can give. `why`: no_team, nobody_skilled, nobody_left, kept,
    unassigned (its share of a shared queue is nobody's)."""

    item_id: uuid.UUID
    position: int
    since: datetime
    why: str


@dataclass(frozen=True)
class Attention:
    item_id: uuid.UUID
    position: int
    since: datetime
    reason: str


@dataclass(frozen=True)
class QueueView:
    """`unopened`: items beyond the window. `ready`, `claimed`, `kept`: slots. `missing`: answers until the end."""

    now: datetime
    unopened: int
    ready: int
    claimed: int
    kept: int
    missing: int
    oldest_ready: datetime | None
    held: list[Held]
    starving: list[Starving]
    attention: list[Attention]
    people: list[dict[str, Any]]
    forecast: Forecast | None

    def at(self, seconds: float | None) -> datetime | None:
        return None if seconds is None else self.now + timedelta(seconds=seconds)


_COUNTS = """
SELECT clock_timestamp(),
  (SELECT count(*) FROM workforce_workitem WHERE work_queue_id = %(queue)s AND state = 'waiting'),
  count(*) FILTER (WHERE state = 'ready'), count(*) FILTER (WHERE state = 'claimed'),
  count(*) FILTER (WHERE state = 'ready' AND reserved_until > clock_timestamp() AND reserved_claim_id IS NULL),
  count(*) FILTER (WHERE stage = 'label') + (
    SELECT coalesce(sum(labelers_wanted), 0) FROM workforce_workitem
    WHERE work_queue_id = %(queue)s AND state = 'waiting'),
  min(created_at) FILTER (WHERE state = 'ready')
FROM workforce_slot WHERE work_queue_id = %(queue)s AND state IN ('ready', 'claimed') AND audience_id <> %(gold)s
"""
_HELD = """
SELECT c.id, c.worker_id, w.code, c.work_item_id, i.position, c.stage, c.claimed_at, s.expires_at, s.deadline_at
FROM workforce_claim c JOIN workforce_slot s ON s.id = c.slot_id JOIN workforce_worker w ON w.id = c.worker_id
JOIN workforce_workitem i ON i.id = c.work_item_id
WHERE c.work_queue_id = %(queue)s AND c.state = 'live' AND s.state = 'claimed' ORDER BY c.claimed_at LIMIT %(limit)s
"""
# Of the own team: a vendor's people are not the customer's to count, so with a live grant nobody is said to be missing.
_STARVING = f"""
WITH people AS (
  SELECT m.user_id, i.worker_id, {has_skills("m.organization_id", "m.user_id")} AS skilled
  FROM workforce_teammember m
  JOIN workforce_workqueue q ON q.id = %(queue)s AND q.work_team_id = m.work_team_id
  LEFT JOIN workforce_workeridentity i ON i.organization_id = m.organization_id AND i.customer_id = m.organization_id
    AND i.user_id = m.user_id
), oldest AS (
  SELECT s.work_item_id, min(s.position) AS position, min(s.created_at) AS since, max(s.round) AS round,
    bool_and(s.reserved_claim_id IS NULL AND coalesce(s.reserved_until > clock_timestamp(), false)) AS kept,
    bool_and(s.audience_id = s.work_queue_id) AS free
  FROM (SELECT * FROM workforce_slot WHERE work_queue_id = %(queue)s AND state = 'ready' AND stage = 'label'
          AND audience_id <> %(gold)s ORDER BY created_at LIMIT 1000) s
  GROUP BY s.work_item_id
), judged AS (
  SELECT o.*, CASE
    WHEN o.kept THEN 'kept'
    WHEN o.free THEN 'unassigned'
    WHEN EXISTS (SELECT 1 FROM workforce_workgrant g WHERE g.work_queue_id = %(queue)s AND g.state = 'accepted'
                 AND g.revoked_at IS NULL) THEN ''
    WHEN NOT EXISTS (SELECT 1 FROM people) THEN 'no_team'
    WHEN NOT EXISTS (SELECT 1 FROM people WHERE skilled) THEN 'nobody_skilled'
    WHEN NOT EXISTS (
      SELECT 1 FROM people p WHERE p.skilled
        AND NOT EXISTS (SELECT 1 FROM workforce_slot x WHERE x.work_item_id = o.work_item_id
          AND x.worker_id = p.worker_id AND x.state IN ('claimed', 'accepted'))
        AND NOT EXISTS (SELECT 1 FROM workforce_claim d WHERE d.work_item_id = o.work_item_id
          AND d.worker_id = p.worker_id AND d.state = 'declined' AND d.stage = 'label' AND d.round = o.round)
    ) THEN 'nobody_left' ELSE '' END AS why
  FROM oldest o
)
SELECT work_item_id, position, since, why FROM judged WHERE why <> '' ORDER BY since, position LIMIT %(limit)s
"""
_ATTENTION = """
SELECT id, position, attention_at, attention_reason FROM workforce_workitem
WHERE work_queue_id = %(queue)s AND state = 'attention' ORDER BY attention_at LIMIT %(limit)s
"""
_PEOPLE = """
SELECT DISTINCT w.id, w.code FROM workforce_worker w
WHERE w.organization_id = %(org)s AND (
  w.id IN (SELECT c.worker_id FROM workforce_claim c WHERE c.work_queue_id = %(queue)s)
  OR w.id IN (SELECT i.worker_id FROM workforce_workeridentity i
    JOIN workforce_teammember m ON m.organization_id = i.organization_id AND m.user_id = i.user_id
    JOIN workforce_workqueue q ON q.id = %(queue)s AND q.work_team_id = m.work_team_id
    WHERE i.organization_id = %(org)s AND i.customer_id = %(org)s))
ORDER BY w.code LIMIT 500
"""
_BUCKETS = f"""
SELECT floor(extract(epoch FROM clock_timestamp() - c.ended_at) / %(bucket)s)::int, count(*)
FROM workforce_claim c JOIN workforce_slot s ON s.id = c.slot_id AND {OWN_SLOT}
WHERE c.work_queue_id = %(queue)s AND c.state = 'submitted' AND c.stage = 'label'
  AND c.ended_at > clock_timestamp() - %(window)s * interval '1 second'
GROUP BY 1
"""


def queue_view(queue: WorkQueue) -> QueueView:
    """Six statements, whatever the queue's length. The caller has checked that the queue is the organization's own."""
    values: dict[str, Any] = {
        "queue": queue.pk,
        "org": queue.organization_id,
        "limit": _LISTED,
        "bucket": BUCKET_SECONDS,
        "window": WINDOW_SECONDS,
        "gold": GOLD,
    }

    def rows(sql: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())

    now, unopened, ready, claimed, kept, missing, oldest = rows(_COUNTS)[0]
    counted = dict(rows(_BUCKETS))
    buckets = [counted.get(age, 0) for age in range(max(counted, default=-1), -1, -1)]
    return QueueView(
        now=now,
        unopened=unopened,
        ready=ready,
        claimed=claimed,
        kept=kept,
        missing=int(missing),
        oldest_ready=oldest,
        held=[Held(*row) for row in rows(_HELD)],
        starving=[Starving(*row) for row in rows(_STARVING)],
        attention=[Attention(*row) for row in rows(_ATTENTION)],
        people=[{"id": worker, "name": code} for worker, code in rows(_PEOPLE)],
        forecast=forecast(buckets, int(missing)),
    )
