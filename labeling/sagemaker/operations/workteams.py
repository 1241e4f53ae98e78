"""Work teams: CreateWorkteam, DescribeWorkteam, ListWorkteams, UpdateWorkteam, DeleteWorkteam; and vendors' teams."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils import timezone

from labeling.models import ResourceTag, TagOf, TeamDetail
from labeling.sagemaker.arns import VENDOR, parse_arn, team_arn, vendor_arn
from labeling.sagemaker.constraints import Violation
from labeling.sagemaker.errors import ApiError, InUse, NotThere, ValidationFailed
from labeling.sagemaker.oidc import oidc_groups
from labeling.sagemaker.operation import Answer, Call, Request, operation
from labeling.sagemaker.operations.tags import put_tags
from labeling.sagemaker.operations.workforces import ensure_workforce, named_workforce
from labeling.sagemaker.pages import list_page, with_token
from labeling.sagemaker.rules import unique_tags
from labeling.sagemaker.teams import (
    NamedTeam,
    describe_team,
    find_team,
    find_vendor,
    group_names,
    named_teams,
    people_in,
    vendor_name,
)
from maskwright.core.errors import Conflict, DomainError
from maskwright.organizations.models import Organization
from maskwright.organizations.permissions import Permission
from workforce.models import TeamMember
from workforce.selectors import vendor_list
from workforce.services import teams

_KEPT = ("MemberDefinitions", "NotificationConfiguration", "WorkerAccessConfiguration")
_SORTS: dict[str, Callable[[NamedTeam], Any]] = {
    "Name": lambda one: one.name.lower(),
    "CreateDate": lambda one: one.team.created_at,
}


def _one_kind_of_members(request: Request) -> Iterator[Violation]:
    kinds = set()
    for place, one in enumerate(request.get("MemberDefinitions", ()), 1):
        given = [name for name in ("CognitoMemberDefinition", "OidcMemberDefinition") if one.get(name)]
        kinds.update(given)
        if len(given) != 1:
            sentence = f"MemberDefinitions.{place}: specify either CognitoMemberDefinition or OidcMemberDefinition."
            yield Violation("memberDefinitions", "", sentence=sentence)
    if len(kinds) > 1:
        sentence = "MemberDefinitions: all must be Cognito user groups, or all OpenID Connect groups."
        yield Violation("memberDefinitions", "", sentence=sentence)


def _there(name: str) -> NamedTeam:
    found = find_team(name)
    if found is None:
        raise ValidationFailed(f"The work team {name} does not exist.")
    return found


def _put_people(named: NamedTeam, definitions: Sequence[dict[str, Any]], before: Sequence[str]) -> dict[str, Any]:
    """Put the people of the definitions' groups into the team; those who came by earlier ones and are in none leave.

    Groups of the organization's identity provider are the team's: whoever signs in with one of them is in it.
    """
    groups = oidc_groups(definitions)
    if groups is not None or named.team.groups:
        teams.change_work_team(work_team_id=named.team.pk, groups=groups or [])
    wanted, unknown = people_in(group_names(definitions)) if groups is None else ([], [])
    there = set(TeamMember.objects.filter(work_team=named.team).values_list("user_id", flat=True))
    for user_id in there - set(wanted):
        if str(user_id) in before:
            teams.remove_team_member(work_team_id=named.team.pk, user_id=user_id)
    for user_id in wanted:
        if user_id not in there:
            try:
                teams.add_team_member(work_team_id=named.team.pk, user_id=user_id)
            except DomainError:  # somebody whose role does not label
                continue
    return {"People": [str(user_id) for user_id in wanted], "UnknownGroups": unknown}


@operation(Permission.TEAMS_MANAGE, writes=True, rules=[_one_kind_of_members, unique_tags])
def create_workteam(call: Call) -> Answer:
    given = call.request
    name = given["WorkteamName"]
    ensure_workforce(given.get("WorkforceName"))
    if find_team(name) is not None:
        raise InUse(f"The work team {name} exists already.")
    team = teams.create_work_team(name=name, description=given["Description"])
    named = NamedTeam(name, team, None)
    settings = {key: given[key] for key in _KEPT if key in given}
    settings |= _put_people(named, given["MemberDefinitions"], [])
    TeamDetail.objects.create(work_team=team, settings=settings, updated_at=timezone.now())
    put_tags(TagOf.WORKTEAM, team.pk, given.get("Tags", []))
    return {"WorkteamArn": team_arn(call.account, name)}


@operation(Permission.JOBS_READ)
def describe_workteam(call: Call) -> Answer:
    return {"Workteam": describe_team(call.account, _there(call.request["WorkteamName"]), named_workforce())}


@operation(Permission.JOBS_READ)
def list_workteams(call: Call) -> Answer:
    given = call.request
    text = given.get("NameContains", "").lower()
    found = [one for one in named_teams() if text in one.name.lower()]
    sort = _SORTS[given.get("SortBy", "CreateDate")]
    page, token = list_page(
        call,
        found,
        key=lambda one: (sort(one), str(one.team.pk)),
        descending=given.get("SortOrder", "Descending" if "SortBy" not in given else "Ascending") == "Descending",
    )
    workforce = named_workforce()
    return with_token({"Workteams": [describe_team(call.account, one, workforce) for one in page]}, token)


@operation(Permission.TEAMS_MANAGE, writes=True, rules=[_one_kind_of_members])
def update_workteam(call: Call) -> Answer:
    given = call.request
    named = _there(given["WorkteamName"])
    detail = TeamDetail.objects.select_for_update().filter(work_team=named.team).first()
    detail = detail or TeamDetail(work_team=named.team, settings={})
    settings = detail.settings | {key: given[key] for key in _KEPT if key in given}
    if "MemberDefinitions" in given:
        settings |= _put_people(named, given["MemberDefinitions"], detail.settings.get("People", []))
    if "Description" in given:
        named = NamedTeam(
            named.name, teams.change_work_team(work_team_id=named.team.pk, description=given["Description"]), detail
        )
    detail.settings, detail.updated_at = settings, timezone.now()
    detail.save()
    return {"Workteam": describe_team(call.account, NamedTeam(named.name, named.team, detail), named_workforce())}


@operation(Permission.TEAMS_MANAGE, writes=True)
def delete_workteam(call: Call) -> Answer:
    """A team that jobs name stays, for their history: refused."""
    named = _there(call.request["WorkteamName"])
    team_id = named.team.pk
    try:
        teams.delete_work_team(work_team_id=team_id)
    except Conflict as error:
        raise ApiError(error.message) from error
    ResourceTag.objects.filter(resource_id=team_id).delete()
    return {"Success": True}


def _subscribed(vendor: Organization) -> dict[str, Any]:
    return {
        "WorkteamArn": vendor_arn(vendor.account_id, vendor_name(vendor)),
        "MarketplaceTitle": vendor.name,
        "SellerName": vendor.name,
        "MarketplaceDescription": f"Labeling by {vendor.name}",
        "ListingId": vendor.pk.hex,
    }


@operation(Permission.JOBS_READ)
def describe_subscribed_workteam(call: Call) -> Answer:
    """A vendor of this installation that work can be offered to."""
    text = call.request["WorkteamArn"]
    arn = parse_arn(text)
    crowd, _, name = arn.name.partition("/") if arn is not None else ("", "", "")
    vendor = find_vendor(name) if crowd == VENDOR else None
    if vendor is None:
        raise NotThere(f"There is no subscribed work team {text}.")
    return {"SubscribedWorkteam": _subscribed(vendor)}


@operation(Permission.JOBS_READ)
def list_subscribed_workteams(call: Call) -> Answer:
    text = call.request.get("NameContains", "").lower()
    found = [one for one in vendor_list() if text in vendor_name(one).lower()]
    page, token = list_page(call, found, key=lambda one: (one.name.lower(), str(one.pk)), descending=False)
    return with_token({"SubscribedWorkteams": [_subscribed(one) for one in page]}, token)
