"""Set a skill of the person: to a level, or, without one, to what was measured, in percent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.wording import gettext_noop as _


class SetSkill:
    name = "set_skill"
    label = _("set a skill")

    def problems(self, settings: Mapping[str, Any]) -> dict[str, str]:
        found = {}
        if not 1 <= len(str(settings.get("skill", "")).strip()) <= 63:
            found["skill"] = _("Name the skill in 1 to 63 characters.")
        level = settings.get("level")
        if level is not None and (not isinstance(level, int) or isinstance(level, bool) or not 0 <= level <= 100):
            found["level"] = _("Give a level from 0 to 100, or none: then it is what was measured, in percent.")
        return found
