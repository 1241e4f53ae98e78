"""Tell the managers, and do nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.wording import gettext_noop as _


class TellManagers:
    name = "tell"
    label = _("tell the managers")

    def problems(self, settings: Mapping[str, Any]) -> dict[str, str]:
        return {}
