"""The editor's questions answered by keyboard alone, on its development page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.playground import Playground, served_page

DESKTOP: Any = {"width": 1280, "height": 860}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served_page() as address:
        yield address


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[[str], Playground]]:
    made: list[Playground] = []

    def open_page(query: str) -> Playground:
        made.append(Playground(browser, address, query, DESKTOP))
        return made[-1]

    yield open_page
    for playground in made:
        playground.close()
    assert [error for playground in made for error in playground.errors] == []


def events(playground: Playground) -> list[str]:
    found: list[str] = playground.page.evaluate(
        "() => fixture.events.map(([type]) => type).filter((t) => t !== 'dirty')"
    )
    return found


def paint(playground: Playground) -> None:
    playground.editor.stroke([(10, 10), (40, 30)])


def test_the_question_about_unlabeled_pixels_is_answered_by_keys(opened: Callable[[str], Playground]) -> None:
    playground = opened("size=64x48")
    keyboard, root = playground.page.keyboard, playground.editor.root
    dialog = root.locator("dialog")
    paint(playground)
    keyboard.press("Control+Enter")
    expect(root.get_by_role("button", name="Submit anyway")).to_be_focused()
    keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    keyboard.press("Control+Enter")
    keyboard.press("w")
    expect(root.get_by_text("Unlabeled region 1 of")).to_be_visible()
    assert events(playground) == []
    keyboard.press("Control+Enter")
    keyboard.press("g")  # the rest to the class that is chosen
    expect(root.get_by_test_id("coverage")).to_have_text("100% labeled")
    keyboard.press("Control+z")
    keyboard.press("Control+Enter")
    keyboard.press("Enter")  # the usual answer has the focus
    playground.page.wait_for_function("() => fixture.events.some(([type]) => type === 'submitted')")


def test_it_is_not_asked_again_in_the_job_until_wanted(opened: Callable[[str], Playground]) -> None:
    playground = opened("size=64x48")
    page, root = playground.page, playground.editor.root
    dialog = root.locator("dialog")
    paint(playground)
    page.keyboard.press("Control+Enter")
    page.keyboard.press("d")
    expect(root.get_by_role("checkbox", name="without this question")).to_be_checked()
    page.keyboard.press("s")
    submitted = "(count) => fixture.events.filter(([type]) => type === 'submitted').length === count"
    page.wait_for_function(submitted, arg=1)
    page.reload()  # the next image of the same job
    playground.editor.wait_for()
    paint(playground)
    page.keyboard.press("Control+Enter")
    page.wait_for_function(submitted, arg=1)
    page.reload()
    playground.editor.wait_for()
    page.keyboard.press("Control+Enter")  # nothing at all is labeled: rather a slip
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    root.get_by_role("button", name="More").click()
    root.get_by_role("menuitem", name="Ask about unlabeled pixels again").click()
    paint(playground)
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_visible()


def test_where_every_pixel_needs_a_class_giving_the_rest_has_the_focus(opened: Callable[[str], Playground]) -> None:
    playground = opened("size=64x48&cover")
    root = playground.editor.root
    paint(playground)
    playground.page.keyboard.press("Control+Enter")
    expect(root.get_by_role("button", name="Give the rest to this class")).to_be_focused()
    expect(root.get_by_role("checkbox", name="without this question")).to_have_count(0)
    playground.page.keyboard.press("Enter")
    expect(root.get_by_test_id("coverage")).to_have_text("100% labeled")


def test_declining_says_what_happens_and_wants_a_reason(opened: Callable[[str], Playground]) -> None:
    playground = opened("size=64x48")
    page, root = playground.page, playground.editor.root
    root.get_by_role("button", name="More").click()
    root.get_by_role("menuitem", name="I do not want to label this image").click()
    dialog = root.locator("dialog")
    expect(dialog).to_contain_text("you do not get it again")
    expect(dialog).to_contain_text("read the reason")
    page.keyboard.press("Tab")
    dialog.get_by_role("button", name="Decline the image").press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Choose a reason, or say it in your own words.")
    assert events(playground) == []
    page.keyboard.press("Space")  # the first reason has the focus
    dialog.get_by_role("button", name="Decline the image").press("Enter")
    page.wait_for_function("() => fixture.events.some(([type]) => type === 'declined')")
