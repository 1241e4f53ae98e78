"""Single sign-on: who comes in, as what, into which teams; and that a provider opens its own organization only."""

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.cache import cache
from django.test import Client

from maskwright.accounts.models import SignedInSession, User
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import IdentityProvider, Membership
from maskwright.organizations.services.invitations import create_invitation
from maskwright.organizations.services.membership import add_member, change_member
from maskwright.organizations.services.second_factor import set_second_factor_rule
from tests.plugins.cast import PASSWORD, Company
from tests.plugins.identity_server import IdentityServer
from workforce.models import TeamMember
from workforce.services.teams import add_team_member, change_work_team, create_work_team

URL = "/api/v1/organizations/current/identity-provider"


@pytest.fixture(autouse=True)
def nothing_kept(db: None) -> None:
    cache.clear()


def put(company: Company, server: IdentityServer, who: str = "manager", **terms: Any) -> Any:
    body = {"issuer": server.address, "client_id": "maskwright", "client_secret": "hush", **terms}
    return company.client(who).put(URL, json.dumps(body), content_type="application/json")


def go(company: Company, client: Client | None = None, **answer: str) -> tuple[Client, Any]:
    """Through the provider and back; the client, and our answer to coming back."""
    client = client or Client()
    page = client.get(f"/sso/{company.organization.slug}/").content.decode()
    assert company.organization.name in page
    address = page.partition("/accounts/oidc/")[2].partition('"')[0]
    away: Any = client.get(f"/accounts/oidc/{address}")
    assert away.status_code == 302, away.content.decode()[-600:]
    sent = {key: values[0] for key, values in parse_qs(urlsplit(away.headers["Location"]).query).items()}
    back = urlsplit(sent["redirect_uri"]).path
    return client, client.get(back, {"code": "the code", "state": sent["state"], **answer})


def signed_in(client: Client) -> User | None:
    found = client.session.get("_auth_user_id")
    return User.objects.get(pk=found) if found else None


def roles(company: Company) -> dict[str, str]:
    with organization_scope(company.id):
        rows = Membership.objects.filter(organization_id=company.id).select_related("user")
        return {one.user.get_full_name(): one.role for one in rows if "@" in one.user.username}


def test_who_comes_first_gets_an_account_and_a_place(acme: Company, identity_server: IdentityServer) -> None:
    assert put(acme, identity_server).status_code == 200
    identity_server.claims = {
        "sub": "7",
        "sagemaker:name": "Ada Lovelace",
        "preferred_username": "ada",
        "email": "ada@acme.example",
        "email_verified": True,
    }
    client, answer = go(acme)
    assert answer.status_code == 302
    user = signed_in(client)
    assert user is not None and user.username == "ada@acme-vision" and user.email == "ada@acme.example"
    assert roles(acme) == {"Ada Lovelace": "labeler"} and not user.has_usable_password()
    assert client.get("/work/").status_code == 200
    sent = identity_server.asked[0]
    assert sent["client_secret"] == ["hush"] and sent["code_verifier"]
    again, _ = go(acme)
    assert signed_in(again) == user and SocialAccount.objects.count() == 1
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.parametrize("claim", ["sagemaker:groups", "sagemaker-groups", "groups"])
@pytest.mark.parametrize("as_text", [False, True])
def test_groups_give_roles_and_teams_at_each_sign_in(
    acme: Company, identity_server: IdentityServer, claim: str, as_text: bool
) -> None:
    put(acme, identity_server, role_groups={"checkers": "reviewer", "leads": "manager"})
    with organization_scope(acme.id):
        cats = create_work_team(name="Cats", groups=["cat people", "leads"])
        dogs = create_work_team(name="Dogs", groups=["dog people"])
        by_hand = create_work_team(name="By hand")

    def teams(groups: list[str]) -> tuple[str, set[str]]:
        identity_server.claims = {"sub": "7", "name": "Ada", claim: ", ".join(groups) if as_text else groups}
        client, _ = go(acme)
        user = signed_in(client)
        assert user is not None
        with organization_scope(acme.id):
            rows = TeamMember.objects.filter(user=user)
            return roles(acme)["Ada"], set(rows.values_list("work_team__name", flat=True))

    assert teams(["cat people"]) == ("labeler", {"Cats"})
    assert teams(["dog people", "checkers"]) == ("reviewer", {"Dogs"})
    with organization_scope(acme.id):
        add_team_member(work_team_id=by_hand.pk, user_id=SocialAccount.objects.get().user_id)
        change_work_team(work_team_id=dogs.pk, groups=[])
    assert teams(["dog people", "leads", "checkers"]) == ("manager", {"Cats", "By hand"})
    assert teams([]) == ("manager", {"By hand"})  # no group says a role, so it stays; by hand stays, too
    assert cats.groups == ["cat people", "leads"]


def test_only_known_groups_come_in_where_it_is_asked(acme: Company, identity_server: IdentityServer) -> None:
    put(acme, identity_server, admits="known_groups", role_groups={"checkers": "reviewer"})
    with organization_scope(acme.id):
        create_work_team(name="Cats", groups=["cat people"])
    for groups, comes_in in ((["others"], False), ([], False), (["cat people"], True), (["checkers"], True)):
        identity_server.claims = {"sub": str(groups), "sagemaker:groups": groups}
        client, answer = go(acme)
        assert (signed_in(client) is not None) is comes_in
        assert answer.status_code == (302 if comes_in else 403)
        if not comes_in:
            assert "in no group that Acme Vision lets in" in answer.content.decode()
    assert len(roles(acme)) == 2


def test_no_address_and_no_name_opens_an_account_that_exists(acme: Company, identity_server: IdentityServer) -> None:
    put(acme, identity_server)
    victim = acme.people["owner"]
    identity_server.claims = {
        "sub": str(victim.pk),
        "email": victim.email,
        "email_verified": True,
        "preferred_username": victim.username,
    }
    client, _ = go(acme)
    came = signed_in(client)
    assert came is not None and came != victim and came.email == ""
    assert roles(acme)[came.get_full_name()] == "labeler"


def test_a_session_of_a_provider_opens_its_organization_only(
    acme: Company, initech: Company, identity_server: IdentityServer
) -> None:
    put(acme, identity_server)
    client, _ = go(acme)
    user = signed_in(client)
    assert user is not None
    with organization_scope(initech.id):
        secret = create_invitation(role="labeler", created_by=initech.people["owner"])[1]
        add_member(user=user, role="manager")
    choose: Any = client.get("/organizations/choose/")
    assert "Initech" not in choose.content.decode()
    client.post("/organizations/choose/", {"organization": str(initech.id)})
    session = client.session
    session["organization_id"] = str(initech.id)  # however it came there
    session.save()
    found: Any = client.get("/api/v1/organizations/current")
    assert found.json()["name"] == "Acme Vision"
    refused: Any = client.post(f"/invitations/{secret}/")
    assert refused.status_code == 403 and "opens nothing else" in refused.content.decode()


def test_an_account_of_a_provider_gets_no_password_past_it(acme: Company, identity_server: IdentityServer) -> None:
    put(acme, identity_server)
    identity_server.claims |= {"email": "ada@acme.example", "email_verified": True}
    client, _ = go(acme)
    user = signed_in(client)
    page: Any = client.post("/accounts/password/set/", {"password1": PASSWORD, "password2": PASSWORD})
    assert "no password here" in page.content.decode()
    assert client.get("/accounts/3rdparty/").headers["Location"] == "/"
    Client().post("/accounts/password/reset/", {"email": "ada@acme.example"})
    assert [one for one in mail.outbox if "/accounts/password/reset/key/" in one.body] == []
    assert user is not None and not User.objects.get(pk=user.pk).has_usable_password()
    Client().post("/accounts/password/reset/", {"email": acme.people["owner"].email})  # the control
    assert len([one for one in mail.outbox if "/accounts/password/reset/key/" in str(one.body)]) == 1


def test_its_second_factor_is_the_providers_business(acme: Company, identity_server: IdentityServer) -> None:
    put(acme, identity_server)
    with organization_scope(acme.id):
        set_second_factor_rule("everybody")
    client, _ = go(acme)
    assert client.get("/work/").status_code == 200
    assert acme.browser("labeler").get("/work/").status_code == 403


def test_who_was_deactivated_stays_outside(acme: Company, identity_server: IdentityServer) -> None:
    put(acme, identity_server)
    client, _ = go(acme)
    user = signed_in(client)
    with organization_scope(acme.id):
        member = Membership.objects.get(user=user, organization_id=acme.id)
        change_member(membership_id=member.pk, is_active=False)
    assert client.get("/work/").headers["Location"].startswith("/accounts/login/")
    again, answer = go(acme)
    assert signed_in(again) is None and "no member of Acme Vision any more" in answer.content.decode()


def test_another_issuer_starts_anew_and_signs_everybody_out(
    acme: Company, initech: Company, identity_server: IdentityServer
) -> None:
    put(acme, identity_server)
    client, _ = go(acme)
    first = signed_in(client)
    refused = put(acme, identity_server, issuer=f"{identity_server.address}/other", client_secret=None)
    assert "client_secret" in {one["path"] for one in refused.json()["fields"]}
    moved = put(acme, identity_server, issuer=f"{identity_server.address}/other")
    assert moved.json()["callback"].endswith("/accounts/oidc/acme-vision.2/login/callback/")
    assert not SignedInSession.objects.filter(user_id=first.pk if first else None).exists()
    old: Any = client.get("/accounts/oidc/acme-vision.1/login/")
    assert old.status_code == 403
    assert acme.client("manager").delete(URL).status_code == 204
    assert Client().get("/sso/acme-vision/").status_code == 404
    assert put(acme, identity_server).json()["callback"].endswith("/acme-vision.2/login/callback/")
    again, _ = go(acme)
    assert signed_in(again) != first  # `sub` 7 of the former issuer is somebody else


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"token": {"iss": "https://elsewhere.example"}}, "Invalid id_token"),
        ({"token": {"aud": "another client"}}, "Invalid id_token"),
        ({"token": {"exp": 1}}, "Invalid id_token"),
        ({"userinfo": {"sub": "somebody else"}}, "does not say who you are"),
        ({"claims": {"name": "nobody"}}, "does not say who you are"),
    ],
)
def test_answers_that_are_not_about_this_person_sign_nobody_in(
    acme: Company, identity_server: IdentityServer, change: dict[str, Any], said: str
) -> None:
    put(acme, identity_server)
    for name, value in change.items():
        setattr(identity_server, name, value)
    client, answer = go(acme)
    assert answer.status_code == 403 and said in answer.content.decode()
    assert signed_in(client) is None and roles(acme) == {}


def test_a_sign_in_of_another_browser_is_refused(acme: Company, identity_server: IdentityServer) -> None:
    put(acme, identity_server)
    answer: Any = Client().get("/accounts/oidc/acme-vision.1/login/callback/", {"code": "x", "state": "guessed"})
    assert answer.status_code == 403 and "another browser" in answer.content.decode()
    client, denied = go(acme, error="access_denied", error_description="Not today")
    assert denied.status_code == 403 and "Not today" in denied.content.decode() and signed_in(client) is None


def test_what_went_wrong_is_told_to_the_manager(acme: Company, identity_server: IdentityServer) -> None:
    put(acme, identity_server)
    identity_server.claims = {"name": "nobody"}
    go(acme)
    shown: Any = acme.client("manager").get(URL).json()
    assert "does not say who you are" in shown["last_problem"] and shown["last_problem_at"]
    page: Any = acme.browser("manager").get("/manage/organizations/membership/single-sign-on/")
    assert "does not say who you are" in page.content.decode()


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ({"issuer": "https://other.example"}, "names another issuer"),
        ({"token_endpoint": None}, "does not name token_endpoint"),
    ],
)
def test_the_test_says_what_is_wrong_with_a_provider(
    acme: Company, identity_server: IdentityServer, configuration: dict[str, Any], said: str
) -> None:
    put(acme, identity_server)
    assert acme.client("manager").post(f"{URL}/check").json() == {"fault": ""}
    cache.clear()
    identity_server.configuration = configuration
    assert said in acme.client("manager").post(f"{URL}/check").json()["fault"]
    page: Any = Client().get("/accounts/oidc/acme-vision.1/login/")
    assert page.status_code == 403 and said in page.content.decode()


def test_a_provider_never_leads_into_the_operators_network(
    acme: Company, identity_server: IdentityServer, settings: Any
) -> None:
    settings.IDENTITY_ENDPOINTS = []
    put(acme, identity_server, issuer=identity_server.address.replace("http", "https"))
    assert "private network" in acme.client("manager").post(f"{URL}/check").json()["fault"]
    settings.IDENTITY_ENDPOINTS = [identity_server.host]
    put(acme, identity_server)
    identity_server.configuration = {"token_endpoint": "http://localhost:1/token"}
    client, answer = go(acme)
    assert answer.status_code == 403 and signed_in(client) is None


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_saved(acme: Company, identity_server: IdentityServer) -> None:
    answer = put(
        acme,
        identity_server,
        issuer="login",
        scopes="email",
        endpoints={"jwks_uri": "x", "owner": "https://a.example"},
        role_groups={"bosses": "owner"},
    )
    found = {one["path"] for one in answer.json()["fields"]}
    assert answer.status_code == 422
    assert found == {"issuer", "scopes", "endpoints.jwks_uri", "endpoints.owner", "role_groups"}
    with organization_scope(acme.id):
        assert not IdentityProvider.objects.exists()
    for who in ("labeler", "reviewer", "auditor"):
        assert put(acme, identity_server, who=who).status_code == 403


def test_the_managers_page_sets_tests_and_removes(acme: Company, identity_server: IdentityServer) -> None:
    browser, url = acme.browser("manager"), "/manage/organizations/membership/single-sign-on/"
    page: Any = browser.get(url)
    assert "/accounts/oidc/acme-vision.1/login/callback/" in page.content.decode()
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    form = {**token, "issuer": identity_server.address, "client_id": "maskwright", "client_secret": "hush"}
    form |= {"scopes": "openid", "admits": "everybody", "default_role": "labeler", "role_groups": "leads"}
    wrong: Any = browser.post(url, form)
    assert "“leads”" in wrong.content.decode()
    saved: Any = browser.post(url, {**form, "role_groups": "leads = manager\n\nthe = odd = reviewer"})
    assert saved.status_code == 302
    shown: Any = acme.client("manager").get(URL).json()
    assert shown["role_groups"] == {"leads": "manager", "the = odd": "reviewer"} and "client_secret" not in shown
    tested: Any = browser.post(url, {**token, "action": "check"}, follow=True)
    assert "The provider answers" in tested.content.decode()
    assert "hush" not in tested.content.decode()
    browser.post(url, {**token, "action": "remove"})
    assert acme.client("manager").get(URL).status_code == 404
    assert acme.browser("labeler").get(url).status_code == 403


def test_the_second_factor_of_such_an_account_keeps_its_session_bound(
    acme: Company, initech: Company, identity_server: IdentityServer
) -> None:
    put(acme, identity_server)
    client, _ = go(acme)
    user = signed_in(client)
    assert user is not None
    with organization_scope(initech.id):
        add_member(user=user, role="manager")
    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    again, answer = go(acme)
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/") and signed_in(again) is None
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    again.post("/accounts/2fa/authenticate/", {"code": code})
    assert signed_in(again) == user and again.session["only_organization_id"] == str(acme.id)
