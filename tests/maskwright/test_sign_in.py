"""Signing in, and what helps who cannot."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory
from rest_framework.exceptions import Throttled
from rest_framework.views import APIView

from maskwright.accounts.models import User
from maskwright.core.api.exceptions import handle
from maskwright.core.errors import NotFound, Unavailable
from maskwright.organizations.rate_limits import wait_in_words
from tests.plugins.cast import PASSWORD, Company

LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"


@pytest.fixture(autouse=True)
def _no_attempts_before() -> None:
    cache.clear()


def _sign_in(login: str, password: str, **extra: Any) -> Any:
    return Client().post(LOGIN, {"login": login, "password": password}, **extra)


@pytest.mark.parametrize("login", ["acme-labeler", "labeler@acme.example"])
def test_one_signs_in_by_name_or_address(acme: Company, login: str) -> None:
    assert _sign_in(login, PASSWORD).headers["Location"] == "/"


def test_a_wrong_password_is_told_without_telling_which_names_exist(acme: Company) -> None:
    known, unknown = _sign_in("acme-labeler", "wrong"), _sign_in("nobody-here", "wrong")
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert known.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert known.context["form"].non_field_errors()


def test_guessing_one_accounts_password_is_stopped(acme: Company) -> None:
    for _ in range(5):
        _sign_in("acme-labeler", "wrong")
    refused = _sign_in("acme-labeler", PASSWORD)
    assert refused.status_code == 200
    said = str(refused.context["form"].non_field_errors())
    found = re.search(r"Too many failed attempts to sign in\. Try again in (\d) minutes\.", said)
    assert found and 1 < int(found[1]) <= 5
    assert _sign_in("acme-owner", PASSWORD).status_code == 302


def test_guessing_from_one_address_is_stopped(acme: Company) -> None:
    for number in range(40):
        answer = _sign_in(f"nobody{number}", "wrong", REMOTE_ADDR="198.51.100.9")
    refused = _sign_in("acme-owner", PASSWORD, REMOTE_ADDR="198.51.100.9")
    assert (answer.status_code, refused.status_code) == (429, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    wait = wait_in_words(int(refused.headers["Retry-After"]))
    assert f"Try again in {wait}." in refused.content.decode()
    assert _sign_in("acme-owner", PASSWORD, REMOTE_ADDR="198.51.100.10").status_code == 302


def test_a_deactivated_account_does_not_get_in(acme: Company) -> None:
    User.objects.filter(username="acme-labeler").update(is_active=False)
    answer = _sign_in("acme-labeler", PASSWORD)
    assert answer.headers.get("Location") != "/"
    assert acme.client("labeler").get("/api/v1/organizations/current").status_code == 401


def test_nobody_signs_up_without_an_invitation(acme: Company) -> None:
    password = "quite a long one"
    given = {"username": "me", "email": "me@here.example", "password1": password, "password2": password}
    Client().post("/accounts/signup/", given)
    assert not User.objects.filter(username="me").exists()


def test_a_password_is_reset_by_mail(acme: Company) -> None:
    assert Client().post(RESET, {"email": "labeler@acme.example"}).status_code == 302
    [message] = mail.outbox
    path = next(word for word in message.body.split() if "/password/reset/key/" in word).split("/", 3)[3]
    browser = Client()
    form = browser.get(f"/{path}", follow=True)
    given = {"password1": "a new long password", "password2": "a new long password"}
    assert browser.post(form.redirect_chain[-1][0], given).status_code == 302
    assert _sign_in("acme-labeler", "a new long password").status_code == 302
    assert _sign_in("acme-labeler", PASSWORD).status_code == 200


def test_a_reset_tells_no_one_which_addresses_have_accounts(acme: Company) -> None:
    known = Client().post(RESET, {"email": "labeler@acme.example"})
    unknown = Client().post(RESET, {"email": "nobody@acme.example"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])


def test_sign_in_leads_to_no_foreign_address(acme: Company) -> None:
    answer = Client().post(f"{LOGIN}?next=https://evil.example/", {"login": "acme-owner", "password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_signing_out_needs_a_press(acme: Company) -> None:
    browser = acme.browser("labeler")
    browser.get("/accounts/logout/")
    assert browser.get("/api/v1/organizations/current").status_code == 200


def test_a_wait_is_rounded_up_in_words() -> None:
    waits = {0: "one second", 1: "one second", 59: "59 seconds", 60: "one minute", 61: "2 minutes"}
    assert {seconds: wait_in_words(seconds) for seconds in waits} == waits


@pytest.mark.parametrize(
    ("error", "seconds"), [(Unavailable("It is away."), "5"), (Throttled(wait=12.3), "13"), (NotFound("None."), None)]
)
def test_the_api_says_when_to_come_back(rf: RequestFactory, error: Exception, seconds: str | None) -> None:
    request = APIView().initialize_request(rf.get("/api/v1/jobs"))
    response = handle(error, {"request": request, "kwargs": {}})
    assert response is not None and response.headers.get("Retry-After") == seconds
