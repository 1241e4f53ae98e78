"""The files of one consolidation in the job's output location, as Ground Truth writes them.

In order: worker response, consolidation request, mask, consolidation response. Each appears whole or not at all, and
whoever sees a response finds the request and the mask it speaks of. Keys carry the generation's time, so a run that is
repeated after a kill replaces what it wrote before by the same bytes.
"""

import uuid
from collections.abc import Mapping

from django.conf import settings

from labeling.manifests import (
    WorkerAnswer,
    consolidation_request,
    consolidation_response,
    other_content,
    segmentation_content,
    verification_content,
    worker_response,
)
from labeling.models import Annotation, ConsolidatedAnnotation
from labeling.selectors.results import output_record
from labeling.services.consolidation_plan import Plan
from labeling.states import AnnotationKind, TaskType
from workforce.models import Worker

_JSON = "application/json"


def worker_answers(plan: Plan, pngs: Mapping[uuid.UUID, bytes]) -> list[WorkerAnswer]:
    colors = {category["name"]: category["color"] for category in plan.categories}
    return [_worker_answer(plan, answer, colors, pngs) for answer in plan.answers]


def write_answers(plan: Plan, pngs: Mapping[uuid.UUID, bytes]) -> None:
    """What the labelers sent, and the request to consolidate it. Also for objects that then fail: there is no response
    to their request, as when a post-annotation function fails. A function of the organization's own gets its request
    when it is called, with other objects in it."""
    answers = worker_answers(plan, pngs)
    plan.put(plan.keys.worker_response(plan.index, plan.at), worker_response(answers), _JSON)
    if plan.function_arn:
        return
    request = consolidation_request(plan.index, plan.source_ref, answers)
    plan.put(plan.keys.consolidation_request(plan.at), request, _JSON)


def write_result(plan: Plan, consolidated: ConsolidatedAnnotation, mask: bytes | None) -> None:
    """The mask (a verification makes none), then the response, whose record is the one of the output manifest."""
    if mask is not None:
        plan.put(plan.keys.mask(plan.index, plan.at), mask, "image/png")
    record = output_record(plan.job, plan.line, consolidated)
    response = consolidation_response(plan.index, plan.job.label_attribute_name, record)
    plan.put(plan.keys.consolidation_response(plan.at), response, _JSON)


def _worker_answer(
    plan: Plan, answer: Annotation, colors: Mapping[str, str], pngs: Mapping[uuid.UUID, bytes]
) -> WorkerAnswer:
    if answer.pk in pngs:
        modified = plan.is_modified(answer) if plan.job.task_type == TaskType.ADJUSTMENT else None
        content = segmentation_content(
            width=plan.width,
            height=plan.height,
            colors=colors,
            png=pngs[answer.pk],
            is_modified=modified,
            form=answer.content.get("crowd"),
        )
    elif answer.kind == AnnotationKind.CHOICE:
        content = verification_content(answer.content["label"], answer.content["comment"])
    else:
        content = other_content(answer.kind, answer.content)
    worker = answer.worker
    return WorkerAnswer(
        worker.code, answer.claimed_at, answer.submitted_at, answer.active_seconds, content, _identity(worker)
    )


def _identity(worker: Worker) -> dict[str, str] | None:
    """Of the organization's own people; a vendor's stay unknown. `sub` is the worker's id here, not his account's."""
    if worker.vendor_id is not None:
        return None
    return {"identityProviderType": "Oidc", "issuer": settings.PUBLIC_URL, "sub": str(worker.pk)}
