"""One manifest line as an ordered list of attributes whose values stay JSON text.

Values are never converted and written back: `1.0`, `1e400`, `12345678901234567890` and the order of keys come
out as they came in. Nested values are still checked, with numbers left as text, so that the whole line is
proved to be JSON without duplicate keys.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NoReturn, TypeAlias

from labeling.wording import gettext_noop

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
Attributes: TypeAlias = Mapping[str, str]
"""Attribute name -> JSON text of its value, in the line's order."""


class NotJsonError(ValueError):
    """`str()` says where and why."""


class DuplicateKeyError(NotJsonError):
    """The same key twice in one object: readers would disagree about which one counts."""


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    seen = dict(pairs)
    if len(seen) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DuplicateKeyError(gettext_noop("the key '%(key)s' appears twice in one object") % {"key": twice})
    return seen


def _no_constant(text: str) -> NoReturn:
    raise NotJsonError(gettext_noop("%(text)s is not JSON") % {"text": text})


_VALUES = json.JSONDecoder(
    object_pairs_hook=_no_duplicates, parse_float=str, parse_int=str, parse_constant=_no_constant
)
_KEYS = json.JSONDecoder()
_SPACE = " \t\n\r"


def split_attributes(text: str) -> dict[str, str] | None:
    """The attributes of a JSON object; None when the JSON is not an object.

    Raises DuplicateKeyError or NotJsonError. Does not recurse beyond Python's limit: deeper nesting is an
    error.
    """
    try:
        return _split(text)
    except RecursionError:
        raise NotJsonError(gettext_noop("it is nested too deeply")) from None
    except json.JSONDecodeError as error:
        raise NotJsonError(
            gettext_noop("%(msg)s at character %(pos)s") % {"msg": error.msg, "pos": error.pos + 1}
        ) from None


def _split(text: str) -> dict[str, str] | None:
    position = _skip(text, 0)
    if text[position : position + 1] != "{":
        _VALUES.decode(text)
        return None
    attributes: dict[str, str] = {}
    position = _skip(text, position + 1)
    if text[position : position + 1] == "}":
        _expect_end(text, position + 1)
        return attributes
    while True:
        if text[position : position + 1] != '"':
            raise json.JSONDecodeError("Expecting property name enclosed in double quotes", text, position)
        key, position = _KEYS.raw_decode(text, position)
        position = _expect(text, _skip(text, position), ":")
        start = _skip(text, position)
        _, position = _VALUES.raw_decode(text, start)
        if key in attributes:
            raise DuplicateKeyError(gettext_noop("the key '%(key)s' appears twice in one object") % {"key": key})
        attributes[key] = text[start:position]
        position = _skip(text, position)
        if text[position : position + 1] == "}":
            _expect_end(text, position + 1)
            return attributes
        position = _skip(text, _expect(text, position, ","))


def join_attributes(attributes: Attributes) -> str:
    """The JSON object of these attributes on one line."""
    pairs = (f"{json.dumps(name, ensure_ascii=False)}:{value}" for name, value in attributes.items())
    return "{" + ",".join(pairs) + "}"


def dump(value: object) -> str:
    """Compact JSON on one line; refuses NaN and infinity, which are not JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


def _expect(text: str, position: int, character: str) -> int:
    if text[position : position + 1] != character:
        raise json.JSONDecodeError(f"Expecting '{character}' delimiter", text, position)
    return position + 1


def _expect_end(text: str, position: int) -> None:
    end = _skip(text, position)
    if end != len(text):
        raise json.JSONDecodeError("Extra data", text, end)
