"""Workforces, work teams, vendors' teams, human task UIs, tags: made, shown, paged, changed, ended."""

import json
from typing import Any

import pytest

from labeling.models import TeamDetail, WorkforceDetail
from maskwright.core.crypto import decrypt_json
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Organization
from tests.factories.aws import Aws, aws_client
from tests.factories.jobs import make_job, make_team
from tests.plugins.cast import Company
from workforce.models import TeamMember, WorkTeam

COGNITO: dict[str, Any] = {"UserPool": "us-east-1_abc", "ClientId": "client"}
OIDC: dict[str, Any] = {
    "ClientId": "client",
    "ClientSecret": "hush",
    **{
        name: f"https://id.example.com/{name.lower()}"
        for name in (
            "Issuer",
            "AuthorizationEndpoint",
            "TokenEndpoint",
            "UserInfoEndpoint",
            "LogoutEndpoint",
            "JwksUri",
        )
    },
}


def _members(*groups: str) -> list[dict[str, Any]]:
    return [{"CognitoMemberDefinition": {**COGNITO, "UserGroup": group}} for group in groups]


def _team(aws: Aws, name: str = "team-a", *groups: str, **more: Any) -> str:
    order = {"WorkteamName": name, "Description": "People", "MemberDefinitions": _members(*(groups or ("labelers",)))}
    return str(aws.ok("CreateWorkteam", order | more)["WorkteamArn"])


def _people(company: Company, name: str) -> set[str]:
    with organization_scope(company.id):
        members = TeamMember.objects.filter(work_team__name=name).select_related("user")
        return {member.user.username for member in members}


# --- workforce --------------------------------------------------------------------------------------------------------
def test_a_workforce_is_made_shown_and_ended(acme: Company) -> None:
    aws = aws_client(acme)
    assert aws.ok("ListWorkforces") == {"Workforces": []}
    order: dict[str, Any] = {"WorkforceName": "people", "CognitoConfig": {"UserPool": "us-east-1_p", "ClientId": "c"}}
    order |= {"SourceIpConfig": {"Cidrs": ["10.0.0.0/8"]}, "Tags": [{"Key": "a", "Value": "b"}]}
    arn = aws.ok("CreateWorkforce", order)["WorkforceArn"]
    assert arn == f"arn:aws:sagemaker:local:{acme.organization.account_id}:workforce/people"
    found = aws.ok("DescribeWorkforce", WorkforceName="people")["Workforce"]
    assert (found["Status"], found["SourceIpConfig"]) == ("Active", {"Cidrs": ["10.0.0.0/8"]})
    assert found["NotYetEnforced"] == ["CognitoConfig"]
    assert isinstance(found["CreateDate"], float)
    assert [one["WorkforceName"] for one in aws.ok("ListWorkforces", NameContains="peop")["Workforces"]] == ["people"]
    assert aws.error("CreateWorkforce", order)[0] == "ResourceLimitExceeded"
    assert aws.ok("ListTags", ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    assert aws.ok("DeleteWorkforce", WorkforceName="people") == {}
    assert aws.error("DescribeWorkforce", WorkforceName="people")[0] == "ValidationException"


def test_networks_of_a_workforce_hold_at_once(acme: Company) -> None:
    aws = aws_client(acme)
    aws.ok("CreateWorkforce", WorkforceName="people", OidcConfig=OIDC)
    assert acme.client("labeler").get("/api/v1/organizations/current").status_code == 200
    aws.ok("UpdateWorkforce", WorkforceName="people", SourceIpConfig={"Cidrs": ["203.0.113.0/24"]})
    assert acme.client("labeler").get("/api/v1/organizations/current").status_code == 403
    eleven = [f"10.0.{number}.0/24" for number in range(11)]
    code, message = aws.error("UpdateWorkforce", WorkforceName="people", SourceIpConfig={"Cidrs": eleven})
    assert (code, "'sourceIpConfig.cidrs'" in message, "less than or equal to 10" in message) == (
        "ValidationException",
        True,
        True,
    )
    aws.ok("UpdateWorkforce", WorkforceName="people", SourceIpConfig={"Cidrs": []})
    assert acme.client("labeler").get("/api/v1/organizations/current").status_code == 200


def test_a_client_secret_is_encrypted_and_never_shown(acme: Company) -> None:
    aws = aws_client(acme)
    aws.ok("CreateWorkforce", WorkforceName="people", OidcConfig=OIDC)
    shown = aws.ok("DescribeWorkforce", WorkforceName="people")["Workforce"]["OidcConfig"]
    assert shown == {name: value for name, value in OIDC.items() if name != "ClientSecret"}
    with organization_scope(acme.id):
        row = WorkforceDetail.objects.get()
        assert "hush" not in json.dumps(row.settings)
        assert decrypt_json(bytes(row.client_secret), purpose="workforce-oidc") == {"client_secret": "hush"}


def test_oidc_changes_only_while_there_is_no_team(acme: Company) -> None:
    aws = aws_client(acme)
    aws.ok("CreateWorkforce", WorkforceName="people", OidcConfig=OIDC)
    changed = OIDC | {"ClientId": "other"}
    found = aws.ok("UpdateWorkforce", WorkforceName="people", OidcConfig=changed)["Workforce"]
    assert found["OidcConfig"]["ClientId"] == "other"
    _team(aws)
    assert aws.error("UpdateWorkforce", WorkforceName="people", OidcConfig=changed)[0] == "ConflictException"
    assert aws.error("DeleteWorkforce", WorkforceName="people")[0] == "ResourceInUse"


def test_a_workforce_signs_in_one_way(acme: Company) -> None:
    both = aws_client(acme).error(
        "CreateWorkforce",
        WorkforceName="a",
        OidcConfig=OIDC,
        CognitoConfig={"UserPool": "us-east-1_p", "ClientId": "c"},
    )
    assert both == ("ValidationException", "Specify only one of CognitoConfig and OidcConfig.")
    assert aws_client(acme).error("CreateWorkforce", WorkforceName="a")[0] == "ValidationException"


# --- teams ------------------------------------------------------------------------------------------------------------
def test_a_team_is_made_of_groups_shown_changed_and_ended(acme: Company) -> None:
    aws = aws_client(acme)
    make_team(acme, [acme.people["labeler2"]], "Night shift")
    arn = _team(aws, "team-a", "Night-shift", "nobody-knows", Tags=[{"Key": "k", "Value": "v"}])
    assert arn == f"arn:aws:sagemaker:local:{acme.organization.account_id}:workteam/private-crowd/team-a"
    assert _people(acme, "team-a") == {"acme-labeler2"}
    team = aws.ok("DescribeWorkteam", WorkteamName="team-a")["Workteam"]
    assert team["MemberDefinitions"] == _members("Night-shift", "nobody-knows")
    assert (team["Description"], team["UnknownGroups"]) == ("People", ["nobody-knows"])
    assert team["WorkforceArn"].endswith(":workforce/default")
    assert aws.ok("ListTags", ResourceArn=arn)["Tags"] == [{"Key": "k", "Value": "v"}]
    changed = aws.ok(
        "UpdateWorkteam", WorkteamName="team-a", Description="Others", MemberDefinitions=_members("labelers")
    )["Workteam"]
    assert changed["Description"] == "Others"
    assert "acme-labeler3" in _people(acme, "team-a")
    aws.ok("UpdateWorkteam", WorkteamName="team-a", MemberDefinitions=_members("Night-shift"))
    assert _people(acme, "team-a") == {"acme-labeler2"}
    assert aws.ok("DeleteWorkteam", WorkteamName="team-a") == {"Success": True}
    assert aws.error("DescribeWorkteam", WorkteamName="team-a")[0] == "ValidationException"
    with organization_scope(acme.id):
        assert TeamDetail.objects.count() == 0


def test_who_was_put_into_a_team_by_hand_stays(acme: Company) -> None:
    aws = aws_client(acme)
    _team(aws, "team-a", "nobody")
    with organization_scope(acme.id):
        team = WorkTeam.objects.get(name="team-a")
        TeamMember.objects.create(work_team=team, user=acme.people["labeler"])
    aws.ok("UpdateWorkteam", WorkteamName="team-a", MemberDefinitions=_members("nobody-else"))
    assert _people(acme, "team-a") == {"acme-labeler"}


def test_names_of_teams_are_taken_whatever_their_case(acme: Company) -> None:
    aws = aws_client(acme)
    _team(aws, "Team-A")
    order = {"WorkteamName": "team-a", "Description": "d", "MemberDefinitions": _members("labelers")}
    assert aws.error("CreateWorkteam", order)[0] == "ResourceInUse"


def test_teams_that_people_made_have_names_that_fit(acme: Company) -> None:
    aws = aws_client(acme)
    for name in ("Acme labelers!", "Acme (labelers)", "Äöü", "Acme-labelers"):
        make_team(acme, [], name)
    names = [one["WorkteamName"] for one in aws.ok("ListWorkteams", SortBy="Name")["Workteams"]]
    assert len(set(names)) == 4
    assert "Acme-labelers" in names
    for name in names:
        assert aws.ok("DescribeWorkteam", WorkteamName=name)["Workteam"]["WorkteamName"] == name


def test_teams_are_listed_in_pages(acme: Company) -> None:
    aws = aws_client(acme)
    for number in range(5):
        _team(aws, f"team-{number}", "nobody")
    _team(aws, "other", "nobody")
    question = {"NameContains": "TEAM", "SortBy": "Name", "SortOrder": "Descending", "MaxResults": 2}
    seen, token = [], ""
    while True:
        page = aws.ok("ListWorkteams", question | ({"NextToken": token} if token else {}))
        seen += [one["WorkteamName"] for one in page["Workteams"]]
        token = page.get("NextToken", "")
        if not token:
            break
    assert seen == [f"team-{number}" for number in (4, 3, 2, 1, 0)]
    first = aws.ok("ListWorkteams", question)["NextToken"]
    for wrong in ({"NextToken": first, "SortBy": "CreateDate"}, {"NextToken": first[:-1]}, {"NextToken": "x"}):
        assert aws.error("ListWorkteams", question | wrong)[0] == "ValidationException"
    other = aws_client(acme)
    assert other.ok("ListWorkteams", question | {"NextToken": first})["Workteams"]
    by_date = aws.ok("ListWorkteams", SortBy="CreateDate", SortOrder="Descending", MaxResults=1)["Workteams"]
    assert by_date[0]["WorkteamName"] == "other"


def test_a_team_with_jobs_is_not_deleted(acme: Company) -> None:
    made = make_job(acme, team=make_team(acme, [acme.people["labeler"]], "busy"))
    assert made.team.name == "busy"
    assert aws_client(acme).error("DeleteWorkteam", WorkteamName="busy")[0] == "ValidationException"


@pytest.mark.parametrize(
    "definitions",
    [
        [{}],
        [{**_members("a")[0], "OidcMemberDefinition": {"Groups": ["a"]}}],
        [_members("a")[0], {"OidcMemberDefinition": {"Groups": ["a"]}}],
    ],
)
def test_member_definitions_are_of_one_kind(acme: Company, definitions: list[dict[str, Any]]) -> None:
    order = {"WorkteamName": "t", "Description": "d", "MemberDefinitions": definitions}
    assert aws_client(acme).error("CreateWorkteam", order)[0] == "ValidationException"


def test_what_is_not_enforced_is_kept_and_says_so(acme: Company) -> None:
    aws = aws_client(acme)
    topic = {"NotificationTopicArn": "arn:aws:sns:us-east-1:123456789012:work"}
    _team(aws, "told", NotificationConfiguration=topic)
    team = aws.ok("DescribeWorkteam", WorkteamName="told")["Workteam"]
    assert (team["NotificationConfiguration"], team["NotYetEnforced"]) == (topic, ["NotificationConfiguration"])


def test_vendors_are_the_subscribed_teams(acme: Company, globex: Company) -> None:
    aws = aws_client(acme)
    [vendor] = aws.ok("ListSubscribedWorkteams")["SubscribedWorkteams"]
    account = Organization.objects.get(pk=globex.id).account_id
    assert vendor["WorkteamArn"] == f"arn:aws:sagemaker:local:{account}:workteam/vendor-crowd/globex-labeling"
    assert vendor["SellerName"] == "Globex Labeling"
    found = aws.ok("DescribeSubscribedWorkteam", WorkteamArn=vendor["WorkteamArn"])["SubscribedWorkteam"]
    assert found == vendor
    assert aws.ok("ListSubscribedWorkteams", NameContains="nobody") == {"SubscribedWorkteams": []}
    gone = vendor["WorkteamArn"].replace("globex", "hooli")
    assert aws.error("DescribeSubscribedWorkteam", WorkteamArn=gone)[0] == "ResourceNotFound"


# --- task templates and tags ------------------------------------------------------------------------------------------
def test_task_uis_are_kept_listed_and_removed(acme: Company) -> None:
    aws = aws_client(acme)
    for number in range(3):
        ui = {"HumanTaskUiName": f"ui-{number}", "UiTemplate": {"Content": f"<p>{number}</p>"}}
        arn = aws.ok("CreateHumanTaskUi", ui)["HumanTaskUiArn"]
        assert arn.endswith(f":human-task-ui/ui-{number}")
    found = aws.ok("DescribeHumanTaskUi", HumanTaskUiName="ui-1")
    assert found["HumanTaskUiStatus"] == "Active"
    assert len(found["UiTemplate"]["ContentSha256"]) == 64
    page = aws.ok("ListHumanTaskUis", MaxResults=2, SortOrder="Ascending")
    assert [one["HumanTaskUiName"] for one in page["HumanTaskUiSummaries"]] == ["ui-0", "ui-1"]
    rest = aws.ok("ListHumanTaskUis", MaxResults=2, SortOrder="Ascending", NextToken=page["NextToken"])
    assert [one["HumanTaskUiName"] for one in rest["HumanTaskUiSummaries"]] == ["ui-2"]
    assert "NextToken" not in rest
    early = aws.ok("ListHumanTaskUis", CreationTimeBefore=1)
    assert early["HumanTaskUiSummaries"] == []
    aws.ok("DeleteHumanTaskUi", HumanTaskUiName="ui-1")
    assert aws.error("DescribeHumanTaskUi", HumanTaskUiName="ui-1")[0] == "ResourceNotFound"


def test_tags_are_added_changed_listed_and_taken_away(acme: Company) -> None:
    aws = aws_client(acme)
    arn = _team(aws)
    tags = [{"Key": f"k{number:02}", "Value": str(number)} for number in range(50)]
    assert len(aws.ok("AddTags", ResourceArn=arn, Tags=tags)["Tags"]) == 50
    aws.ok("AddTags", ResourceArn=arn, Tags=[{"Key": "k00", "Value": "new"}])
    assert aws.ok("ListTags", ResourceArn=arn)["Tags"][0] == {"Key": "k00", "Value": "new"}
    more = aws.error("AddTags", ResourceArn=arn, Tags=[{"Key": "one-more", "Value": ""}])
    assert more[0] == "ResourceLimitExceeded"
    elsewhere = arn.replace(":local:", ":eu-west-1:").replace("arn:aws:", "arn:aws-cn:")
    aws.ok("DeleteTags", ResourceArn=elsewhere, TagKeys=["k01", "never-there"])
    assert len(aws.ok("ListTags", ResourceArn=arn)["Tags"]) == 49
    twice = aws.error("AddTags", ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}])
    assert twice[0] == "ValidationException"
    for wrong in ("workteam/private-crowd/none", "model/a", "labeling-job/none", "workforce/none"):
        gone = f"arn:aws:sagemaker:local:123456789012:{wrong}"
        assert aws.error("ListTags", ResourceArn=gone)[0] == "ResourceNotFound"
