"""A labeler whose browser, session or device goes away in the middle of painting finds everything again."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.answers import Box, painted
from tests.end_to_end.browser import Editor, Person
from tests.end_to_end.client import photo
from tests.end_to_end.single import answered, open_photo, order_single

FIRST, SECOND = Box(1, 10, 10, 50, 60), Box(2, 90, 20, 130, 80)


@pytest.fixture
def cast(make_cast: Callable[..., Any]) -> Any:
    """One labeler with one photo; `cast.job` is the job."""
    made = make_cast(labelers=1)
    made.job = order_single(made, photo(3))
    return made


def begin(cast: Any, browser: Browser) -> Person:
    """Painting has begun: the first box is there."""
    person = open_photo(cast, browser)
    person.editor.box("cat", FIRST.left, FIRST.top, FIRST.right, FIRST.bottom)
    return person


def finish(cast: Any, person: Person) -> None:
    """Paint the second box over what came back, submit, and see that both are in the answer."""
    person.editor.box("cup", SECOND.left, SECOND.top, SECOND.right, SECOND.bottom)
    person.editor.submit()
    person.editor.wait_closed(1)
    assert np.array_equal(answered(cast, cast.job), painted(FIRST, SECOND))
    assert person.errors == []


def test_when_the_page_is_reloaded(cast: Any, browser: Browser) -> None:
    person = begin(cast, browser)
    person.start_working()  # loads the portal's page anew, at once, without waiting for the draft
    person.editor.wait_for()
    expect(person.editor.root.get_by_text("labels from this device are back")).to_be_visible()
    finish(cast, person)


def test_when_the_tab_is_closed(cast: Any, browser: Browser) -> None:
    person = begin(cast, browser)
    person.page.close()
    person.page = person.open_tab()
    person.start_working()
    person.editor.wait_for()
    finish(cast, person)


def test_when_he_goes_on_at_another_device(cast: Any, browser: Browser) -> None:
    person = begin(cast, browser)
    person.editor.save()
    person.close()
    cast.people.remove(person)
    other = open_photo(cast, browser)
    expect(other.editor.root.get_by_text("Your saved labels are back")).to_be_visible()
    finish(cast, other)


def test_when_he_paints_in_two_tabs(cast: Any, browser: Browser) -> None:
    person = begin(cast, browser)
    person.editor.save()
    first, person.page = person.page, person.open_tab()
    person.start_working()
    person.editor.wait_for()
    two = "open in another window of this browser, too"
    expect(person.editor.root.get_by_text(two)).to_be_visible()
    expect(Editor(first).root.get_by_text(two)).to_be_visible()
    person.editor.box("cup", SECOND.left, SECOND.top, SECOND.right, SECOND.bottom)
    person.editor.save()

    person.page = first  # is told at once, before it saves anything
    root, banner = person.editor.root, person.editor.root.get_by_role("alert")
    expect(banner).to_contain_text("another window of this browser, and what was painted there was saved at")
    person.editor.box("cup", FIRST.left, FIRST.top + 25, FIRST.right, FIRST.bottom)  # below the banner
    expect(root.get_by_role("button", name="Submit")).to_be_disabled()
    person.start_working()  # a reload decides nothing: this device's copy goes on from an older draft
    person.editor.wait_for()
    person.page.keyboard.press("Control+s")
    expect(banner).to_contain_text("what was painted there was saved at")
    banner.get_by_role("button", name="Take the other").click()
    expect(root.get_by_text("Your saved labels are back")).to_be_visible()

    # What gave way is still there, and is brought back and taken back again as one step.
    root.get_by_role("button", name="More").click()
    root.get_by_role("menuitem", name="History of this draft").click()
    root.get_by_role("button", name="Bring back").click()
    expect(root.get_by_text("The earlier labels are back")).to_be_visible()
    coverage = root.get_by_test_id("coverage")
    expect(coverage).to_have_text("10% labeled")
    person.page.keyboard.press("Control+z")
    expect(coverage).to_have_text("23% labeled")
    person.editor.submit()
    person.editor.wait_closed(1)
    assert np.array_equal(answered(cast, cast.job), painted(FIRST, SECOND))
    assert person.errors == []


def test_when_the_session_expires(cast: Any, browser: Browser) -> None:
    person = begin(cast, browser)
    person.context.clear_cookies()
    person.page.keyboard.press("Control+s")
    dialog = person.page.get_by_role("dialog", name="You are signed out")
    expect(dialog).to_be_visible()
    with person.context.expect_page() as popup:
        dialog.get_by_role("button", name="Sign in", exact=True).click()
    person.fill_sign_in(popup.value)
    expect(dialog).to_have_count(0)
    person.editor.save()
    finish(cast, person)


def test_when_the_network_goes_away_for_a_while(cast: Any, browser: Browser) -> None:
    person = begin(cast, browser)
    person.editor.save()
    person.context.set_offline(True)
    saving = person.editor.root.get_by_test_id("saving")
    expect(saving).to_contain_text("kept on this device", timeout=3_000)
    person.editor.box("cup", SECOND.left, SECOND.top, SECOND.right, SECOND.bottom)
    expect(saving).to_contain_text("kept on this device")
    person.editor.submit()
    expect(person.editor.root.get_by_text("The server cannot be reached")).to_be_visible()
    person.context.set_offline(False)
    person.editor.wait_closed(1)
    assert np.array_equal(answered(cast, cast.job), painted(FIRST, SECOND))


def test_when_the_server_only_falls_silent(cast: Any, browser: Browser) -> None:
    """Neither the browser nor a closed socket says so: requests are not answered, that is all."""
    person = begin(cast, browser)
    person.editor.save()
    person.page.route("**/api/v1/work/**", lambda route: None)
    person.editor.box("cup", SECOND.left, SECOND.top, SECOND.right, SECOND.bottom)
    person.page.keyboard.press("Control+s")
    saving = person.editor.root.get_by_test_id("saving")
    expect(saving).to_contain_text("kept on this device", timeout=4_000)
    person.page.unroute("**/api/v1/work/**")  # what was held goes on
    expect(saving).to_have_text("Saved", timeout=12_000)
    person.editor.submit()
    person.editor.wait_closed(1)
    assert np.array_equal(answered(cast, cast.job), painted(FIRST, SECOND))
