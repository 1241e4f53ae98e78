"""Liquid as Ground Truth has it: the standard tags and filters, autoescape, and four filters more."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any, NoReturn

from liquid import Environment, Mode, RenderContext
from liquid.exceptions import LoopIterationLimitError, ResourceLimitError
from liquid.template import BoundTemplate
from liquid.undefined import Undefined
from markupsafe import Markup, escape

from .sample import Sample

MOST_LOOPS = 100_000
"""Turns of all loops of a template together."""

MOST_OUTPUT_BYTES = 4 * 1024 * 1024
MOST_LOCAL_BYTES = 8 * 1024 * 1024
_MOST_LISTED = 100_000
#: They read other templates, of which there are none.
_NO_TAGS = ("include", "render")
#: Of the library, not of Liquid: what would work here only.
_NO_FILTERS = ("safe", "escapejs")


class CountingContext(RenderContext):
    """Counts the turns of all loops, one after the other and within each other, before they are made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.turns = 0

    def raise_for_loop_limit(self, length: int = 1) -> None:
        self.turns += length
        if self.turns > MOST_LOOPS:
            raise LoopIterationLimitError("loops", token=None)  # `renderer_process` has the words


class TaskTemplate(BoundTemplate):
    context_class = CountingContext


class TaskEnvironment(Environment):
    template_class = TaskTemplate
    output_stream_limit = MOST_OUTPUT_BYTES
    local_namespace_limit = MOST_LOCAL_BYTES


class SampleEnvironment(TaskEnvironment):
    """Where the input is a Sample, which may be looked into like a list."""

    string_sequences = True


def make_environment(grant: Callable[[str], str], *, for_sample: bool = False) -> Environment:
    """`grant` answers the address under which a page may read a file."""
    kind = SampleEnvironment if for_sample else TaskEnvironment
    environment = kind(tolerance=Mode.STRICT, autoescape=True, strict_filters=True)
    for name in _NO_TAGS:
        environment.tags.pop(name, None)
    for name in _NO_FILTERS:
        environment.filters.pop(name, None)
    for name, function in list(environment.filters.items()):
        environment.filters[name] = _bounded(function)
    environment.filters["escape_once"] = escape_once
    environment.filters["skip_autoescape"] = skip_autoescape
    environment.filters["to_json"] = to_json
    environment.filters["grant_read_access"] = _granting(grant)
    return environment


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that is given no range that is too long to be listed; memory and time are bounded from outside."""

    def bounded(*values: Any, **named: Any) -> Any:
        for value in values:
            if isinstance(value, range) and value.stop - value.start > _MOST_LISTED:
                raise ResourceLimitError("range", token=None)  # `renderer_process` has the words
        return function(*values, **named)

    # The library looks these up to hand over what it renders with.
    for name in ("with_context", "with_environment"):
        if getattr(function, name, False):
            setattr(bounded, name, True)
    return bounded


def _text(value: object) -> str:
    if value is None or isinstance(value, Undefined):
        return ""
    return value if isinstance(value, str) else str(value)


def escape_once(value: object) -> Markup:
    """Escaped for HTML; what is escaped already is not escaped again."""
    return escape(html.unescape(_text(value)))


def skip_autoescape(value: object) -> Markup:
    """As it is: the task's author vouches that it is HTML."""
    if isinstance(value, list):
        return Markup("").join(Markup(_text(one)) for one in value)  # noqa: S704  # what the filter is for
    return Markup(_text(value))  # noqa: S704


def to_json(value: object) -> str:
    """JSON, which autoescape then makes fit for an attribute. `<` is written so that no script element ends by it."""
    return json.dumps(value, ensure_ascii=False, default=_plain).replace("<", "\\u003c")


def _plain(value: object) -> object:
    """What loops and ranges leave behind, in JSON's kinds."""
    if value is None or isinstance(value, Undefined):
        return None
    if isinstance(value, range):
        return list(value)
    return _refuse(value)


def _refuse(value: object) -> NoReturn:
    raise TypeError(f"to_json cannot write a {type(value).__name__}")


def _granting(grant: Callable[[str], str]) -> Callable[[object], str]:
    def grant_read_access(value: object) -> str:
        """The short-lived address of a file; nothing for nothing, as an input may lack what another has."""
        if isinstance(value, Sample):
            return grant(value.as_address())
        text = _text(value)
        return grant(text) if text else ""

    return grant_read_access
