"""A second opinion on requests, made from botocore's model alone and by other means than the product's.

Walks botocore's shape objects (not the JSON), keeps no reader, and decides patterns by the `regex` module's Unicode
properties. For each member that breaks something: its path with indices, and what kind of constraint it breaks.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import regex  # type: ignore[import-untyped]  # it has no types
from botocore.model import Shape

Verdict = tuple[str, str]


@cache
def shape_of(operation: str) -> Shape:
    service = botocore.session.get_session().get_service_model("sagemaker")
    return service.operation_model(operation).input_shape


def verdicts(operation: str, request: Any) -> set[Verdict]:
    return set(_judge(shape_of(operation), request, ()))


def _judge(shape: Shape, value: Any, path: tuple[str, ...]) -> Iterator[Verdict]:
    where = ".".join(path)
    if shape.type_name == "structure":
        for name in shape.required_members:
            if value.get(name) is None:
                yield ".".join((*path, _small(name))), "null"
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _judge(member, value[name], (*path, _small(name)))
    elif shape.type_name == "list":
        yield from _size(shape, len(value), where, "length")
        for place, one in enumerate(value):
            yield from _judge(shape.member, one, (*path, str(place + 1), "member"))
    elif shape.type_name == "map":
        yield from _size(shape, len(value), where, "length")
        for key, one in value.items():
            yield from _judge(shape.key, key, (*path, "key"))
            yield from _judge(shape.value, one, (*path, "value"))
    elif shape.type_name == "integer":
        yield from _size(shape, value, where, "value")
    elif shape.type_name == "string":
        yield from _size(shape, len(value), where, "length")
        pattern = shape.metadata.get("pattern")
        if pattern is not None and not _compiled(pattern).fullmatch(value):
            yield where, "pattern"
        if shape.enum and value not in shape.enum:
            yield where, "enum"


@cache
def _compiled(pattern: str) -> Any:
    r"""Java's `\d`, `\w` and `\S` are of ASCII, its `\p{L}` is of all scripts; the module has one switch for both."""
    pattern = pattern.replace(r"\d", "[0-9]").replace(r"\w", "a-zA-Z0-9_").replace(r"//\S+", r"//[^ \t\n\x0b\f\r]+")
    return regex.compile(pattern)


def _size(shape: Shape, size: int, where: str, what: str) -> Iterator[Verdict]:
    if size < shape.metadata.get("min", size):
        yield where, f"{what} min"
    if size > shape.metadata.get("max", size):
        yield where, f"{what} max"


def _small(name: str) -> str:
    return name[0].lower() + name[1:]
