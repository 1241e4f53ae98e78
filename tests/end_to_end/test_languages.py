"""The faces in German, chosen in the menu, and laid out from right to left."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.end_to_end.client import mask_pixels, photo

PICTURES = Path(tempfile.gettempdir()) / "maskwright-languages"


@pytest.fixture
def cast(make_cast: Callable[..., Any]) -> Any:
    return make_cast(labelers=1)


def with_job(cast: Any) -> str:
    manager = cast.client("manager")
    job: str = manager.order_job("words", {"one.png": photo(7)}, cast.ids("labeler1"), number_of_labelers=1)
    manager.start_job(job)
    return job


def choose(page: Page, language: str) -> None:
    page.locator(".mw-menu > summary").last.click()
    page.get_by_role("button", name=language, exact=True).click()


def keep(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def test_portal_editor_and_admin_speak_german(cast: Any, browser: Browser) -> None:
    with_job(cast)
    labeler = cast.at_browser(browser, "labeler1")
    labeler.sign_in()
    labeler.page.goto("/work/")
    choose(labeler.page, "Deutsch")
    expect(labeler.page.locator("html")).to_have_attribute("lang", "de")
    expect(labeler.page.get_by_role("heading", name=re.compile("^Hallo, "))).to_be_visible()
    keep(labeler.page, "portal-de")
    labeler.page.get_by_role("button", name=re.compile("^Start")).click()
    expect(labeler.page.get_by_role("button", name="Abgeben", exact=True)).to_be_visible()
    keep(labeler.page, "editor-de")
    manager = cast.at_browser(browser, "manager")
    manager.sign_in()
    choose(manager.page, "Deutsch")
    manager.page.goto("/manage/labeling/labelingjob/")
    expect(manager.page.get_by_role("heading", name="Labeling-Aufträge").first).to_be_visible()
    keep(manager.page, "admin-de")
    assert labeler.errors == manager.errors == []


def from_right_to_left(page: Page) -> None:
    """Each page as a language of that direction would have it: Django writes these two attributes (tested there)."""

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace('dir="ltr"', 'dir="rtl"'))

    # Pages alone: a call that this program answered would wait while the program waits for something else.
    page.route(re.compile(r"^[^?]*://[^/]+/(?:work|manage)/$"), answer)


def middle(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2


def overflow(page: Page) -> int:
    """Pixels that lie beside the page, where one could only scroll to."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("rtl", [False, True])
def test_every_face_turns_with_the_direction_of_writing(cast: Any, browser: Browser, rtl: bool) -> None:
    job = with_job(cast)
    labeler, manager = cast.at_browser(browser, "labeler1"), cast.at_browser(browser, "manager")
    for person in (labeler, manager):
        person.sign_in()
        if rtl:
            from_right_to_left(person.page)
    side = 1 if rtl else -1  # of the beginning of a line
    centre = 1280 / 2

    page = labeler.page
    page.goto("/work/")
    expect(page.get_by_role("button", name=re.compile("^Start"))).to_be_visible()
    assert (middle(page.locator(".mw-header .mw-brand")) - centre) * side > 0
    assert (middle(page.locator(".mw-header .mw-menu").last) - centre) * side < 0
    assert overflow(page) == 0
    keep(page, f"portal-{'rtl' if rtl else 'ltr'}")

    page.get_by_role("button", name=re.compile("^Start")).click()
    labeler.editor.wait_for()
    assert (middle(page.get_by_role("radio", name="Brush", exact=True)) - centre) * side > 0
    assert overflow(page) == 0
    # Pixels are not text: what is painted lies where the pointer was.
    labeler.editor.box("cat", 10, 20, 40, 60)
    keep(page, f"editor-{'rtl' if rtl else 'ltr'}")
    labeler.editor.submit()
    api = cast.client("manager")
    api.wait_for_job(job, "completed")
    png = api.png(f"objects/{api.objects(job)[0]['id']}/mask")
    painted = np.argwhere(mask_pixels(png, width=160, height=120) > 0)
    assert painted.min(axis=0).tolist() == [20, 10] and painted.max(axis=0).tolist() == [59, 39]

    page = manager.page
    page.goto("/manage/")
    assert (middle(page.locator(".manage-side")) - centre) * side > 0
    assert overflow(page) == 0
    keep(page, f"admin-{'rtl' if rtl else 'ltr'}")
