"""The editor's tools by mouse and keyboard, judged by the mask that arrives at the server."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.end_to_end.answers import CAT, CUP, HEIGHT, VASE, WIDTH, Box, painted
from tests.end_to_end.client import photo
from tests.end_to_end.single import answered, only_object, open_photo, order_single

A = Box(CAT, 20, 20, 60, 60)


def test_zoomed_and_moved_the_same_pixels_are_painted(make_cast: Callable[..., Any], browser: Browser) -> None:
    cast = make_cast(labelers=1)
    job = order_single(cast, photo(4))
    editor = open_photo(cast, browser).editor
    view = editor.zoom(editor.fitted(), (40, 40), wheel=-300)
    view = editor.drag(view, (45, 45), by=(60, 30))
    editor.choose("cat")
    editor.outline([(A.left, A.top), (A.right, A.top), (A.right, A.bottom), (A.left, A.bottom)], view)
    editor.submit()
    editor.wait_closed(1)
    assert np.array_equal(answered(cast, job), painted(A))


def test_only_unlabeled_undo_redo_and_the_rest(make_cast: Callable[..., Any], browser: Browser) -> None:
    cast = make_cast(labelers=1)
    job = order_single(cast, photo(5))
    person = open_photo(cast, browser)
    editor, keyboard = person.editor, person.page.keyboard
    editor.box("cat", A.left, A.top, A.right, A.bottom)
    editor.root.get_by_role("radio", name="Only unlabeled").click()
    editor.box("cup", 40, 40, 100, 100)  # its overlap with the cat stays the cat's
    editor.root.get_by_role("radio", name="Over everything").click()
    editor.box("vase", 0, 0, WIDTH, HEIGHT)
    keyboard.press("Control+z")
    keyboard.press("Control+z")
    keyboard.press("Control+Shift+z")
    editor.choose("vase")
    editor.root.get_by_role("button", name="Give all unlabeled pixels to the class").click()
    expect(editor.root.get_by_test_id("coverage")).to_have_text("100% labeled")
    editor.root.get_by_test_id("submit").click()  # nothing is unlabeled, so nothing is asked
    editor.wait_closed(1)
    assert np.array_equal(answered(cast, job), painted(Box(VASE, 0, 0, WIDTH, HEIGHT), Box(CUP, 40, 40, 100, 100), A))


def test_four_extreme_points_find_an_object(make_cast: Callable[..., Any], browser: Browser) -> None:
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    disc = (columns - 80) ** 2 + (rows - 60) ** 2 <= 35**2
    shades = np.random.default_rng(1).integers(0, 30, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    shades[disc] += np.array([200, 120, 20], dtype=np.uint8)
    file = BytesIO()
    Image.fromarray(shades).save(file, "PNG")
    cast = make_cast(labelers=1)
    job = order_single(cast, file.getvalue())
    editor = open_photo(cast, browser).editor
    editor.choose("cup")
    editor.tool("Four points")
    before = editor.coverage()
    for point in ((80.5, 25.5), (45.5, 60.5), (80.5, 95.5), (115.5, 60.5)):
        editor.click(point)
    editor.wait_for_coverage_after(before)
    editor.submit()
    editor.wait_closed(1)
    found = answered(cast, job) == CUP
    assert (found & disc).sum() / (found | disc).sum() > 0.95


def test_what_cannot_be_labeled_reaches_the_manager_with_its_reason(
    make_cast: Callable[..., Any], browser: Browser
) -> None:
    cast = make_cast(labelers=1)
    job = order_single(cast, photo(6))
    editor = open_photo(cast, browser).editor
    editor.answer_impossible("Only fog")
    editor.wait_closed(1)
    data_object = only_object(cast, job)
    (answer,) = data_object["annotations"]
    assert (answer["kind"], answer["content"]) == ("impossible", {"reason": "Only fog"})
    assert data_object["state"] == "failed"
    assert "Only fog" in data_object["failure"]["message"]
