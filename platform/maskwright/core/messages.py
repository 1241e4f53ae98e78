"""What goes over a socket: `{type, version, data}`, where `data` holds ids only.

A message is a hint: it says that something changed, the receiver asks by HTTP what it is now. Each app declares its
own in `messages.py`; `manage.py generate_messages` writes the TypeScript types from the same classes.
"""

import uuid
from dataclasses import dataclass, fields
from typing import Any, ClassVar, get_type_hints

_KINDS: dict[str, type["Message"]] = {}


class Message:
    """Base of all messages. Subclasses are frozen dataclasses whose fields are UUIDs; `type` is dotted."""

    type: ClassVar[str]
    version: ClassVar[int] = 1

    def __init_subclass__(cls, type: str, version: int = 1) -> None:
        cls.type, cls.version = type, version
        if type in _KINDS:
            raise TypeError(f"There are two messages of type {type}.")
        _KINDS[type] = cls

    def body(self) -> dict[str, Any]:
        data = {field.name: str(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]  # subclasses are dataclasses
        return {"type": self.type, "version": self.version, "data": data}


def message_kinds() -> dict[str, type[Message]]:
    """Every declared message by its type."""
    return dict(_KINDS)


def field_names(kind: type[Message]) -> list[str]:
    """The ids a message carries; TypeError when a field is something else, because a hint carries no content."""
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # subclasses are dataclasses
    for name in names:
        if hints[name] is not uuid.UUID:
            raise TypeError(f"{kind.__name__}.{name} is no id; messages carry ids only.")
    return names


@dataclass(frozen=True)
class SessionEnded(Message, type="session.ended"):
    """The right to this socket may be over; it closes with 4401 (signed out) or 4403 (rights ended) if so."""
