"""Verdicts of a verification become one: which label, how sure, and what was remarked."""

import uuid

from labeling.consolidation.verdicts import Verdict, Verdicts, consolidate_verdicts
from labeling.models import Annotation, ConsolidatedAnnotation
from labeling.services.consolidation_plan import Plan
from labeling.states import AnnotationKind, AnnotationState
from maskwright.core.scope import organization_scope
from workforce.states import Stage

#: The newest verdicts of the job that tell what a worker is worth: enough for any, and bounded.
_OTHERS = 3000


def verdict_row(plan: Plan) -> ConsolidatedAnnotation:
    """The row as it will be saved. Its mask is the one that was verified; opens a scope of its own."""
    numbers = plan.label_numbers
    own = [(str(answer.worker_id), numbers[answer.content["label"]]) for answer in plan.usable]
    with organization_scope(plan.organization_id):
        others = _others(plan)
    found = consolidate_verdicts(plan.job.consolidation_rule, own, others, len(numbers))
    agreeing = sum(label == found.label for _, label in own)
    return ConsolidatedAnnotation(
        organization_id=plan.organization_id,
        job_id=plan.job.pk,
        task_id=plan.task_id,
        generation=plan.generation,
        rule=found.rule,
        annotation_ids=[str(answer.pk) for answer in plan.usable],
        sha256=plan.prior_sha256,
        raster_sha256=plan.prior_raster_sha256,
        mask_uri=plan.prior_ref,
        confidence=found.confidence,
        details={
            "class_agreement": {},
            "disputed_share": 1 - agreeing / len(own),
            "annotators": [answer.worker.code for answer in plan.usable],
            "categories": plan.prior_categories,
            "verdict": _verdict(plan, found),
        },
        creation_date=plan.at,
    )


def _verdict(plan: Plan, found: Verdict) -> dict[str, object]:
    names = {number: name for name, number in plan.label_numbers.items()}
    comments = [answer.content["comment"] for answer in plan.usable if answer.content["comment"]]
    return {"number": found.label, "name": names[found.label], "comments": comments}


def _others(plan: Plan) -> list[Verdicts]:
    """Verdicts about the job's other objects, given before this generation began: a repeated run finds the same."""
    answers = Annotation.objects.filter(
        job_id=plan.job.pk,
        kind=AnnotationKind.CHOICE,
        state=AnnotationState.ACCEPTED,
        stage=Stage.LABEL,
        submitted_at__lte=plan.at,
    ).exclude(task_id=plan.task_id)
    numbers = plan.label_numbers
    found: dict[uuid.UUID, list[tuple[str, int]]] = {}
    rows = answers.order_by("-submitted_at", "pk").values_list("task_id", "worker_id", "content__label")[:_OTHERS]
    for task, worker, label in rows:
        if label in numbers:
            found.setdefault(task, []).append((str(worker), numbers[label]))
    return list(found.values())
