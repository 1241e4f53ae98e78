"""Each tool for areas, by mouse and keyboard on the development page: exactly which pixels it paints."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.playground import Mask, Playground, served_page

DESKTOP = {"width": 1280, "height": 860}
ROAD, BUILDING = 1, 2


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served_page() as address:
        yield address


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., Playground]]:
    """`opened("size=64x48")`: an editor; a script error fails the test."""
    made: list[Playground] = []

    def open_page(query: str = "size=64x48") -> Playground:
        made.append(Playground(browser, address, query, DESKTOP))  # type: ignore[arg-type]
        return made[-1]

    yield open_page
    for playground in made:
        playground.close()
    assert [error for playground in made for error in playground.errors] == []


def blank() -> Mask:
    return np.zeros((48, 64), dtype=np.uint8)


def painted(playground: Playground, expected: Mask) -> None:
    """The document becomes exactly this; a tool's code may still be on its way."""
    count = int((expected == ROAD).sum())
    script = "count => document.querySelector('segmentation-editor').engine.workspace.map.counts[1] === count"
    playground.page.wait_for_function(script, arg=count)
    assert np.array_equal(playground.mask(), expected)


def colors(playground: Playground) -> np.ndarray[Any, np.dtype[np.int16]]:
    """The photo's own pixels, as the browser decoded them."""
    values = playground.page.evaluate(
        """() => {
            const { image } = document.querySelector("segmentation-editor").engine.stage;
            const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
            context.drawImage(image, 0, 0);
            return Array.from(context.getImageData(0, 0, image.width, image.height).data);
        }"""
    )
    width, height = playground.editor.size
    return np.array(values, dtype=np.int16).reshape(height, width, 4)[..., :3]


def test_a_rectangle_from_pixel_to_pixel_and_with_shift_a_square(opened: Callable[..., Playground]) -> None:
    playground = opened()
    editor, keyboard = playground.editor, playground.page.keyboard
    editor.tool("Rectangle")
    editor.stroke([(40.5, 30.5), (10.5, 5.5)])  # both corners' pixels belong to it, whichever comes first
    expected = blank()
    expected[5:31, 10:41] = ROAD
    painted(playground, expected)
    keyboard.press("Control+z")
    painted(playground, blank())
    keyboard.down("Shift")
    editor.stroke([(10.5, 10.5), (20.5, 13.5)])
    keyboard.up("Shift")
    square = blank()
    square[10:21, 10:21] = ROAD
    painted(playground, square)
    editor.click((50.5, 40.5))  # a press alone is no rectangle
    painted(playground, square)


def test_an_ellipse_in_its_box(opened: Callable[..., Playground]) -> None:
    playground = opened()
    playground.page.keyboard.press("Shift+F")
    playground.editor.stroke([(8.5, 6.5), (39.5, 26.5)])
    y, x = np.mgrid[0:48, 0:64] + 0.5
    expected = blank()
    expected[((x - 24) / 16) ** 2 + ((y - 16.5) / 10.5) ** 2 <= 1] = ROAD
    painted(playground, expected)


def test_a_lasso_that_crosses_itself_leaves_no_hole(opened: Callable[..., Playground]) -> None:
    playground = opened()
    playground.editor.tool("Lasso")
    corners = [(10, 10), (40, 10), (40, 30), (10, 30), (10, 10), (30, 10), (30, 20), (10, 20)]
    playground.editor.stroke([(float(x), float(y)) for x, y in corners])
    expected = blank()
    expected[10:30, 10:40] = ROAD
    painted(playground, expected)


def test_a_rectangle_by_keyboard_is_given_up_by_escape_or_painted(opened: Callable[..., Playground]) -> None:
    playground = opened()
    keyboard, stage = playground.page.keyboard, playground.editor.stage
    keyboard.press("f")
    stage.focus()
    for key in ["Shift+ArrowLeft"] * 80 + ["Shift+ArrowUp"] * 60:
        stage.press(key)
    for given_up in (True, False):
        keyboard.down("Space")
        for key in ["Shift+ArrowRight"] * 7 + ["Shift+ArrowDown"] * 4:
            keyboard.press(key)
        if given_up:
            keyboard.press("Escape")
        keyboard.up("Space")
        for key in ["Shift+ArrowLeft"] * 7 + ["Shift+ArrowUp"] * 4:
            keyboard.press(key)
    expected = blank()
    expected[0:5, 0:8] = ROAD
    painted(playground, expected)


def test_a_magic_wand_paints_what_is_alike_and_connected(opened: Callable[..., Playground]) -> None:
    playground = opened()
    page, editor = playground.page, playground.editor
    editor.tool("Magic wand")
    for _ in range(3):
        page.keyboard.press("]")
    expect(editor.root.locator("mw-editor-options output")).to_have_text("36")
    picture = colors(playground)
    alike = np.abs(picture - picture[5, 30]).max(axis=2) <= 36
    expected = blank()
    reached = {(5, 30)}
    open_pixels = [(5, 30)]
    while open_pixels:
        y, x = open_pixels.pop()
        expected[y, x] = ROAD
        for place in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if 0 <= place[0] < 48 and 0 <= place[1] < 64 and alike[place] and place not in reached:
                reached.add(place)
                open_pixels.append(place)
    assert 20 < len(reached) < 64 * 48
    editor.click((30.5, 5.5))
    painted(playground, expected)
    page.keyboard.press("Control+z")
    painted(playground, blank())


def test_a_region_is_grown_shrunk_and_freed_of_holes_and_specks(opened: Callable[..., Playground]) -> None:
    playground = opened()
    page, editor = playground.page, playground.editor
    editor.tool("Rectangle")
    editor.stroke([(20.5, 15.5), (30.5, 25.5)])
    editor.stroke([(50.5, 40.5), (51.5, 40.5)])
    expected = blank()
    expected[15:26, 20:31] = ROAD
    expected[40, 50:52] = ROAD
    painted(playground, expected)
    editor.tool("Refine regions")
    what = editor.root.get_by_label("What a click does")
    editor.click((25.5, 20.5))
    y, x = np.mgrid[0:48, 0:64]
    away = np.hypot(x - np.clip(x, 20, 30), y - np.clip(y, 15, 25))
    grown = expected.copy()
    grown[away <= 3] = ROAD
    painted(playground, grown)
    what.select_option("Shrink")
    editor.click((25.5, 20.5))
    shrunk = grown.copy()
    within = {(a, b) for a, b in zip(*np.nonzero(grown), strict=True)}
    for row, column in within:
        near = ((y - row) ** 2 + (x - column) ** 2 <= 9) & (grown == 0)
        if away[row, column] <= 3 and near.any():
            shrunk[row, column] = 0
    painted(playground, shrunk)
    what.select_option("Remove specks")
    editor.stage.focus()
    page.keyboard.press("Enter")  # the whole class: two pixels beside the large region are fewer than three
    shrunk[40, 50:52] = 0
    painted(playground, shrunk)
    editor.tool("Rectangle")
    page.keyboard.press("2")
    editor.stroke([(25.5, 20.5), (26.5, 21.5)])
    holed = shrunk.copy()
    holed[20:22, 25:27] = BUILDING
    painted(playground, holed)
    editor.tool("Refine regions")
    what.select_option("Fill holes")
    editor.click((23.5, 18.5))
    painted(playground, shrunk)


def test_unlabeled_pixels_go_to_their_nearest_class(opened: Callable[..., Playground]) -> None:
    playground = opened()
    page, editor = playground.page, playground.editor
    editor.box("Road", 0, 0, 10, 48)
    editor.box("Building", 43, 0, 64, 48)
    page.keyboard.press("Shift+N")
    expected = blank()
    expected[:, :26] = ROAD
    expected[:, 26:] = BUILDING
    expect(editor.root.get_by_test_id("coverage")).to_have_text("100% labeled")
    mask = playground.mask()
    mask = np.where(np.arange(64) == 26, expected, mask)  # as far from the one as from the other
    assert np.array_equal(mask, expected)


def test_painting_only_inside_a_class_under_each_kind_of_tool(opened: Callable[..., Playground]) -> None:
    playground = opened()
    page, editor = playground.page, playground.editor
    editor.tool("Rectangle")
    editor.stroke([(10.5, 10.5), (29.5, 29.5)])
    page.keyboard.press("Shift+M")  # only inside Road, the chosen class
    page.keyboard.press("2")
    editor.stroke([(20.5, 5.5), (40.5, 20.5)])
    expected = blank()
    expected[10:30, 10:30] = ROAD
    expected[10:21, 20:30] = BUILDING
    painted(playground, expected)
    editor.tool("Fill")
    editor.click((50.5, 40.5))  # unlabeled: not inside
    editor.tool("Eraser")
    page.keyboard.press("[")
    editor.stroke([(5.5, 15.5), (60.5, 15.5)])
    road = expected == ROAD
    erased = (playground.mask() == 0) & (expected != 0)
    assert erased.any() and not (erased & ~road).any()
    page.keyboard.press("Control+z")
    editor.root.get_by_label("Paint only inside this class").select_option("Building")
    page.keyboard.press("1")
    editor.tool("Fill")
    editor.click((25.5, 15.5))
    expected[expected == BUILDING] = ROAD
    painted(playground, expected)
    editor.root.get_by_role("radio", name="Over everything").click()
    editor.click((50.5, 40.5))
    painted(playground, np.full_like(expected, ROAD))


def test_a_locked_class_stays_byte_for_byte_under_every_tool_and_a_hidden_one_is_only_not_seen(
    opened: Callable[..., Playground],
) -> None:
    playground = opened()
    page, editor = playground.page, playground.editor
    keyboard = page.keyboard
    editor.tool("Rectangle")
    keyboard.press("2")
    editor.stroke([(20.5, 15.5), (39.5, 30.5)])
    keyboard.press("z")
    expect(editor.root.get_by_role("option", name="Building locked")).to_be_visible()
    kept = playground.mask() == BUILDING
    assert kept.sum() == 20 * 16
    keyboard.press("1")
    for tool in ("Brush", "Eraser", "Rectangle", "Ellipse", "Lasso"):
        editor.tool(tool)
        editor.stroke([(15.5, 10.5), (45.5, 12.5), (45.5, 35.5), (25.5, 20.5)])
    for tool in ("Fill", "Magic wand", "Refine regions"):
        editor.tool(tool)  # type: ignore[arg-type]
        editor.click((25.5, 20.5))
    editor.tool("Polygon")
    for corner in ((12.5, 12.5), (50.5, 12.5), (50.5, 40.5)):
        editor.click(corner)
    keyboard.press("Enter")
    for key in ("Shift+N", "Shift+U"):
        keyboard.press(key)
    expect(editor.root.get_by_test_id("coverage")).to_have_text("100% labeled")
    assert (playground.mask()[kept] == BUILDING).all()  # the nearest class of others may be this one

    before, mask = playground.picture(), playground.mask()
    row = editor.root.get_by_role("option", name="Building")
    row.hover()
    row.get_by_title("Hide").click()
    hidden = playground.picture()
    keyboard.press("2")
    keyboard.press("Shift+Z")  # the same by key
    assert np.array_equal(playground.picture(), before)
    keyboard.press("Shift+Z")
    keyboard.press("1")
    assert np.array_equal(playground.picture(), hidden)
    assert (before != hidden).any()
    assert np.array_equal(playground.mask(), mask)
    expect(row).to_have_attribute("aria-selected", "false")  # the switch is no choice
    keyboard.press("Shift+X")
    assert np.array_equal(playground.picture(), before)
    editor.tool("Fill")
    editor.click((25.5, 20.5))  # unlocked
    painted(playground, np.full_like(mask, ROAD))


def test_a_key_flies_to_the_smallest_stray_region_and_on(opened: Callable[..., Playground]) -> None:
    playground = opened("size=640x480")
    page, editor = playground.page, playground.editor
    editor.tool("Rectangle")
    for category, left, top, right, bottom in (
        ("Road", 10, 10, 200, 200),
        ("Road", 600, 400, 604, 403),
        ("Building", 300, 300, 500, 400),
        ("Building", 20, 450, 22, 452),
    ):
        editor.choose(category)
        editor.stroke([(left + 0.5, top + 0.5), (right - 0.5, bottom - 0.5)])
    notice = editor.root.locator(".toast")
    for text, x, y in (("1 of 2: Building, 4 pixels", 21, 451), ("2 of 2: Road, 12 pixels", 602, 401.5)):
        page.keyboard.press("Shift+S")
        expect(notice).to_contain_text(f"Stray region {text}")
        camera, view = playground.state("camera"), editor.stage.bounding_box()
        assert view is not None
        for place, origin, size in ((x, camera["originX"], view["width"]), (y, camera["originY"], view["height"])):
            assert 0 < (place - origin) * camera["scale"] < size
        assert camera["scale"] > 5
    page.keyboard.press("Shift+S")
    expect(notice).to_contain_text("Stray region 1 of 2")
