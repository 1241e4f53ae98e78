"""One person in two organizations, one browser with several tabs: nothing is done for the wrong one."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, expect

NOTHING_SAVED = "Nothing was saved"


def invitation_of(cast: Any, role: str = "manager") -> str:
    made = cast.client("manager").post("organizations/current/invitations", {"role": role})
    return str(made["link"])


def teams(cast: Any) -> list[str]:
    return [one["name"] for one in cast.client("manager").get("teams")["results"]]


def begin_team(page: Page, name: str) -> None:
    page.goto("/manage/workforce/workteam/add/")
    page.locator("#id_name").fill(name)


def save(page: Page) -> None:
    page.locator(".manage-submit button").click()


def test_a_tab_of_the_other_organization_says_so_and_saves_nothing(
    make_cast: Callable[..., Any], browser: Browser
) -> None:
    acme, globex = make_cast(labelers=0), make_cast(labelers=0, company="Globex", is_vendor=True)
    person = acme.at_browser(browser, "manager")
    person.sign_in()
    first, second = person.page, person.open_tab()
    begin_team(first, "night shift")
    second.goto(invitation_of(globex))
    expect(second.get_by_text(f"You are signed in as {person.account['username']}")).to_be_visible()
    second.get_by_role("button", name=f"Join {globex.organization}").click()

    # The first tab hears of it; what was typed there is kept and saved once he has switched back.
    warning = first.get_by_role("alert")
    expect(warning).to_contain_text(f"You switched to {globex.organization} in another tab")
    second.wait_for_url("**/manage/")
    begin_team(second, "for nobody")
    expect(second.get_by_role("alert")).to_have_count(0)
    warning.get_by_role("button", name=f"Switch back to {acme.organization}").click()
    expect(warning).to_have_count(0)
    expect(second.get_by_role("alert")).to_contain_text(f"This page belongs to {globex.organization}")
    save(first)
    first.wait_for_url(lambda url: "/add/" not in url)
    assert (teams(acme), teams(globex)) == (["night shift"], [])

    # Who presses the button all the same is refused by the server.
    second.get_by_role("alert").evaluate("one => one.remove()")
    save(second)
    expect(second.get_by_role("heading", name=NOTHING_SAVED)).to_be_visible()
    assert (teams(acme), teams(globex)) == (["night shift"], [])

    # By the menu of the header, too.
    first.goto("/manage/")
    first.locator(".mw-menu > summary").first.click()
    begin_team(second, "day shift")
    first.get_by_role("button", name=globex.organization).click()
    expect(second.get_by_role("alert")).to_contain_text(f"You switched to {globex.organization}")
    assert person.errors == []


def test_nobody_joins_without_having_read_as_whom(make_cast: Callable[..., Any], browser: Browser) -> None:
    acme, globex = make_cast(labelers=2), make_cast(labelers=0, company="Globex", is_vendor=True)
    person = acme.at_browser(browser, "labeler1")
    person.sign_in()
    page, other = person.page, person.open_tab()
    other.goto("/work/")
    link = invitation_of(globex, "labeler")
    page.goto(link)
    join = page.get_by_role("button", name=f"Join {globex.organization}")
    expect(join).to_be_visible()
    other.locator(".mw-menu > summary").last.click()
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/accounts/login/**")
    person.account = acme.accounts["labeler2"]
    person.sign_in(other)
    join.click()
    expect(page.get_by_role("heading", name="This page was open too long")).to_be_visible()
    page.goto(link)
    expect(page.get_by_text(f"You are signed in as {person.account['username']}")).to_be_visible()
    page.get_by_role("button", name="Not you? Sign out and join with another account").click()
    expect(page.locator("[name=username]")).to_be_visible()
    members = globex.client("manager").get("organizations/current/members")["results"]
    assert [one["role"] for one in members] == ["manager"]
