"""A crowd form's answer to a claim, as the mask that is stored."""

from collections.abc import Mapping
from typing import Any

from labeling.crowd_answers import CrowdAnswerError, read_crowd_answer
from labeling.errors import WrongAnswer
from labeling.masks import Palette, encode_mask
from labeling.services.claim_context import ClaimContext
from maskwright.core.errors import FieldProblem
from maskwright.core.wording import reword


def crowd_mask(claim: ClaimContext, answer: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The mask as indexed PNG in the job's colours, and the annotation's content: what the form said besides.

    The same answer gives the same bytes, so that a repeated submit is known as one. Raises WrongAnswer.
    """
    try:
        found = read_crowd_answer(answer, width=claim.width, height=claim.height, categories=claim.categories)
    except CrowdAnswerError as error:
        message = reword(error.message)
        raise WrongAnswer(message, fields=(FieldProblem(error.path, error.code, message),)) from error
    palette = Palette({one["index"]: one["color"] for one in claim.categories})
    content = {"crowd": {"element": found.element, "rest": found.rest, "form": found.form}}
    return encode_mask(found.raster, palette), content
