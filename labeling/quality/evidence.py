"""What is known of one assignment of a person, as the collectors read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """An assignment that its holder ended. `gold_iou` and `agreement` are mean class IoUs, None where there is none:
    against a gold task's truth, and against what was consolidated of it."""

    declined: bool = False
    active_seconds: float | None = None
    gold_iou: float | None = None
    agreement: float | None = None
