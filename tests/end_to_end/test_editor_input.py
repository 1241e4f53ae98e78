"""The editor by keyboard, pen, touch and wheel, on its development page; what counts are the document's pixels."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.playground import Playground, served_page

DESKTOP = {"width": 1280, "height": 860}
TABLET = {"width": 820, "height": 1180}
ROAD, BUILDING = 1, 2


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served_page() as address:
        yield address


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., Playground]]:
    """`opened("size=64x48")`: an editor; a script error fails the test."""
    made: list[Playground] = []

    def open_page(query: str = "size=64x48", viewport: dict[str, int] = DESKTOP, **context: Any) -> Playground:
        made.append(Playground(browser, address, query, viewport, **context))  # type: ignore[arg-type]
        return made[-1]

    yield open_page
    for playground in made:
        playground.close()
    assert [error for playground in made for error in playground.errors] == []


def at_corner(playground: Playground) -> None:
    """The keyboard's cursor onto the image's first pixel, whatever the zoom."""
    stage = playground.editor.stage
    stage.focus()
    for _ in range(80):
        stage.press("Shift+ArrowLeft")
    for _ in range(60):
        stage.press("Shift+ArrowUp")


def steps(playground: Playground, key: str, count: int) -> None:
    for _ in range(count):
        playground.page.keyboard.press(f"Shift+{key}")


def test_a_stroke_by_keyboard(opened: Callable[..., Playground]) -> None:
    playground = opened()
    keyboard = playground.page.keyboard
    playground.editor.brush_size(1)
    at_corner(playground)
    steps(playground, "ArrowRight", 5)
    steps(playground, "ArrowDown", 3)
    keyboard.down("Space")
    steps(playground, "ArrowRight", 10)
    keyboard.up("Space")
    steps(playground, "ArrowDown", 10)  # the pen is up: this paints nothing
    expected = np.zeros((48, 64), dtype=np.uint8)
    expected[3, 5:16] = ROAD
    assert np.array_equal(playground.mask(), expected)
    keyboard.press("Control+z")
    assert not playground.mask().any()


def test_a_polygon_and_a_fill_by_keyboard(opened: Callable[..., Playground]) -> None:
    playground = opened()
    keyboard = playground.page.keyboard
    at_corner(playground)
    keyboard.press("p")
    steps(playground, "ArrowRight", 10)
    steps(playground, "ArrowDown", 10)
    keyboard.press("Space")
    for key, count in (("ArrowRight", 20), ("ArrowDown", 15), ("ArrowLeft", 20)):
        steps(playground, key, count)
        keyboard.press("Space")
    keyboard.press("Enter")
    expected = np.zeros((48, 64), dtype=np.uint8)
    expected[10:25, 10:30] = ROAD
    assert np.array_equal(playground.mask(), expected)
    keyboard.press("g")
    keyboard.press("2")
    steps(playground, "ArrowUp", 20)
    keyboard.press("Space")
    expect(playground.editor.root.get_by_test_id("coverage")).to_have_text("100% labeled")
    expected[expected == 0] = BUILDING
    assert np.array_equal(playground.mask(), expected)


def test_a_stroke_by_keyboard_is_given_up_by_escape(opened: Callable[..., Playground]) -> None:
    playground = opened()
    keyboard = playground.page.keyboard
    at_corner(playground)
    keyboard.down("Space")
    steps(playground, "ArrowRight", 20)
    keyboard.press("Escape")
    keyboard.up("Space")
    assert not playground.mask().any()


def test_space_moves_the_image_while_a_mouse_is_used(opened: Callable[..., Playground]) -> None:
    playground = opened()
    view = playground.editor.fitted()
    before = playground.state("camera")["originX"]
    playground.editor.drag(view, (30, 20), by=(-40, 0))
    assert playground.state("camera")["originX"] - before == pytest.approx(40 / view.scale)
    assert not playground.mask().any()


def test_alt_and_the_right_button_size_the_brush(opened: Callable[..., Playground]) -> None:
    playground = opened("size=600x400")
    view = playground.editor.fitted()
    before = playground.state("brushSize")
    page = playground.page
    page.mouse.move(*view.place((300, 200)))
    page.keyboard.down("Alt")
    page.mouse.down(button="right")
    x, y = view.place((320, 200))
    page.mouse.move(x, y, steps=4)
    page.mouse.up(button="right")
    page.keyboard.up("Alt")
    assert playground.state("brushSize") == pytest.approx(before + 40, abs=1)
    assert not playground.mask().any()


def test_alt_and_the_wheel_size_the_brush(opened: Callable[..., Playground]) -> None:
    playground = opened()
    before = playground.state("brushSize")
    playground.page.mouse.move(*playground.editor.fitted().place((30, 20)))
    playground.page.keyboard.down("Alt")
    playground.page.mouse.wheel(0, -100)
    playground.page.keyboard.up("Alt")
    expect(playground.editor.root.locator("mw-editor-options output")).not_to_have_text(f"{before} px")
    assert playground.state("brushSize") > before


def wait_for_tool(playground: Playground, name: str) -> None:
    """The keys pressed so far were taken, and this is the tool they chose."""
    script = "name => document.querySelector('segmentation-editor').editorState.tool.value === name"
    playground.page.wait_for_function(script, arg=name)


def test_a_shortcut_of_ones_own_outlives_the_page(opened: Callable[..., Playground]) -> None:
    playground = opened()
    page, root = playground.page, playground.editor.root
    page.keyboard.press("?")
    root.get_by_role("button", name="Key of “Brush”").click()
    page.keyboard.press("e")
    expect(root.locator("mw-editor-shortcuts .how")).to_contain_text("E is already “Eraser”")
    root.get_by_role("button", name="Key of “Brush”").click()
    expect(root.locator("mw-editor-shortcuts .how")).to_contain_text("Now press the new key")
    page.keyboard.press("k")
    expect(root.locator("mw-editor-shortcuts .how")).to_contain_text("Press a key below")
    root.get_by_role("button", name="Close").click()
    expect(root.locator("mw-editor-shortcuts")).to_have_count(0)
    page.keyboard.press("e")
    page.keyboard.press("k")
    wait_for_tool(playground, "brush")
    page.keyboard.press("e")
    page.keyboard.press("b")  # no longer its key
    wait_for_tool(playground, "eraser")
    page.reload()
    playground.editor.wait_for()
    page.keyboard.press("e")
    page.keyboard.press("k")
    wait_for_tool(playground, "brush")
    page.keyboard.press("?")
    root.get_by_role("button", name="Back to the usual keys").click()
    root.get_by_role("button", name="Close").click()
    expect(root.locator("mw-editor-shortcuts")).to_have_count(0)
    page.keyboard.press("e")
    page.keyboard.press("b")
    wait_for_tool(playground, "brush")


def test_one_finger_paints_and_two_zoom(opened: Callable[..., Playground]) -> None:
    playground = opened("size=640x480", TABLET, has_touch=True)
    view = playground.editor.fitted()
    start, end = view.place((100, 100)), view.place((300, 100))
    playground.touch("touchStart", start)
    playground.touch("touchMove", end)
    playground.touch("touchEnd")
    painted = playground.mask()
    assert (painted[100, 100:300] == ROAD).all()
    left, right = view.place((200, 240)), view.place((440, 240))
    playground.touch("touchStart", left)
    playground.touch("touchStart", left, right)
    playground.touch("touchMove", (left[0] - 60, left[1]), (right[0] + 60, right[1]))
    playground.touch("touchEnd")
    wider = (right[0] - left[0] + 120) / (right[0] - left[0])
    assert playground.state("camera")["scale"] == pytest.approx(view.scale * wider, rel=0.02)
    assert np.array_equal(playground.mask(), painted)  # the first finger's dab was taken back


def test_a_pen_paints_and_then_fingers_only_move(opened: Callable[..., Playground]) -> None:
    playground = opened("size=640x480", TABLET, has_touch=True)
    view = playground.editor.fitted()
    for kind, point in (("mousePressed", (100, 50)), ("mouseMoved", (200, 50)), ("mouseReleased", (200, 50))):
        x, y = view.place(point)
        held = {"button": "left", "buttons": 0 if kind == "mouseReleased" else 1, "clickCount": 1}
        playground.session.send(
            "Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "pointerType": "pen", **held}
        )
    painted = playground.mask()
    assert (painted[50, 100:200] == ROAD).all()
    before = playground.state("camera")["originY"]
    playground.touch("touchStart", view.place((300, 300)))
    playground.touch("touchMove", view.place((300, 340)))
    playground.touch("touchEnd")
    assert playground.state("camera")["originY"] < before
    assert np.array_equal(playground.mask(), painted)


def test_brush_eraser_fill_and_class_keys_by_mouse(opened: Callable[..., Playground]) -> None:
    playground = opened("size=64x48")
    page, editor = playground.page, playground.editor
    view = editor.fitted()
    editor.brush_size(4)
    page.keyboard.press("2")
    editor.stroke([(10, 10), (50, 10)])
    expected = np.zeros((48, 64), dtype=np.uint8)
    expected[8:12, 10:50] = BUILDING
    assert np.array_equal(playground.mask()[8:12, 10:50], expected[8:12, 10:50])
    painted = playground.mask()
    editor.tool("Eraser")
    editor.stroke([(30, 0), (30, 30)])
    erased = painted.copy()
    erased[0:31, 28:32] = 0
    assert np.array_equal(playground.mask()[:30], erased[:30])
    editor.tool("Fill")
    page.keyboard.press("3")
    page.mouse.click(*view.place((15, 10)))  # the left one of two parts
    page.wait_for_function("() => document.querySelector('segmentation-editor').engine.workspace.map.counts[3] > 0")
    after = playground.mask()
    assert (after[9:11, 12:28] == 3).all()
    assert (after[9:11, 32:48] == BUILDING).all()


def test_only_unlabeled_pixels_are_painted_by_brush_and_fill(opened: Callable[..., Playground]) -> None:
    playground = opened("size=64x48")
    page, editor = playground.page, playground.editor
    editor.box("Road", 0, 0, 32, 48)
    page.keyboard.press("m")
    page.keyboard.press("b")
    page.keyboard.press("2")
    editor.brush_size(4)
    editor.stroke([(10, 20), (60, 20)])
    assert (playground.mask()[:, :32] == ROAD).all()
    assert (playground.mask()[18:22, 34:60] == BUILDING).all()
    editor.tool("Fill")
    editor.click((5, 5))  # that region has a class: it keeps it
    editor.click((50, 5))
    page.wait_for_function("() => document.querySelector('segmentation-editor').engine.workspace.map.data[50] === 2")
    assert (playground.mask()[:, :32] == ROAD).all()


@pytest.mark.parametrize("width", [700, 820, 1024, 1180, 1280, 1440])
def test_no_control_above_the_image_lies_over_another(width: int, opened: Callable[..., Playground]) -> None:
    playground = opened("size=160x107", {"width": width, "height": 820}, has_touch=True)
    overlaps = playground.page.evaluate(
        """() => {
            const bar = document.querySelector("segmentation-editor").shadowRoot.querySelector("mw-editor-options");
            const all = bar.shadowRoot.querySelectorAll("button, input, output, .word");
            const parts = [...all].filter((one) => one.offsetParent);
            const name = (one) => one.id || one.className || one.tagName;
            const found = [];
            for (const [at, one] of parts.entries()) {
                const a = one.getBoundingClientRect();
                if (a.right > bar.getBoundingClientRect().right + 1) found.push(`${name(one)} beyond the bar`);
                for (const other of parts.slice(at + 1)) {
                    const b = other.getBoundingClientRect();
                    const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
                    if (!apart && !one.contains(other)) found.push(`${name(one)} over ${name(other)}`);
                }
            }
            return found;
        }"""
    )
    assert overlaps == []


def test_shift_and_a_click_correct_what_four_points_found_as_one_step(opened: Callable[..., Playground]) -> None:
    playground = opened()
    page, editor = playground.page, playground.editor
    editor.box("Building", 0, 0, 10, 48)
    before = playground.mask()
    page.keyboard.press("x")
    page.keyboard.press("1")
    data = "document.querySelector('segmentation-editor').engine.workspace.map.data"
    shown = f"([x, y, value]) => {data}[y * 64 + x] === value"
    for point in ((30, 5), (12, 20), (30, 40), (50, 20)):
        editor.click(point)
    page.wait_for_function(shown, arg=[30, 20, ROAD])
    found = playground.mask()
    assert found[6, 13] == before[6, 13] != ROAD
    page.keyboard.down("Shift")
    editor.click((14.5, 7.5))  # not in it: it is added
    page.wait_for_function(shown, arg=[14, 7, ROAD])
    editor.click((30.5, 20.5))  # in it: it is taken away
    page.wait_for_function(shown, arg=[30, 20, int(before[20, 30])])
    page.keyboard.up("Shift")
    expected = found.copy()
    expected[5:10, 12:17] = ROAD
    expected[18:23, 28:33] = before[18:23, 28:33]
    assert np.argwhere(playground.mask() != expected).tolist() == []
    page.keyboard.press("Control+z")
    assert np.array_equal(playground.mask(), before)
