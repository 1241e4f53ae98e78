"""The faces in German, chosen in the menu, and laid out from right to left."""

import io
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.end_to_end.client import mask_pixels, photo

PICTURES = Path(tempfile.gettempdir()) / "maskwright-languages"
#: What each face looked like from right to left, one pixel for `BLOCK` x `BLOCK`. To make one anew, delete it and run
#: the test: it keeps the new one and fails, so that somebody looks at it.
STORED = Path(__file__).parent / "pictures"
BLOCK = 8
#: Fonts, names and times differ from machine to machine: a block may differ by so many grey levels, and so much of all
#: blocks by more.
GREY_LEVELS, SHARE = 40, 0.025


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


def blocks(page: Page) -> "np.ndarray[Any, np.dtype[np.float64]]":
    with Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))) as picture:
        small = picture.convert("L").reduce(BLOCK)
    return np.asarray(small, dtype=np.float64)


def differs(one: "np.ndarray[Any, np.dtype[np.float64]]", other: "np.ndarray[Any, np.dtype[np.float64]]") -> float:
    """The share of blocks that look otherwise."""
    assert one.shape == other.shape
    return float((np.abs(one - other) > GREY_LEVELS).mean())


def looks(page: Page, name: str, rtl: bool) -> None:
    """As the stored picture when it runs from right to left, and clearly not as it otherwise."""
    keep(page, f"{name}-{'rtl' if rtl else 'ltr'}")
    file, seen = STORED / f"{name}-rtl.png", blocks(page)
    if rtl and not file.exists():
        Image.fromarray(seen.astype(np.uint8)).save(file, optimize=True)
        pytest.fail(f"{file} was made. Look at it and run the test again.")
    with Image.open(file) as picture:
        stored = np.asarray(picture, dtype=np.float64)
    # A page is mostly empty: of the portal 6 % change when left and right change places.
    assert differs(stored, stored[:, ::-1]) > 2 * SHARE, "the control: the picture tells left from right"
    found, mirrored = differs(seen, stored), differs(seen, stored[:, ::-1])
    told = f"{name}: {found:.1%} differ from the stored picture, {mirrored:.1%} from its mirror; look at {PICTURES}"
    print(told)
    # Another machine's fonts move what is written, not what stands where.
    assert (found < mirrored) == rtl and (not rtl or found < 2 * SHARE), told


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
    looks(page, "portal", rtl)

    page.get_by_role("button", name=re.compile("^Start")).click()
    labeler.editor.wait_for()
    assert (middle(page.get_by_role("radio", name="Brush", exact=True)) - centre) * side > 0
    assert overflow(page) == 0
    # Pixels are not text: what is painted lies where the pointer was.
    labeler.editor.box("cat", 10, 20, 40, 60)
    looks(page, "editor", rtl)
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
    looks(page, "admin", rtl)
