"""The interface of an action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Action(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...

    def problems(self, settings: Mapping[str, Any]) -> dict[str, str]:
        """Setting -> what is wrong with it."""
