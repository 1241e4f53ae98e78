"""Work teams under the names that the API knows them by, and who is in the groups that members are defined by."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from labeling.models import TeamDetail, WorkforceDetail
from labeling.sagemaker.arns import PRIVATE, PUBLIC, VENDOR, parse_arn, team_arn, vendor_arn, workforce_arn
from labeling.sagemaker.errors import ValidationFailed
from maskwright.core.scope import current_scope
from maskwright.organizations.models import Membership, Organization
from maskwright.organizations.permissions import Permission, Role, allows
from workforce.models import TeamMember, WorkTeam
from workforce.selectors import vendor_list

MAX_NAME = 63
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
_OTHER = re.compile(r"[^a-zA-Z0-9]+")


@dataclass(frozen=True)
class NamedTeam:
    """`name` fits the API: of a team that people named otherwise, its letters and digits."""

    name: str
    team: WorkTeam
    detail: TeamDetail | None


def named_teams() -> list[NamedTeam]:
    """All work teams of the organization in scope; two statements."""
    organization_id = current_scope().organization_id
    details = {one.work_team_id: one for one in TeamDetail.objects.all()}
    taken: set[str] = set()
    found = []
    # Names that fit come first, so that they are what they are.
    teams = WorkTeam.objects.filter(organization_id=organization_id).order_by("created_at", "id")
    for team in sorted(teams, key=lambda one: _NAME.fullmatch(one.name) is None):
        name = api_name(team.name) or "team"
        if name.lower() in taken:
            name = f"{name[:50]}-{team.pk.hex[-12:]}"
        taken.add(name.lower())
        found.append(NamedTeam(name, team, details.get(team.pk)))
    return found


def api_name(name: str) -> str:
    return name if _NAME.fullmatch(name) else _OTHER.sub("-", name).strip("-")[:MAX_NAME].strip("-")


def find_team(name: str) -> NamedTeam | None:
    return next((one for one in named_teams() if one.name.lower() == name.lower()), None)


def team_by_id(work_team_id: uuid.UUID) -> NamedTeam | None:
    return next((one for one in named_teams() if one.team.pk == work_team_id), None)


def vendor_name(vendor: Organization) -> str:
    return api_name(vendor.slug) or vendor.account_id


def find_vendor(name: str) -> Organization | None:
    return next((one for one in vendor_list() if vendor_name(one).lower() == name.lower()), None)


@dataclass(frozen=True)
class Workers:
    """Who is to work on a job: a team of one's own, or a vendor."""

    team: NamedTeam | None = None
    vendor: Organization | None = None


def workers_of(text: str) -> Workers:
    """What a workteam ARN names. Raises ValidationFailed for the public workforce and for what is not there."""
    arn = parse_arn(text)
    crowd, _, name = arn.name.partition("/") if arn is not None and arn.kind == "workteam" else ("", "", "")
    if crowd == PUBLIC:
        raise ValidationFailed(
            f"The public workforce (Mechanical Turk) is not available here. Use a private or vendor work team in place "
            f"of {text}."
        )
    if crowd == PRIVATE and (team := find_team(name)) is not None:
        return Workers(team=team)
    if crowd == VENDOR and (vendor := find_vendor(name)) is not None:
        return Workers(vendor=vendor)
    raise ValidationFailed(f"The work team {text} does not exist.")


def arn_of_team(account: str, work_team_id: uuid.UUID | None, vendor: Organization | None = None) -> str:
    """The workteam ARN of a job that was not made by this API; a job that waits for its vendor's offer has none yet."""
    if work_team_id is not None and (team := team_by_id(work_team_id)) is not None:
        return team_arn(account, team.name)
    if vendor is not None:
        return vendor_arn(vendor.account_id, vendor_name(vendor))
    return vendor_arn(account, "none")


def group_names(definitions: Sequence[dict[str, Any]]) -> list[str]:
    """The groups that member definitions name: Cognito's user groups and OpenID Connect's."""
    names: list[str] = []
    for one in definitions:
        if cognito := one.get("CognitoMemberDefinition"):
            names.append(cognito["UserGroup"])
        names += (one.get("OidcMemberDefinition") or {}).get("Groups", [])
    return list(dict.fromkeys(names))


def people_in(groups: Sequence[str]) -> tuple[list[uuid.UUID], list[str]]:
    """Who is in these groups, and the groups that nobody knows here.

    A group is a work team of the organization by its name, or a role ("labeler", "labelers"): whoever has it.
    """
    people: dict[uuid.UUID, None] = {}
    unknown = []
    teams = {text.lower(): one.team for one in named_teams() for text in (one.name, one.team.name)}
    for group in groups:
        role = group.lower().removesuffix("s")
        if (team := teams.get(group.lower())) is not None:
            members = list(TeamMember.objects.filter(work_team=team).values_list("user_id", flat=True))
        elif role in Role.values and allows(role, Permission.WORK_DO):
            mine = Membership.objects.filter(organization_id=current_scope().organization_id, is_active=True)
            members = list(mine.filter(role=role).values_list("user_id", flat=True))
        else:
            unknown.append(group)
            continue
        people.update(dict.fromkeys(members))
    return list(people), unknown


def sub_domain() -> str:
    """Where people work: the host of this installation."""
    return urlsplit(settings.PUBLIC_URL).netloc


def describe_team(account: str, named: NamedTeam, workforce: WorkforceDetail | None) -> dict[str, Any]:
    """The `Workteam` structure. `NotYetEnforced` is ours: what is kept and shown but does nothing yet."""
    kept = named.detail.settings if named.detail else {}
    groups = named.team.groups or [named.name]
    definitions = kept.get("MemberDefinitions") or [
        {"OidcMemberDefinition": {"Groups": groups[place : place + 10]}} for place in range(0, len(groups), 10)
    ]
    ignored = [name for name in ("NotificationConfiguration", "WorkerAccessConfiguration") if name in kept]
    return {
        "WorkteamName": named.name,
        "WorkteamArn": team_arn(account, named.name),
        "MemberDefinitions": definitions,
        "Description": named.team.description or named.team.name,
        "WorkforceArn": workforce_arn(account, workforce.name if workforce else "default"),
        "SubDomain": sub_domain(),
        "CreateDate": named.team.created_at,
        "LastUpdatedDate": named.detail.updated_at if named.detail else named.team.created_at,
        **{name: kept[name] for name in ("NotificationConfiguration", "WorkerAccessConfiguration") if name in kept},
        **({"NotYetEnforced": ignored} if ignored else {}),
        **({"UnknownGroups": kept["UnknownGroups"]} if kept.get("UnknownGroups") else {}),
    }
