"""A request against its shape: types first, then every constraint of the model, all violations at once.

The wording is AWS's: `Value 'x' at 'labelingJobName' failed to satisfy constraint: Member must ...`.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from labeling.sagemaker.errors import Unreadable, ValidationFailed
from labeling.sagemaker.model import Shape, shape
from labeling.sagemaker.patterns import matches

_INTEGER = 2**31
_SHOWN = 200


@dataclass(frozen=True)
class Violation:
    """`path` as AWS writes it (`tags.1.member.key`); `sentence` stands alone where no value is to be shown."""

    path: str
    constraint: str
    value: Any = None
    sentence: str = ""

    def __str__(self) -> str:
        if self.sentence:
            return self.sentence
        shown = "null" if self.value is None else f"'{_text(self.value)}'"
        return f"Value {shown} at '{self.path}' failed to satisfy constraint: {self.constraint}"


def refuse(violations: Sequence[Violation]) -> None:
    """Raise ValidationFailed with all of them in one message; nothing when there are none."""
    if not violations:
        return
    texts = [str(one) for one in violations]
    if all(one.sentence for one in violations):
        raise ValidationFailed(" ".join(texts))
    noun = "error" if len(texts) == 1 else "errors"
    raise ValidationFailed(f"{len(texts)} validation {noun} detected: {'; '.join(texts)}")


def _text(value: Any) -> str:
    """As Java prints it: lists in brackets; what is long is cut, since an error's message is short."""
    text = "[" + ", ".join(map(_text, value)) + "]" if isinstance(value, list) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def read(name: str, given: Any) -> Any:
    """The request without what the shape does not know and without nulls; timestamps as times in UTC.

    Raises Unreadable for a value of another type.
    """
    return _read(shape(name), given, "")


def _read(spec: Shape, value: Any, path: str) -> Any:
    kind = spec["type"]
    return _READERS[kind](spec, value, path)


def _structure(spec: Shape, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, value, "a structure")
    return {
        name: _read(shape(member["shape"]), value[name], join(path, name))
        for name, member in spec["members"].items()
        if value.get(name) is not None
    }


def _list(spec: Shape, value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(path, value, "a list")
    member = shape(spec["member"]["shape"])
    return [_read(member, one, f"{path}.{place}.member") for place, one in enumerate(value, 1) if one is not None]


def _map(spec: Shape, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, value, "a map")
    member = shape(spec["value"]["shape"])
    return {key: _read(member, one, f"{path}.{key}") for key, one in value.items() if one is not None}


def _string(spec: Shape, value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _wrong(path, value, "a String")
    return value


def _integer(spec: Shape, value: Any, path: str) -> int:
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or not -_INTEGER <= value < _INTEGER:
        raise _wrong(path, value, "an Integer")
    return int(value)


def _boolean(spec: Shape, value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(path, value, "a Boolean")
    return value


def _timestamp(spec: Shape, value: Any, path: str) -> datetime:
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise _wrong(path, value, "a Timestamp") from None


_READERS: dict[str, Any] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _integer,
    "long": _integer,
    "boolean": _boolean,
    "timestamp": _timestamp,
}


def _wrong(path: str, value: Any, wanted: str) -> Unreadable:
    kinds = {dict: "A structure", list: "A list", str: "STRING_VALUE", bool: "TRUE_VALUE", type(None): "NULL_VALUE"}
    given = kinds.get(type(value), "NUMBER_VALUE")
    return Unreadable(f"{given} cannot be converted to {wanted}{f' at {path!r}' if path else ''}")


def join(path: str, name: str) -> str:
    """A member below a path, as AWS writes it: with a small first letter."""
    small = name[:1].lower() + name[1:]
    return f"{path}.{small}" if path else small


def violations(name: str, value: Any) -> Iterator[Violation]:
    """Every constraint of the model that a request (as `read` gave it) breaks, in the order of its members."""
    yield from _check(shape(name), value, "")


def _check(spec: Shape, value: Any, path: str) -> Iterator[Violation]:
    kind = spec["type"]
    if kind == "structure":
        for name, member in spec["members"].items():
            below = join(path, name)
            if name in value:
                yield from _check(shape(member["shape"]), value[name], below)
            elif name in spec.get("required", ()):
                yield Violation(below, "Member must not be null")
        return
    yield from _limits(spec, value, path)
    if kind == "list":
        member = shape(spec["member"]["shape"])
        for place, one in enumerate(value, 1):
            yield from _check(member, one, f"{path}.{place}.member")
    elif kind == "map":
        yield from _check_map(spec, value, path)
    elif kind == "string":
        yield from _check_text(spec, value, path)


def _limits(spec: Shape, value: Any, path: str) -> Iterator[Violation]:
    is_number = spec["type"] in ("integer", "long")
    measured = value if is_number else len(value) if isinstance(value, str | list | dict) else None
    if measured is None:
        return
    what = "have value" if is_number else "have length"
    if "min" in spec and measured < spec["min"]:
        yield Violation(path, f"Member must {what} greater than or equal to {spec['min']}", value)
    if "max" in spec and measured > spec["max"]:
        yield Violation(path, f"Member must {what} less than or equal to {spec['max']}", value)


def _check_map(spec: Shape, value: dict[str, Any], path: str) -> Iterator[Violation]:
    for key, one in value.items():
        yield from _check(shape(spec["key"]["shape"]), key, f"{path}.key")
        yield from _check(shape(spec["value"]["shape"]), one, f"{path}.value")


def _check_text(spec: Shape, value: str, path: str) -> Iterator[Violation]:
    if "pattern" in spec and not matches(spec["pattern"], value):
        yield Violation(path, f"Member must satisfy regular expression pattern: {spec['pattern']}", value)
    if "enum" in spec and value not in spec["enum"]:
        yield Violation(path, f"Member must satisfy enum value set: [{', '.join(spec['enum'])}]", value)
    if "\0" in value:
        yield Violation(path, "Member must not contain the character U+0000", value.replace("\0", "\\0"))
