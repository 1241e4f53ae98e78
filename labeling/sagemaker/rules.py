"""Parts that the tables of rules are made of. A rule looks at members that are there and says nothing of others."""

from collections.abc import Callable, Iterator
from typing import Any

from labeling.sagemaker.constraints import Violation, join
from labeling.sagemaker.operation import Request, Rule


def member(request: Request, path: str) -> Any:
    """A member below dots (`InputConfig.DataSource`), or None."""
    value: Any = request
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def wire_path(path: str) -> str:
    found = ""
    for name in path.split("."):
        found = join(found, name)
    return found


def at_most(path: str, most: int) -> Rule:
    def rule(request: Request) -> Iterator[Violation]:
        value = member(request, path)
        if value is not None and value > most:
            yield Violation(wire_path(path), f"Member must have value less than or equal to {most}", value)

    return rule


def at_least(path: str, least: int) -> Rule:
    def rule(request: Request) -> Iterator[Violation]:
        value = member(request, path)
        if value is not None and value < least:
            yield Violation(wire_path(path), f"Member must have value greater than or equal to {least}", value)

    return rule


def at_most_members(path: str, most: int) -> Rule:
    def rule(request: Request) -> Iterator[Violation]:
        value = member(request, path)
        if value is not None and len(value) > most:
            yield Violation(wire_path(path), f"Member must have length less than or equal to {most}", value)

    return rule


def exactly_one(path: str, *names: str) -> Rule:
    """Of the members of a structure (or of the request: path "") exactly one is given."""

    def rule(request: Request) -> Iterator[Violation]:
        value = member(request, path) if path else request
        if value is None:
            return
        given = [name for name in names if value.get(name) is not None]
        if len(given) != 1:
            where = f" in {path}" if path else ""
            what = "Specify one of" if not given else "Specify only one of"
            yield Violation(wire_path(path) if path else "", "", sentence=f"{what} {' and '.join(names)}{where}.")

    return rule


def not_yet(path: str, what: str) -> Rule:
    """A member that this installation does not serve is refused, never ignored."""

    def rule(request: Request) -> Iterator[Violation]:
        if member(request, path) is not None:
            yield Violation(wire_path(path), "", sentence=f"{path}: {what}")

    return rule


def each(path: str, check: Callable[[Any], str]) -> Rule:
    """A sentence for a member's value, "" when it is right."""

    def rule(request: Request) -> Iterator[Violation]:
        value = member(request, path)
        sentence = check(value) if value is not None else ""
        if sentence:
            yield Violation(wire_path(path), "", sentence=sentence)

    return rule


def unique_tags(request: Request) -> Iterator[Violation]:
    keys = [tag.get("Key") for tag in request.get("Tags", ()) if isinstance(tag, dict)]
    if len(set(keys)) < len(keys):
        yield Violation("tags", "", sentence="Duplicate tag keys found. Please note that Tag keys are case sensitive.")
    reserved = [key for key in keys if isinstance(key, str) and key.lower().startswith("aws:")]
    if reserved:
        yield Violation("tags", "", sentence="aws: prefixed tag key names are not allowed for external use.")
