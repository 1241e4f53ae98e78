"""What became of a person's answers in review: counts of today and this week, and what was sent back, with why."""

import uuid
from typing import Any

from django.db import connection

# Each of the person's answers that a verdict reached, with that verdict: the first after it that names it (sent back),
# or the first that took the result it is part of. `answered`: he gave another answer for the photo since.
_REVIEWED = """
WITH mine AS (
  SELECT a.id, a.claim_id, a.job_id, a.task_id, a.organization_id, a.worker_id, a.state, a.submitted_at
  FROM workforce_workeridentity i
  JOIN labeling_annotation a ON a.organization_id = i.customer_id AND a.worker_id = i.worker_id
  WHERE i.organization_id = %(org)s AND i.user_id = %(user)s AND a.stage = 'label'
    AND a.state IN ('accepted', 'returned') AND a.submitted_at > clock_timestamp() - interval '60 days'
)
SELECT m.claim_id, m.job_id, m.state = 'returned', r.submitted_at, coalesce(r.content ->> 'reason', ''),
  jsonb_array_length(coalesce(r.content -> 'comments', '[]')),
  r.submitted_at >= date_trunc('day', clock_timestamp()),
  EXISTS (SELECT 1 FROM labeling_annotation n WHERE n.task_id = m.task_id AND n.worker_id = m.worker_id
          AND n.stage = 'label' AND n.state = 'accepted' AND n.submitted_at > m.submitted_at)
FROM mine m JOIN LATERAL (
  SELECT r.submitted_at, r.content FROM labeling_annotation r
  WHERE r.task_id = m.task_id AND r.stage = 'review' AND r.state = 'accepted' AND r.submitted_at >= m.submitted_at
    AND CASE WHEN m.state = 'returned' THEN r.content ->> 'verdict' = 'return'
          AND (r.content -> 'annotations' = '[]' OR r.content -> 'annotations' @> to_jsonb(m.id::text))
        ELSE r.kind = 'mask' OR r.content ->> 'verdict' = 'accept' END
  ORDER BY r.submitted_at LIMIT 1
) r ON true
WHERE r.submitted_at >= date_trunc('week', clock_timestamp())
ORDER BY r.submitted_at DESC
"""
MOST = 50


def reviewed_answers(user_id: uuid.UUID, organization_id: uuid.UUID | None) -> dict[str, Any]:
    """`{today: {accepted, returned}, week: {...}, sent_back: [...]}` in one statement; the newest come first.

    A week begins on Monday. An entry of `sent_back` has `open`: the person has not answered the photo again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REVIEWED, {"org": organization_id, "user": user_id})
        rows = cursor.fetchall()
    counts = {when: {"accepted": 0, "returned": 0} for when in ("today", "week")}
    sent_back = []
    for claim_id, job_id, is_returned, at, reason, comments, is_today, is_answered in rows:
        result = "returned" if is_returned else "accepted"
        counts["week"][result] += 1
        counts["today"][result] += is_today
        if is_returned:
            entry = {"id": str(claim_id), "job": str(job_id), "reason": reason, "comments": comments}
            sent_back.append({**entry, "returned_at": at, "open": not is_answered})
    return {**counts, "sent_back": sent_back[:MOST]}
