"""Give the person nothing more of the job, for some hours or until a manager ends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.wording import gettext_noop as _

MOST_HOURS = 24 * 90


class Pause:
    name = "pause"
    label = _("pause the person in this job")

    def problems(self, settings: Mapping[str, Any]) -> dict[str, str]:
        hours = settings.get("hours")
        if hours is None or (isinstance(hours, (int, float)) and 0 < hours <= MOST_HOURS):
            return {}
        return {"hours": _("Give 1 to 2160 hours, or none: then a manager ends the pause.")}
