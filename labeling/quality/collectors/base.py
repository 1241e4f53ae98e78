"""The interface of a collector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from labeling.quality.evidence import Evidence
from labeling.quality.intervals import mean_interval
from labeling.quality.measurement import Measurement

Settings = Mapping[str, float]


class Collector(Protocol):
    """`settings` maps the names of its settings to (usual, least, greatest). `is_share`: the value is 0 to 1, better
    when higher; otherwise it is a number of assignments in a row."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def told(self) -> str:
        """What the person himself reads when a rule acted: with %(value)s, %(count)s and %(limit)s."""

    @property
    def settings(self) -> Mapping[str, tuple[float, float, float]]: ...
    @property
    def is_share(self) -> bool: ...

    def measure(self, evidence: Sequence[Evidence], settings: Settings) -> Measurement | None:
        """Newest first; None while nothing can be said."""


def of_last(scores: Sequence[float], last: float) -> Measurement | None:
    """The mean of the last so many scores, with its uncertainty."""
    counted = scores[: int(last)]
    if not counted:
        return None
    found = mean_interval(counted)
    return Measurement(found.value, len(counted), found.low, found.high)


def run_length(flags: Sequence[bool]) -> Measurement:
    """How many in a row, up to now."""
    length = 0
    for flag in flags:
        if not flag:
            break
        length += 1
    return Measurement.counted(length, len(flags))
