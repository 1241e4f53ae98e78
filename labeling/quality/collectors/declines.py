"""Tasks declined in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labeling.quality.collectors.base import Settings, run_length
from labeling.quality.evidence import Evidence
from labeling.quality.measurement import Measurement
from labeling.wording import gettext_noop as _


class DeclinesInARow:
    name = "declines"
    label = _("tasks declined in a row")
    told = _("You declined %(value)s photos in a row.")
    settings: Mapping[str, tuple[float, float, float]] = {}
    is_share = False

    def measure(self, evidence: Sequence[Evidence], settings: Settings) -> Measurement | None:
        return run_length([one.declined for one in evidence]) if evidence else None
