"""States and reasons in the words and colours that the managers' pages share with the elements in them."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labeling.selectors.objects import UNUSABLE
from labeling.states import AnnotationState, JobState, TaskState
from maskwright.organizations.admin_html import badge

JOB_COLORS: dict[str, str] = {
    JobState.IN_PROGRESS: "accent",
    JobState.PAUSED: "warning",
    JobState.STOPPING: "warning",
    JobState.COMPLETED: "success",
    JobState.FAILED: "danger",
}
TASK_COLORS: dict[str, str] = {
    TaskState.OPEN: "accent",
    TaskState.CONSOLIDATING: "accent",
    TaskState.REVIEWING: "accent",
    TaskState.DONE: "success",
    TaskState.FAILED: "danger",
}
#: The preflight's codes, as headings; each object has its own full sentence.
REASONS: dict[str, str | Promise] = {
    "missing": _("no file at the address"),
    "empty": _("empty file"),
    "not_an_image": _("not an image"),
    "unsupported_format": _("neither JPEG nor PNG"),
    "wrong_extension": _("the name says another format than the bytes"),
    "truncated": _("cut off or damaged"),
    "function_refused": _("the pre-annotation function's answer cannot be used"),
    "function_unavailable": _("the pre-annotation function did not answer"),
    "not_required": _("nobody need label it"),
    "too_many_bytes": _("file too large"),
    "no_prior_label": _("no earlier label"),
    "no_prior_mask": _("earlier mask is not there"),
    "bad_prior_label": _("earlier label unusable"),
    "bad_prior_mask": _("earlier mask unusable"),
    "no_hex_color": _("earlier label without colours"),
    "prior_colors_differ": _("earlier mask in other colours than its map"),
    "prior_class_unknown": _("earlier mask with a class that is missing here"),
    "too_large_side": _("too many pixels on a side"),
    "bomb": _("far more pixels than its bytes can hold"),
    "cmyk": _("CMYK colours"),
    "sixteen_bit": _("16 bits per channel"),
    "animated": _("animated"),
}
UNUSABLE_LABEL = _("cannot be used")


def job_badge(state: str) -> str:
    return badge(JobState(state).label, JOB_COLORS.get(state, ""))


def task_badge(state: str) -> str:
    if state == UNUSABLE:
        return badge(UNUSABLE_LABEL, "danger")
    return badge(TaskState(state).label, TASK_COLORS.get(state, ""))


def reason(code: str) -> str | Promise:
    return REASONS.get(code, code.replace("_", " "))


def answer_badge(state: str) -> str:
    return badge(AnnotationState(state).label, "success" if state == AnnotationState.ACCEPTED else "")


def object_states() -> list[tuple[str, Any]]:
    """What a list of data objects can be narrowed to."""
    return [*TaskState.choices, (UNUSABLE, UNUSABLE_LABEL)]
