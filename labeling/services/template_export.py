"""A task template of our own kind as the page in Liquid that says the same, for Ground Truth or to go on from."""

import re
import uuid
from html import escape

from django.utils.translation import gettext as _

from labeling.instructions import render_instructions
from labeling.models import TaskTemplate, TaskTemplateVersion
from labeling.services.task_templates import current_version
from maskwright.core.errors import NotFound

_BRACES = re.compile(r"\{\{|\{%")
_PAGE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-semantic-segmentation
    name="crowd-semantic-segmentation"
    src="{{ task.input.taskObject | grant_read_access }}"
    header="%(header)s"
    labels="{{ task.input.labels | to_json | escape }}"
  >
    <full-instructions header="%(header)s">
%(full)s
    </full-instructions>
    <short-instructions>
%(short)s
    </short-instructions>
  </crowd-semantic-segmentation>
</crowd-form>
"""


def exported_template(task_template_id: uuid.UUID) -> tuple[str, str]:
    """(file name, page). A template that is a page already is given as it is. Raises NotFound."""
    template = TaskTemplate.objects.filter(pk=task_template_id).first()
    version = current_version(template) if template else None
    if template is None or version is None:
        raise NotFound(_("There is no such task template."))
    name = re.sub(r"[^A-Za-z0-9]+", "-", template.name).strip("-").lower() or "template"
    return f"{name}.liquid.html", version.source or liquid_of(version)


def liquid_of(version: TaskTemplateVersion) -> str:
    """Tools, time limit and rules of the answer have no place in such a page; they stay with the job."""
    html = render_instructions(version.instructions).strip()
    # The first part is what stands beside the photo all the time; the whole is what the button opens.
    short = html.partition("</p>")[0] + "</p>" if "</p>" in html else html
    return _PAGE % {
        "header": _literal(escape(version.title)),
        "full": _literal(html or f"<p>{escape(version.title)}</p>"),
        "short": _literal(short or f"<p>{escape(version.title)}</p>"),
    }


def _literal(text: str) -> str:
    """Text in which braces mean nothing to Liquid."""
    return _BRACES.sub(lambda found: "{{ '" + found[0] + "' }}", text)
