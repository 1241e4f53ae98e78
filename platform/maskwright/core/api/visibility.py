"""What an address names, so that a role that may not use it is not told either whether the object exists.

Roles are checked before objects are read: cheap, and one line in each view. But then a labeler of another organization
would hear "your role may not" (403) about an object that for him does not exist (404). So each kind of id in an address
is registered here with how to look it up inside the scope, and the exception handler asks before it says 403.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

Exists = Callable[[uuid.UUID], bool]

_lookups: dict[str, Exists] = {}


def names(parameter: str, exists: Exists) -> None:
    """Register that a route's parameter names an object; `exists` is called inside the caller's scope."""
    _lookups[parameter] = exists


def named_parameters() -> frozenset[str]:
    return frozenset(_lookups)


def is_hidden(parameters: Mapping[str, Any]) -> bool:
    """Whether a route's parameters name something the caller's organization cannot see."""
    return any(name in _lookups and not _lookups[name](value) for name, value in parameters.items())
