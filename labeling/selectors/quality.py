"""How good people are, in numbers with their uncertainty: of a job, of one person, and what rules did about it."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.functions import Now

from labeling.models import AnswerScore, GoldTask, JobRevision, LabelingJob, QualityEvent, Task
from labeling.quality import Interval, mean_interval
from labeling.services.jobs import own_job
from labeling.states import ScoreKind
from maskwright.core.scope import current_scope
from workforce.models import Worker, WorkPause
from workforce.services.pauses import standing_pauses

#: So many of a person's newest scores make his score.
NEWEST = 200


@dataclass
class PersonQuality:
    """A person in one job. `gold`, `agreement`: mean class IoU with its interval, None where nothing was scored.

    `classes`: index -> IoU over all pixels of his gold tasks; `confused`: (truth, answer, pixels), most first.
    """

    job_id: uuid.UUID
    worker_id: uuid.UUID
    code: str
    vendor_id: uuid.UUID | None
    answers: int = 0
    golds: int = 0
    gold: Interval | None = None
    accuracy: float | None = None
    compared: int = 0
    agreement: Interval | None = None
    classes: dict[int, float] = field(default_factory=dict)
    confused: list[tuple[int, int, int]] = field(default_factory=list)
    pause: WorkPause | None = None


_SCORES = """
SELECT w.id, w.code, w.vendor_id, s.job_id, s.kind, count(*),
  (array_agg(s.mean_iou ORDER BY s.scored_at DESC))[1:%(newest)s],
  avg(s.accuracy)::float8, array_agg(s.classes ORDER BY s.scored_at DESC) FILTER (WHERE s.kind = 'gold'),
  array_agg(s.confusions ORDER BY s.scored_at DESC) FILTER (WHERE s.kind = 'gold')
FROM labeling_answerscore s JOIN workforce_worker w ON w.id = s.worker_id
WHERE (%(job)s::uuid IS NULL OR s.job_id = %(job)s::uuid) AND (%(workers)s::uuid[] IS NULL OR w.id = ANY (%(workers)s))
GROUP BY w.id, s.job_id, s.kind
"""
_ANSWERS = """
SELECT w.id, w.code, w.vendor_id, a.job_id, count(*)
FROM labeling_annotation a JOIN workforce_worker w ON w.id = a.worker_id
WHERE (%(job)s::uuid IS NULL OR a.job_id = %(job)s::uuid) AND (%(workers)s::uuid[] IS NULL OR w.id = ANY (%(workers)s))
  AND a.stage = 'label' AND a.state <> 'late'
GROUP BY w.id, a.job_id
"""


def job_people(job_id: uuid.UUID) -> list[PersonQuality]:
    """Everybody who has answered in an own job, the lowest gold score first; four statements."""
    job = own_job(job_id)
    found = _people(job=job.pk)
    for pause in standing_pauses(job.work_queue_id):
        one = found.get((pause.worker_id, job.pk)) or PersonQuality(
            job.pk, pause.worker_id, pause.worker.code, pause.worker.vendor_id
        )
        found[pause.worker_id, job.pk] = one
        one.pause = pause
    return sorted(found.values(), key=lambda one: (one.gold is None, one.gold.value if one.gold else 0.0, one.code))


def person_jobs(worker_ids: Iterable[uuid.UUID]) -> list[PersonQuality]:
    """One person in all jobs that the scope may read about him: the customer's, or his employer's."""
    return list(_people(workers=list(worker_ids)).values())


def _people(
    *, job: uuid.UUID | None = None, workers: list[uuid.UUID] | None = None
) -> dict[tuple[uuid.UUID, uuid.UUID], PersonQuality]:
    values: dict[str, Any] = {"job": job, "workers": workers, "newest": NEWEST}
    found: dict[tuple[uuid.UUID, uuid.UUID], PersonQuality] = {}

    def person(worker: uuid.UUID, code: str, vendor: uuid.UUID | None, of_job: uuid.UUID) -> PersonQuality:
        return found.setdefault((worker, of_job), PersonQuality(of_job, worker, code, vendor))

    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, values)
        for worker, code, vendor, of_job, count in cursor.fetchall():
            person(worker, code, vendor, of_job).answers = count
        cursor.execute(_SCORES, values)
        rows = cursor.fetchall()
    for worker, code, vendor, of_job, kind, count, ious, accuracy, classes, confusions in rows:
        one = person(worker, code, vendor, of_job)
        if kind == ScoreKind.GOLD:
            one.golds, one.gold, one.accuracy = count, mean_interval(ious), accuracy
            one.classes, one.confused = _by_class(_loaded(classes)), _most_confused(_loaded(confusions))
        else:
            one.compared, one.agreement = count, mean_interval(ious)
    return found


def _loaded(values: list[Any]) -> list[Any]:
    """Elements of a jsonb array arrive as text on a raw cursor."""
    return [json.loads(value) if isinstance(value, str) else value for value in values or []]


def _by_class(scores: list[Mapping[str, list[int]]]) -> dict[int, float]:
    sums: dict[int, list[int]] = {}
    for score in scores:
        for index, (both, either) in score.items():
            total = sums.setdefault(int(index), [0, 0])
            total[0], total[1] = total[0] + both, total[1] + either
    return {index: both / either for index, (both, either) in sorted(sums.items()) if either}


def _most_confused(scores: list[list[list[int]]], most: int = 5) -> list[tuple[int, int, int]]:
    sums: dict[tuple[int, int], int] = {}
    for score in scores:
        for truth, answer, pixels in score:
            sums[truth, answer] = sums.get((truth, answer), 0) + pixels
    ordered = sorted(sums.items(), key=lambda pair: -pair[1])
    return [(truth, answer, pixels) for (truth, answer), pixels in ordered[:most]]


@dataclass(frozen=True)
class GoldRow:
    """`mean_iou`: of everybody who answered it; a truth that nobody meets is perhaps wrong itself."""

    gold: GoldTask
    answers: int
    mean_iou: float | None
    origin_id: uuid.UUID | None  # the photo it was made of, which managers may look at


def gold_rows(job_id: uuid.UUID) -> list[GoldRow]:
    """The gold tasks of an own job, the newest first; removed ones that were answered stay listed. Three statements."""
    golds = (
        GoldTask.objects.filter(job=own_job(job_id)).select_related("task__data_object").order_by("-created_at", "-pk")
    )
    scored = AnswerScore.objects.filter(job_id=job_id, kind=ScoreKind.GOLD)
    scores = {
        task: (count, mean)
        for task, count, mean in scored.values_list("annotation__task_id")
        .annotate(Count("id"), Avg("mean_iou"))
        .order_by()
    }
    origins = dict(
        Task.objects.filter(work_item_id__in=[gold.origin_item_id for gold in golds]).values_list(
            "work_item_id", "data_object_id"
        )
    )
    rows = [GoldRow(gold, *scores.get(gold.task_id, (0, None)), origins.get(gold.origin_item_id)) for gold in golds]
    return [row for row in rows if row.gold.removed_at is None or row.answers]


def events_of(job_id: uuid.UUID) -> QuerySet[QualityEvent]:
    """What rules did in an own job, the newest first."""
    return QualityEvent.objects.filter(job=own_job(job_id)).select_related("worker").order_by("-at", "-pk")


def events_about(worker_ids: Iterable[uuid.UUID]) -> QuerySet[QualityEvent]:
    found = QualityEvent.objects.filter(worker_id__in=list(worker_ids))
    return found.select_related("worker").order_by("-at", "-pk")


def readable_workers() -> QuerySet[Worker]:
    """The organization's labelers: who labels its data, and its own people at customers."""
    owner = current_scope().organization_id
    return Worker.objects.filter(Q(organization_id=owner) | Q(vendor_id=owner)).order_by("code")


def class_names(job_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[int, str]]:
    """What the categories of jobs are called, by index; jobs that the scope may not read are left out."""
    revisions = JobRevision.objects.filter(job_id__in=list(job_ids)).order_by("number")
    return {
        one.job_id: {category["index"]: category["name"] for category in one.categories}
        for one in revisions.only("job_id", "categories", "number")
    }


def job_names(job_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(LabelingJob.objects.filter(pk__in=list(job_ids)).values_list("pk", "name"))


def whole(jobs: Iterable[PersonQuality]) -> PersonQuality:
    """One person over several jobs: means weighted by how much was scored, without an interval of their own."""
    rows = list(jobs)
    found = PersonQuality(uuid.UUID(int=0), uuid.UUID(int=0), "", None)
    found.golds, found.compared = sum(one.golds for one in rows), sum(one.compared for one in rows)
    found.gold = _mean([(one.gold, one.golds) for one in rows])
    found.agreement = _mean([(one.agreement, one.compared) for one in rows])
    return found


def _mean(parts: list[tuple[Interval | None, int]]) -> Interval | None:
    known = [(one.value, count) for one, count in parts if one is not None]
    if not known:
        return None
    value = sum(score * count for score, count in known) / sum(count for _score, count in known)
    return Interval(value, value, value)


def pauses_of(worker_ids: Iterable[uuid.UUID]) -> QuerySet[WorkPause]:
    """Standing pauses of people whom the scope may read about."""
    found = WorkPause.objects.filter(worker_id__in=list(worker_ids), ended_at=None)
    return found.exclude(until__lte=Now()).order_by("-created_at")


def paused_workers(worker_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    return set(pauses_of(worker_ids).values_list("worker_id", flat=True))
