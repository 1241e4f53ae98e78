"""Where an invitation leads besides the organization: work teams and skills, which `workforce` knows about."""

import uuid
from collections.abc import Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from maskwright.accounts.models import User
from maskwright.core.errors import FieldProblem
from maskwright.organizations.permissions import Permission, Role, allows

MOST_SKILLS = 20
_MOST_TEAMS = 50
_MOST_NAME, _MOST_LEVEL = 63, 100

#: `{"name": ..., "level": ...}`, as stored with an invitation.
Skill = dict[str, Any]


class Places(Protocol):
    """All methods are called in the organization's scope."""

    def teams(self) -> Sequence[tuple[uuid.UUID, str]]:
        """The work teams there are, by name."""

    def join(self, user: User, team_ids: Sequence[uuid.UUID], skills: Sequence[Skill]) -> None:
        """Somebody accepted: into those of the teams that still exist, with these skills."""


_places: Places | None = None


def register_places(places: Places) -> None:
    global _places
    _places = places


def places() -> Places:
    if _places is None:
        raise RuntimeError("No places are registered; workforce does so in its AppConfig.ready().")
    return _places


def team_problems(role: str, team_ids: Sequence[uuid.UUID], path: str) -> list[FieldProblem]:
    if not team_ids:
        return []
    known = {identity for identity, _name in places().teams()}
    if len(team_ids) > _MOST_TEAMS or not set(team_ids) <= known:
        return [FieldProblem(path, "not_found", _("Choose a work team of your organization."))]
    if role in Role.values and not allows(role, Permission.WORK_DO):
        text = _("Somebody with the role %(role)s does not label, and so is in no work team.")
        return [FieldProblem(path, "role", text % {"role": Role(role).label})]
    return []


def skill_problems(skills: Sequence[Skill], path: str) -> list[FieldProblem]:
    problems = []
    names = [str(skill.get("name", "")).strip().casefold() for skill in skills]
    if len(skills) > MOST_SKILLS or len(set(names)) != len(names):
        text = _("At most %(most)d skills, each once.") % {"most": MOST_SKILLS}
        problems.append(FieldProblem(path, "skills", text))
    for skill in skills:
        level = skill.get("level")
        is_level = isinstance(level, int) and not isinstance(level, bool) and 0 <= level <= _MOST_LEVEL
        if not 1 <= len(str(skill.get("name", "")).strip()) <= _MOST_NAME or not is_level:
            text = _("A skill has a name of at most 63 characters and a level from 0 to 100.")
            problems.append(FieldProblem(path, "skill", text))
            break
    return problems
