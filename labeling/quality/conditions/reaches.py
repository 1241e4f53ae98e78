"""As many as the limit, or more."""

from __future__ import annotations

from labeling.quality.measurement import Measurement
from labeling.wording import gettext_noop as _


class Reaches:
    name = "reaches"
    label = _("reach")
    for_shares = False

    def holds(self, found: Measurement, limit: float) -> bool:
        return found.value >= limit
