"""Pictures of instructions, from a manager's button to a labeler's editor; and forms beside their preview."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, FilePayload, expect

from tests.end_to_end.client import photo

ELSEWHERE = "https://elsewhere.example/cat.png"


def test_a_picture_is_put_in_shown_and_never_dropped_silently(make_cast: Callable[..., Any], browser: Browser) -> None:
    person = make_cast(labelers=0).at_browser(browser, "manager")
    person.sign_in()
    page = person.page
    page.goto("/manage/labeling/tasktemplate/add/")
    page.locator("#id_name").fill("cats")
    page.locator("#id_title").fill("Outline each cat")
    text = page.locator("#id_instructions")
    text.fill("Like this:")
    page.locator("mw-insert-picture input[type=file]").set_input_files(
        FilePayload(name="a cat.png", mimeType="image/png", buffer=photo(3, width=96, height=72))
    )
    expect(text).to_have_value(re.compile(r"Like this:\n\n!\[a cat\]\(/api/v1/uploads/.+-a-cat\.png\)"))
    shown = page.locator("segmentation-editor img[alt='a cat']")
    expect(shown).to_be_visible()
    page.wait_for_function("image => image.naturalWidth === 96", arg=shown.element_handle())

    kept = text.input_value()
    text.fill(f"{kept}\n\n![other]({ELSEWHERE})")
    expect(page.locator(".mw-preview__problem", has_text=ELSEWHERE)).to_be_visible()
    create = page.locator(".manage-submit").get_by_role("button", name="Create", exact=True)
    create.click()
    expect(page.locator("[data-field=instructions] .mw-field__errors", has_text=ELSEWHERE)).to_be_visible()
    text.fill(kept)
    create.click()
    expect(page.get_by_text("cats was saved; its version is now 1.")).to_be_visible()
    assert person.errors == []


def test_at_tablet_width_nothing_floats_over_the_form(make_cast: Callable[..., Any], browser: Browser) -> None:
    person = make_cast(labelers=0).at_browser(browser, "manager")
    person.sign_in()
    page = person.page
    for width, height in ((820, 1180), (1180, 820)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/manage/labeling/tasktemplate/add/")
        person.editor.wait_for()
        assert page.locator(".manage-submit").evaluate("bar => getComputedStyle(bar).position") == "static"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # The preview is as wide as the form, so that names of classes stand in one line.
        editor = page.locator("mw-template-preview segmentation-editor").bounding_box()
        assert editor is not None and editor["width"] > 720
