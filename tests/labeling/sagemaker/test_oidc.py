"""A workforce of OpenID Connect: its configuration is the organization's identity provider, its groups fill teams."""

from typing import Any

import pytest
from django.core.cache import cache

from maskwright.core.scope import organization_scope
from maskwright.organizations.models import IdentityProvider
from maskwright.organizations.services.identity_provider import client_secret_of
from tests.factories.aws import Aws, aws_client
from tests.maskwright.test_single_sign_on import go, roles, signed_in
from tests.plugins.cast import Company
from tests.plugins.identity_server import IdentityServer
from workforce.models import TeamMember, WorkTeam

ISSUER = "https://login.acme.example/realms/work"
OIDC = {
    "ClientId": "maskwright",
    "ClientSecret": "hush",
    "Issuer": ISSUER,
    "AuthorizationEndpoint": f"{ISSUER}/authorize",
    "TokenEndpoint": f"{ISSUER}/token",
    "UserInfoEndpoint": f"{ISSUER}/userinfo",
    "LogoutEndpoint": f"{ISSUER}/logout",
    "JwksUri": f"{ISSUER}/keys",
    "Scope": "profile",
}


@pytest.fixture(autouse=True)
def nothing_kept(db: None) -> None:
    cache.clear()


def _provider(company: Company) -> IdentityProvider | None:
    with organization_scope(company.id):
        return IdentityProvider.objects.first()


def _team(aws: Aws, *groups: str, operation: str = "CreateWorkteam") -> dict[str, Any]:
    members = [{"OidcMemberDefinition": {"Groups": list(groups)}}]
    return aws.ok(operation, WorkteamName="night", Description="Night", MemberDefinitions=members)


def _people(company: Company) -> set[str]:
    with organization_scope(company.id):
        found = TeamMember.objects.filter(work_team__name="night").select_related("user")
        return {one.user.get_full_name() for one in found}


def test_the_configuration_becomes_the_identity_provider(acme: Company) -> None:
    aws = aws_client(acme)
    aws.ok("CreateWorkforce", WorkforceName="people", OidcConfig=OIDC)
    found = _provider(acme)
    assert found is not None
    assert (found.issuer, found.client_id, client_secret_of(found)) == (ISSUER, "maskwright", "hush")
    assert (found.scopes, found.admits, found.default_role) == ("openid profile", "known_groups", "labeler")
    assert found.endpoints["jwks_uri"] == f"{ISSUER}/keys"
    assert found.endpoints["end_session_endpoint"] == f"{ISSUER}/logout"
    shown = aws.ok("DescribeWorkforce", WorkforceName="people")["Workforce"]
    assert "NotYetEnforced" not in shown
    assert "ClientSecret" not in shown["OidcConfig"]
    moved = OIDC | {"Issuer": "https://new.acme.example", "AuthenticationRequestExtraParams": {"prompt": "login"}}
    shown = aws.ok("UpdateWorkforce", WorkforceName="people", OidcConfig=moved)["Workforce"]
    assert shown["NotYetEnforced"] == ["OidcConfig.AuthenticationRequestExtraParams"]
    after = _provider(acme)
    assert after is not None
    assert (after.issuer, after.version) == ("https://new.acme.example", found.version + 1)
    aws.ok("DeleteWorkforce", WorkforceName="people")
    assert _provider(acme) is None


def test_a_provider_that_people_set_is_not_replaced(acme: Company, initech: Company) -> None:
    aws = aws_client(acme)
    body = {"issuer": "https://other.example", "client_id": "c", "client_secret": "s", "role_groups": {"a": "manager"}}
    url = "/api/v1/organizations/current/identity-provider"
    assert acme.client("manager").put(url, body, content_type="application/json").status_code == 200
    kind, message = aws.error("CreateWorkforce", WorkforceName="people", OidcConfig=OIDC)
    assert kind == "ValidationException"
    assert "sign in at https://other.example" in message
    assert aws.ok("ListWorkforces")["Workforces"] == []
    # The same one is taken over, with who is let in as what.
    aws.ok("CreateWorkforce", WorkforceName="people", OidcConfig=OIDC | {"Issuer": "https://other.example"})
    found = _provider(acme)
    assert found is not None
    assert (found.role_groups, found.admits, found.client_id) == ({"a": "manager"}, "everybody", "maskwright")
    assert _provider(initech) is None


def test_whoever_has_a_teams_group_is_let_in_and_works_in_it(acme: Company, identity_server: IdentityServer) -> None:
    aws = aws_client(acme)
    aws.ok("CreateWorkforce", WorkforceName="people", OidcConfig=OIDC)
    _team(aws, "segmentation", "night")
    team = aws.ok("DescribeWorkteam", WorkteamName="night")["Workteam"]
    assert "UnknownGroups" not in team
    assert team["MemberDefinitions"] == [{"OidcMemberDefinition": {"Groups": ["segmentation", "night"]}}]
    assert _people(acme) == set()
    with organization_scope(acme.id):
        assert WorkTeam.objects.get(name="night").groups == ["segmentation", "night"]
        # The API takes https alone; the test's provider speaks http.
        IdentityProvider.objects.update(issuer=identity_server.address, endpoints={})

    identity_server.claims = {"sub": "1", "sagemaker-name": "Ada", "sagemaker-groups": "segmentation"}
    client, _back = go(acme)
    assert signed_in(client) is not None
    assert _people(acme) == {"Ada"}
    assert roles(acme)["Ada"] == "labeler"
    identity_server.claims = {"sub": "2", "sagemaker:name": "Bob", "sagemaker:groups": ["kitchen"]}
    client, _back = go(acme)
    assert signed_in(client) is None

    _team(aws, "day", operation="UpdateWorkteam")
    identity_server.claims = {"sub": "1", "sagemaker-name": "Ada", "sagemaker-groups": ["day", "segmentation"]}
    go(acme)
    assert _people(acme) == {"Ada"}
    identity_server.claims = {"sub": "1", "sagemaker-name": "Ada", "sagemaker-groups": "segmentation"}
    client, _back = go(acme)
    assert signed_in(client) is None  # no team has her group any more


def test_what_cannot_be_used_names_its_member(acme: Company) -> None:
    told = aws_client(acme).error("CreateWorkforce", WorkforceName="people", OidcConfig=OIDC | {"Issuer": "https://"})
    assert told[0] == "ValidationException"
    assert _provider(acme) is None
