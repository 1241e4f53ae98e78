"""Inviting many people by a CSV file: read whole, every violation at once, looked at before, all or none."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Invitation, Membership
from maskwright.organizations.services.invitations import create_invitation
from maskwright.organizations.services.membership import change_member
from tests.factories.admin_client import submit
from tests.factories.jobs import make_team
from tests.plugins.cast import Company
from workforce.models import PersonSkill, TeamMember

FILE = "/api/v1/organizations/current/invitations/csv"
PREVIEW = f"{FILE}/preview"
PAGE = "/manage/organizations/invitation/file/"


@pytest.fixture(autouse=True)
def _no_attempts_before() -> None:
    cache.clear()


def _send(company: Company, text: str, url: str = FILE, who: str = "manager") -> Any:
    return company.client(who).post(url, {"csv": text}, content_type="application/json")


def _invited(company: Company) -> list[str]:
    return list(Invitation.objects.filter(organization_id=company.id, revoked_at=None).values_list("email", flat=True))


GOOD = (
    "\ufeffE-mail;Name;Role;Teams;Skills\n"
    "ada@example.com;Ada L.;Reviewer;streets|Parks;Roads: 80|trees\n"
    "\n"
    "grace@example.com\n"
)


def test_a_file_is_understood_and_shown_before_anything_is_made(acme: Company) -> None:
    teams = [str(make_team(acme, [], name).pk) for name in ("Streets", "Parks")]
    ada, grace = _send(acme, GOOD, PREVIEW).json()["people"]
    assert ada == {
        "line": 2,
        "name": "Ada L.",
        "email": "ada@example.com",
        "role": "reviewer",
        "work_teams": teams,
        "skills": [{"name": "Roads", "level": 80}, {"name": "trees", "level": 100}],
        "replaces": False,
    }
    assert (grace["line"], grace["role"], grace["work_teams"], grace["skills"]) == (4, "labeler", [], [])
    assert _invited(acme) == []


def test_the_person_joins_with_name_role_teams_and_skills(acme: Company) -> None:
    team = make_team(acme, [], "Streets")
    make_team(acme, [], "Parks")
    made = _send(acme, GOOD).json()["invitations"]
    assert [one["email"] for one in made] == ["ada@example.com", "grace@example.com"]
    path, client = f"/invitations/{made[0]['link'].split('/invitations/')[1]}", Client()
    form = client.get(path).context["form"]
    assert (form["display_name"].value(), form["email"].value()) == ("Ada L.", "ada@example.com")
    new = {
        "username": "ada",
        "display_name": "Ada L.",
        "password1": "quite a long one",
        "password2": "quite a long one",
    }
    assert client.post(path, new).status_code == 302
    with organization_scope(acme.id):
        membership = Membership.objects.get(user__username="ada")
        assert membership.role == "reviewer"
        assert TeamMember.objects.filter(user=membership.user, work_team=team).exists()
        assert {(one.name, one.level) for one in PersonSkill.objects.filter(user=membership.user)} == {
            ("Roads", 80),
            ("trees", 100),
        }


def test_every_violation_is_told_with_its_line_and_nothing_is_made(acme: Company) -> None:
    make_team(acme, [], "Streets")
    with organization_scope(acme.id):
        gone = Membership.objects.get(user=acme.people["labeler3"])
        change_member(membership_id=gone.pk, is_active=False)
    text = (
        "name,email,role,teams,skills\n"
        "Good,good@example.com,labeler,Streets,\n"
        f"{'x' * 101},no-address,king,Nowhere,roads:101\n"
        "Twice,GOOD@example.com,,,\n"
        "Own,labeler@acme.example,,,\n"
        "Gone,labeler3@acme.example,,,\n"
        "Boss,boss@example.com,owner,,\n"
        "Auditor,auditor2@example.com,auditor,Streets,a|A\n"
        "Wide,wide@example.com,,,,more\n"
    )
    for url in (PREVIEW, FILE):
        answer = _send(acme, text, url)
        assert answer.status_code == 422
        found = {(field["path"], field["code"]) for field in answer.json()["fields"]}
        assert found == {
            ("line.3.name", "length"),
            ("line.3.email", "not_an_address"),
            ("line.3.role", "unknown"),
            ("line.3.teams", "not_found"),
            ("line.3.skills", "skill"),
            ("line.4.email", "twice"),
            ("line.5.email", "member"),
            ("line.6.email", "member"),
            ("line.7.role", "not_allowed"),
            ("line.8.teams", "role"),
            ("line.8.skills", "skills"),
            ("line.9.columns", "columns"),
        }
    assert _invited(acme) == []


@pytest.mark.parametrize(
    ("text", "path", "code"),
    [
        ("name,role\nA,labeler\n", "line.1", "columns"),
        ("email,email\na@example.com,b@example.com\n", "line.1", "columns"),
        ("email,shoe size\na@example.com,43\n", "line.1", "columns"),
        ("email\n\n", "csv", "empty"),
        ("email\n" + "".join(f"p{n}@example.com\n" for n in range(1001)), "line.1002", "too_many"),
        ('email\n"a@example.com\n' + "x" * 140_000, "line.2", "unreadable"),
    ],
)
def test_a_file_that_is_no_such_table_says_what_it_should_be(acme: Company, text: str, path: str, code: str) -> None:
    [field] = _send(acme, text, PREVIEW).json()["fields"]
    assert (field["path"].rpartition(".")[0] if code == "unreadable" else field["path"], field["code"]) == (
        path.rpartition(".")[0] if code == "unreadable" else path,
        code,
    )


def test_an_open_invitation_of_the_same_address_is_replaced(acme: Company) -> None:
    with organization_scope(acme.id):
        before, _ = create_invitation(role="labeler", created_by=None, email="ada@example.com")
    assert _send(acme, "email\nADA@example.com\n", PREVIEW).json()["people"][0]["replaces"] is True
    _send(acme, "email\nADA@example.com\n")
    assert Invitation.objects.get(pk=before.pk).revoked_at is not None
    assert _invited(acme) == ["ADA@example.com"]


def test_only_who_may_invite_is_answered(acme: Company) -> None:
    for url in (PREVIEW, FILE):
        assert _send(acme, "email\na@example.com\n", url, "reviewer").status_code == 403


def test_the_managers_page_shows_first_and_sends_then(acme: Company) -> None:
    browser = acme.browser("manager")
    wrong = submit(browser, PAGE, csv="email\nno-address\n")
    assert "Line 2, e-mail: That is no e-mail address." in wrong.content.decode()
    shown = submit(browser, PAGE, csv="email,name\nada@example.com,Ada\n")
    assert "Invite 1 person?" in shown.content.decode() and _invited(acme) == []
    token = browser.cookies["csrftoken"].value
    data = {"csv": shown.context["csv"], "days": shown.context["days"], "step": "send", "csrfmiddlewaretoken": token}
    made = browser.post(PAGE, data)
    assert "/invitations/" in made.content.decode()
    assert _invited(acme) == ["ada@example.com"]
    assert acme.browser("reviewer").get(PAGE).status_code == 403
