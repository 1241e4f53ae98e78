"""A page that was opened under one organization saves nothing into another, which a second tab switched to."""

import re

import pytest
from django.test import Client

from maskwright.core.scope import organization_scope
from maskwright.organizations.services.membership import add_member
from tests.plugins.cast import Company
from workforce.models import WorkTeam

ADD = "/manage/workforce/workteam/add/"


@pytest.fixture
def browser(acme: Company, initech: Company) -> Client:
    """Acme's manager, who is a manager of Initech, too."""
    with organization_scope(initech.id):
        add_member(user=acme.people["manager"], role="manager")
    browser = acme.browser("manager")
    browser.handler.enforce_csrf_checks = False
    return browser


def switch(browser: Client, to: Company) -> None:
    answer = browser.post("/organizations/choose/", {"organization": str(to.id)})
    assert answer.status_code == 302


def teams(company: Company) -> list[str]:
    with organization_scope(company.id):
        return list(WorkTeam.objects.values_list("name", flat=True))


def hidden(browser: Client) -> str:
    page = browser.get(ADD).content.decode()
    found = re.search(r'name="opened_under" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_form_opened_before_the_switch_saves_nothing(browser: Client, acme: Company, initech: Company) -> None:
    field = hidden(browser)
    switch(browser, initech)
    answer = browser.post(ADD, {"name": "secret team", "opened_under": field})
    assert answer.status_code == 409
    assert "Switch back to Acme Vision" in answer.content.decode()
    assert (teams(acme), teams(initech)) == ([], [])
    switch(browser, acme)
    assert browser.post(ADD, {"name": "secret team", "opened_under": field}).status_code == 302
    assert (teams(acme), teams(initech)) == (["secret team"], [])


def test_a_script_of_the_page_is_refused_too(browser: Client, acme: Company, initech: Company) -> None:
    ours = {"X-Organization": str(acme.id)}
    body = {"name": "by script", "users": []}
    switch(browser, initech)
    answer = browser.post("/api/v1/teams", body, content_type="application/json", headers=ours)
    assert (answer.status_code, answer.json()["code"]) == (409, "organization_changed")
    assert "Initech" in answer.json()["message"]
    assert browser.get("/api/v1/teams", headers=ours).status_code == 409
    assert teams(initech) == []
    theirs = {"X-Organization": str(initech.id)}
    assert browser.post("/api/v1/teams", body, content_type="application/json", headers=theirs).status_code == 201


def test_a_page_says_where_it_was_opened(browser: Client, acme: Company) -> None:
    for address in (ADD, "/work/"):
        assert f'<meta name="organization" content="{acme.id}">' in browser.get(address).content.decode()


def test_a_stranger_organization_is_not_named(browser: Client, globex: Company) -> None:
    answer = browser.post(ADD, {"name": "x", "opened_under": str(globex.id)})
    assert answer.status_code == 409
    assert "Globex" not in answer.content.decode()
