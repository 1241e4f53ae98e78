"""Consolidate a task's answers: read, compute, store, then one fenced commit.

May be killed after any step and run again: the same answers give the same bytes, an object without a row is only an
orphan, and a run of an older generation changes nothing.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from labeling.consolidation import Answer, Consolidated, get_rule
from labeling.manifests import OutputKeys, WorkerAnswer, other_content, segmentation_content, worker_response
from labeling.masks import MaskRaster, Palette, decode_mask, encode_mask, encode_transparent, sha256
from labeling.models import Annotation, ConsolidatedAnnotation, JobRevision, LabelingJob, Task
from labeling.services.tasks import advance_task
from labeling.states import AnnotationKind, AnnotationState, TaskState
from labeling.storage import Location, Resolver
from labeling.storage.outputs import output_address
from maskwright.audit.record import record
from maskwright.core.errors import Unavailable
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import organization_scope

_HEAT = (214, 39, 40)  # red, the more opaque the more answers differ


@dataclass(frozen=True)
class _Plan:
    """All that a run needs of the database, read in one short transaction."""

    organization_id: uuid.UUID
    task_id: uuid.UUID
    job_id: uuid.UUID
    generation: int
    index: int
    width: int
    height: int
    rule: str
    categories: list[dict[str, Any]]
    answers: list[Annotation]
    codes: Mapping[uuid.UUID, str]
    keys: OutputKeys
    output: Location
    output_uri: str

    @property
    def palette(self) -> Palette:
        return Palette({category["index"]: category["color"] for category in self.categories})


def consolidate_task(*, organization_id: uuid.UUID, task_id: uuid.UUID) -> None:
    """Run the newest generation of a task. Opens its own scopes: the heavy middle holds no transaction."""
    with organization_scope(organization_id):
        plan = _plan(task_id)
    if plan is None:
        return
    impossible = [answer for answer in plan.answers if answer.kind == AnnotationKind.IMPOSSIBLE]
    usable = [answer for answer in plan.answers if answer.kind in (AnnotationKind.MASK, AnnotationKind.EMPTY)]
    if len(impossible) > len(usable):
        _give_up(plan, impossible)
        return
    pngs = {answer.pk: _read(plan, answer) for answer in usable if answer.kind == AnnotationKind.MASK}
    rasters = [Answer(str(answer.worker_id), _raster(plan, answer, pngs)) for answer in usable]
    name = plan.rule if len(rasters) > 1 else "single"
    rule = get_rule(name)
    result = rule.consolidate(rasters, [category["index"] for category in plan.categories])
    _publish(plan, result, f"{rule.name}/{rule.version}", usable, pngs)


def _plan(task_id: uuid.UUID) -> _Plan | None:
    task = Task.objects.select_related("data_object", "job").filter(pk=task_id).first()
    if task is None or task.state != TaskState.CONSOLIDATING:
        return None
    job: LabelingJob = task.job
    revision = JobRevision.objects.get(job=job, number=job.revision)
    answers = list(
        Annotation.objects.filter(task=task, state=AnnotationState.ACCEPTED).select_related("worker").order_by("pk")
    )
    location = Resolver().resolve_output(job.output_uri)
    return _Plan(
        organization_id=task.organization_id,
        task_id=task.pk,
        job_id=job.pk,
        generation=task.generation,
        index=task.data_object.index,
        width=task.data_object.width,
        height=task.data_object.height,
        rule=job.consolidation_rule,
        categories=revision.categories,
        answers=answers,
        codes={answer.pk: answer.worker.code for answer in answers},
        keys=OutputKeys(job.name),
        output=location,
        output_uri=job.output_uri,
    )


def _read(plan: _Plan, answer: Annotation) -> bytes:
    data = blob_store().get(blob_key(plan.organization_id, answer.sha256))
    if sha256(data) != answer.sha256:
        raise Unavailable(f"The stored mask of answer {answer.pk} does not match its sha256; restore it from a backup.")
    return data


def _raster(plan: _Plan, answer: Annotation, pngs: Mapping[uuid.UUID, bytes]) -> MaskRaster:
    if answer.kind == AnnotationKind.EMPTY:
        return MaskRaster.blank(plan.width, plan.height)
    indices = [category["index"] for category in plan.categories]
    return decode_mask(pngs[answer.pk], width=plan.width, height=plan.height, known_indices=indices)


def _give_up(plan: _Plan, impossible: list[Annotation]) -> None:
    reasons = "; ".join(dict.fromkeys(str(answer.content.get("reason", "")) for answer in impossible))
    with organization_scope(plan.organization_id):
        task = _current(plan)
        if task is not None:
            reason = f"{len(impossible)} of {len(plan.answers)} labelers say it cannot be labeled: {reasons}"
            advance_task(task=task, to=TaskState.FAILED, code="impossible", reason=reason)


def _current(plan: _Plan) -> Task | None:
    """The task, locked, while this run's generation is the newest."""
    task: Task | None = (
        Task.objects.select_for_update(no_key=True)
        .filter(pk=plan.task_id, generation=plan.generation, state=TaskState.CONSOLIDATING)
        .first()
    )
    return task


def _publish(
    plan: _Plan, result: Consolidated, rule: str, usable: list[Annotation], pngs: Mapping[uuid.UUID, bytes]
) -> None:
    store = blob_store()
    mask = encode_mask(result.raster, plan.palette)
    heat = encode_transparent(result.disagreement, _HEAT)
    for data in (mask, heat):
        store.put(blob_key(plan.organization_id, sha256(data)), data, content_type="image/png")
    created = timezone.now()
    key = plan.keys.mask(plan.index, created)
    _put(plan, key, mask, "image/png")
    _put(plan, plan.keys.worker_response(plan.index, created), _worker_response(plan, pngs), "application/json")
    with organization_scope(plan.organization_id):
        task = _current(plan)
        if task is None:
            return
        ConsolidatedAnnotation.objects.filter(task=task, is_current=True).update(is_current=False)
        consolidated = ConsolidatedAnnotation.objects.create(
            job_id=plan.job_id,
            task=task,
            generation=plan.generation,
            rule=rule,
            annotation_ids=[str(answer.pk) for answer in usable],
            sha256=sha256(mask),
            raster_sha256=result.raster.sha256(),
            disagreement_sha256=sha256(heat),
            mask_uri=output_address(plan.output_uri, key),
            confidence=result.confidence,
            details={
                "class_agreement": {str(index): value for index, value in result.class_agreement.items()},
                "disputed_share": result.disputed_share,
                "annotators": [plan.codes[answer.pk] for answer in usable],
                "categories": plan.categories,
            },
            creation_date=created,
        )
        record("task.consolidated", "task", task.pk, generation=plan.generation, consolidated=consolidated.pk)
        advance_task(task=task, to=TaskState.DONE)


def _put(plan: _Plan, key: str, data: bytes, content_type: str) -> None:
    base = plan.output.key.rstrip("/")
    plan.output.store.put(f"{base}/{key}" if base else key, data, content_type=content_type)


def _worker_response(plan: _Plan, pngs: Mapping[uuid.UUID, bytes]) -> bytes:
    colors = {category["name"]: category["color"] for category in plan.categories}
    answers = []
    for answer in plan.answers:
        if answer.pk in pngs:
            content: Mapping[str, object] = segmentation_content(
                width=plan.width, height=plan.height, colors=colors, png=pngs[answer.pk]
            )
        else:
            content = other_content(answer.kind, answer.content)
        answers.append(_worker_answer(plan, answer, content))
    return worker_response(answers)


def _worker_answer(plan: _Plan, answer: Annotation, content: Mapping[str, object]) -> WorkerAnswer:
    submitted: datetime = answer.submitted_at
    return WorkerAnswer(plan.codes[answer.pk], answer.claimed_at, submitted, answer.active_seconds, content)


def consolidation_failed(*, task_id: uuid.UUID, error: str) -> None:
    """Give a task up whose consolidation failed each time; a manager sees why and can try again."""
    task = Task.objects.select_for_update(no_key=True).filter(pk=task_id).first()
    if task is not None:
        advance_task(task=task, to=TaskState.FAILED, code="consolidation_failed", reason=error)
