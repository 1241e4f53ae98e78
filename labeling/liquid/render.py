"""Render a task template: the one function that others call."""

from __future__ import annotations

import atexit
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labeling.bounded import BoundedProcess, ChildEnded
from labeling.wording import gettext_noop as _

from .access import FileAccess
from .problems import Problem, TemplateError

#: Ground Truth's limits of RenderUiTemplate, in characters.
MOST_TEMPLATE_CHARS = MOST_INPUT_CHARS = 128_000

MEMORY_BYTES = 256 * 1024 * 1024
#: Somewhat more than the child's own timer, which ends with a clearer problem.
CPU_SECONDS = 3
WALL_SECONDS = 15

#: For templates that are only checked: the addresses lead nowhere.
_NOWHERE = FileAccess("https://files.invalid/", b"A" * 43 + b"=")
_ENDED = Problem(
    "too_slow", _("Rendering takes more time or memory than allowed. Loop over less; build smaller texts.")
)


@dataclass(frozen=True)
class Rendered:
    """`hosts`: from which the page loads scripts, styles and pictures. `elements`: the crowd elements in it."""

    page: str
    hosts: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()


def render_template(
    source: str, task_input: Mapping[str, Any], access: FileAccess = _NOWHERE, *, script: str = ""
) -> Rendered:
    """The page of a template and a task's input (what JSON can hold). Raises TemplateError.

    `script`: what stands in the page instead of AWS's script. The template may use 2 seconds, 256 MB, 100,000 turns of
    its loops and 4 MB of output.
    """
    if len(json.dumps(task_input, ensure_ascii=False)) > MOST_INPUT_CHARS:
        message = _("The task's input has more than %(most)s characters.") % {"most": f"{MOST_INPUT_CHARS:,}"}
        raise TemplateError(Problem("wrong_input", message))
    return _render(source, task_input, access, script)


def check_template(source: str) -> Rendered:
    """Render with an input that has whatever the template asks for. Raises TemplateError."""
    return _render(source, None, _NOWHERE, "")


def _render(source: str, task_input: Mapping[str, Any] | None, access: FileAccess, script: str) -> Rendered:
    if len(source) > MOST_TEMPLATE_CHARS:
        message = _("The template has more than %(most)s characters.") % {"most": f"{MOST_TEMPLATE_CHARS:,}"}
        raise TemplateError(Problem("too_large", message))
    request = {
        "template": source,
        "input": task_input,
        "grant": [access.prefix, access.key.decode()],
        "script": script,
    }
    try:
        header, body = _ask(json.dumps(request).encode())
    except ChildEnded:
        raise TemplateError(_ENDED) from None
    if "problem" in header:
        raise TemplateError(Problem(**header["problem"]))
    return Rendered(body.decode(), tuple(header["hosts"]), tuple(header["elements"]))


_lock = threading.Lock()
_shared: dict[int, BoundedProcess] = {}


def _ask(request: bytes) -> tuple[dict[str, Any], bytes]:
    """One child for each process of ours, started when first needed. Threads take turns."""
    with _lock:
        child = _shared.get(os.getpid())
        if child is None:
            child = BoundedProcess(
                "labeling.liquid.renderer_process",
                memory_bytes=MEMORY_BYTES,
                cpu_seconds=CPU_SECONDS,
                wall_seconds=WALL_SECONDS,
            )
            _shared[os.getpid()] = child
            atexit.register(child.close)
        return child.ask(request)
