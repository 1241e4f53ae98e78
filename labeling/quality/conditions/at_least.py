"""At the limit or above, as measured: for what somebody earns."""

from __future__ import annotations

from labeling.quality.measurement import Measurement
from labeling.wording import gettext_noop as _


class AtLeast:
    name = "at_least"
    label = _("is at least")
    for_shares = True

    def holds(self, found: Measurement, limit: float) -> bool:
        return found.value >= limit
