"""What a labeler sees first: his jobs, what he did today, the claim he holds."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from labeling.selectors.reviewed import reviewed_answers
from maskwright.core.scope import current_scope
from workforce.gold import GOLD
from workforce.states import ClaimState

# Vendors' people see the customer's job by title and counts; `mine` and `waiting` count photos of the asking person:
# several answers may be wanted of one, but his is one of them; what he declined does not wait for him.
_JOBS = """
WITH mine AS (
  SELECT i.customer_id, i.worker_id FROM workforce_workeridentity i
  WHERE i.organization_id = %(org)s AND i.user_id = %(user)s
), teams AS (
  SELECT m.work_team_id FROM workforce_teammember m WHERE m.organization_id = %(org)s AND m.user_id = %(user)s
), queues AS (
  SELECT q.id, q.organization_id, q.state, q.priority, q.is_shared, q.is_qualification,
    bool_or(f.labels) AS labels, bool_or(NOT f.labels) AS reviews
  FROM workforce_workqueue q
  JOIN (
    SELECT id, true AS labels FROM workforce_workqueue
    WHERE organization_id = %(org)s AND work_team_id IN (SELECT work_team_id FROM teams)
    UNION ALL
    SELECT id, false FROM workforce_workqueue
    WHERE %(may_review)s AND organization_id = %(org)s AND review_team_id IN (SELECT work_team_id FROM teams)
    UNION ALL
    SELECT g.work_queue_id, true FROM workforce_grantstaffing g
    WHERE g.organization_id = %(org)s AND g.work_team_id IN (SELECT work_team_id FROM teams)
      AND g.work_queue_id = ANY (%(granted)s)
  ) f ON f.id = q.id
  WHERE q.state <> 'closed'
  GROUP BY q.id
)
SELECT j.id, j.name, r.title, j.state, q.state = 'paused', o.name,
  CASE WHEN q.labels AND q.is_qualification THEN (
    SELECT count(*) FROM workforce_workitem w WHERE w.work_queue_id = q.id AND w.audience_id = %(gold)s
      AND NOT EXISTS (SELECT 1 FROM workforce_claim d WHERE d.work_item_id = w.id AND d.worker_id = m.worker_id
        AND d.state IN ('live', 'submitted', 'declined')))
  WHEN q.labels THEN (
    SELECT count(DISTINCT s.work_item_id) FROM workforce_slot s
    WHERE s.work_queue_id = q.id AND s.state = 'ready' AND s.stage = 'label'
      AND (NOT q.is_shared OR s.audience_id = ANY (%(audiences)s) OR s.reserved_worker_id = m.worker_id)
      AND (s.audience_id <> %(gold)s OR s.reserved_worker_id = m.worker_id)
      AND NOT EXISTS (SELECT 1 FROM workforce_slot x WHERE x.work_item_id = s.work_item_id
        AND x.worker_id = m.worker_id AND x.state IN ('claimed', 'accepted'))
      AND NOT EXISTS (SELECT 1 FROM workforce_claim d WHERE d.work_item_id = s.work_item_id
        AND d.worker_id = m.worker_id
        AND (d.is_withdrawn OR d.state = 'declined' AND d.stage = s.stage AND d.round = s.round))) ELSE 0 END,
  CASE WHEN q.reviews THEN (
    SELECT count(*) FROM workforce_slot s
    WHERE s.work_queue_id = q.id AND s.state = 'ready' AND s.stage = 'review'
      AND NOT EXISTS (SELECT 1 FROM workforce_claim d WHERE d.work_item_id = s.work_item_id
        AND d.worker_id = m.worker_id AND d.stage = 'label' AND d.state = 'submitted')) END,
  (SELECT count(DISTINCT s.work_item_id) FROM workforce_slot s
   WHERE s.work_queue_id = q.id AND s.state = 'accepted' AND s.worker_id = m.worker_id),
  (SELECT count(*) FROM workforce_workitem w WHERE w.work_queue_id = q.id
   AND (NOT q.is_qualification OR w.audience_id = %(gold)s)),
  (SELECT min(s.reserved_until) FROM workforce_slot s
   WHERE s.reserved_worker_id = m.worker_id AND s.work_queue_id = q.id AND s.state = 'ready'
     AND s.reserved_claim_id IS NULL AND s.reserved_until > clock_timestamp())
FROM queues q
JOIN labeling_labelingjob j ON j.work_queue_id = q.id
JOIN labeling_jobrevision r ON r.job_id = j.id AND r.number = j.revision
JOIN organizations_organization o ON o.id = q.organization_id
LEFT JOIN mine m ON m.customer_id = q.organization_id
WHERE j.state <> 'failed' -- no photo can be used: that is for its manager to mend
ORDER BY q.priority DESC, j.id
"""

# Claims that ended without their holder's doing and that he has not answered since, of queues that still run.
_RETURNED = """
SELECT DISTINCT ON (c.work_item_id) c.id, j.id, c.state, c.ended_at,
  EXISTS (SELECT 1 FROM labeling_annotation a WHERE a.claim_id = c.id AND a.state = 'late')
FROM workforce_claim c
JOIN labeling_labelingjob j ON j.work_queue_id = c.work_queue_id
JOIN workforce_workqueue q ON q.id = c.work_queue_id AND q.state <> 'closed'
WHERE c.worker_id IN (SELECT i.worker_id FROM workforce_workeridentity i
                      WHERE i.organization_id = %(org)s AND i.user_id = %(user)s)
  AND c.state IN ('expired', 'withdrawn') AND c.ended_at > clock_timestamp() - interval '7 days'
  AND NOT EXISTS (SELECT 1 FROM workforce_claim n WHERE n.work_item_id = c.work_item_id AND n.worker_id = c.worker_id
                  AND n.state IN ('live', 'submitted', 'declined'))
ORDER BY c.work_item_id, c.ended_at DESC LIMIT 50
"""

_TODAY = """
SELECT count(*) FILTER (WHERE c.state = 'submitted'), coalesce(sum(c.active_seconds), 0)::float8,
  (array_agg(c.id) FILTER (WHERE c.state = 'live'))[1],
  (array_agg(j.id) FILTER (WHERE c.state = 'live'))[1]
FROM workforce_claim c JOIN labeling_labelingjob j ON j.work_queue_id = c.work_queue_id
WHERE c.worker_id IN (SELECT i.worker_id FROM workforce_workeridentity i
                      WHERE i.organization_id = %(org)s AND i.user_id = %(user)s)
  AND (c.claimed_at >= date_trunc('day', clock_timestamp()) OR c.state = 'live')
"""


@dataclass(frozen=True)
class Overview:
    jobs: list[dict[str, Any]]
    today: dict[str, Any]
    returned: list[dict[str, Any]]
    reviewed: dict[str, Any]
    claim: dict[str, Any] | None


_JOB_KEYS = ("id", "name", "title", "status", "paused", "customer", "waiting", "reviews", "mine", "total", "kept_until")


def work_overview(user_id: uuid.UUID, *, may_review: bool = False) -> Overview:
    """Four statements, whatever the number of jobs. A job's `reviews` is null where the person reviews nothing;
    `kept_until` says until when a place of it is kept for him, null when none is."""
    scope = current_scope()
    values: dict[str, Any] = {
        "org": scope.organization_id,
        "user": user_id,
        "granted": list(scope.queues),
        "may_review": may_review,
        "audiences": [scope.organization_id, *scope.grants],
        "gold": GOLD,
    }
    with connection.cursor() as cursor:
        cursor.execute(_JOBS, values)
        jobs = [dict(zip(_JOB_KEYS, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(_TODAY, values)
        submitted, active_seconds, claim_id, job_id = cursor.fetchone()
        cursor.execute(_RETURNED, values)
        returned = [_returned(*row) for row in cursor.fetchall()]
    for job in jobs:
        job["id"] = str(job["id"])
    claim = {"id": str(claim_id), "job": str(job_id)} if claim_id else None
    reviewed = reviewed_answers(user_id, scope.organization_id)
    return Overview(jobs, {"submitted": submitted, "active_seconds": active_seconds}, returned, reviewed, claim)


def _returned(claim_id: uuid.UUID, job_id: uuid.UUID, state: str, at: datetime, is_late: bool) -> dict[str, Any]:
    if is_late:
        reason = _("Your answer came after its time and somebody else had the photo. It is kept but does not count.")
    elif state == ClaimState.EXPIRED:
        reason = _("Its time ran out. Your draft is kept: when you get the photo again, you go on where you were.")
    else:
        reason = _("It was taken back by the manager or because your rights changed. Your draft is kept.")
    return {"id": str(claim_id), "job": str(job_id), "reason": reason, "returned_at": at}
