"""Under the limit as measured."""

from __future__ import annotations

from labeling.quality.measurement import Measurement
from labeling.wording import gettext_noop as _


class Under:
    name = "under"
    label = _("is under")
    for_shares = True

    def holds(self, found: Measurement, limit: float) -> bool:
        return found.value < limit
