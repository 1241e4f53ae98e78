"""When a measurement is reason enough. A condition compares it with the rule's limit."""

from __future__ import annotations

from .at_least import AtLeast
from .base import Condition
from .certainly_under import CertainlyUnder
from .reaches import Reaches
from .under import Under

CONDITIONS: dict[str, Condition] = {one.name: one for one in (CertainlyUnder(), Under(), AtLeast(), Reaches())}

__all__ = ["CONDITIONS", "Condition"]
