"""What a rule does. Here is what an action is called and needs; `labeling.services.quality.acting` carries it out."""

from __future__ import annotations

from .base import Action
from .pause import Pause
from .skill import SetSkill
from .tell import TellManagers

ACTIONS: dict[str, Action] = {one.name: one for one in (Pause(), SetSkill(), TellManagers())}

__all__ = ["ACTIONS", "Action"]
