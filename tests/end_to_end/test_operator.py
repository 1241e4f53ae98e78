"""From an empty installation to a labeler at work: the operator's, the owner's and the newcomer's pages."""

import re
import uuid

from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.browser import Person
from tests.end_to_end.stack import Stack


def test_an_organization_its_owner_and_somebody_who_joins(
    stack: Stack, browser: Browser, operator_account: dict[str, str]
) -> None:
    mark = uuid.uuid4().hex[:6]
    people = [Person(browser, stack.address, account) for account in (operator_account, {}, {})]
    operator, owner, newcomer = people
    try:
        operator.sign_in()
        link = make_organization(operator.page, f"Initech {mark}", f"owner-{mark}")
        choose_password(owner.page, link)
        owner.account = {"username": f"owner-{mark}", "password": PASSWORD}
        owner.sign_in()
        expect(owner.page.get_by_text(f"Initech {mark}").first).to_be_visible()
        team = make_team(owner.page, "night shift")
        invitation = invite(owner.page, team)
        join(newcomer.page, invitation, f"newcomer-{mark}", f"Initech {mark}")
        # The link worked once; the owner sees who came, in the team he was invited to.
        stranger = browser.new_page()
        stranger.goto(invitation)
        expect(stranger.get_by_text("This invitation no longer works")).to_be_visible()
        stranger.close()
        owner.page.goto("/manage/workforce/workteam/")
        owner.page.get_by_role("link", name=team).click()
        expect(owner.page.get_by_text("1 of 2 selected")).to_be_visible()
        expect(owner.page.get_by_role("checkbox", checked=True)).to_have_count(1)
        # Nobody but the operator has the operator's pages.
        answer = owner.page.goto("/operator/")
        assert answer is not None and answer.status == 403
        assert [error for person in people for error in person.errors] == []
    finally:
        for person in people:
            person.close()


PASSWORD = "correct horse battery staple"


def make_organization(page: Page, name: str, owner: str) -> str:
    """The link for the owner's first password."""
    page.goto("/operator/organizations/organization/add/")
    page.locator("#id_name").fill(name)
    page.locator("#id_owner_username").fill(owner)
    page.locator("[name=_save]").click()
    message = page.get_by_text("Hand this link to the owner")
    expect(message).to_be_visible()
    found = re.search(r"http\S+", message.inner_text())
    assert found, message.inner_text()
    return found[0]


def choose_password(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_role("heading", name="Password changed")).to_be_visible()


def make_team(page: Page, name: str) -> str:
    page.goto("/manage/workforce/workteam/add/")
    page.locator("#id_name").fill(name)
    page.locator(".manage-submit button").click()
    page.wait_for_load_state()
    return name


def invite(page: Page, team: str) -> str:
    page.goto("/manage/organizations/invitation/add/")
    page.locator("#id_role").get_by_label("labeler").check()
    page.locator("#id_work_teams").get_by_label(team).check()
    page.locator(".manage-submit button").click()
    expect(page.get_by_role("heading", name="The link is ready")).to_be_visible()
    return page.locator("mw-copy input").input_value()


def join(page: Page, link: str, username: str, organization: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", name=f"Join {organization}")).to_be_visible()
    page.locator("[name=username]").fill(username)
    page.locator("[name=display_name]").fill("New Comer")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name=f"Join {organization}").click()
    page.wait_for_url("**/work/")
