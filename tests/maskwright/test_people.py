"""An organization's members, invitations and tokens by the console's API."""

import re
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.db import connection
from django.test import Client

from maskwright.accounts.models import User
from maskwright.core.errors import Conflict, DomainError
from maskwright.core.models import OutboxMessage
from maskwright.core.outbox import run
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Membership
from maskwright.organizations.permissions import ROLE_PERMISSIONS
from maskwright.organizations.services.membership import add_member, change_member
from tests.factories.jobs import make_job, make_team
from tests.factories.work import act, claim
from tests.plugins.cast import Company
from workforce.models import TeamMember

HERE = "/api/v1/organizations/current"


def _post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(path, body or {}, content_type="application/json")


def _patch(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.patch(path, body, content_type="application/json")


def _member(company: Company, who: str) -> Membership:
    with organization_scope(company.id):
        return Membership.objects.get(user=company.people[who])


# --- the acting organization -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["owner", "manager", "reviewer", "labeler", "auditor"])
def test_everybody_reads_where_he_is_and_what_he_may_do(acme: Company, who: str) -> None:
    body = acme.client(who).get(HERE).json()
    assert (body["name"], body["role"], body["username"]) == ("Acme Vision", who, f"acme-{who}")
    assert re.fullmatch(r"\d{12}", body["account_id"])
    assert {one["code"] for one in body["permissions"]} == set(ROLE_PERMISSIONS[who])
    assert all(" " in one["description"] for one in body["permissions"])


def test_without_sign_in_nothing_is_told(acme: Company) -> None:
    answer = Client().get(HERE)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


# --- members ---------------------------------------------------------------------------------------------------------
def test_a_manager_lists_and_changes_members(acme: Company) -> None:
    manager = acme.client("manager")
    listed = manager.get(f"{HERE}/members").json()
    assert listed["count"] == 7
    assert listed["results"][0]["username"] == "acme-auditor"
    changed = _patch(manager, f"{HERE}/members/{_member(acme, 'labeler').pk}", {"role": "reviewer"})
    assert (changed.status_code, changed.json()["role"]) == (200, "reviewer")


@pytest.mark.parametrize("who", ["reviewer", "labeler", "auditor"])
def test_others_change_nobody(acme: Company, who: str) -> None:
    client, member = acme.client(who), _member(acme, "labeler2")
    assert client.get(f"{HERE}/members").status_code == 403
    assert _patch(client, f"{HERE}/members/{member.pk}", {"role": "manager"}).status_code == 403
    assert client.delete(f"{HERE}/members/{member.pk}").status_code == 403


def test_a_manager_cannot_raise_himself_nor_touch_an_owner(acme: Company) -> None:
    manager, owner = acme.client("manager"), _member(acme, "owner")
    itself = _member(acme, "manager")
    assert _patch(manager, f"{HERE}/members/{itself.pk}", {"role": "owner"}).status_code == 403
    assert _patch(manager, f"{HERE}/members/{owner.pk}", {"role": "labeler"}).status_code == 403
    assert manager.delete(f"{HERE}/members/{owner.pk}").status_code == 403
    assert _post(manager, f"{HERE}/members/{owner.pk}/password-link").status_code == 403
    assert _member(acme, "manager").role == "manager"


def test_an_owner_makes_another_owner_and_then_may_go(acme: Company) -> None:
    owner = acme.client("owner")
    itself, manager = _member(acme, "owner"), _member(acme, "manager")
    last = owner.delete(f"{HERE}/members/{itself.pk}")
    assert (last.status_code, last.json()["code"]) == (409, "conflict")
    assert _patch(owner, f"{HERE}/members/{manager.pk}", {"role": "owner"}).status_code == 200
    assert owner.delete(f"{HERE}/members/{itself.pk}").status_code == 204


def test_two_owners_cannot_end_each_other_at_once(committed: None, acme: Company) -> None:
    owner = _member(acme, "owner")
    with organization_scope(acme.id):
        second = change_member(membership_id=_member(acme, "manager").pk, role="owner")
    refused: list[DomainError] = []

    def end(membership: Membership) -> None:
        try:
            with organization_scope(acme.id):
                change_member(membership_id=membership.pk, is_active=False)
        except Conflict as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=end, args=(one,)) for one in (owner, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    with organization_scope(acme.id):
        assert Membership.objects.filter(role="owner", is_active=True).count() == 1


def test_who_is_removed_loses_token_team_and_claim_at_once(acme: Company) -> None:
    made = make_job(acme, objects=1, labelers=1)
    labeler = acme.client("labeler")
    assert claim(labeler).status_code == 201
    assert acme.client("manager").delete(f"{HERE}/members/{_member(acme, 'labeler').pk}").status_code == 204
    assert labeler.get(HERE).status_code == 401
    with organization_scope(acme.id):
        assert not TeamMember.objects.filter(work_team=made.team, user=acme.people["labeler"]).exists()
    assert claim(acme.client("labeler2")).status_code == 201


def test_who_comes_back_gets_no_old_token_back(acme: Company) -> None:
    member = _member(acme, "labeler")
    manager = acme.client("manager")
    manager.delete(f"{HERE}/members/{member.pk}")
    assert _patch(manager, f"{HERE}/members/{member.pk}", {"is_active": True}).status_code == 200
    assert acme.client("labeler").get(HERE).status_code == 401


def test_a_role_that_labels_no_more_ends_claims_and_team(acme: Company) -> None:
    made = make_job(acme)
    labeler = acme.client("labeler")
    assignment = claim(labeler).json()
    _patch(acme.client("manager"), f"{HERE}/members/{_member(acme, 'labeler').pk}", {"role": "auditor"})
    assert act(labeler, assignment, "heartbeat").status_code in (403, 409)
    with organization_scope(acme.id):
        assert not TeamMember.objects.filter(work_team=made.team, user=acme.people["labeler"]).exists()


def test_another_tenants_member_does_not_exist(acme: Company, initech: Company) -> None:
    member = _member(acme, "labeler")
    stranger = initech.client("owner")
    assert _patch(stranger, f"{HERE}/members/{member.pk}", {"role": "manager"}).status_code == 404
    assert stranger.delete(f"{HERE}/members/{member.pk}").status_code == 404
    assert _post(stranger, f"{HERE}/members/{member.pk}/password-link").status_code == 404


# --- password links --------------------------------------------------------------------------------------------------
def test_a_managers_link_sets_a_password_once(acme: Company) -> None:
    answer = _post(acme.client("manager"), f"{HERE}/members/{_member(acme, 'labeler').pk}/password-link")
    assert answer.status_code == 201
    path = "/" + answer.json()["url"].split("/", 3)[3]
    browser = Client()
    form = browser.get(path, follow=True)
    set_password = form.redirect_chain[-1][0]
    given = {"password1": "a new long password", "password2": "a new long password"}
    assert browser.post(set_password, given).status_code == 302
    login = {"login": "acme-labeler", "password": "a new long password"}
    assert Client().post("/accounts/login/", login).status_code == 302
    again = Client().get(path, follow=True)
    assert "no longer works" in again.content.decode()


def test_a_link_is_over_after_a_day(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:

    answer = _post(acme.client("manager"), f"{HERE}/members/{_member(acme, 'labeler').pk}/password-link")
    path = "/" + answer.json()["url"].split("/", 3)[3]
    assert Client().get(path).status_code == 302
    later = datetime.now() + timedelta(hours=24, minutes=1)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)
    assert "no longer works" in Client().get(path).content.decode()


def test_no_manager_takes_over_an_account_used_elsewhere(acme: Company, initech: Company) -> None:
    shared = acme.people["labeler"]
    with organization_scope(initech.id):
        add_member(user=shared, role="owner")
    answer = _post(acme.client("owner"), f"{HERE}/members/{_member(acme, 'labeler').pk}/password-link")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "Initech" not in answer.content.decode()


def test_no_manager_takes_over_the_operator(acme: Company) -> None:
    User.objects.filter(pk=acme.people["labeler"].pk).update(is_superuser=True)
    answer = _post(acme.client("owner"), f"{HERE}/members/{_member(acme, 'labeler').pk}/password-link")
    assert answer.status_code == 403


# --- invitations -----------------------------------------------------------------------------------------------------
def test_an_invitations_link_is_shown_once(acme: Company) -> None:
    manager = acme.client("manager")
    made = _post(manager, f"{HERE}/invitations", {"role": "labeler", "seats": 3})
    assert made.status_code == 201
    secret = made.json()["link"].rstrip("/").rsplit("/", 1)[1]
    listed = manager.get(f"{HERE}/invitations")
    assert listed.json()["results"][0]["seats"] == 3
    assert secret not in listed.content.decode()
    assert acme.client("labeler").get(f"{HERE}/invitations").status_code == 403


def test_all_problems_of_an_invitation_come_at_once(acme: Company) -> None:
    body = {"role": "king", "seats": 0, "days": 400, "email": "nobody"}
    answer = _post(acme.client("manager"), f"{HERE}/invitations", body)
    assert answer.status_code == 422
    assert {one["path"] for one in answer.json()["fields"]} == {"role", "seats", "days", "email"}


def test_only_owners_invite_owners(acme: Company) -> None:
    for who, status in (("manager", 403), ("owner", 201)):
        assert _post(acme.client(who), f"{HERE}/invitations", {"role": "owner"}).status_code == status


def test_a_revoked_invitation_is_gone_and_anothers_cannot_be_revoked(acme: Company, initech: Company) -> None:
    manager = acme.client("manager")
    made = _post(manager, f"{HERE}/invitations", {"role": "labeler"}).json()
    path = f"{HERE}/invitations/{made['id']}"
    assert initech.client("owner").delete(path).status_code == 404
    assert manager.delete(path).status_code == 204
    assert manager.get(f"{HERE}/invitations").json()["count"] == 0
    assert Client().get("/" + made["link"].split("/", 3)[3]).status_code == 404


def test_an_invitation_takes_the_organizations_own_teams_only(acme: Company, globex: Company) -> None:
    foreign, mine = make_team(globex, []), make_team(acme, [])
    manager = acme.client("manager")
    for team, status in ((foreign, 422), (mine, 201)):
        body = {"role": "labeler", "work_team": str(team.pk)}
        assert _post(manager, f"{HERE}/invitations", body).status_code == status


def test_a_mailed_invitation_carries_the_same_link(committed: None, acme: Company, settings: Any) -> None:
    settings.EMAIL_CONFIGURED = True
    made = _post(acme.client("manager"), f"{HERE}/invitations", {"role": "labeler", "email": "new@acme.example"})
    with organization_scope(acme.id):
        message = OutboxMessage.objects.get(topic="invitation.mail")
    assert set(message.payload) == {"invitation_id"}
    assert run(message.pk, acme.id, "invitation.mail")
    [sent] = mail.outbox
    assert sent.to == ["new@acme.example"] and made.json()["link"] in sent.body


def test_without_a_mail_server_nothing_waits_to_be_sent(acme: Company) -> None:
    _post(acme.client("manager"), f"{HERE}/invitations", {"role": "labeler", "email": "new@acme.example"})
    with organization_scope(acme.id):
        assert not OutboxMessage.objects.filter(topic="invitation.mail").exists()


# --- one's own tokens ------------------------------------------------------------------------------------------------
