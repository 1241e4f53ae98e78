"""What the live preview of a form shows: the real editor on one of the organization's own photos."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from labeling.instructions import render_instructions
from labeling.models import DataObject, LabelSet, LabelSetVersion
from labeling.services.task_templates import TOOLS
from maskwright.core.scope import current_scope

DEFAULT_TEMPLATE: dict[str, Any] = {
    "title": "",
    "instructions_html": "",
    "tools": list(TOOLS),
    "allow_empty": True,
    "allow_impossible": True,
    "require_full_coverage": False,
}
DEFAULT_CATEGORIES = [
    {"index": 1, "name": "cat", "color": "#2ca02c", "key": "1", "description": ""},
    {"index": 2, "name": "dog", "color": "#1f77b4", "key": "2", "description": ""},
]
#: So many label sets can be chosen beside the preview of a template.
MAX_LABEL_SETS = 50


def own_photo() -> dict[str, Any] | None:
    """The newest usable photo of one of the organization's jobs; None while there is none."""
    photo = (
        DataObject.objects.filter(
            organization_id=current_scope().organization_id, problem_code="", width__isnull=False, height__isnull=False
        )
        .order_by("-id")
        .first()
    )
    if photo is None:
        return None
    try:
        url = reverse("object_image", args=[photo.pk])
    except NoReverseMatch:
        return None
    return {"url": url, "width": photo.width, "height": photo.height}


def preview_data(*, categories: list[Any] | None = None, template: dict[str, Any] | None = None) -> dict[str, Any]:
    """The `json_script` of `<mw-template-preview>`; `image` is None while no job has a photo."""
    shown = dict(template or DEFAULT_TEMPLATE)
    if "instructions" in shown:
        shown["instructions_html"] = render_instructions(shown.pop("instructions"))
    sets = label_set_choices()
    first = next(iter(sets.values()))[1] if sets else DEFAULT_CATEGORIES
    return {
        "image": own_photo(),
        "categories": categories or first,
        "template": shown,
        "label_sets": {key: found for key, (_name, found) in sets.items()},
    }


def label_set_choices() -> dict[str, tuple[str, list[Any]]]:
    """Name and current categories by id, the newest label sets first."""
    owner = current_scope().organization_id
    sets = {one.pk: one for one in LabelSet.objects.filter(organization_id=owner).order_by("-id")[:MAX_LABEL_SETS]}
    versions = LabelSetVersion.objects.filter(label_set_id__in=sets)
    current = {v.label_set_id: v.categories for v in versions if v.number == sets[v.label_set_id].current_number}
    return {str(pk): (one.name, current.get(pk, [])) for pk, one in sets.items()}
