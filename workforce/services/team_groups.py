"""Work teams by the groups of an identity provider: read at each sign-in, in the scope of the organization."""

import uuid

from maskwright.organizations.models import Membership
from maskwright.organizations.permissions import Permission, allows
from maskwright.organizations.services.arrivals import GroupReader, register_group_reader
from workforce.models import TeamMember, WorkTeam
from workforce.services.teams import add_team_member, remove_team_member


def knows_any(groups: frozenset[str]) -> bool:
    return WorkTeam.objects.filter(groups__overlap=sorted(groups)).exists()


def follow_groups(user_id: uuid.UUID, groups: frozenset[str]) -> None:
    """Into the teams of these groups, out of those he was in by a group only. Who does not label stays out."""
    roles = Membership.objects.filter(user_id=user_id, is_active=True).values_list("role", flat=True)
    wanted = set()
    if any(allows(role, Permission.WORK_DO) for role in roles):
        wanted = set(WorkTeam.objects.filter(groups__overlap=sorted(groups)).values_list("pk", flat=True))
    present = dict(TeamMember.objects.filter(user_id=user_id).values_list("work_team_id", "by_group"))
    for team_id in sorted(wanted - set(present)):
        member = add_team_member(work_team_id=team_id, user_id=user_id)
        TeamMember.objects.filter(pk=member.pk).update(by_group=True)
    for team_id in sorted(one for one, by_group in present.items() if by_group and one not in wanted):
        remove_team_member(work_team_id=team_id, user_id=user_id)


def connect() -> None:
    register_group_reader(GroupReader(knows_any, follow_groups))
