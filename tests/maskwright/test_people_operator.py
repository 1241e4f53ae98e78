"""The operator's pages: organizations, owners and accounts; nothing of what organizations own."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from maskwright.accounts.models import User
from maskwright.core.scope import organization_scope
from maskwright.organizations.admin_sites import operator_site
from maskwright.organizations.models import Membership, Organization
from maskwright.organizations.services.membership import add_member
from tests.factories.jobs import make_job
from tests.factories.work import act, claim
from tests.plugins.cast import PASSWORD, Company

ORGANIZATIONS, USERS = "/operator/organizations/organization/", "/operator/accounts/user/"


@pytest.fixture
def operator(db: None) -> Client:
    user = User.objects.create_superuser("the-operator", "operator@here.example", PASSWORD)
    client = Client()
    client.force_login(user)
    return client


def _pages() -> list[str]:
    return ["/operator/", ORGANIZATIONS, f"{ORGANIZATIONS}add/", USERS, f"{USERS}add/"]


@pytest.mark.parametrize("path", _pages())
def test_only_the_operator_gets_in(acme: Company, operator: Client, path: str) -> None:
    assert operator.get(path).status_code == 200
    assert acme.browser("owner").get(path).status_code == 403
    assert acme.client("owner").get(path).status_code == 302  # a token is no sign-in here
    stranger = Client().get(path)
    assert stranger.headers["Location"].startswith("/accounts/login/?next=")


def test_the_operator_signs_in_where_everybody_does(operator: Client) -> None:
    assert operator.get("/operator/login/").status_code == 302
    answer = Client().post("/operator/login/", {"username": "the-operator", "password": PASSWORD})
    assert answer.status_code == 302 and "sessionid" not in answer.cookies


def test_an_operator_in_no_organization_starts_at_his_pages(operator: Client) -> None:
    assert operator.get("/").headers["Location"] == "/operator/"


def test_nothing_of_tenants_is_registered() -> None:
    assert {model.__name__ for model in operator_site._registry} == {"Organization", "User"}


def test_a_new_organization_has_an_owner_who_gets_a_link(operator: Client) -> None:
    given = {"name": "Hooli", "is_vendor": "on", "owner_username": "gavin", "owner_email": "gavin@hooli.example"}
    answer = operator.post(f"{ORGANIZATIONS}add/", given)
    assert answer.status_code == 302
    hooli = Organization.objects.get(name="Hooli")
    assert hooli.is_vendor and len(hooli.account_id) == 12
    with organization_scope(hooli.pk):
        assert Membership.objects.get().role == "owner"
    said = " ".join(str(message) for message in get_messages(answer.wsgi_request))
    link = re.search(r"/accounts/password/reset/key/\S+", said)
    assert link and Client().get(link[0]).status_code == 302


def test_an_owner_whose_link_ran_out_gets_a_new_one_from_the_organizations_page(operator: Client) -> None:
    operator.post(f"{ORGANIZATIONS}add/", {"name": "Hooli", "owner_username": "gavin"})
    page = operator.get(f"{ORGANIZATIONS}{Organization.objects.get(name='Hooli').pk}/change/").content.decode()
    [action] = re.findall(r'formaction="([^"]+)"', page)
    assert action == f"{USERS}{User.objects.get(username='gavin').pk}/password-link/"
    link = re.search(r"/accounts/password/reset/key/[^\"]+", operator.post(action).content.decode())
    assert link and Client().get(link[0]).status_code == 302


def test_what_cannot_be_made_is_said(acme: Company, operator: Client) -> None:
    taken = operator.post(f"{ORGANIZATIONS}add/", {"name": "ACME vision", "owner_username": "gavin"})
    assert "organization with this name already" in taken.content.decode()
    operator.post(f"{ORGANIZATIONS}add/", {"name": "Hooli", "owner_username": "no spaces"}, follow=True)
    assert not Organization.objects.filter(name="Hooli").exists()


def test_deactivating_an_organization_ends_its_work_and_activating_brings_it_back(
    acme: Company, operator: Client
) -> None:
    make_job(acme)
    labeler = acme.client("labeler")
    assignment = claim(labeler).json()
    page = f"{ORGANIZATIONS}{acme.id}/change/"
    assert "acme-owner" in operator.get(page).content.decode()
    assert operator.post(page, {"name": "Acme Vision"}).status_code == 302
    assert claim(labeler).status_code == 401
    assert operator.post(page, {"name": "Acme Vision", "is_active": "on"}).status_code == 302
    assert act(labeler, assignment, "heartbeat").json()["code"] == "lease_lost"
    assert claim(labeler).status_code == 201


def test_nothing_is_deleted(acme: Company, operator: Client) -> None:
    for path in (f"{ORGANIZATIONS}{acme.id}/delete/", f"{USERS}{acme.people['owner'].pk}/delete/"):
        assert operator.post(path, {"post": "yes"}).status_code == 403


def test_an_account_made_here_gets_in_by_a_link_only(operator: Client) -> None:
    given = {"username": "newcomer", "display_name": "New", "email": "new@here.example", "is_superuser": "on"}
    assert operator.post(f"{USERS}add/", given).status_code == 302
    user = User.objects.get(username="newcomer")
    assert not user.is_superuser and not user.is_staff and not user.has_usable_password()
    page = operator.post(f"{USERS}{user.pk}/password-link/")
    link = re.search(r"/accounts/password/reset/key/[^\"]+", page.content.decode())
    assert link and Client().get(link[0]).status_code == 302


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "groups", "user_permissions", "password"])
def test_no_form_gives_away_the_installation(acme: Company, operator: Client, field: str) -> None:
    labeler = acme.people["labeler"]
    page = f"{USERS}{labeler.pk}/change/"
    given = {"username": labeler.username, "display_name": "", "email": labeler.email, "is_active": "on", field: "1"}
    assert operator.post(page, given).status_code == 302
    labeler.refresh_from_db()
    assert (labeler.is_superuser, labeler.is_staff) == (False, False)
    assert labeler.check_password(PASSWORD) and not labeler.user_permissions.exists()


def test_a_deactivated_account_ends_everywhere_at_once(acme: Company, initech: Company, operator: Client) -> None:
    labeler = acme.people["labeler"]
    with organization_scope(initech.id):
        add_member(user=labeler, role="manager")
    make_job(acme, objects=1, labelers=1)
    assert claim(acme.client("labeler")).status_code == 201
    browser = acme.browser("labeler")
    page = f"{USERS}{labeler.pk}/change/"
    assert "Acme Vision, Initech" in operator.get(page).content.decode()
    without_the_tick = {"username": labeler.username, "display_name": "", "email": labeler.email}
    assert operator.post(page, without_the_tick).status_code == 302
    assert acme.client("labeler").get("/api/v1/organizations/current").status_code == 401
    assert claim(acme.client("labeler2")).status_code == 201
    assert browser.get("/api/v1/organizations/current").status_code == 401


def test_a_link_is_made_by_a_press_only(acme: Company, operator: Client) -> None:
    path = f"{USERS}{acme.people['owner'].pk}/password-link/"
    assert operator.get(path).status_code == 405
    assert acme.browser("owner").post(path).status_code == 403


def test_no_row_of_a_tenant_can_be_looked_up_by_its_id(acme: Company, operator: Client) -> None:
    made = make_job(acme)
    answers: list[Any] = [operator.get(f"/operator/r/{number}/{made.id}/") for number in range(1, 60)]
    assert {answer.status_code for answer in answers} <= {404, 302}
    assert not any(made.job.name in answer.content.decode() for answer in answers)
