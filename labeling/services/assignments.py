"""What a labeler is given with a claim, and the bytes he may see while he holds it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labeling.instructions import render_instructions
from labeling.models import LabelingJob
from labeling.object_code import named
from labeling.selectors.layers import PRIOR, review_sheet, rework_sheet
from labeling.services.claim_context import ClaimContext, read_claim
from labeling.services.frames import is_framed
from labeling.storage import Location, Resolver
from maskwright.core.errors import NotFound
from maskwright.core.scope import organization_scope
from workforce.errors import LeaseLost
from workforce.services import claims


def claim_assignment(
    *, user_id: uuid.UUID, job_id: uuid.UUID | None, may_review: bool = False
) -> tuple[ClaimContext, bool] | claims.NoWork:
    """Take or return a claim, of any job of the person's or of one; (claim, whether it is new)."""
    queue_id: uuid.UUID | None = None
    if job_id is not None:
        queue_id = LabelingJob.objects.filter(pk=job_id).values_list("work_queue_id", flat=True).first()
        if queue_id is None:
            raise NotFound(_("There is no such labeling job of yours."))
    found = claims.claim(user_id=user_id, queue_id=queue_id, may_review=may_review)
    if isinstance(found, claims.NoWork):
        return found
    return read_claim(user_id=user_id, claim_id=found.claim_id), found.is_new


def assignment_json(claim: ClaimContext) -> dict[str, Any]:
    """The claim as docs/work-api.md fixes it."""
    base = f"/api/v1/work/claims/{claim.claim_id}"
    draft = None
    if claim.draft_seq is not None:
        draft = {"seq": claim.draft_seq, "sha256": claim.draft_sha256, "url": f"{base}/draft"}
    return {
        "id": str(claim.claim_id),
        "token": claim.fencing_token,
        "expires_at": claim.expires_at,
        "seconds_left": round(claim.seconds_left or 0, 1),
        "task": {
            "id": str(claim.task_id),
            "job": {"id": str(claim.job_id), "name": claim.job_name},
            "data_object": named(claim.data_object_id),
        },
        "image": {"url": f"{base}/image", "width": claim.width, "height": claim.height},
        "task_type": claim.task_type,
        "categories": claim.prior_categories if claim.is_verification else claim.categories,
        "template": {
            "title": claim.title,
            "instructions_html": render_instructions(claim.instructions),
            "tools": claim.tools,
            "allow_empty": claim.allow_empty,
            "allow_impossible": claim.allow_impossible,
            "require_full_coverage": claim.require_full_coverage,
        },
        "revision": claim.revision,
        "paused": claim.queue_state == "paused",
        "stopping": claim.queue_state == "stopping",
        "draft": draft,
        "frame": {"url": f"/work/frames/{claim.claim_id}/"} if is_framed(claim) else None,
        "stage": claim.stage,
        "prior": {"url": f"{base}/layers/{PRIOR}"} if claim.prior_sha256 else None,
        "verdicts": claim.categories if claim.is_verification else None,
        "feedback": claim.is_qualification,
        "review": review_sheet(claim, base) if claim.is_review else None,
        "rework": rework_sheet(claim, base) if not claim.is_review and claim.round > 1 else None,
    }


@dataclass(frozen=True)
class ClaimedImage:
    location: Location
    content_type: str
    sha256: str


def claimed_image(*, user_id: uuid.UUID, claim_id: uuid.UUID) -> ClaimedImage:
    """Where the photo of a live claim lies. Raises LeaseLost once the claim is over."""
    claim = read_claim(user_id=user_id, claim_id=claim_id)
    return image_of(claim)


def image_of(claim: ClaimContext) -> ClaimedImage:
    if not claim.is_live:
        raise LeaseLost(_("The time for this assignment is over; its photo is not yours to see any more."))
    return stored_image(claim.organization_id, claim.source_ref, claim.format, claim.image_sha256)


def stored_image(organization_id: uuid.UUID, source_ref: str, image_format: str, digest: str) -> ClaimedImage:
    """Where a photo of the customer's lies, for somebody whose right to see it was checked."""
    # The customer's storage connections: a vendor may use them for this photo but never read them.
    with organization_scope(organization_id):
        location = Resolver().resolve(source_ref)
    content_type = "image/png" if image_format.lower() == "png" else "image/jpeg"
    return ClaimedImage(location, content_type, digest)
