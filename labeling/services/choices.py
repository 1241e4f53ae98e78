"""The answer of a verification: one of the job's labels, and a comment where the person wrote one."""

from typing import Any

from django.utils.translation import gettext as _

from labeling.errors import WrongAnswer
from labeling.services.claim_context import ClaimContext
from labeling.states import AnnotationKind
from maskwright.core.errors import FieldProblem

MAX_COMMENT = 1000


def choice_content(content: dict[str, Any]) -> dict[str, Any]:
    """What is kept: `{"label", "comment"}`. Raises WrongAnswer."""
    label, comment = content.get("label"), content.get("comment", "")
    problems = []
    if not isinstance(label, str) or not label:
        problems.append(FieldProblem("content.label", "required", _("Choose one of the labels.")))
    if not isinstance(comment, str) or len(comment) > MAX_COMMENT:
        message = _("A comment has at most %(most)s characters.") % {"most": MAX_COMMENT}
        problems.append(FieldProblem("content.comment", "too_long", message))
    if problems:
        raise WrongAnswer(problems[0].message, fields=tuple(problems))
    return {"label": label, "comment": comment.strip()}


def check_choice(*, claim: ClaimContext, kind: AnnotationKind, content: dict[str, Any]) -> None:
    """A verification takes a choice, everything else none. Raises WrongAnswer."""
    if not claim.is_verification:
        if kind == AnnotationKind.CHOICE:
            raise WrongAnswer(_("This is no verification. Send a mask, or kind 'empty' or 'impossible'."))
        return
    if kind == AnnotationKind.IMPOSSIBLE:
        return
    if kind != AnnotationKind.CHOICE:
        raise WrongAnswer(_("This is a verification: choose one of its labels (kind 'choice')."))
    names = [category["name"] for category in claim.categories]
    if content["label"] not in names:
        message = _("Choose one of: %(names)s.") % {"names": ", ".join(names)}
        raise WrongAnswer(message, fields=(FieldProblem("content.label", "unknown", message),))
