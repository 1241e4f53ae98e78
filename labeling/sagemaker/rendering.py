"""The answer of RenderUiTemplate: the page, or why there is none."""

import json
from typing import Any

from labeling.liquid import FileAccess, Problem, TemplateError, render_template
from labeling.sagemaker.errors import ValidationFailed

_CODES = {
    "syntax": "TemplateSyntaxError",
    "unknown_filter": "TemplateSyntaxError",
    "unknown_tag": "TemplateSyntaxError",
    "too_deep": "TemplateSyntaxError",
    "failed": "TemplateRenderingError",
}


def render(template: str, task_input: str, access: FileAccess) -> dict[str, Any]:
    """`{RenderedContent, Errors}` for a template and a task (JSON).

    Raises ValidationFailed for an input that is no JSON object; what is wrong with the template is an answer.
    """
    try:
        found = render_template(template, _read(task_input), access)
    except TemplateError as error:
        return {"RenderedContent": "", "Errors": [_error(error.problem)]}
    return {"RenderedContent": found.page, "Errors": []}


def _read(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ValidationFailed("Task.Input: the input is not valid JSON.") from None
    if not isinstance(value, dict):
        raise ValidationFailed("Task.Input: the input is not a JSON object.")
    return value


def _refuse(name: str) -> float:
    raise ValueError(name)


def _error(problem: Problem) -> dict[str, str]:
    message = problem.sentence if not problem.text else f"{problem.sentence} ({problem.text})"
    return {"Code": _CODES.get(problem.code, "TemplateLimitExceeded"), "Message": message}
