"""Auto-segmentation of a claimed photo, by the inference process."""

import uuid

from django.conf import settings

from labeling.autosegmentation import (
    BackendRefused,
    BackendUnavailable,
    InferenceClient,
    PromptError,
    Segment,
    parse_prompt,
)
from labeling.errors import WrongPrompt
from labeling.services.assignments import image_of
from labeling.services.claim_context import read_claim
from maskwright.core.errors import FieldProblem, Unavailable
from maskwright.core.wording import reword
from workforce.services.claims import why_not_mine


def segment(*, user_id: uuid.UUID, claim_id: uuid.UUID, token: int, prompt: object) -> Segment:
    """The mask of what the prompt marks. Raises WrongPrompt, LeaseLost, Unavailable (painting by hand goes on)."""
    claim = read_claim(user_id=user_id, claim_id=claim_id)
    if claim.fencing_token != token:
        raise why_not_mine(user_id=user_id, claim_id=claim_id, token=token)
    image = image_of(claim)
    try:
        parsed = parse_prompt(prompt, width=claim.width, height=claim.height)
        client = InferenceClient(settings.INFERENCE_URL)
        return client.segment(
            parsed,
            sha256=claim.image_sha256,
            load=lambda: image.location.get(max_bytes=settings.IMAGE_MAX_BYTES),
        )
    except (PromptError, BackendRefused) as error:
        message = reword(str(error))
        raise WrongPrompt(message, fields=(FieldProblem("prompt", error.code, message),)) from error
    except BackendUnavailable as error:
        raise Unavailable(reword(str(error)), code=error.code) from error
