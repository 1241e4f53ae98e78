"""A labeler without a mouse: signs in, starts, paints, submits and stops; each control he needs shows its focus."""

from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.answers import CUP
from tests.end_to_end.client import photo
from tests.end_to_end.single import answered, order_single

_FOCUSED = """() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  const style = getComputedStyle(one);
  const text = (one.getAttribute("aria-label") ?? one.textContent ?? "").trim() || one.name || one.tagName;
  return [text, style.outlineStyle !== "none" || style.boxShadow !== "none" || one === document.body];
}"""


def tab_to(page: Page, text: str) -> None:
    """Press Tab until a control with this name has the focus; each one on the way shows that it has it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        name, is_seen = page.evaluate(_FOCUSED)
        assert is_seen, f"the focus on {name!r} cannot be seen"
        if text in name:
            return
    raise AssertionError(f"Tab never came to {text!r}")


def test_a_labeler_works_without_a_mouse(make_cast: Callable[..., Any], browser: Browser) -> None:
    cast = make_cast(labelers=1)
    job = order_single(cast, photo(3))
    person = cast.at_browser(browser, "labeler1")
    page, keyboard = person.page, person.page.keyboard
    page.goto("/accounts/login/")
    page.locator("input[name=login]").focus()
    keyboard.type(person.account["username"])
    tab_to(page, "password")
    keyboard.type(person.account["password"])
    keyboard.press("Enter")
    page.wait_for_url("**/work/")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    tab_to(page, "Skip to the content")
    keyboard.press("Enter")
    tab_to(page, "Start")
    keyboard.press("Enter")
    person.editor.wait_for()
    before = person.editor.coverage()
    keyboard.press("g")  # fill: every pixel becomes the second class
    keyboard.press("2")
    keyboard.press("ArrowRight")  # the keyboard's cursor
    keyboard.press("Space")
    person.editor.wait_for_coverage_after(before)
    expect(person.editor.root.get_by_test_id("coverage")).to_have_text("100% labeled")
    keyboard.press("Control+Enter")
    person.editor.wait_closed(1)
    assert np.array_equal(np.unique(answered(cast, job)), [CUP])
    expect(page.get_by_role("button", name="Stop for now")).to_be_visible()
    tab_to(page, "Stop for now")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hello")).to_be_visible()
    assert person.errors == []
