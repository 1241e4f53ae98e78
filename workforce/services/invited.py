"""Where invitations lead: people who accepted join their teams, with the skills the inviter named."""

import uuid
from collections.abc import Sequence
from typing import Any

from maskwright.accounts.models import User
from maskwright.audit.record import record
from maskwright.core.scope import current_scope
from workforce.models import PersonSkill, WorkTeam
from workforce.services.teams import add_team_member


class InvitationPlaces:
    def teams(self) -> list[tuple[uuid.UUID, str]]:
        owner = current_scope().organization_id
        return list(WorkTeam.objects.filter(organization_id=owner).order_by("name").values_list("pk", "name"))

    def join(self, user: User, team_ids: Sequence[uuid.UUID], skills: Sequence[dict[str, Any]]) -> None:
        for identity, _name in self.teams():
            if identity in team_ids:
                add_team_member(work_team_id=identity, user_id=user.pk)
        known = {skill.name.casefold() for skill in PersonSkill.objects.filter(user=user)}
        for skill in skills:
            # What somebody was found to be able to do since counts more than what was believed before.
            if skill["name"].casefold() not in known:
                made = PersonSkill.objects.create(user=user, name=skill["name"], level=skill["level"])
                record("person_skill.given", "person_skill", made.pk, user=user.pk, name=made.name, level=made.level)
