"""The child of `render.py`: renders one template after the other.

Request and answer are JSON; see `render.py`. A timer ends what computes too long with a clear problem; where no Python
code runs in between, the process's own limit of processor time ends the process.
"""

from __future__ import annotations

import json
import signal
from types import FrameType, TracebackType
from typing import Any
from urllib.parse import urlsplit

from liquid import exceptions as liquid_errors
from liquid.token import Token

from labeling.bounded import Header, serve
from labeling.wording import gettext_noop as _

from .access import FileAccess
from .environment import make_environment
from .page import elements_of, hosts_of, with_bundle
from .problems import Code, Problem, TemplateError
from .sample import Sample

#: Of processor time, so that a busy machine ends nothing that is right.
SECONDS = 2.0
TOO_SLOW = Problem("too_slow", _("Rendering takes more than 2 seconds. Loop over less."))
TOO_MUCH_MEMORY = Problem("too_much_memory", _("Rendering takes more memory than allowed. Build smaller texts."))

_CODES: tuple[tuple[type[Exception], Code], ...] = (
    (liquid_errors.LoopIterationLimitError, "too_many_loops"),
    (liquid_errors.OutputStreamLimitError, "too_much_output"),
    (liquid_errors.LocalNamespaceLimitError, "too_much_memory"),
    (liquid_errors.BlockNestingError, "too_deep"),
    (liquid_errors.ContextDepthError, "too_deep"),
    (RecursionError, "too_deep"),
    (liquid_errors.ResourceLimitError, "too_much_memory"),
    (liquid_errors.UnknownFilterError, "unknown_filter"),
    (liquid_errors.LiquidSyntaxError, "syntax"),
)
_WORDS: dict[Code, str] = {
    "too_many_loops": _("The loops have more than 100,000 turns. Loop over less."),
    "too_much_output": _("The page has more than 4 MB. Write less."),
    "too_much_memory": TOO_MUCH_MEMORY.message,
    "too_deep": _("The tags are nested too deeply."),
}


class OutOfTime(BaseException):
    """Not an Exception: nothing that renders may catch it."""


def main() -> None:
    signal.signal(signal.SIGPROF, _out_of_time)
    serve(answer)


def _out_of_time(number: int, frame: FrameType | None) -> None:
    raise OutOfTime


def answer(request: bytes) -> tuple[Header, bytes]:
    given: dict[str, Any] = json.loads(request)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        text = render(given)
        own = urlsplit(given["grant"][0]).netloc
        found: Header = {"hosts": hosts_of(text, known=[own]), "elements": elements_of(text)}
        if given["script"]:
            text = with_bundle(text, given["script"])
        return found, text.encode()
    except TemplateError as error:
        problem = error.problem
    except OutOfTime as error:
        problem = placed(TOO_SLOW, given["template"], error.__traceback__)
    except MemoryError as error:
        problem = placed(TOO_MUCH_MEMORY, given["template"], error.__traceback__)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return {"problem": problem.as_json()}, b""


def render(given: dict[str, Any]) -> str:
    """The page. Raises TemplateError."""
    source = given["template"]
    prefix, key = given["grant"]
    access = FileAccess(prefix, key.encode())
    is_sample = given["input"] is None
    task_input: object = Sample() if is_sample else given["input"]
    try:
        template = make_environment(access.address, for_sample=is_sample).from_string(source)
        return template.render(task={"input": task_input})
    except (liquid_errors.LiquidError, RecursionError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise TemplateError(_problem(error, source)) from error


def _problem(error: Exception, source: str) -> Problem:
    code: Code = next((code for kind, code in _CODES if isinstance(error, kind)), "failed")
    cause = error.__cause__ if str(getattr(error, "message", "")).startswith("unexpected liquid parsing") else None
    message = str(cause or getattr(error, "message", None) or error).strip() or type(error).__name__
    if code == "syntax" and message.startswith("unexpected tag"):
        code = "unknown_tag"
    message = _WORDS.get(code, message[:500])
    token = getattr(error, "token", None)
    if isinstance(token, Token) and 0 <= token.start_index < len(source) and token.source == source:
        return _at(Problem(code, message), source, token.start_index)
    return placed(Problem(code, message), source, error.__traceback__)


def placed(problem: Problem, source: str, trace: TracebackType | None) -> Problem:
    """The problem at the innermost part of the template that was being rendered."""
    found = -1
    while trace is not None:
        names = trace.tb_frame.f_locals
        # What renders has its token as an attribute; what parses, as a variable.
        for token in (getattr(names.get("self"), "token", None), names.get("token")):
            if isinstance(token, Token) and token.source == source and 0 <= token.start_index < len(source):
                found = token.start_index
        trace = trace.tb_next
    return problem if found < 0 else _at(problem, source, found)


def _at(problem: Problem, source: str, index: int) -> Problem:
    line = source.count("\n", 0, index) + 1
    start = source.rfind("\n", 0, index) + 1
    end = source.find("\n", index)
    text = source[start : end if end >= 0 else len(source)].strip()
    return Problem(problem.code, problem.message, line, index - start + 1, text[:200])
