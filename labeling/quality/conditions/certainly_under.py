"""Under the limit even at the upper end of the interval: chance alone does not explain it."""

from __future__ import annotations

from labeling.quality.measurement import Measurement
from labeling.wording import gettext_noop as _


class CertainlyUnder:
    name = "certainly_under"
    label = _("is under, with 95 % confidence,")
    for_shares = True

    def holds(self, found: Measurement, limit: float) -> bool:
        return found.high < limit
