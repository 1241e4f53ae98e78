"""Answers in a row that took fewer active seconds than anybody needs."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.quality.collectors.base import Settings, run_length
from labeling.quality.evidence import Evidence
from labeling.quality.measurement import Measurement
from labeling.wording import gettext_noop as _


class TooFastInARow:
    name = "too_fast"
    label = _("answers in a row that were too fast")
    told = _("You gave %(value)s answers in a row faster than anybody can label a photo with care.")
    settings = {"seconds": (5, 1, 3600)}
    is_share = False

    def measure(self, evidence: Sequence[Evidence], settings: Settings) -> Measurement | None:
        times = [one.active_seconds for one in evidence if not one.declined and one.active_seconds is not None]
        return run_length([seconds < settings["seconds"] for seconds in times]) if times else None
