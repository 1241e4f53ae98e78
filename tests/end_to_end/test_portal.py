"""The worker portal as a labeler meets it: what it shows, says while there is nothing, and what ends or goes on."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.browser import Person
from tests.end_to_end.client import Client, photo

PHOTOS = {f"{name}.png": photo(seed) for seed, name in enumerate("abc")}
# Sooner than an idle page asks by itself, which it does every 13.5 seconds at most.
SOON = 8_000


def at_portal(cast: Any, browser: Browser, name: str = "labeler1") -> Person:
    person: Person = cast.at_browser(browser, name)
    person.sign_in()
    expect(person.page.get_by_role("heading", name="Your teams' jobs")).to_be_visible()
    return person


def figure(page: Page, label: str) -> Any:
    return page.locator(".mw-stat").filter(has_text=label).locator("dd")


def member(manager: Client, account: dict[str, str]) -> str:
    people = manager.get("organizations/current/members")["results"]
    return str(next(one["id"] for one in people if one["username"] == account["username"]))


def test_it_shows_jobs_what_he_did_and_what_came_back(make_cast: Callable[..., Any], browser: Browser) -> None:
    cast = make_cast(labelers=1)
    manager = cast.client("manager")
    job = manager.order_job("portal", PHOTOS, cast.ids("labeler1"), number_of_labelers=1)
    manager.start_job(job)
    person = at_portal(cast, browser)
    page, editor = person.page, person.editor
    expect(page.get_by_text("Paint what you see: portal")).to_be_visible()
    expect(page.get_by_text("You did 0 of 3")).to_be_visible()
    expect(page.get_by_role("heading", name="3 photos are waiting for you")).to_be_visible()

    # By keyboard alone: Enter starts, a class by its key, the menu's answer.
    page.keyboard.press("Enter")
    editor.wait_for()
    page.keyboard.press("2")
    expect(editor.root.get_by_role("option", name="cup")).to_have_attribute("aria-selected", "true")
    expect(editor.root.get_by_text(re.compile(r"\d+:\d\d left"))).to_be_visible()
    first = editor.image_number
    editor.answer_nothing_to_label()
    editor.wait_closed(first)
    editor.wait_for()
    page.get_by_role("button", name="Stop and resume later").click()
    expect(page.get_by_text("kept for you until")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Start")).click()
    editor.wait_for()
    page.goto("/work/")
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    expect(figure(page, "Submitted today")).to_have_text("1")
    expect(page.get_by_text("You did 1 of 3")).to_be_visible()

    # Out of the team: the photo he held is taken back, and the page says so without a reload.
    (team,) = [one for one in manager.get("teams")["results"] if one["name"] == "portal"]
    manager.call("DELETE", f"teams/{team['id']}/members/{cast.accounts['labeler1']['id']}")
    expect(page.get_by_role("heading", name="No jobs yet")).to_be_visible(timeout=SOON)
    expect(figure(page, "Came back to you")).to_have_text("1")
    expect(page.get_by_text("It was taken back by the manager")).to_be_visible()


def test_a_paused_job_says_so_and_goes_on_by_itself(make_cast: Callable[..., Any], browser: Browser) -> None:
    cast = make_cast(labelers=1)
    manager = cast.client("manager")
    job = manager.order_job("paused", PHOTOS, cast.ids("labeler1"), number_of_labelers=1)
    manager.start_job(job)
    person = at_portal(cast, browser)
    manager.post(f"jobs/{job}/pause")
    person.page.get_by_role("button", name=re.compile("^Start")).click()
    expect(person.page.get_by_role("heading", name="The job is paused")).to_be_visible()
    expect(person.page.get_by_text("Live", exact=True)).to_be_visible()
    manager.post(f"jobs/{job}/resume")
    expect(person.editor.root.get_by_test_id("coverage")).to_be_visible(timeout=SOON)
    # Paused again while he paints: told, and the answer is taken.
    number = person.editor.image_number
    manager.post(f"jobs/{job}/pause")
    expect(person.editor.root.get_by_text("Your time stands still")).to_be_visible(timeout=SOON * 3)
    person.editor.answer_nothing_to_label()
    person.editor.wait_closed(number)
    expect(person.page.get_by_role("heading", name="The job is paused")).to_be_visible()
    page = person.page
    page.keyboard.press("Escape")
    expect(figure(page, "Submitted today")).to_have_text("1")


def test_after_a_gap_it_asks_again_since_what_was_said_meanwhile_is_lost(
    make_cast: Callable[..., Any], browser: Browser
) -> None:
    cast = make_cast(labelers=2)
    manager, other = cast.client("manager"), cast.client("labeler2")
    files = {"one.png": PHOTOS["a.png"]}
    job = manager.order_job("gap", files, cast.ids("labeler1", "labeler2"), number_of_labelers=1)
    manager.start_job(job)
    claim = other.wait_for_claim(job)
    person = at_portal(cast, browser)
    person.page.get_by_role("button", name=re.compile("^Start")).click()
    expect(person.page.get_by_role("heading", name="All photos are with other labelers")).to_be_visible()
    person.context.set_offline(True)
    expect(person.page.get_by_text("Reconnecting", exact=True)).to_be_visible()
    other.release(claim)
    person.context.set_offline(False)
    expect(person.editor.root.get_by_test_id("coverage")).to_be_visible(timeout=SOON)


def test_a_new_role_goes_on_where_it_labels_and_is_told_where_it_does_not(
    make_cast: Callable[..., Any], browser: Browser
) -> None:
    cast = make_cast(labelers=1)
    manager = cast.client("manager")
    job = manager.order_job("roles", PHOTOS, cast.ids("labeler1"), number_of_labelers=1)
    manager.start_job(job)
    person = at_portal(cast, browser)
    person.page.keyboard.press("Enter")
    person.editor.wait_for()
    first = person.editor.image_number
    person.editor.box("cat", 10, 10, 50, 60)
    address = f"organizations/current/members/{member(manager, cast.accounts['labeler1'])}"
    with person.page.expect_event("websocket", timeout=SOON):  # the old one was closed, a new one opens by itself
        manager.call("PATCH", address, json={"role": "reviewer"})
    expect(person.page.get_by_text("Live", exact=True)).to_be_visible()
    person.editor.submit()
    person.editor.wait_closed(first)
    person.editor.wait_for()
    manager.call("PATCH", address, json={"role": "auditor"})
    expect(person.page.get_by_role("heading", name="You can no longer work here")).to_be_visible(timeout=SOON)
    expect(person.page.get_by_text("the photo you had open was not submitted")).to_be_visible()
    answers = [one for data_object in manager.objects(job) for one in data_object["annotations"]]
    assert [one["state"] for one in answers] == ["accepted"]
    assert person.errors == []


def test_when_a_script_does_not_come_the_page_says_so(make_cast: Callable[..., Any], browser: Browser) -> None:
    cast = make_cast(labelers=1)
    person = cast.at_browser(browser, "labeler1")
    person.page.route("**/work-portal*.js", lambda route: route.abort())
    person.sign_in()
    expect(person.page.get_by_text("This takes longer than it should")).to_have_css("opacity", "1")
    person.page.unroute_all()
    person.page.reload()
    expect(person.page.get_by_role("heading", name="No jobs yet")).to_be_visible()
