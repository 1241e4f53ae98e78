"""A worker task template written for Ground Truth, from the manager's preview to the labeler's mask in the output."""

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.end_to_end.browser import Person, View
from tests.end_to_end.client import mask_pixels, photo
from tests.end_to_end.single import only_object
from tests.end_to_end.stack import eventually
from tests.end_to_end.test_accessibility import problems

WIDTH, HEIGHT = 160, 120
TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-semantic-segmentation
    name="annotatedResult"
    src="{{ task.input.taskObject | grant_read_access }}"
    header="Please label each of the requested objects in this image"
    labels="{{ task.input.labels | to_json | escape }}"
  >
    <full-instructions header="Segmentation Instructions"><ol><li>Read the task.</li></ol></full-instructions>
    <short-instructions>
      <p>Use the tools to label the requested items in the image</p>
      <crowd-input name="remark" label="Remark"></crowd-input>
    </short-instructions>
  </crowd-semantic-segmentation>
</crowd-form>
"""


def order(cast: Any, photos: int = 1) -> str:
    manager = cast.client("manager")
    template = manager.create_template("framed page", source=TEMPLATE)
    files = {f"{number}.png": photo(number) for number in range(photos)}
    return str(
        manager.order_job("framed", files, cast.ids("labeler1"), number_of_labelers=1, task_template_id=template)
    )


class Framed:
    """The task in its frame, on a labeler's or a manager's page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def wait_for(self) -> None:
        expect(self.frame.get_by_test_id("coverage")).to_be_visible(timeout=20_000)

    def view(self, width: int = WIDTH, height: int = HEIGHT) -> View:
        box = self.frame.locator("segmentation-editor .stage").bounding_box()
        assert box is not None
        scale = min((box["width"] - 48) / width, (box["height"] - 48) / height)
        return View(
            box["x"] + (box["width"] - width * scale) / 2, box["y"] + (box["height"] - height * scale) / 2, scale
        )

    def box(self, category: str, left: int, top: int, right: int, bottom: int) -> None:
        """A rectangle of one class, by polygon."""
        before = self.frame.get_by_test_id("coverage").inner_text()
        self.frame.get_by_role("option", name=category).click()
        self.frame.get_by_role("radio", name="Polygon", exact=True).click()
        for corner in ((left, top), (right, top), (right, bottom), (left, bottom)):
            self.page.mouse.click(*self.view().place(corner))
        self.page.keyboard.press("Enter")
        expect(self.frame.get_by_test_id("coverage")).not_to_have_text(before)

    def submit(self) -> None:
        self.frame.get_by_role("button", name="Submit", exact=True).click()


def at_work(cast: Any, browser: Browser) -> tuple[Person, Framed]:
    person: Person = cast.at_browser(browser, "labeler1")
    person.sign_in()
    person.start_working()
    framed = Framed(person.page)
    framed.wait_for()
    return person, framed


def test_a_labeler_paints_in_the_template_and_submits(make_cast: Callable[..., Any], browser: Browser) -> None:
    cast = make_cast(labelers=1)
    job = order(cast)
    cast.client("manager").start_job(job)
    person, framed = at_work(cast, browser)
    expect(framed.frame.get_by_role("heading", name="Please label each")).to_be_visible()
    framed.box("cat", 20, 20, 60, 60)
    framed.box("vase", 80, 40, 140, 100)
    framed.frame.get_by_label("Remark").fill("Two things")
    assert problems(person.page) == []
    framed.submit()
    data_object = only_object(cast, job)
    (answer,) = data_object["annotations"]
    pixels = mask_pixels(cast.client("manager").png(f"annotations/{answer['id']}/mask"), width=WIDTH, height=HEIGHT)
    wanted = np.zeros((HEIGHT, WIDTH), np.uint8)
    wanted[20:60, 20:60] = 1
    wanted[40:100, 80:140] = 3
    assert np.array_equal(pixels, wanted)
    assert person.errors == []


def test_what_was_begun_comes_back_after_stopping_and_after_a_reload(
    make_cast: Callable[..., Any], browser: Browser
) -> None:
    cast = make_cast(labelers=1)
    job = order(cast)
    cast.client("manager").start_job(job)
    person, framed = at_work(cast, browser)
    framed.box("cat", 20, 20, 60, 60)
    framed.frame.get_by_label("Remark").fill("Begun")
    page = person.page
    page.get_by_role("button", name="Stop and resume later").click()
    expect(page.get_by_text("kept for you until")).to_be_visible()
    page.get_by_role("button", name=re.compile("^(Start|Continue)")).click()
    framed.wait_for()
    expect(framed.frame.get_by_label("Remark")).to_have_value("Begun")
    expect(framed.frame.get_by_role("option", name="cat")).not_to_contain_text(re.compile(r"\b0%"))
    framed.box("cup", 80, 40, 140, 100)
    expect(page.get_by_test_id("saving")).to_have_text("Saving…")  # in this browser at once, with the server later
    page.reload()
    page.get_by_role("button", name=re.compile("^(Start|Continue)")).click()
    framed.wait_for()
    expect(framed.frame.get_by_role("option", name="cup")).not_to_contain_text(re.compile(r"\b0%"))
    framed.submit()
    (answer,) = only_object(cast, job)["annotations"]
    assert answer["state"] == "accepted"


def test_the_next_photo_opens_in_a_frame_of_its_own(make_cast: Callable[..., Any], browser: Browser) -> None:
    cast = make_cast(labelers=1)
    job = order(cast, photos=2)
    cast.client("manager").start_job(job)
    person, framed = at_work(cast, browser)
    framed.box("cat", 20, 20, 60, 60)
    framed.submit()
    expect(framed.frame.get_by_test_id("coverage")).to_have_text("0% labeled", timeout=20_000)
    framed.box("cup", 20, 20, 60, 60)
    framed.submit()
    cast.client("manager").wait_for_job(job, "completed", within=30)
    assert person.errors == []


def test_four_points_outline_an_object_in_the_template_too(make_cast: Callable[..., Any], browser: Browser) -> None:
    """The frame may ask no server: the page around it does."""
    cast = make_cast(labelers=1)
    job = order(cast)
    cast.client("manager").start_job(job)
    person, framed = at_work(cast, browser)
    framed.frame.get_by_role("radio", name="Four points", exact=True).click()
    view = framed.view()
    for point in ((80, 36), (56, 60), (80, 84), (104, 60)):  # the disc in the middle
        person.page.mouse.click(*view.place(point))
    expect(framed.frame.get_by_test_id("coverage")).not_to_have_text("0% labeled", timeout=20_000)
    framed.submit()
    (answer,) = only_object(cast, job)["annotations"]
    pixels = mask_pixels(cast.client("manager").png(f"annotations/{answer['id']}/mask"), width=WIDTH, height=HEIGHT)
    assert pixels[60, 80] == 1 and pixels[5, 5] == 0


def test_a_manager_sees_the_template_and_the_answer_before_anything_starts(
    make_cast: Callable[..., Any], browser: Browser
) -> None:
    cast = make_cast(labelers=1, owner=True)
    job = order(cast)
    person = cast.at_browser(browser, "owner")
    person.sign_in()
    page, framed = person.page, Framed(person.page)
    page.goto(f"/manage/labeling/labelingjob/{job}/change/")
    framed.wait_for()
    page.locator("mw-frame-preview").scroll_into_view_if_needed()
    framed.box("cat", 20, 20, 60, 60)
    framed.submit()
    shown = page.locator(".mw-preview__answer pre")
    expect(shown).to_be_visible()
    assert problems(page) == []
    answer = json.loads(shown.inner_text())
    assert answer["annotatedResult"]["inputImageProperties"] == {"height": HEIGHT, "width": WIDTH}
    assert list(answer["annotatedResult"]["labelMappings"]) == ["cat", "cup", "vase"]
    assert cast.client("manager").get(f"jobs/{job}")["state"] == "ready"


def test_a_template_is_previewed_while_it_is_written(make_cast: Callable[..., Any], browser: Browser) -> None:
    cast = make_cast(labelers=1, owner=True)
    template = cast.client("manager").create_template("written", source=TEMPLATE)
    person = cast.at_browser(browser, "owner")
    person.sign_in()
    page, framed = person.page, Framed(person.page)
    page.goto(f"/manage/labeling/tasktemplate/{template}/change/")
    framed.wait_for()
    expect(page.locator("mw-template-preview")).to_be_hidden()
    source = page.locator("textarea[name=source]")
    if not source.is_visible():
        page.locator("summary", has_text="A page of its own").click()
    source.fill(TEMPLATE.replace("Please label each of the requested objects in this image", "Outline the hills"))
    expect(framed.frame.get_by_role("heading", name="Outline the hills")).to_be_visible(timeout=20_000)
    source.fill(TEMPLATE + "{% for %}")
    expect(page.locator(".mw-preview__problem").first).to_be_visible()
    source.fill("")
    expect(page.locator("mw-template-preview")).to_be_visible()
    eventually(lambda: page.locator("iframe").count() == 0, within=10, what="the frame's end")
