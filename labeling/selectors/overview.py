"""What a labeler sees first: his jobs, what he did today, the claim he holds."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from maskwright.core.scope import current_scope

# Vendors' people see the customer's job by title and counts; `mine` and `waiting` count slots of the asking person.
_JOBS = """
WITH mine AS (
  SELECT i.customer_id, i.worker_id FROM workforce_workeridentity i
  WHERE i.organization_id = %(org)s AND i.user_id = %(user)s
), queues AS (
  SELECT q.id, q.organization_id, q.state, q.priority FROM workforce_workqueue q
  WHERE q.state <> 'closed' AND (
    (q.organization_id = %(org)s AND q.work_team_id IN (
      SELECT m.work_team_id FROM workforce_teammember m WHERE m.organization_id = %(org)s AND m.user_id = %(user)s))
    OR (q.id = ANY (%(granted)s) AND q.id IN (
      SELECT g.work_queue_id FROM workforce_grantstaffing g
      JOIN workforce_teammember m ON m.organization_id = g.organization_id AND m.work_team_id = g.work_team_id
      WHERE g.organization_id = %(org)s AND m.user_id = %(user)s)))
)
SELECT j.id, j.name, r.title, j.state, q.state = 'paused', o.name,
  (SELECT count(*) FROM workforce_slot s WHERE s.work_queue_id = q.id AND s.state = 'ready'
     AND NOT EXISTS (SELECT 1 FROM workforce_slot x WHERE x.work_item_id = s.work_item_id
       AND x.worker_id = m.worker_id AND x.state IN ('claimed', 'accepted'))),
  (SELECT count(*) FROM workforce_slot s WHERE s.work_queue_id = q.id AND s.state = 'accepted'
     AND s.worker_id = m.worker_id),
  (SELECT count(*) FROM workforce_workitem w WHERE w.work_queue_id = q.id)
FROM queues q
JOIN labeling_labelingjob j ON j.work_queue_id = q.id
JOIN labeling_jobrevision r ON r.job_id = j.id AND r.number = j.revision
JOIN organizations_organization o ON o.id = q.organization_id
LEFT JOIN mine m ON m.customer_id = q.organization_id
ORDER BY q.priority DESC, j.id
"""

_TODAY = """
SELECT count(*) FILTER (WHERE c.state = 'submitted'), coalesce(sum(c.active_seconds), 0)::float8,
  (array_agg(c.id) FILTER (WHERE c.state = 'live'))[1]
FROM workforce_claim c
WHERE c.worker_id IN (SELECT i.worker_id FROM workforce_workeridentity i
                      WHERE i.organization_id = %(org)s AND i.user_id = %(user)s)
  AND (c.claimed_at >= date_trunc('day', clock_timestamp()) OR c.state = 'live')
"""


@dataclass(frozen=True)
class Overview:
    jobs: list[dict[str, Any]]
    today: dict[str, Any]
    claim: dict[str, Any] | None


_JOB_KEYS = ("id", "name", "title", "status", "paused", "customer", "waiting", "mine", "total")


def work_overview(user_id: uuid.UUID) -> Overview:
    """Two statements, whatever the number of jobs."""
    scope = current_scope()
    values: dict[str, Any] = {"org": scope.organization_id, "user": user_id, "granted": list(scope.queues)}
    with connection.cursor() as cursor:
        cursor.execute(_JOBS, values)
        jobs = [dict(zip(_JOB_KEYS, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(_TODAY, values)
        submitted, active_seconds, claim_id = cursor.fetchone()
    for job in jobs:
        job["id"] = str(job["id"])
    claim = {"id": str(claim_id)} if claim_id else None
    return Overview(jobs, {"submitted": submitted, "active_seconds": active_seconds}, claim)
