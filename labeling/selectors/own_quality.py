"""How good a person's own answers were, by job: what was accepted, what came back, how well it agreed with others'."""

import uuid
from typing import Any

from django.db import connection

from labeling.models import AnswerScore, Qualification
from labeling.quality import Interval, mean_interval
from labeling.selectors.quality import NEWEST, pauses_of
from labeling.states import ScoreKind
from maskwright.core.scope import current_scope
from workforce.models import WorkerIdentity, WorkPause
from workforce.services.statements import queue_titles

#: A person's own score is over whole groups of so many gold tasks.
TOLD_AFTER = 3

# A vendor's people read no results of the customer: agreement is null for them.
_OWN = """
SELECT a.job_id, coalesce(j.name, ''), count(*), count(*) FILTER (WHERE a.state = 'accepted'),
  count(*) FILTER (WHERE a.state = 'returned'),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY a.active_seconds) FILTER (WHERE a.active_seconds > 0),
  avg(CASE WHEN a.state = 'accepted' AND jsonb_array_length(c.annotation_ids) > 1 THEN c.confidence END)::float8
FROM workforce_workeridentity i
JOIN labeling_annotation a ON a.organization_id = i.customer_id AND a.worker_id = i.worker_id
LEFT JOIN labeling_labelingjob j ON j.id = a.job_id
LEFT JOIN labeling_consolidatedannotation c ON c.task_id = a.task_id AND c.is_current
WHERE i.organization_id = %(org)s AND i.user_id = %(user)s AND a.stage = 'label' AND a.state <> 'late'
  AND a.submitted_at > clock_timestamp() - interval '90 days'
GROUP BY 1, 2 ORDER BY max(a.submitted_at) DESC
"""
KEYS = ("job_id", "title", "answers", "accepted", "returned", "median_seconds", "agreement")


def own_quality(user_id: uuid.UUID) -> list[dict[str, Any]]:
    """Of the last 90 days, the job worked on last first."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN, {"org": current_scope().organization_id, "user": user_id})
        rows = [dict(zip(KEYS, row, strict=True)) for row in cursor.fetchall()]
    checked = _checked(user_id)
    for row in rows:
        row["checked"] = checked.get(row["job_id"])
    return rows


def _checked(user_id: uuid.UUID) -> dict[uuid.UUID, Interval]:
    """His score on gold tasks by job. It moves after every few of them only: else one could tell which they were."""
    workers = _own_workers(user_id)
    scores = AnswerScore.objects.filter(worker_id__in=workers, kind=ScoreKind.GOLD).order_by("scored_at", "pk")
    by_job: dict[uuid.UUID, list[float]] = {}
    for job_id, iou in scores.values_list("job_id", "mean_iou"):
        by_job.setdefault(job_id, []).append(iou)
    told = {job_id: ious[: len(ious) - len(ious) % TOLD_AFTER][-NEWEST:] for job_id, ious in by_job.items()}
    return {job_id: mean_interval(ious) for job_id, ious in told.items() if ious}


def own_pauses(user_id: uuid.UUID) -> list[tuple[str, WorkPause]]:
    """Where he is paused now, and why."""
    found = list(pauses_of(_own_workers(user_id)))
    titles = queue_titles({one.work_queue_id for one in found})
    return [(titles[one.work_queue_id], one) for one in found]


def own_qualifications(user_id: uuid.UUID) -> list[Qualification]:
    found = Qualification.objects.filter(worker_id__in=_own_workers(user_id))
    return list(found.order_by("-created_at"))


def _own_workers(user_id: uuid.UUID) -> list[uuid.UUID]:
    owner = current_scope().organization_id
    found = WorkerIdentity.objects.filter(organization_id=owner, user_id=user_id)
    return list(found.values_list("worker_id", flat=True))
