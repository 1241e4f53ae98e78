"""What the rules look at: the assignments of a person in a job, newest first, each with its time."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from labeling.models import LabelingJob
from labeling.quality import Evidence

# The last assignments that he ended, and what was scored of earlier ones: a gold task comes once in many.
_SQL = """
WITH recent AS (
  SELECT c.id FROM workforce_claim c
  WHERE c.organization_id = %(org)s AND c.worker_id = %(worker)s AND c.work_queue_id = %(queue)s
    AND c.stage = 'label' AND c.state IN ('submitted', 'declined')
  ORDER BY c.claimed_at DESC LIMIT 200
), scored AS (
  (SELECT s.claim_id FROM labeling_answerscore s WHERE s.job_id = %(job)s AND s.worker_id = %(worker)s
     AND s.kind = 'gold' ORDER BY s.scored_at DESC LIMIT 200)
  UNION
  (SELECT s.claim_id FROM labeling_answerscore s WHERE s.job_id = %(job)s AND s.worker_id = %(worker)s
     AND s.kind = 'agreement' ORDER BY s.scored_at DESC LIMIT 200)
)
SELECT c.state = 'declined', c.ended_at,
  CASE WHEN a.id IS NULL THEN NULL WHEN a.active_seconds > 0 THEN a.active_seconds
    ELSE extract(epoch FROM c.ended_at - c.claimed_at)::float8 END,
  g.mean_iou, g.scored_at, m.mean_iou, m.scored_at
FROM workforce_claim c
LEFT JOIN labeling_annotation a ON a.claim_id = c.id AND a.state <> 'late'
LEFT JOIN labeling_answerscore g ON g.annotation_id = a.id AND g.kind = 'gold'
LEFT JOIN labeling_answerscore m ON m.annotation_id = a.id AND m.kind = 'agreement'
WHERE c.id IN (SELECT id FROM recent UNION SELECT claim_id FROM scored)
ORDER BY c.ended_at DESC
"""


@dataclass(frozen=True)
class Dated:
    """Evidence, and when each part of it became known. Withdrawn answers count here: they were given."""

    evidence: Evidence
    ended_at: datetime
    gold_at: datetime | None
    agreement_at: datetime | None

    def after(self, cut: datetime) -> Evidence | None:
        """What became known after a time; None where that is nothing."""
        gold = self.evidence.gold_iou if self.gold_at is not None and self.gold_at > cut else None
        agreement = self.evidence.agreement if self.agreement_at is not None and self.agreement_at > cut else None
        if self.ended_at > cut:
            return replace(self.evidence, gold_iou=gold, agreement=agreement)
        if gold is None and agreement is None:
            return None
        # That he took it is old; only its score is new.
        return Evidence(gold_iou=gold, agreement=agreement)


def read_evidence(job: LabelingJob, worker_id: uuid.UUID) -> list[Dated]:
    """One statement. The time of an answer whose client told none is that between claim and submit."""
    values = {"org": job.organization_id, "queue": job.work_queue_id, "job": job.pk, "worker": worker_id}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        return [
            Dated(Evidence(declined, seconds, gold, agreement), ended, gold_at, agreement_at)
            for declined, ended, seconds, gold, gold_at, agreement, agreement_at in cursor.fetchall()
        ]


def since(rows: list[Dated], cut: datetime | None) -> list[Evidence]:
    if cut is None:
        return [row.evidence for row in rows]
    return [found for row in rows if (found := row.after(cut)) is not None]
