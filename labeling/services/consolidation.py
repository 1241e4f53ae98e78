"""Consolidate a task's answers: read, compute, store, then one fenced commit.

May be killed after any step and run again: the same answers give the same bytes under the same keys, and a run of an
older generation changes nothing.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_noop

from labeling.consolidation import Answer, Consolidated, get_rule
from labeling.masks import MaskRaster, decode_mask, encode_mask, encode_transparent, sha256
from labeling.models import Annotation, ConsolidatedAnnotation, Task
from labeling.quality import MaskScore
from labeling.services.blobs import keep_blobs
from labeling.services.consolidation_files import write_answers, write_result
from labeling.services.consolidation_plan import Plan, read_plan
from labeling.services.consolidation_verdicts import verdict_row
from labeling.services.functions.waiting import ask_function
from labeling.services.quality.scoring import save_scores, score_agreement
from labeling.services.reviews import ask_for_review
from labeling.services.tasks import advance_task
from labeling.states import AnnotationKind, ScoreKind, TaskState, TaskType
from maskwright.audit.record import record
from maskwright.core.errors import Unavailable
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from maskwright.core.scope import organization_scope
from workforce.services.items import lock_item

REVIEWED = "reviewed/1"  # the rule's name where a reviewer's own mask stands
_HEAT = (214, 39, 40)  # red, the more opaque the more answers differ


def consolidate_task(*, organization_id: uuid.UUID, task_id: uuid.UUID) -> None:
    """Run the newest generation of a task. Opens its own scopes: the heavy middle holds no transaction."""
    with organization_scope(organization_id):
        plan = read_plan(task_id)
    if plan is None:
        return
    pngs = read_masks(plan)
    write_answers(plan, pngs)
    if len(plan.impossible) > len(plan.usable):
        _give_up(plan)
        return
    if plan.job.task_type == TaskType.VERIFICATION:
        consolidated = verdict_row(plan)
        write_result(plan, consolidated, None)
        _commit(plan, consolidated, (), [])
        return
    if plan.function_arn and plan.repainted is None:
        ask_function(plan)
        return
    result, name, scores = vote(plan, pngs)
    publish(plan, result, name, scores)


def vote(plan: Plan, pngs: Mapping[uuid.UUID, bytes]) -> tuple[Consolidated, str, list[MaskScore]]:
    """The answers' consolidated mask, the rule's name, and how much each of them agrees with it."""
    usable = plan.usable
    rasters = [Answer(str(answer.worker_id), _raster(plan, answer, pngs)) for answer in usable]
    # The name of the rule alone says nothing where one labeler was asked: his answer is taken as it is.
    rule = get_rule(plan.job.consolidation_rule if len(rasters) > 1 else "single")
    result, name = rule.consolidate(rasters, plan.indices), f"{rule.name}/{rule.version}"
    if plan.repainted is not None:
        repainted = {plan.repainted.pk: _read(plan, plan.repainted)}
        result, name = replace(result, raster=_raster(plan, plan.repainted, repainted)), REVIEWED
    is_compared = len(usable) > 1 or plan.repainted is not None
    return result, name, score_agreement([answer.raster for answer in rasters], result.raster) if is_compared else []


def read_masks(plan: Plan) -> dict[uuid.UUID, bytes]:
    return {answer.pk: _read(plan, answer) for answer in plan.answers if answer.kind == AnnotationKind.MASK}


def _read(plan: Plan, answer: Annotation) -> bytes:
    data = blob_store().get(blob_key(plan.organization_id, answer.sha256))
    if sha256(data) != answer.sha256:
        raise Unavailable(
            gettext_noop("The stored mask of answer %(answer)s does not match its sha256; restore it from a backup.")
            % {"answer": answer.pk}
        )
    return data


def _raster(plan: Plan, answer: Annotation, pngs: Mapping[uuid.UUID, bytes]) -> MaskRaster:
    if answer.kind == AnnotationKind.EMPTY:
        return MaskRaster.blank(plan.width, plan.height)
    return decode_mask(pngs[answer.pk], width=plan.width, height=plan.height, known_indices=plan.indices)


def _give_up(plan: Plan) -> None:
    reasons = "; ".join(dict.fromkeys(str(answer.content.get("reason", "")) for answer in plan.impossible))
    with organization_scope(plan.organization_id):
        task = current_task(plan)
        if task is not None:
            reason = gettext_noop("%(count)s of %(answers)s labelers say it cannot be labeled: %(reasons)s") % {
                "count": len(plan.impossible),
                "answers": len(plan.answers),
                "reasons": reasons,
            }
            advance_task(task=task, to=TaskState.FAILED, code="impossible", reason=reason)


def current_task(plan: Plan) -> Task | None:
    """The task, locked, while this run's generation is the newest."""
    task: Task | None = (
        Task.objects.select_for_update(no_key=True)
        .filter(pk=plan.task_id, generation=plan.generation, state=TaskState.CONSOLIDATING)
        .first()
    )
    return task


def publish(
    plan: Plan,
    result: Consolidated,
    rule: str,
    scores: Sequence[MaskScore],
    *,
    metadata: Mapping[str, Any] | None = None,
    also: Callable[[], None] = lambda: None,
) -> None:
    """Store the result and let the task go on, while its generation is the newest. `metadata`: what stands beside the
    usual members in the record; `also` is done in the same transaction, whether or not the task goes on."""
    mask = encode_mask(result.raster, plan.palette)
    heat = encode_transparent(result.disagreement, _HEAT)
    consolidated = _row(plan, result, rule, mask, heat)
    if metadata:
        consolidated.details["metadata"] = dict(metadata)
    write_result(plan, consolidated, mask)
    _commit(plan, consolidated, (mask, heat), scores, also)


def _commit(
    plan: Plan,
    consolidated: ConsolidatedAnnotation,
    blobs: Sequence[bytes],
    scores: Sequence[MaskScore],
    also: Callable[[], None] = lambda: None,
) -> None:
    with organization_scope(plan.organization_id):
        lock_item(plan.work_item_id)  # first, as in whatever settles an item: the order of locks is item, then task
        # Stored here, before the task is locked: between the two nobody may sweep them away.
        keep_blobs(plan.organization_id, blobs, content_type="image/png")
        also()
        task = current_task(plan)
        if task is None:
            return
        ConsolidatedAnnotation.objects.filter(task=task, is_current=True).update(is_current=False)
        consolidated.save(force_insert=True)
        if scores:
            save_scores(ScoreKind.AGREEMENT, list(zip(plan.usable, scores, strict=True)))
        record("task.consolidated", "task", task.pk, generation=plan.generation, consolidated=consolidated.pk)
        if plan.repainted is not None or not ask_for_review(task):
            advance_task(task=task, to=TaskState.DONE)


def _row(plan: Plan, result: Consolidated, rule: str, mask: bytes, heat: bytes) -> ConsolidatedAnnotation:
    """The row as it will be saved; the response file is written from it."""
    return ConsolidatedAnnotation(
        organization_id=plan.organization_id,
        job_id=plan.job.pk,
        task_id=plan.task_id,
        generation=plan.generation,
        rule=rule,
        annotation_ids=[str(answer.pk) for answer in plan.usable],
        sha256=sha256(mask),
        raster_sha256=result.raster.sha256(),
        disagreement_sha256=sha256(heat),
        mask_uri=plan.address(plan.keys.mask(plan.index, plan.at)),
        confidence=result.confidence,
        details={
            "class_agreement": {str(index): value for index, value in result.class_agreement.items()},
            "disputed_share": result.disputed_share,
            "annotators": [answer.worker.code for answer in plan.usable],
            "categories": plan.categories,
            "adjusted": plan.is_adjusted,
        },
        creation_date=plan.at,
    )


def consolidation_failed(*, task_id: uuid.UUID, error: str) -> None:
    """Give a task up whose consolidation failed each time; a manager sees why and can try again."""
    task = Task.objects.select_for_update(no_key=True).filter(pk=task_id).first()
    if task is not None:
        advance_task(task=task, to=TaskState.FAILED, code="consolidation_failed", reason=error)
