"""The interface of a condition."""

from __future__ import annotations

from typing import Protocol

from labeling.quality.measurement import Measurement


class Condition(Protocol):
    """`for_shares`: it compares values of 0 to 1; otherwise numbers of assignments in a row."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def for_shares(self) -> bool: ...

    def holds(self, found: Measurement, limit: float) -> bool: ...
