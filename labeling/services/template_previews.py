"""Try a template while it is written: what is wrong with it, and its page for some minutes."""

import base64
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _
from PIL import Image

from labeling.liquid import Problem, TemplateError, render_template
from labeling.models import LabelSet
from labeling.services.frames import FramePage, source_page
from labeling.services.label_sets import current_categories
from labeling.services.task_input import built_in_input
from maskwright.core.errors import NotFound
from maskwright.core.scope import current_scope
from maskwright.organizations.services.template_hosts import template_hosts
from maskwright.organizations.template_hosts import allows

SECONDS = 900
_LABELS = ({"name": "cat"}, {"name": "cup"}, {"name": "vase"})


@dataclass(frozen=True)
class Preview:
    """`preview_id` is None where there is a problem. `hosts`: what the page wants and the allow list lacks."""

    preview_id: uuid.UUID | None
    problem: Problem | None = None
    hosts: Sequence[str] = field(default=())


def make_preview(
    *, source: str, label_set_id: uuid.UUID | None = None, given: Mapping[str, Any] | None = None
) -> Preview:
    """Render a template with `given` as its `task.input`, or with a sample photo and the label set's categories."""
    values = dict(given) if given is not None else _sample(label_set_id)
    try:
        found = render_template(source, values)
    except TemplateError as error:
        return Preview(None, error.problem)
    allowed = template_hosts()
    preview_id = uuid.uuid4()
    cache.set(_key(preview_id), {"source": source, "values": values}, SECONDS)
    return Preview(preview_id, hosts=[host for host in found.hosts if not allows(allowed, host)])


def preview_page(*, user_id: uuid.UUID, preview_id: uuid.UUID, files: str) -> FramePage:
    """Raises NotFound once it is over, and for another organization's."""
    kept = cache.get(_key(preview_id))
    if kept is None:
        raise NotFound(_("This preview is over. Press Preview again."))
    return source_page(user_id=user_id, source=kept["source"], values=kept["values"], files=files)


def _key(preview_id: uuid.UUID) -> str:
    return f"template-preview:{current_scope().organization_id}:{preview_id}"


def _sample(label_set_id: uuid.UUID | None) -> dict[str, Any]:
    label_set = LabelSet.objects.filter(pk=label_set_id).first() if label_set_id else None
    if label_set_id and label_set is None:
        raise NotFound(_("There is no such label set."))
    categories: Sequence[Mapping[str, Any]] = current_categories(label_set) if label_set else _LABELS
    return built_in_input(source_ref=_sample_photo(), categories=categories, template_input={})


@lru_cache(maxsize=1)
def _sample_photo() -> str:
    """Hills under a sky, as an address that holds its bytes."""
    image = Image.linear_gradient("L").resize((640, 480))
    sky = Image.merge(
        "RGB",
        (image.point(lambda v: 90 + v // 3), image.point(lambda v: 140 + v // 4), image.point(lambda v: 235 - v // 8)),
    )
    hill = Image.radial_gradient("L").resize((900, 500)).point(lambda v: 255 if v < 128 else 0)
    sky.paste((70, 120, 60), (-130, 270), hill)
    sky.paste((110, 150, 80), (200, 300), hill)
    file = BytesIO()
    sky.save(file, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
