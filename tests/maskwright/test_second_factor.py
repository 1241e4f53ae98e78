"""The second factor: set up, asked for at sign-in, kept encrypted, demanded by an organization, removed when lost."""

import hashlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from maskwright.accounts.models import SignedInSession, User
from maskwright.core.scope import organization_scope
from maskwright.core.socket import RIGHTS_ENDED, Watch
from maskwright.organizations.middleware import actor_of
from maskwright.organizations.services.membership import add_member
from maskwright.organizations.services.second_factor import set_second_factor_rule
from tests.plugins.cast import PASSWORD, Company
from workforce.services.pulse import read_pulses

URL = "/api/v1/organizations/current/second-factor"
MEMBERS = "/api/v1/organizations/current/members"


@pytest.fixture(autouse=True)
def nobody_tried_before(db: None) -> None:
    """Codes that were used and attempts that failed are counted in the cache, across tests."""
    cache.clear()


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def protect(user: User) -> str:
    """Give the person a second factor; its key."""
    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def demand(company: Company, rule: str) -> None:
    with organization_scope(company.id):
        set_second_factor_rule(rule)


def sign_in(user: User) -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})


def is_in(client: Client) -> bool:
    return client.get("/organizations/choose/").status_code == 200


def test_it_is_set_up_by_a_code_and_ends_what_was_signed_in_by_the_password_alone(
    acme: Company, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    user = acme.people["manager"]
    (here, _), (elsewhere, _) = sign_in(user), sign_in(user)
    asked: Any = here.get("/accounts/2fa/totp/activate/")
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")  # the password once more
    here.post(asked.headers["Location"], {"password": PASSWORD})
    page = here.get("/accounts/2fa/totp/activate/").content.decode()
    secret = here.session["mfa.totp.secret"]
    assert secret in page and "data:image/svg+xml" in page
    wrong: Any = here.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 200 and not Authenticator.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        done: Any = here.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert done.status_code == 302
    assert "code" in here.get(done.headers["Location"]).content.decode()
    assert is_in(here) and not is_in(elsewhere)
    assert SignedInSession.objects.filter(user_id=user.pk).count() == 1
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept


def test_signing_in_asks_for_a_code_that_counts_once(acme: Company) -> None:
    user = acme.people["manager"]
    secret = protect(user)
    client, answer = sign_in(user)
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/") and not is_in(client)
    assert "six digits" in client.get(answer.headers["Location"]).content.decode()
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not is_in(client)
    code = code_of(secret)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert is_in(client)
    again, _ = sign_in(user)
    again.post("/accounts/2fa/authenticate/", {"code": code})
    assert not is_in(again)


def test_a_recovery_code_signs_in_once(acme: Company) -> None:
    user = acme.people["labeler"]
    protect(user)
    codes = Authenticator.objects.get(user_id=user.pk, type="recovery_codes").wrap().get_unused_codes()
    for expected in (True, False):
        client, _ = sign_in(user)
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert is_in(client) is expected


def test_guessing_codes_is_stopped(acme: Company) -> None:
    user = acme.people["labeler"]
    secret = protect(user)
    client, _ = sign_in(user)
    for guess in range(6):
        client.post("/accounts/2fa/authenticate/", {"code": f"{guess:06d}"})
    page: Any = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert not is_in(client) and "Too many" in page.content.decode()


@pytest.mark.parametrize(
    ("rule", "bound"),
    [
        ("nobody", set()),
        ("managers", {"owner", "manager", "auditor"}),
        ("everybody", {"owner", "manager", "auditor", "reviewer", "labeler"}),
    ],
)
def test_an_organization_demands_it_of_some_or_all(acme: Company, initech: Company, rule: str, bound: set[str]) -> None:
    demand(acme, rule)
    for who in ("owner", "manager", "auditor", "reviewer", "labeler"):
        answer: Any = acme.client(who).get("/api/v1/organizations/current")
        assert answer.status_code == (403 if who in bound else 200)
        if who in bound:
            assert answer.json()["code"] == "second_factor_needed" and "Acme Vision" in answer.json()["message"]
    assert initech.client("owner").get("/api/v1/organizations/current").status_code == 200
    for who in bound:
        protect(acme.people[who])
        assert acme.client(who).get("/api/v1/organizations/current").status_code == 200


def test_without_it_each_page_leads_to_where_it_is_set_up(acme: Company) -> None:
    demand(acme, "everybody")
    for url in ("/", "/work/", "/manage/", "/manage/labeling/labelingjob/"):
        page: Any = acme.browser("manager").get(url)
        assert page.status_code == 403 and "/accounts/2fa/totp/activate/" in page.content.decode()
    assert acme.browser("manager").get("/organizations/choose/").status_code == 200
    assert acme.browser("manager").get("/accounts/2fa/").status_code == 200


def test_an_open_socket_ends_at_the_next_pulse(acme: Company) -> None:
    def watch(who: str) -> Watch:
        user = acme.people[who]
        with organization_scope(acme.id, user_id=user.pk):
            actor = actor_of(user, acme.id)
        assert actor is not None
        credential = hashlib.sha256(user.password.encode()).hexdigest()
        return Watch(user.pk, acme.id, actor.role, actor.membership_version, credential)

    watches = [watch(who) for who in ("labeler", "labeler2", "manager")]
    protect(acme.people["labeler2"])
    assert [pulse.close for pulse in read_pulses(watches)] == [None, None, None]
    demand(acme, "managers")
    assert [pulse.close for pulse in read_pulses(watches)] == [None, None, RIGHTS_ENDED]
    demand(acme, "everybody")
    assert [pulse.close for pulse in read_pulses(watches)] == [RIGHTS_ENDED, None, RIGHTS_ENDED]


def test_the_rule_is_managers_business_and_only_known_ones_are_taken(acme: Company) -> None:
    protect(acme.people["manager"])
    for who in ("labeler", "reviewer", "auditor"):
        assert (
            acme.client(who).put(URL, {"required_for": "everybody"}, content_type="application/json").status_code == 403
        )
    manager = acme.client("manager")
    assert manager.put(URL, {"required_for": "friends"}, content_type="application/json").status_code == 422
    assert manager.get(URL).json() == {"required_for": "nobody"}
    assert manager.put(URL, {"required_for": "managers"}, content_type="application/json").json() == {
        "required_for": "managers"
    }
    found = {one["username"]: one["has_second_factor"] for one in manager.get(MEMBERS).json()["results"]}
    assert found["acme-manager"] is True and found["acme-owner"] is False


def test_a_manager_frees_who_lost_his_telephone_but_not_whom_others_count_on(acme: Company, initech: Company) -> None:
    lost, shared = acme.people["labeler"], acme.people["labeler2"]
    with organization_scope(initech.id):
        add_member(user=shared, role="labeler")
    for user in (lost, shared, acme.people["owner"]):
        protect(user)
    inside = acme.browser("labeler")
    ids = {one["user"]: one["id"] for one in acme.client("manager").get(MEMBERS).json()["results"]}
    remove = lambda user: acme.client("manager").delete(f"{MEMBERS}/{ids[str(user.pk)]}/second-factor")  # noqa: E731
    assert remove(lost).status_code == 204
    assert not Authenticator.objects.filter(user_id=lost.pk).exists() and not is_in(inside)
    assert remove(shared).status_code == 403 and remove(acme.people["owner"]).status_code == 403
    assert Authenticator.objects.filter(user_id=shared.pk).count() == 2


def test_the_managers_page_says_how_many_have_none(acme: Company) -> None:
    browser, url = acme.browser("manager"), "/manage/organizations/membership/second-factor/"
    page: Any = browser.get(url)
    assert "7 active members have no second factor yet" in page.content.decode()
    assert "You are one of them" in page.content.decode()
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    found: Any = browser.get("/manage/organizations/membership/")
    assert f'href="{url}"' in found.content.decode() and "Invite people" in found.content.decode()
    others: Any = acme.browser("auditor").get("/manage/organizations/membership/")
    assert others.status_code == 200 and url not in others.content.decode()
    saved: Any = browser.post(url, {**token, "required_for": "everybody"})
    assert saved.status_code == 302
    assert browser.get(url).status_code == 403  # his own comes first
    assert acme.browser("labeler").get(url).status_code == 403


def test_the_operator_may_be_bound_too_and_frees_anybody(acme: Company, settings: Any) -> None:
    chief = User.objects.create_superuser("chief", "chief@here.example", PASSWORD)
    client = Client()
    client.force_login(chief)
    assert client.get("/operator/").status_code == 200
    settings.OPERATOR_SECOND_FACTOR = True
    assert client.get("/operator/").headers["Location"] == "/accounts/2fa/totp/activate/"
    protect(chief)
    assert client.get("/operator/").status_code == 200
    lost = acme.people["owner"]
    protect(lost)
    client.post(f"/operator/accounts/user/{lost.pk}/second-factor/")
    assert not Authenticator.objects.filter(user_id=lost.pk).exists()
