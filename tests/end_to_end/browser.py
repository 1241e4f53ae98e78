"""A person at a real Chromium: signs in, paints with the mouse, reads what the page says."""

import math
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from maskwright.supervise.doctor import CHROMIUM_NAMES
from tests.end_to_end.stack import eventually

Point = tuple[float, float]
ToolName = Literal[
    "Brush", "Eraser", "Polygon", "Lasso", "Rectangle", "Ellipse", "Fill", "Magic wand", "Refine regions", "Four points"
]
# The editor's own: how much room it leaves around a photo it fits into the view, and its largest scale.
_PADDING = 24
_LARGEST_SCALE = 64
_ZOOM_BY_WHEEL = 0.002  # of the logarithm, per unit of the wheel
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@contextmanager
def launched(playwright: Playwright, program: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=program, headless=True, args=list(_ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


class Person:
    """One person with a browser profile of his own; `page` is the tab he looks at."""

    def __init__(self, browser: Browser, address: str, account: dict[str, str]) -> None:
        self.address = address
        self.account = account
        self.context: BrowserContext = browser.new_context(
            base_url=address, viewport={"width": 1280, "height": 860}, locale="en-US"
        )
        self.context.set_default_timeout(15_000)
        self.errors: list[str] = []
        self.page: Page = self.open_tab()

    def open_tab(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def sign_in(self, page: Page | None = None) -> None:
        page = page or self.page
        page.goto("/accounts/login/")
        self.fill_sign_in(page)
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def fill_sign_in(self, page: Page) -> None:
        page.locator("input[name=login]").fill(self.account["username"])
        page.locator("input[name=password]").fill(self.account["password"])
        page.get_by_role("button", name="Sign in").click()

    def start_working(self) -> None:
        """To the portal, and the one press of Start (or Continue)."""
        self.page.goto("/work/")
        self.page.get_by_role("button", name=re.compile("^(Start|Continue)")).click()

    @property
    def editor(self) -> "Editor":
        return Editor(self.page)

    def close(self) -> None:
        self.context.close()


@dataclass(frozen=True)
class View:
    """How a photo that is fitted into the editor lies on the screen."""

    left: float
    top: float
    scale: float

    def place(self, point: Point) -> Point:
        x, y = point
        return self.left + x * self.scale, self.top + y * self.scale

    def scaled(self, point: Point, factor: float) -> "View":
        """Larger by `factor`, this point of the photo staying where it is."""
        x, y = self.place(point)
        return View(x - (x - self.left) * factor, y - (y - self.top) * factor, self.scale * factor)


class Editor:
    """The open editor. Coordinates are the photo's; (0, 0) is the upper left corner of its first pixel."""

    #: A photo's number in the input, from 1, by the code that the header shows; labelers are not told it.
    number_of: ClassVar[Callable[[str], int]]

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root: Locator = page.locator("segmentation-editor")
        self.stage: Locator = self.root.locator(".stage")

    def wait_for(self, image_number: int | None = None) -> None:
        """Until a photo is open: the one with this number in the input, counted from 1."""
        expect(self.root.get_by_test_id("coverage")).to_be_visible()
        if image_number is not None:
            eventually(lambda: self._shown() == image_number, within=15, what=f"image {image_number}")

    @property
    def image_number(self) -> int:
        found = self._shown()
        assert found is not None, "the editor's header names no image"
        return found

    def _shown(self) -> int | None:
        headers = self.root.locator("header").all_inner_texts()
        found = re.search(r"Image ([0-9a-f]{6})", " ".join(headers))
        return type(self).number_of(found[1]) if found else None

    @property
    def size(self) -> tuple[int, int]:
        text = self.root.locator(".size").inner_text()
        width, height = (int(part) for part in re.findall(r"\d+", text))
        return width, height

    def fitted(self) -> View:
        """Fit the photo into the view and work out where it then lies."""
        self.stage.focus()
        self.page.keyboard.press("0")
        box = self.stage.bounding_box()
        assert box is not None
        width, height = self.size
        scale = min(_LARGEST_SCALE, (box["width"] - 2 * _PADDING) / width, (box["height"] - 2 * _PADDING) / height)
        left = box["x"] + (box["width"] - width * scale) / 2
        top = box["y"] + (box["height"] - height * scale) / 2
        return View(left, top, scale)

    def choose(self, category: str) -> None:
        self.root.get_by_role("option", name=category).click()

    def tool(self, name: ToolName) -> None:
        self.root.get_by_role("radio", name=name, exact=True).click()

    def brush_size(self, pixels: int) -> None:
        """Press the keys for a smaller or larger brush until it has this diameter."""
        shown = self.root.locator("mw-editor-options output")
        for _ in range(60):
            size = int(shown.inner_text().split()[0])
            if size == pixels:
                return
            self.stage.press("[" if size > pixels else "]")
        raise AssertionError(f"the brush cannot be made {pixels} pixels wide")

    def zoom(self, view: View, point: Point, *, wheel: float) -> View:
        """Turn the wheel over a point; negative is nearer. Far from the limits of the scale."""
        self.page.mouse.move(*view.place(point))
        self.page.mouse.wheel(0, wheel)
        expect(self.root.locator("mw-editor-status .value")).not_to_have_text(f"{view.scale * 100:.0f}%")
        return view.scaled(point, math.exp(-wheel * _ZOOM_BY_WHEEL))

    def drag(self, view: View, point: Point, *, by: Point) -> View:
        """Move the photo by screen pixels, with Space held."""
        x, y = view.place(point)
        self.page.keyboard.down("Space")
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + by[0], y + by[1], steps=5)
        self.page.mouse.up()
        self.page.keyboard.up("Space")
        return View(view.left + by[0], view.top + by[1], view.scale)

    def outline(self, points: Sequence[Point], view: View | None = None) -> None:
        """Click a polygon's corners and close it with Enter; the photo is fitted into the view unless one is given."""
        self.tool("Polygon")
        view = view or self.fitted()
        for point in points:
            self.page.mouse.click(*view.place(point))
        self.page.keyboard.press("Enter")

    def box(self, category: str, left: int, top: int, right: int, bottom: int) -> None:
        """A rectangle of one class: columns `left` to `right` - 1, rows `top` to `bottom` - 1."""
        self.choose(category)
        self.outline([(left, top), (right, top), (right, bottom), (left, bottom)])

    def stroke(self, points: Sequence[Point]) -> None:
        """Drag the chosen tool along these points."""
        view = self.fitted()
        mouse = self.page.mouse
        mouse.move(*view.place(points[0]))
        mouse.down()
        for point in points[1:]:
            mouse.move(*view.place(point), steps=6)
        mouse.up()

    def click(self, point: Point) -> None:
        self.page.mouse.click(*self.fitted().place(point))

    def save(self) -> None:
        """Save the draft now, and wait until the server has it."""
        self.stage.press("Control+s")
        expect(self.root.get_by_test_id("saving")).to_have_text("Saved", timeout=30_000)

    def coverage(self) -> str:
        return self.root.get_by_test_id("coverage").inner_text()

    def wait_for_coverage_after(self, before: str) -> None:
        expect(self.root.get_by_test_id("coverage")).not_to_have_text(before)

    def answer_nothing_to_label(self) -> None:
        self.root.get_by_role("button", name="More").click()
        self.root.get_by_role("menuitem", name="Nothing to label here").click()
        self.root.get_by_role("button", name="Submit: nothing to label").click()

    def answer_impossible(self, reason: str) -> None:
        self.root.get_by_role("button", name="More").click()
        self.root.get_by_role("menuitem", name="Cannot be labeled").click()
        self.root.get_by_label("In your own words").fill(reason)
        self.root.get_by_role("button", name="Submit the reason").click()

    def wait_closed(self, image_number: int) -> None:
        """Until another photo or another view is there."""
        eventually(lambda: self._shown() != image_number, within=15, what=f"the end of image {image_number}")

    def submit(self) -> None:
        """Submit; unlabeled pixels are meant, so the question about them is answered with yes."""
        self.root.get_by_test_id("submit").click()
        anyway = self.root.get_by_role("button", name="Submit anyway")
        expect(anyway).to_be_visible()
        anyway.click()


def screenshot(people: Sequence[Person], folder: Path) -> list[Path]:
    """A picture of each person's page, for a failed test."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    for person in people:
        for number, page in enumerate(person.context.pages):
            file = folder / f"{person.account['username']}-{number}.png"
            page.screenshot(path=file)
            taken.append(file)
    return taken
