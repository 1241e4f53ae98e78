"""What a reviewer's verdict may say."""

import math
import uuid
from typing import Any, TypeGuard

from django.utils.translation import gettext as _

from labeling.errors import WrongAnswer
from labeling.models import Annotation
from labeling.services.claim_context import ClaimContext
from labeling.states import AnnotationState, Verdict
from maskwright.core.errors import FieldProblem
from workforce.states import Stage

MAX_COMMENTS, MAX_TEXT = 100, 1000
#: Who gets a returned answer's place: the labeler whose it was, or somebody else.
SAME, OTHER = "same", "other"


def review_content(given: dict[str, Any]) -> dict[str, Any]:
    """The verdict in its one canonical form; WrongAnswer lists all that is wrong.

    `{verdict: "accept" | "return", reason, comments: [{x, y, text}], annotations: [ids], to: "same" | "other"}`;
    x and y are pixels of the photo. A return names the answers it sends back (none named: all of them) and says why.
    """
    problems: list[FieldProblem] = []
    verdict = given.get("verdict")
    if verdict not in Verdict.values:
        problems.append(
            _problem("verdict", "unknown", _("Say one of: %(known)s.") % {"known": ", ".join(Verdict.values)})
        )
    reason = _text(given.get("reason", ""), "reason", problems)
    comments = _comments(given.get("comments", []), problems)
    content: dict[str, Any] = {"verdict": verdict, "reason": reason, "comments": comments}
    if verdict == Verdict.RETURN:
        content["annotations"] = _ids(given.get("annotations", []), problems)
        content["to"] = given.get("to", SAME)
        if content["to"] not in (SAME, OTHER):
            problems.append(
                _problem(
                    "to",
                    "unknown",
                    _("Say who is to do it again: %(same)s or %(other)s.") % {"same": SAME, "other": OTHER},
                )
            )
        if not reason and not comments:
            problems.append(_problem("reason", "required", _("Say what is wrong, or pin a comment to the place.")))
    if problems:
        raise WrongAnswer(_("The review cannot be taken like this; each reason is listed."), fields=tuple(problems))
    return content


def _problem(path: str, code: str, message: str) -> FieldProblem:
    return FieldProblem(f"content.{path}", code, message)


def _text(value: Any, path: str, problems: list[FieldProblem]) -> str:
    if not isinstance(value, str):
        problems.append(_problem(path, "not_text", _("Send text.")))
        return ""
    text = value.strip()
    if len(text) > MAX_TEXT:
        problems.append(_problem(path, "too_long", _("At most %(number)s characters.") % {"number": MAX_TEXT}))
    return text


def _comments(given: Any, problems: list[FieldProblem]) -> list[dict[str, Any]]:
    if not isinstance(given, list) or len(given) > MAX_COMMENTS:
        problems.append(
            _problem(
                "comments", "not_a_list", _("Send a list of at most %(number)s comments.") % {"number": MAX_COMMENTS}
            )
        )
        return []
    found = []
    for number, comment in enumerate(given):
        path = f"comments.{number}"
        x, y = (comment.get("x"), comment.get("y")) if isinstance(comment, dict) else (None, None)
        if not (_is_number(x) and _is_number(y)):
            problems.append(_problem(path, "no_place", _("A comment has x and y, in pixels of the photo, and a text.")))
            continue
        text = _text(comment.get("text", ""), f"{path}.text", problems)
        if not text:
            problems.append(_problem(f"{path}.text", "required", _("A comment needs a text.")))
        found.append({"x": round(float(x), 1), "y": round(float(y), 1), "text": text})
    return found


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _ids(given: Any, problems: list[FieldProblem]) -> list[str]:
    try:
        return sorted({str(uuid.UUID(value)) for value in given})
    except (ValueError, TypeError, AttributeError):
        problems.append(_problem("annotations", "not_ids", _("Send a list of the ids of answers.")))
        return []


def check_review(*, claim: ClaimContext, content: dict[str, Any]) -> None:
    """What only the photo and its answers can tell: places inside, answers that count. Raises WrongAnswer."""
    problems = [
        _problem(
            f"comments.{number}",
            "outside",
            _("The photo is %(width)s x %(height)s pixels.") % {"width": claim.width, "height": claim.height},
        )
        for number, comment in enumerate(content["comments"])
        if not (0 <= comment["x"] <= claim.width and 0 <= comment["y"] <= claim.height)
    ]
    named = content.get("annotations", [])
    if named:
        counting = Annotation.objects.filter(task_id=claim.task_id, stage=Stage.LABEL, state=AnnotationState.ACCEPTED)
        known = {str(key) for key in counting.filter(pk__in=named).values_list("pk", flat=True)}
        if known != set(named):
            message = _("Not all of these are answers that count here. Load the review again.")
            problems.append(_problem("annotations", "unknown", message))
    if problems:
        raise WrongAnswer(_("The review cannot be taken like this; each reason is listed."), fields=tuple(problems))
