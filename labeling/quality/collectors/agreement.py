"""Mean class IoU of a person's answers with what was consolidated of them."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.quality.collectors.base import Settings, of_last
from labeling.quality.evidence import Evidence
from labeling.quality.measurement import Measurement
from labeling.wording import gettext_noop as _


class Agreement:
    name = "agreement"
    label = _("IoU with the consolidated masks")
    told = _(
        "Your masks agreed %(value)s %% with the results of %(count)s photos; at least %(limit)s %% are asked for."
    )
    settings = {"last": (20, 1, 200)}
    is_share = True

    def measure(self, evidence: Sequence[Evidence], settings: Settings) -> Measurement | None:
        return of_last([one.agreement for one in evidence if one.agreement is not None], settings["last"])
