"""What a collector finds about a person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """A value out of `count` assignments; `low` to `high` is where the person's true value lies with 95 % confidence,
    or the value itself where it is counted and not estimated."""

    value: float
    count: int
    low: float
    high: float

    @classmethod
    def counted(cls, value: float, count: int) -> Measurement:
        return cls(value, count, value, value)
