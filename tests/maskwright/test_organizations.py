"""Choosing the organization one acts in."""

import pytest
from django.test import Client

from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Membership
from maskwright.organizations.services.membership import add_member
from tests.plugins.cast import Company

CHOOSE = "/organizations/choose/"


def _in_both(acme: Company, initech: Company) -> Client:
    """Acme's labeler, who is a reviewer of Initech as well, signed in and not yet anywhere."""
    with organization_scope(initech.id):
        add_member(user=acme.people["labeler"], role="reviewer")
    client = Client()
    client.force_login(acme.people["labeler"])
    return client


def test_strangers_sign_in_first(acme: Company) -> None:
    assert Client().get(CHOOSE).headers["Location"].startswith("/accounts/login/?next=")


def test_who_is_in_two_organizations_chooses_and_can_switch(acme: Company, initech: Company) -> None:
    client = _in_both(acme, initech)
    assert client.get("/").headers["Location"] == CHOOSE
    page = client.get(CHOOSE).content.decode()
    assert "Acme Vision" in page and "Initech" in page
    for company, role in ((acme, "labeler"), (initech, "reviewer")):
        assert client.post(CHOOSE, {"organization": str(company.id)}).headers["Location"] == "/"
        body = client.get("/api/v1/organizations/current").json()
        assert (body["name"], body["role"]) == (company.organization.name, role)


def test_who_is_in_one_organization_needs_not_choose(acme: Company) -> None:
    client = Client()
    client.force_login(acme.people["labeler"])
    assert client.get("/").headers["Location"] == "/work/"


def test_nobody_enters_where_he_is_no_member(acme: Company, initech: Company) -> None:
    client = _in_both(acme, initech)
    client.post(CHOOSE, {"organization": str(acme.id)})
    with organization_scope(initech.id):
        Membership.objects.filter(user=acme.people["labeler"]).update(is_active=False)
    refused = client.post(CHOOSE, {"organization": str(initech.id)})
    assert "no member of that organization" in refused.content.decode()
    assert client.get("/api/v1/organizations/current").json()["name"] == "Acme Vision"


def test_a_membership_that_ends_ends_the_session_in_it(acme: Company) -> None:
    browser = acme.browser("labeler")
    assert browser.get("/api/v1/organizations/current").status_code == 200
    with organization_scope(acme.id):
        Membership.objects.filter(user=acme.people["labeler"]).update(is_active=False)
    assert browser.get("/api/v1/organizations/current").status_code == 403
    assert "belong to no organization" in browser.get(CHOOSE).content.decode()


@pytest.mark.parametrize(
    ("given", "used"),
    [("/manage/", "/manage/"), ("https://evil.example/", "/"), ("//evil.example/", "/"), ("javascript:alert(1)", "/")],
)
def test_one_goes_on_to_an_address_of_ours_only(acme: Company, initech: Company, given: str, used: str) -> None:
    client = _in_both(acme, initech)
    answer = client.post(CHOOSE, {"organization": str(acme.id), "next": given})
    assert answer.headers["Location"] == used


def test_a_choice_needs_the_csrf_token(acme: Company) -> None:
    assert acme.browser("labeler").post(CHOOSE, {"organization": str(acme.id)}).status_code == 403


def test_a_deactivated_organization_lets_nobody_in(acme: Company) -> None:
    type(acme.organization).objects.filter(pk=acme.id).update(is_active=False)
    assert acme.client("owner").get("/api/v1/organizations/current").status_code == 401
    client = Client()
    client.force_login(acme.people["labeler"])
    assert "belong to no organization" in client.get(CHOOSE).content.decode()
