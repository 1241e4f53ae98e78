"""`manage.py create_organization`."""

import sys
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from maskwright.accounts.models import User
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Membership, Organization
from tests.plugins.cast import Company


def _create(name: str, username: str, **options: Any) -> str:
    said = StringIO()
    call_command("create_organization", name, owner_username=username, stdout=said, **options)
    return said.getvalue()


def _role(name: str, username: str) -> str:
    with organization_scope(Organization.objects.get(name=name).pk):
        return str(Membership.objects.get(user__username=username).role)


def test_a_new_owner_gets_a_link_to_choose_a_password(db: None) -> None:
    said = _create("Hooli", "gavin", owner_email="gavin@hooli.example")
    assert "Made the organization Hooli" in said
    assert _role("Hooli", "gavin") == "owner"
    path = said.split()[-1].split("/", 3)[3]
    browser = Client()
    form = browser.get(f"/{path}", follow=True)
    given = {"password1": "a new long password", "password2": "a new long password"}
    assert browser.post(form.redirect_chain[-1][0], given).status_code == 302
    signed_in = browser.post("/accounts/login/", {"login": "gavin", "password": "a new long password"})
    assert signed_in.status_code == 302
    assert browser.get("/api/v1/organizations/current").json()["role"] == "owner"


def test_who_let_the_link_run_out_gets_another(db: None) -> None:
    first = _create("Hooli", "gavin").split()[-1]
    said = StringIO()
    call_command("password_link", "gavin", stdout=said)
    link = said.getvalue().split()[-1]
    assert "gavin sets a password here" in said.getvalue() and link.startswith(first.rpartition("/key/")[0])
    assert Client().get(f"/{link.split('/', 3)[3]}").status_code == 302
    with pytest.raises(CommandError, match="no account named gaven"):
        call_command("password_link", "gaven")
    User.objects.filter(username="gavin").update(is_active=False)
    with pytest.raises(CommandError, match="switched off"):
        call_command("password_link", "gavin")


def test_a_password_can_come_by_standard_input(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("a good long password\n"))
    said = _create("Hooli", "gavin", vendor=True, password_stdin=True)
    assert "/accounts/login/" in said and "a good long" not in said
    assert User.objects.get(username="gavin").check_password("a good long password")
    assert Organization.objects.get(name="Hooli").is_vendor


def test_an_account_that_exists_becomes_owner_and_keeps_its_password(acme: Company) -> None:
    said = _create("Hooli", "acme-owner")
    assert "keeps its password" in said and "/accounts/" not in said
    assert _role("Hooli", "acme-owner") == "owner"
    assert acme.people["owner"].check_password("correct horse battery")


@pytest.mark.parametrize(
    ("name", "username", "words"),
    [
        ("acme vision", "gavin", "is an organization named"),
        ("Hooli", "no spaces", "valid username"),
        (" ", "gavin", "name"),
    ],
)
def test_what_cannot_be_made_is_said_and_leaves_nothing(acme: Company, name: str, username: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        _create(name, username)
    assert Organization.objects.count() == 1
    assert not User.objects.filter(username=username).exists()


def test_nobodys_password_is_changed(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("a good long password\n"))
    with pytest.raises(CommandError, match="keeps its own"):
        _create("Hooli", "acme-owner", password_stdin=True)
    assert not Organization.objects.filter(name="Hooli").exists()
