"""What lies over the photo beside the labeler's own mask: a reviewer's layers, and what came back to a labeler.

No labeler is named: answers are A, B, C in the order of their ids.
"""

import uuid
from string import ascii_uppercase
from typing import Any

from django.utils.translation import gettext as _

from labeling.models import Annotation, ConsolidatedAnnotation
from labeling.services.claim_context import ClaimContext, read_claim
from labeling.states import AnnotationKind, AnnotationState
from maskwright.core.errors import NotFound
from maskwright.core.objects import blob_store
from maskwright.core.objects.factory import blob_key
from workforce.errors import LeaseLost
from workforce.states import Stage

CONSOLIDATED, DISAGREEMENT, PRIOR = "consolidated", "disagreement", "prior"


def review_sheet(claim: ClaimContext, base: str) -> dict[str, Any]:
    """The layers of a review claim, whose address is `base`."""
    result = _result(claim)
    answers = _answers(claim)
    return {
        "round": claim.round,
        "consolidated": None if result is None else _consolidated(result, base),
        "disagreement": {"url": f"{base}/layers/{DISAGREEMENT}"} if result and result.disagreement_sha256 else None,
        "answers": [
            {
                "id": str(answer.pk),
                "name": ascii_uppercase[number % 26],
                "kind": answer.kind,
                "reason": answer.content.get("reason", ""),
                "url": f"{base}/layers/{answer.pk}" if answer.kind == AnnotationKind.MASK else None,
            }
            for number, answer in enumerate(answers)
        ],
        "history": _history(claim),
    }


def _consolidated(result: ConsolidatedAnnotation, base: str) -> dict[str, Any]:
    return {
        "url": f"{base}/layers/{CONSOLIDATED}",
        "rule": result.rule,
        "confidence": result.confidence,
        "disputed_share": result.details["disputed_share"],
        "class_agreement": result.details["class_agreement"],
    }


def rework_sheet(claim: ClaimContext, base: str) -> dict[str, Any]:
    """What a labeler is told of an object that came back: the verdicts so far, and his own mask when it was his."""
    mine = _returned(claim)
    has_mask = mine is not None and mine.kind == AnnotationKind.MASK
    return {
        "round": claim.round,
        "mine": mine is not None,
        "previous": {"url": f"{base}/layers/{mine.pk}"} if mine is not None and has_mask else None,
        "history": _history(claim),
    }


def layer_png(*, user_id: uuid.UUID, claim_id: uuid.UUID, layer: str) -> bytes:
    """The PNG of a layer of a live claim's sheet. Raises LeaseLost, NotFound."""
    claim = read_claim(user_id=user_id, claim_id=claim_id)
    if not claim.is_live:
        raise LeaseLost(_("The time for this assignment is over; its layers are not yours to see any more."))
    digest = _digest(claim, layer)
    if not digest:
        raise NotFound(_("There is no such layer."))
    return blob_store().get(blob_key(claim.organization_id, digest))


def _digest(claim: ClaimContext, layer: str) -> str:
    if layer == PRIOR:
        return claim.prior_sha256
    if not claim.is_review:
        mine = _returned(claim)
        return mine.sha256 if mine is not None and str(mine.pk) == layer else ""
    if layer in (CONSOLIDATED, DISAGREEMENT):
        result = _result(claim)
        if result is None:
            return ""
        return result.sha256 if layer == CONSOLIDATED else result.disagreement_sha256
    return next((answer.sha256 for answer in _answers(claim) if str(answer.pk) == layer), "")


def _result(claim: ClaimContext) -> ConsolidatedAnnotation | None:
    found: ConsolidatedAnnotation | None = ConsolidatedAnnotation.objects.filter(
        task_id=claim.task_id, is_current=True
    ).first()
    return found


def _answers(claim: ClaimContext) -> list[Annotation]:
    accepted = Annotation.objects.filter(task_id=claim.task_id, stage=Stage.LABEL, state=AnnotationState.ACCEPTED)
    return list(accepted.order_by("pk"))


def _returned(claim: ClaimContext) -> Annotation | None:
    """The newest answer of the claim's worker that was sent back."""
    returned = Annotation.objects.filter(
        task_id=claim.task_id, worker_id=claim.worker_id, stage=Stage.LABEL, state=AnnotationState.RETURNED
    )
    found: Annotation | None = returned.order_by("-submitted_at").first()
    return found


def _history(claim: ClaimContext) -> list[dict[str, Any]]:
    reviews = Annotation.objects.filter(
        task_id=claim.task_id, stage=Stage.REVIEW, kind=AnnotationKind.REVIEW, state=AnnotationState.ACCEPTED
    )
    return [
        {
            "round": review.round,
            "verdict": review.content["verdict"],
            "reason": review.content["reason"],
            "comments": review.content["comments"],
            "at": review.submitted_at,
        }
        for review in reviews.order_by("submitted_at")
    ]
