"""Task templates: what labelers are told and may use. Saving writes a new version when something changed."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from labeling.instructions import MAX_CHARS
from labeling.liquid import TemplateError, check_template
from labeling.models import TaskTemplate, TaskTemplateVersion
from labeling.services.picture_problems import picture_problems
from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid, NotFound
from maskwright.core.wording import number, reword

#: The elements of a template in Liquid that give a mask.
ELEMENTS = ("crowd-semantic-segmentation", "crowd-instance-segmentation")
#: Names of the editor's tools, as the work API sends them.
TOOLS = (
    "brush",
    "eraser",
    "polygon",
    "lasso",
    "rectangle",
    "ellipse",
    "fill",
    "magic-wand",
    "refine",
    "extreme-points",
)
MIN_SECONDS, MAX_SECONDS = 30, 28_800  # Ground Truth's TaskTimeLimitInSeconds for images
MAX_TITLE = 128


def save_task_template(
    *,
    task_template_id: uuid.UUID | None = None,
    name: str,
    title: str,
    instructions: str = "",
    tools: Sequence[str] = TOOLS,
    time_limit_seconds: int = 3600,
    allow_empty: bool = True,
    allow_impossible: bool = True,
    require_full_coverage: bool = False,
    source: str = "",
) -> TaskTemplate:
    """Make a task template, or change one. Jobs keep the version they were made with.

    `source`: the page in Liquid that is shown instead of our own editor; its answers are masks, too.
    Raises Invalid with every problem at once, NotFound.
    """
    template = _locked(task_template_id) if task_template_id else None
    wanted: dict[str, Any] = {
        "title": title.strip(),
        "instructions": instructions,
        "tools": list(tools),
        "time_limit_seconds": time_limit_seconds,
        "allow_empty": allow_empty,
        "allow_impossible": allow_impossible,
        "require_full_coverage": require_full_coverage,
        "source": source if source.strip() else "",
    }
    problems = [*_name_problems(name, template), *content_problems(wanted), *_element_problems(wanted["source"])]
    if problems:
        raise Invalid(_("The task template cannot be saved; each reason is listed."), fields=tuple(problems))
    if template is None:
        template = _insert(name.strip())
        record("task_template.created", "task_template", template.pk, name=template.name)
    elif template.name != name.strip():
        template.name = name.strip()
        template.save(update_fields=["name"])
        record("task_template.changed", "task_template", template.pk, name=template.name)
    before = current_version(template)
    if before is None or any(getattr(before, field) != value for field, value in wanted.items()):
        _add_version(template, wanted)
    return template


def current_version(template: TaskTemplate) -> TaskTemplateVersion | None:
    found: TaskTemplateVersion | None = TaskTemplateVersion.objects.filter(
        task_template=template, number=template.current_number
    ).first()
    return found


def content_problems(wanted: dict[str, Any]) -> list[FieldProblem]:
    """What is wrong with those of title, instructions, tools and time limit that are given."""
    problems = []
    if "title" in wanted and (not 1 <= len(wanted["title"]) <= MAX_TITLE or "\0" in wanted["title"]):
        problems.append(
            FieldProblem("title", "bad_title", _("Give a title of 1 to %(most)s characters.") % {"most": MAX_TITLE})
        )
    instructions = wanted.get("instructions", "")
    if len(instructions) > MAX_CHARS or "\0" in instructions:
        message = _("The instructions have at most %(most)s characters, pictures included. Use smaller pictures.") % {
            "most": number(MAX_CHARS)
        }
        problems.append(FieldProblem("instructions", "too_long", message))
    else:
        problems += picture_problems(instructions)
    if wanted.get("source"):
        problems += source_problems(wanted["source"])
    if "tools" in wanted:
        problems += _tool_problems(wanted["tools"])
    seconds = wanted.get("time_limit_seconds", MIN_SECONDS)
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        message = _("The time limit is %(least)s to %(most)s seconds (8 hours).") % {
            "least": MIN_SECONDS,
            "most": number(MAX_SECONDS),
        }
        problems.append(FieldProblem("time_limit_seconds", "out_of_range", message))
    return problems


def source_problems(source: str) -> list[FieldProblem]:
    """What is wrong with a template in Liquid, tried with an input that has whatever it asks for."""
    if "\0" in source:
        return [FieldProblem("source", "wrong_template", _("The template holds a NUL character."))]
    try:
        check_template(source)
    except TemplateError as error:
        return [FieldProblem("source", "wrong_template", reword(error.problem.sentence))]
    return []


def _element_problems(source: str) -> list[FieldProblem]:
    if not source or any(f"<{element}" in source for element in ELEMENTS):
        return []
    message = _("The template has no <crowd-semantic-segmentation>; its answers would have no mask.")
    return [FieldProblem("source", "no_element", message)]


def _tool_problems(tools: Sequence[str]) -> list[FieldProblem]:
    problems = []
    if not tools:
        problems.append(FieldProblem("tools", "no_tools", _("Allow at least one tool.")))
    for place, tool in enumerate(tools):
        if tool not in TOOLS:
            message = _("There is no tool '%(tool)s'. Tools are: %(tools)s.") % {
                "tool": tool,
                "tools": ", ".join(TOOLS),
            }
            problems.append(FieldProblem(f"tools.{place}", "unknown_tool", message))
    if len(set(tools)) < len(tools):
        problems.append(FieldProblem("tools", "duplicate_tool", _("A tool is named twice. Name each once.")))
    return problems


def _locked(task_template_id: uuid.UUID) -> TaskTemplate:
    found: TaskTemplate | None = TaskTemplate.objects.select_for_update().filter(pk=task_template_id).first()
    if found is None:
        raise NotFound(_("There is no such task template."))
    return found


def _name_problems(name: str, template: TaskTemplate | None) -> list[FieldProblem]:
    if not 1 <= len(name.strip()) <= 100 or "\0" in name:
        return [FieldProblem("name", "bad_name", _("Give the task template a name of 1 to 100 characters."))]
    others = TaskTemplate.objects.filter(name=name.strip())
    if template is not None:
        others = others.exclude(pk=template.pk)
    if others.exists():
        return [FieldProblem("name", "name_taken", _("Another task template has this name. Choose another one."))]
    return []


def _insert(name: str) -> TaskTemplate:
    try:
        with transaction.atomic():
            return TaskTemplate.objects.create(name=name)
    except IntegrityError as error:  # somebody else took the name at the same moment
        problem = FieldProblem("name", "name_taken", _("Another task template has this name. Choose another one."))
        raise Invalid(_("The task template cannot be saved."), fields=(problem,)) from error


def _add_version(template: TaskTemplate, wanted: dict[str, Any]) -> None:
    template.current_number += 1
    template.save(update_fields=["current_number"])
    TaskTemplateVersion.objects.create(task_template=template, number=template.current_number, **wanted)
    record("task_template.version_added", "task_template", template.pk, number=template.current_number)
