"""Reports: throughput, time, acceptance and agreement. Counted in the database from rows; no mask is ever read."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from maskwright.core.scope import current_scope
from workforce.people import own_people

# Answers to label (not reviews) that came in time, without those of gold tasks, which are paid and no result of a job.
# Agreement is of the results of two or more answers that they went into: the mean share of pixels that agree.
_ANSWERS = """
WITH answers AS (
  SELECT a.id, a.worker_id, a.work_queue_id, a.task_id, a.state, a.active_seconds, a.submitted_at,
    j.name AS job_name, q.work_team_id, t.name AS team_name, w.code,
    CASE WHEN a.state = 'accepted' AND jsonb_array_length(c.annotation_ids) > 1 THEN c.confidence END AS agreement
  FROM labeling_annotation a
  JOIN labeling_labelingjob j ON j.id = a.job_id
  JOIN labeling_task k ON k.id = a.task_id AND k.state <> 'gold'
  JOIN workforce_workqueue q ON q.id = a.work_queue_id
  JOIN workforce_worker w ON w.id = a.worker_id
  LEFT JOIN workforce_workteam t ON t.id = q.work_team_id
  LEFT JOIN labeling_consolidatedannotation c ON c.task_id = a.task_id AND c.is_current
  WHERE a.organization_id = %(org)s AND a.stage = 'label' AND a.state <> 'late'
    AND a.submitted_at >= %(start)s AND a.submitted_at < %(end)s
    AND (%(queue)s::uuid IS NULL OR a.work_queue_id = %(queue)s::uuid)
)
SELECT CASE
    WHEN grouping(day) = 0 THEN 'day' WHEN grouping(worker_id) = 0 THEN 'labeler'
    WHEN grouping(work_queue_id) = 0 THEN 'job' WHEN grouping(team) = 0 THEN 'team' ELSE 'all' END,
  day, worker_id, code, work_queue_id, job_name, team, count(*),
  count(*) FILTER (WHERE state = 'accepted'),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY active_seconds) FILTER (WHERE active_seconds > 0),
  sum(active_seconds)::float8, avg(agreement)::float8
FROM (SELECT *, (submitted_at AT TIME ZONE 'UTC')::date AS day, coalesce(team_name, '') AS team FROM answers) a
GROUP BY GROUPING SETS ((day), (worker_id, code), (work_queue_id, job_name), (team), ())
ORDER BY 2, 8 DESC, 4, 6, 7
"""

_CLASSES = """
SELECT k.name, count(*), avg(v.value::float8)::float8
FROM labeling_consolidatedannotation c
JOIN labeling_labelingjob j ON j.id = c.job_id
CROSS JOIN LATERAL jsonb_each_text(c.details -> 'class_agreement') v
CROSS JOIN LATERAL (SELECT coalesce(max(x ->> 'name'), v.key) AS name
  FROM jsonb_array_elements(c.details -> 'categories') x WHERE (x ->> 'index') = v.key) k
WHERE c.organization_id = %(org)s AND c.is_current AND c.creation_date >= %(start)s AND c.creation_date < %(end)s
  AND (%(queue)s::uuid IS NULL OR j.work_queue_id = %(queue)s::uuid)
GROUP BY 1 ORDER BY 3, 1
"""


@dataclass(frozen=True)
class Figures:
    """Of one day, labeler, job (`key`: its work queue) or team. `seconds`: the median of an answer; None: nothing was
    measured."""

    key: str
    label: str
    answers: int
    accepted: int
    seconds: float | None
    total_seconds: float
    agreement: float | None

    @property
    def not_counted(self) -> int:
        return self.answers - self.accepted

    @property
    def acceptance(self) -> float | None:
        return self.accepted / self.answers if self.answers else None


@dataclass(frozen=True)
class ClassFigures:
    label: str
    objects: int
    agreement: float


@dataclass
class Report:
    start: datetime
    end: datetime
    whole: Figures
    days: list[Figures] = field(default_factory=list)
    labelers: list[Figures] = field(default_factory=list)
    jobs: list[Figures] = field(default_factory=list)
    teams: list[Figures] = field(default_factory=list)
    classes: list[ClassFigures] = field(default_factory=list)


def report(*, start: datetime, end: datetime, queue_id: uuid.UUID | None = None, names: bool = False) -> Report:
    """The organization's own jobs in a period, or one of them: three statements. With `names` its own people are shown
    by name, too; a vendor's stay pseudonyms."""
    values: dict[str, Any] = {"org": current_scope().organization_id, "start": start, "end": end, "queue": queue_id}
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, values)
        rows = cursor.fetchall()
        cursor.execute(_CLASSES, values)
        classes = [ClassFigures(_background(name), count, agreement) for name, count, agreement in cursor.fetchall()]
    people = own_people(row[2] for row in rows if row[2]) if names else {}
    found = Report(start, end, Figures("all", "", 0, 0, None, 0.0, None), classes=classes)
    lists = {"day": found.days, "labeler": found.labelers, "job": found.jobs, "team": found.teams}
    for kind, day, worker, code, queue, job_name, team, answers, accepted, seconds, whole, agreement in rows:
        match kind:
            case "all":
                key, label = "all", ""
            case "day":
                key = label = day.isoformat()
            case "labeler":
                key, label = str(worker), people.get(worker) or code
            case "job":
                key, label = str(queue), job_name
            case _:
                key = label = team or _("vendors")
        one = Figures(key, label, answers, accepted, seconds, whole or 0.0, agreement)
        if kind == "all":
            found.whole = one
        else:
            lists[kind].append(one)
    return found


def _background(name: str) -> str:
    """Index 0 is no category of the label set."""
    return _("unlabeled") if name == "0" else name


def report_rows(found: Report) -> list[tuple[Any, ...]]:
    """All figures as rows of one table, for CSV."""
    groups = (("day", found.days), ("labeler", found.labelers), ("job", found.jobs), ("team", found.teams))
    rows: list[tuple[Any, ...]] = [
        (
            group,
            one.label,
            one.answers,
            one.accepted,
            None if one.acceptance is None else round(one.acceptance, 4),
            None if one.seconds is None else round(one.seconds, 1),
            round(one.total_seconds, 1),
            None if one.agreement is None else round(one.agreement, 4),
        )
        for group, figures in groups
        for one in figures
    ]
    return rows + [("class", one.label, one.objects, "", "", "", "", round(one.agreement, 4)) for one in found.classes]


REPORT_COLUMNS = (
    "group",
    "name",
    "answers",
    "accepted",
    "acceptance",
    "median_seconds",
    "total_seconds",
    "agreement",
)
