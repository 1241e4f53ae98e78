"""Task templates in Liquid, as Ground Truth has them. See README.md."""

from .access import FileAccess, read_address, storage_address
from .problems import Problem, TemplateError
from .render import MOST_INPUT_CHARS, MOST_TEMPLATE_CHARS, Rendered, check_template, render_template

__all__ = [
    "MOST_INPUT_CHARS",
    "MOST_TEMPLATE_CHARS",
    "FileAccess",
    "Problem",
    "Rendered",
    "TemplateError",
    "check_template",
    "read_address",
    "render_template",
    "storage_address",
]
