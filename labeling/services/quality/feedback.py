"""What a labeler of a qualification is shown after an answer: what was wrong, where, and how he stands.

The claim is the person's; truth and score are read in the scope of the job's owner, after that was checked.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labeling.masks import encode_overlay
from labeling.models import Annotation, LabelingJob, Qualification
from labeling.quality import CONFUSED, CORRECT, EXTRA, MISSED, MaskScore, error_overlay, score_mask
from labeling.services.assignments import ClaimedImage, stored_image
from labeling.services.claim_context import ClaimContext, read_claim
from labeling.services.quality.qualifying import give_skill, progress_of, settle_qualification
from labeling.services.quality.scoring import GoldAnswer, gold_answer, save_scores
from labeling.states import AnnotationState, ScoreKind
from maskwright.core.errors import NotFound
from maskwright.core.scope import organization_scope

#: What lies over the photo, with its opacity; told apart by lightness, too.
_COLORS = {
    CORRECT: (0, 0, 0, 0),
    MISSED: (255, 193, 7, 190),
    EXTRA: (30, 136, 229, 190),
    CONFUSED: (216, 27, 96, 200),
}


@dataclass(frozen=True)
class Feedback:
    claim: ClaimContext
    score: MaskScore
    answered: int
    total: int
    threshold: float
    skill: str
    result: Qualification | None


def feedback(*, user_id: uuid.UUID, claim_id: uuid.UUID) -> Feedback:
    """Scores the answer if nothing has yet, and gives the skill when it was the last. NotFound for what has none."""
    claim = _own_claim(user_id, claim_id)
    with organization_scope(claim.organization_id):
        found = _gold(claim)
        score = score_mask(*found.rasters())
        save_scores(ScoreKind.GOLD, [(found.answer, score)])
        job = LabelingJob.objects.get(pk=claim.job_id)
        result = settle_qualification(job, claim.worker_id)
        answered, total = progress_of(job, claim.worker_id)
    if result is not None and result.vendor_id is not None:
        give_skill(user_id, result)  # in the vendor's scope, whose person he is
    return Feedback(claim, score, answered, total, job.qualification_iou, job.qualification_skill, result)


def feedback_photo(*, user_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimedImage:
    claim = _own_claim(user_id, claim_id)
    return stored_image(claim.organization_id, claim.source_ref, claim.format, claim.image_sha256)


def feedback_errors(*, user_id: uuid.UUID, claim_id: uuid.UUID) -> bytes:
    """A transparent PNG over the photo: missed, too much, and taken for something else."""
    claim = _own_claim(user_id, claim_id)
    with organization_scope(claim.organization_id):
        found = _gold(claim)
    return encode_overlay(error_overlay(*found.rasters()), [_COLORS[kind] for kind in sorted(_COLORS)])


def feedback_json(found: Feedback) -> dict[str, Any]:
    base = f"/api/v1/work/claims/{found.claim.claim_id}/feedback"
    categories = {category["index"]: category for category in found.claim.categories}
    names = {0: _("unlabeled")} | {index: category["name"] for index, category in categories.items()}
    pixels = found.claim.width * found.claim.height
    return {
        "mean_iou": found.score.mean_iou,
        "accuracy": found.score.accuracy,
        "classes": [
            {"index": index, "name": names[index], "color": categories[index]["color"], "iou": iou}
            for index, iou in found.score.class_iou.items()
            if index in categories
        ],
        "confused": [
            {
                "truth": names.get(one.truth, str(one.truth)),
                "answer": names.get(one.answer, str(one.answer)),
                "pixels": one.pixels,
                "share": one.pixels / pixels,
            }
            for one in found.score.confusions
        ],
        "photo": {"url": f"{base}/photo"},
        "overlay": {"url": f"{base}/errors"},
        "width": found.claim.width,
        "height": found.claim.height,
        "answered": found.answered,
        "total": found.total,
        "threshold": found.threshold,
        "skill": found.skill,
        "result": found.result,
    }


def _own_claim(user_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimContext:
    claim = read_claim(user_id=user_id, claim_id=claim_id)
    # Of other jobs nobody is told which photos were checked, nor how.
    if not claim.is_qualification or claim.state != "submitted":
        raise NotFound(_("There is no feedback on this assignment."))
    return claim


def _gold(claim: ClaimContext) -> GoldAnswer:
    answers = Annotation.objects.filter(claim_id=claim.claim_id).exclude(state=AnnotationState.LATE)
    answer_id = answers.values_list("pk", flat=True).first()
    found = gold_answer(answer_id) if answer_id is not None else None
    if found is None:
        raise NotFound(_("There is no feedback on this assignment."))
    return found
