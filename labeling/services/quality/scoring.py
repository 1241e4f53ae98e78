"""Score answers against a gold task's truth, and against what was consolidated of them. May be run again."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from labeling.masks import MaskRaster, decode_mask
from labeling.models import Annotation, AnswerScore, GoldTask, JobRevision
from labeling.quality import MaskScore, score_mask
from labeling.services.quality.judging import look_again
from labeling.states import AnnotationKind, AnnotationState, ScoreKind, TaskState
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.outbox import emit
from maskwright.core.scope import organization_scope


@dataclass(frozen=True)
class GoldAnswer:
    """A gold task's answer and its truth, still to be read."""

    organization_id: uuid.UUID
    answer: Annotation
    truth_sha256: str
    width: int
    height: int
    indices: tuple[int, ...]

    def rasters(self) -> tuple[MaskRaster, MaskRaster]:
        """The answer's and the truth's pixels; a verdict without a mask labels nothing."""
        is_mask = self.answer.kind == AnnotationKind.MASK
        given = self._decoded(self.answer.sha256) if is_mask else MaskRaster.blank(self.width, self.height)
        return given, self._decoded(self.truth_sha256)

    def _decoded(self, digest: str) -> MaskRaster:
        data = blob_store().get(blob_key(self.organization_id, digest))
        return decode_mask(data, width=self.width, height=self.height, known_indices=self.indices)


def gold_answer(annotation_id: uuid.UUID) -> GoldAnswer | None:
    """In the customer's scope; None unless it is an answer in time to a gold task."""
    answer: Annotation | None = (
        Annotation.objects.filter(pk=annotation_id, task__state=TaskState.GOLD)
        .exclude(state=AnnotationState.LATE)
        .select_related("worker", "task__data_object")
        .first()
    )
    gold = GoldTask.objects.filter(task_id=answer.task_id).first() if answer is not None else None
    if answer is None or gold is None:
        return None
    item = answer.task.data_object
    # Categories are never taken away, so the newest revision knows what every answer and truth used.
    newest = JobRevision.objects.filter(job_id=answer.job_id).order_by("-number").values_list("categories", flat=True)
    indices = tuple(category["index"] for category in newest[0])
    return GoldAnswer(answer.organization_id, answer, gold.sha256, item.width, item.height, indices)


def score_gold(*, organization_id: uuid.UUID, annotation_id: uuid.UUID) -> MaskScore | None:
    """Score an answer to a gold task, once; opens its own scopes: the pixels are read outside of a transaction."""
    with organization_scope(organization_id):
        found = gold_answer(annotation_id)
    if found is None:
        return None
    score = score_mask(*found.rasters())
    with organization_scope(organization_id):
        save_scores(ScoreKind.GOLD, [(found.answer, score)])
    return score


def score_agreement(rasters: Sequence[MaskRaster], result: MaskRaster) -> list[MaskScore]:
    return [score_mask(raster, result) for raster in rasters]


def save_scores(kind: ScoreKind, scored: Sequence[tuple[Annotation, MaskScore]]) -> None:
    """Keep scores and have the rules look at these people again; part of the caller's transaction."""
    if not scored:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now = cursor.fetchone()[0]
    rows = [
        AnswerScore(
            organization_id=answer.organization_id,
            job_id=answer.job_id,
            annotation=answer,
            claim_id=answer.claim_id,
            worker_id=answer.worker_id,
            vendor_id=answer.worker.vendor_id,
            kind=kind,
            mean_iou=score.mean_iou,
            accuracy=score.accuracy,
            classes=_classes(score.classes),
            confusions=[[one.truth, one.answer, one.pixels] for one in score.confusions],
            scored_at=now,
        )
        for answer, score in scored
    ]
    if kind == ScoreKind.GOLD:
        AnswerScore.objects.bulk_create(rows, ignore_conflicts=True)
    else:  # a newer generation is compared anew, at its first time
        AnswerScore.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["organization_id", "annotation", "kind"],
            update_fields=["mean_iou", "accuracy", "classes", "confusions"],
        )
    emit(*(look_again(answer.organization_id, answer.job_id, answer.worker_id) for answer, _score in scored))


def _classes(classes: Mapping[int, tuple[int, int]]) -> dict[str, list[int]]:
    return {str(index): list(pixels) for index, pixels in classes.items()}
