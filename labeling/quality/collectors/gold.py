"""Mean class IoU on gold tasks."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.quality.collectors.base import Settings, of_last
from labeling.quality.evidence import Evidence
from labeling.quality.measurement import Measurement
from labeling.wording import gettext_noop as _


class GoldIou:
    name = "gold_iou"
    label = _("IoU on gold tasks")
    told = _(
        "In checked photos your masks agreed %(value)s %% with the right ones; at least %(limit)s %% are asked for."
    )
    settings = {"last": (10, 1, 200)}
    is_share = True

    def measure(self, evidence: Sequence[Evidence], settings: Settings) -> Measurement | None:
        return of_last([one.gold_iou for one in evidence if one.gold_iou is not None], settings["last"])
