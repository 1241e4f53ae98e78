"""What the editor shows, read from its canvas: the same by both renderers, crisp, and true to the document."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.playground import Mask, Playground, served_page

ROAD_COLOR = (0x8C, 0x6B, 0xB1)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served_page() as address:
        yield address


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., Playground]]:
    made: list[Playground] = []

    def open_page(query: str) -> Playground:
        made.append(Playground(browser, address, query, {"width": 1100, "height": 760}))
        return made[-1]

    yield open_page
    for playground in made:
        playground.close()
    assert [error for playground in made for error in playground.errors] == []


def painted(playground: Playground) -> Playground:
    playground.editor.box("Road", 20, 15, 60, 40)
    playground.page.mouse.move(5, 5)
    return playground


def look_around(playground: Playground) -> list[Mask]:
    """Fitted, moved, nearer and moved, without outlines, with unlabeled pixels marked."""
    page, editor = playground.page, playground.editor
    view = editor.fitted()
    pictures = [playground.picture()]
    view = editor.drag(view, (40, 30), by=(37, -23))
    pictures.append(playground.picture())
    view = editor.zoom(view, (40, 30), wheel=-400)
    editor.drag(view, (40, 30), by=(-151, 88))
    pictures.append(playground.picture())
    page.keyboard.press("o")
    pictures.append(playground.picture())
    page.keyboard.press("u")
    pictures.append(playground.picture())
    return pictures


@pytest.mark.parametrize("size", ["96x64", "2400x1500"])
def test_both_renderers_show_the_same(size: str, opened: Callable[..., Playground]) -> None:
    ours, shader = (painted(opened(f"size={size}&renderer={name}")) for name in ("canvas2d", "webgl"))
    names = [
        one.page.evaluate("() => document.querySelector('segmentation-editor').engine.stage.rendererName")
        for one in (ours, shader)
    ]
    assert names == ["canvas2d", "webgl"]
    for number, (one, other) in enumerate(zip(look_around(ours), look_around(shader), strict=True)):
        assert one.shape == other.shape
        apart = np.abs(one.astype(int) - other).max(axis=2)
        # A shrunk photo is smoothed in other ways; labels, their edges and the image's place are the same.
        tolerance = 12 if size == "96x64" else 60
        assert (apart > tolerance).mean() < 0.01, f"picture {number}"


def test_a_moved_picture_is_the_picture_drawn_anew(opened: Callable[..., Playground]) -> None:
    playground = painted(opened("size=96x64&renderer=canvas2d"))
    view = playground.editor.fitted()
    for by in ((31, 17), (-90, -64), (3, 0)):
        view = playground.editor.drag(view, (40, 30), by=by)
    moved = playground.picture()
    playground.page.keyboard.press("o")
    playground.page.keyboard.press("o")
    assert np.array_equal(moved, playground.picture())


def test_pixels_stay_squares_with_a_grid_when_magnified(opened: Callable[..., Playground]) -> None:
    playground = painted(opened("size=96x64"))
    playground.page.keyboard.press("o")  # without outlines a class is one colour
    playground.editor.root.get_by_role("slider", name="Opacity of labels").fill("100")
    for _ in range(12):
        playground.page.keyboard.press("+")
    scale = playground.state("camera")["scale"]
    assert scale == 64
    row = playground.picture()[400]
    colors, counts = np.unique(row.reshape(-1, 3), axis=0, return_counts=True)
    flat = {tuple(int(part) for part in color) for color, count in zip(colors, counts, strict=True) if count > 30}
    assert ROAD_COLOR in flat
    # Within one class nothing is smeared: its colour, and the grid's lines through it.
    assert len(flat) <= 2


def test_opacity_and_unlabeled_pixels_can_be_seen(opened: Callable[..., Playground]) -> None:
    playground = painted(opened("size=96x64"))
    page, editor = playground.page, playground.editor
    view = editor.fitted()
    box = editor.stage.bounding_box()
    assert box is not None

    def shown(point: tuple[float, float]) -> Mask:
        x, y = view.place(point)
        color: Mask = playground.picture()[round(y - box["y"]), round(x - box["x"])]
        return color

    editor.root.get_by_role("slider", name="Opacity of labels").fill("100")
    assert tuple(shown((40, 30))) == ROAD_COLOR
    editor.root.get_by_role("slider", name="Opacity of labels").fill("0")
    bare = shown((40, 30))
    assert tuple(bare) != ROAD_COLOR
    page.keyboard.press("v")
    assert tuple(shown((40, 30))) == tuple(bare)
    before = playground.picture()
    page.keyboard.press("u")
    striped = np.abs(before.astype(int) - playground.picture()).max(axis=2) > 40
    x, y = view.place((80, 55))
    at = (round(y - box["y"]), round(x - box["x"]))
    assert striped[at[0] - 10 : at[0] + 10, at[1] - 10 : at[1] + 10].any()  # unlabeled
    x, y = view.place((40, 30))
    at = (round(y - box["y"]), round(x - box["x"]))
    assert not striped[at[0] - 10 : at[0] + 10, at[1] - 10 : at[1] + 10].any()  # labeled


def test_coverage_and_saving_are_told(opened: Callable[..., Playground]) -> None:
    playground = opened("size=100x50")
    root = playground.editor.root
    expect(root.get_by_test_id("coverage")).to_have_text("0% labeled")
    playground.editor.box("Road", 0, 0, 50, 50)
    expect(root.get_by_test_id("coverage")).to_have_text("50% labeled")
    expect(root.get_by_test_id("saving")).to_have_text("Saving…")
    playground.editor.save()
