"""Joining by a link, with a new account or one's own."""

import threading
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from maskwright.accounts.models import User
from maskwright.core.errors import DomainError
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Invitation, Membership
from maskwright.organizations.services.invitations import accept_invitation, create_invitation
from tests.factories.jobs import make_job, make_team
from tests.factories.work import claim
from tests.plugins.cast import Company

NEW = {
    "username": "newcomer",
    "display_name": "New Comer",
    "email": "newcomer@acme.example",
    "password1": "quite a long one",
    "password2": "quite a long one",
}


@pytest.fixture(autouse=True)
def _no_attempts_before() -> None:
    cache.clear()


def _link(company: Company, **options: Any) -> str:
    with organization_scope(company.id):
        _, secret = create_invitation(**{"role": "labeler", "created_by": None, **options})
    return f"/invitations/{secret}/"


def _role(company: Company, username: str) -> str:
    with organization_scope(company.id):
        return str(Membership.objects.get(user__username=username, is_active=True).role)


def test_a_new_account_joins_and_is_signed_in_there(acme: Company) -> None:
    link, client = _link(acme), Client()
    assert "Join Acme Vision" in client.get(link).content.decode()
    assert client.post(link, NEW).headers["Location"] == "/"
    body = client.get("/api/v1/organizations/current").json()
    assert (body["name"], body["role"], body["username"]) == ("Acme Vision", "labeler", "newcomer")
    assert User.objects.get(username="newcomer").display_name == "New Comer"


def test_a_person_who_was_invited_into_a_team_can_label_at_once(acme: Company) -> None:
    team = make_team(acme, [])
    make_job(acme, team=team)
    client = Client()
    client.post(_link(acme, work_team_ids=[team.pk]), NEW)
    assert claim(client).status_code == 201


def test_an_account_of_ones_own_signs_in_first_and_comes_back(acme: Company, initech: Company) -> None:
    link, client = _link(acme, role="reviewer"), Client()
    sign_in = f"/accounts/login/?next={link}"
    assert f"/accounts/login/?next={link}" in client.get(link).content.decode()
    login = {"login": "initech-labeler", "password": "correct horse battery"}
    assert client.post(sign_in, login).headers["Location"] == link
    assert client.post(link).headers["Location"] == "/"
    assert _role(acme, "initech-labeler") == "reviewer"
    assert client.get("/api/v1/organizations/current").json()["name"] == "Acme Vision"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"username": "acme-owner"}, "username", "taken"),
        ({"username": "ACME-owner"}, "username", "taken"),
        ({"username": "no spaces"}, "username", "valid username"),
        ({"email": "OWNER@acme.example"}, "email", "account with this address"),
        ({"password1": "short", "password2": "short"}, "password1", "too short"),
        ({"password1": "newcomer-12", "password2": "newcomer-12"}, "password1", "similar to the username"),
        ({"password2": "another long one"}, "password2", "differ"),
        ({"display_name": ""}, "display_name", "required"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_made(
    acme: Company, change: dict[str, str], field: str, words: str
) -> None:
    link = _link(acme)
    answer = Client().post(link, {**NEW, **change})
    assert answer.status_code == 200
    assert any(words in error for error in answer.context["form"].errors[field])
    assert not User.objects.filter(username="newcomer").exists()
    assert Client().post(link, NEW).status_code == 302


def test_a_link_for_one_address_takes_no_other(acme: Company) -> None:
    link = _link(acme, email="chosen@acme.example")
    client = Client()
    client.force_login(acme.people["labeler"])
    signed_in = User.objects.create_user("elsewhere", "elsewhere@initech.example", "quite a long one")
    other = Client()
    other.force_login(signed_in)
    assert "chosen@acme.example" in other.post(link).content.decode()
    assert Client().post(link, {**NEW, "email": "somebody@else.example"}).status_code == 302
    assert User.objects.get(username="newcomer").email == "chosen@acme.example"


def test_seats_are_counted_and_a_member_takes_none(acme: Company) -> None:
    link = _link(acme, seats=2)
    member = Client()
    member.force_login(acme.people["labeler"])
    assert member.post(link).status_code == 302
    for name in ("one", "two"):
        given = {**NEW, "username": name, "email": f"{name}@acme.example"}
        assert Client().post(link, given).status_code == 302
    full = Client().get(link)
    assert full.status_code == 404 and "no longer works" in full.content.decode()


def test_a_member_keeps_his_role_when_he_opens_a_link(acme: Company) -> None:
    client = Client()
    client.force_login(acme.people["labeler"])
    client.post(_link(acme, role="manager"))
    assert _role(acme, "acme-labeler") == "labeler"


@pytest.mark.parametrize("fault", ["unknown", "run out", "revoked", "inactive organization"])
def test_a_link_that_is_over_opens_nothing(acme: Company, fault: str) -> None:
    link = "/invitations/AAAAAAAAAAAAAAAA/" if fault == "unknown" else _link(acme)
    if fault == "run out":
        Invitation.objects.update(expires_at=timezone.now())
    if fault == "revoked":
        Invitation.objects.update(revoked_at=timezone.now())
    if fault == "inactive organization":
        type(acme.organization).objects.filter(pk=acme.id).update(is_active=False)
    for answer in (Client().get(link), Client().post(link, NEW)):
        assert answer.status_code == 404
    assert not User.objects.filter(username="newcomer").exists()


def test_the_last_seat_is_taken_once(committed: None, acme: Company) -> None:
    with organization_scope(acme.id):
        _, secret = create_invitation(role="labeler", created_by=None)
    users = [User.objects.create_user(f"racer{number}") for number in range(4)]
    outcome: list[bool] = []

    def join(user: User) -> None:
        try:
            accept_invitation(secret=secret, user=user)
            outcome.append(True)
        except DomainError:
            outcome.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=join, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == [False, False, False, True]


def test_the_database_holds_no_link(acme: Company, as_superuser: Any, committed: None) -> None:
    secret = _link(acme).split("/")[2]
    rows = as_superuser("SELECT row_to_json(i)::text FROM organizations_invitation i")
    assert rows and secret not in rows[0][0]


def test_joining_is_limited_per_address(acme: Company) -> None:
    link = _link(acme)
    statuses = [Client().post(link, {}, REMOTE_ADDR="198.51.100.7").status_code for _ in range(25)]
    assert statuses[0] == 200 and statuses[-1] == 429
