"""A photo's reviews as its page tells them: verdicts with their comments, and every version of the mask."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.admin.people import People
from labeling.admin.words import task_badge
from labeling.models import Annotation, ConsolidatedAnnotation
from labeling.selectors.objects import ObjectDetail
from labeling.states import AnnotationKind, AnnotationState, TaskState, Verdict
from maskwright.organizations.admin_html import badge, moment
from workforce.states import Stage


def reviews_of(detail: ObjectDetail, people: People) -> list[dict[str, Any]]:
    """The verdicts that counted, in their order; `returned`: those whose answers went back."""
    workers = {str(annotation.pk): people.text(annotation.worker) for annotation in detail.annotations}
    reviews = [one for one in detail.annotations if one.stage == Stage.REVIEW and one.state == AnnotationState.ACCEPTED]
    return [_review(annotation, workers, people) for annotation in reviews]


def _review(annotation: Annotation, workers: dict[str, str], people: People) -> dict[str, Any]:
    content = annotation.content if annotation.kind == AnnotationKind.REVIEW else {}
    is_return = content.get("verdict") == Verdict.RETURN
    named = [workers.get(key, "–") for key in content.get("annotations", [])]
    if annotation.kind == AnnotationKind.MASK:
        verdict = badge(_("accepted as repainted"), "success")
    else:
        verdict = badge(_("sent back"), "warning") if is_return else badge(_("accepted"), "success")
    return {
        "id": str(annotation.pk),
        "round": annotation.round,
        "who": people.text(annotation.worker),
        "verdict": verdict,
        "is_return": is_return,
        "reason": content.get("reason", ""),
        "comments": content.get("comments", []),
        "returned": (", ".join(named) or gettext("all answers")) if is_return else "",
        "to": _recipient(content.get("to")) if is_return else "",
        "at": moment(annotation.submitted_at),
        "seconds": round(annotation.active_seconds),
    }


def _recipient(to: Any) -> str:
    return gettext("somebody else") if to == "other" else gettext("the same labeler")


def versions_of(detail: ObjectDetail) -> list[dict[str, Any]]:
    """Each consolidated annotation there ever was, the newest first."""
    return [
        {
            "generation": version.generation,
            "state": _standing(detail, version),
            "rule": gettext("repainted by a reviewer") if version.rule.startswith("reviewed/") else version.rule,
            "confidence": f"{version.confidence:.2f}",
            "at": moment(version.creation_date),
            "url": mask_url(detail, version.generation),
        }
        for version in detail.versions
    ]


def _standing(detail: ObjectDetail, version: ConsolidatedAnnotation) -> Any:
    """The newest version counts once its task is done; before, the task's state says what it waits for."""
    if not version.is_current:
        return badge(_("replaced"))
    if detail.task is None or detail.task.state == TaskState.DONE:
        return badge(_("counts"), "success")
    return task_badge(detail.task.state)


def mask_url(detail: ObjectDetail, generation: int) -> str:
    return f"{reverse('object_mask', args=[detail.item.pk])}?generation={generation}"


def version_layers(detail: ObjectDetail) -> list[dict[str, Any]]:
    """Layers of the viewer for the versions that no longer count."""
    return [
        {
            "id": f"version-{version.generation}",
            "name": gettext("Mask, version %(number)d") % {"number": version.generation},
            "kind": "mask",
            "url": mask_url(detail, version.generation),
        }
        for version in detail.versions
        if not version.is_current
    ]


def comment_layers(detail: ObjectDetail, people: People) -> list[dict[str, Any]]:
    """Layers of the viewer that pin a verdict's comments to their places."""
    return [
        {
            "id": f"comments-{review['id']}",
            "name": gettext("Comments, round %(number)d") % {"number": review["round"]},
            "kind": "comments",
            "url": "",
            "comments": review["comments"],
        }
        for review in reviews_of(detail, people)
        if review["comments"]
    ]


def type_facts(details: Any) -> list[tuple[Any, Any]]:
    """What an adjustment or verification found."""
    if "verdict" in details:
        comments = [(_("Comment"), comment) for comment in details["verdict"]["comments"]]
        return [(_("Verdict"), details["verdict"]["name"]), *comments]
    if details.get("adjusted") is None:
        return []
    return [(_("Earlier mask"), gettext("changed") if details["adjusted"] else gettext("left as it was"))]
