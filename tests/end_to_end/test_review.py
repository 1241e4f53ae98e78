"""Review in real browsers: layers, disputed regions, a side taken, a comment pinned, an answer sent back, corrected."""

from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Locator, expect

from tests.end_to_end.answers import CAT, CUP, HEIGHT, NAMES, VASE, WIDTH, Box, painted
from tests.end_to_end.browser import Editor, Person
from tests.end_to_end.client import Client, Pixels, mask_pixels, photo

PHOTOS = {f"{name}.png": photo(seed, width=WIDTH, height=HEIGHT) for seed, name in enumerate(("a", "b"), start=7)}
# Both see the cat; only the second sees a cup, and he takes a vase for a cat.
CAT_BOX, CUP_BOX, VASE_BOX = Box(CAT, 10, 10, 50, 60), Box(CUP, 90, 20, 130, 80), Box(VASE, 10, 80, 30, 110)
FIRST, SECOND = (CAT_BOX, VASE_BOX), (CAT_BOX, CUP_BOX, VASE_BOX.of(CAT))
CORRECTED = (*SECOND, VASE_BOX)
COMMENT = "This is the vase, not the cat."


def test_an_answer_is_sent_back_corrected_and_the_result_accepted(
    make_cast: Callable[..., Any], browser: Browser
) -> None:
    cast = make_cast(labelers=2, reviewers=1)
    manager = cast.client("manager")
    job = order(cast, manager)
    people = [cast.at_browser(browser, f"labeler{number}") for number in (1, 2)]
    for person in people:
        person.sign_in()
        person.start_working()
    for _ in PHOTOS:
        for person, boxes in zip(people, (FIRST, SECOND), strict=True):
            paint(person.editor, boxes)

    reviewer = cast.at_browser(browser, "reviewer1")
    reviewer.sign_in()
    reviewer.page.goto("/work/")
    expect(reviewer.page.get_by_role("heading", name="2 reviews are waiting for you")).to_be_visible(timeout=30_000)
    reviewer.start_working()
    reviewer.editor.wait_for()
    sent_back = reviewer.editor.image_number
    looks_at_layers(reviewer)
    pins_and_sends_back(reviewer)
    reviewer.editor.wait_closed(sent_back)
    reviewer.editor.wait_for()
    takes_a_side(reviewer)

    labeler = people[1]
    labeler.editor.wait_for(sent_back)
    corrects(labeler)
    reviewer.editor.wait_for(sent_back)
    accept = reviewer.editor.root.get_by_test_id("accept")
    expect(accept).to_contain_text("Accept")
    reviewer.editor.stage.press("y")
    reviewer.editor.wait_closed(sent_back)

    manager.wait_for_job(job, "completed", within=60)
    check_result(manager, job, sent_back)
    person = people[1]
    person.page.goto("/work/")
    reviews = person.page.get_by_role("region", name="Reviews of your answers")
    for when in ("Today", "This week"):
        counts = reviews.locator("dl > div").filter(has_text=when)
        expect(counts).to_contain_text("2 accepted")
        expect(counts).to_contain_text("1 sent back")
    expect(reviews.get_by_text("1 comment in the photo")).to_be_visible()
    assert [error for one in cast.people for error in one.errors] == []


def order(cast: Any, manager: Client) -> str:
    team = manager.create_team("reviewers", cast.ids("reviewer1"))
    labelers = cast.ids("labeler1", "labeler2")
    review = {"review_team_id": team, "review_share": 1.0}
    job = manager.order_job("review", PHOTOS, labelers, number_of_labelers=2, **review)
    manager.start_job(job)
    return job


def paint(editor: Editor, boxes: tuple[Box, ...]) -> None:
    editor.wait_for()
    number = editor.image_number
    for box in boxes:
        editor.box(NAMES[box.category], box.left, box.top, box.right, box.bottom)
    editor.submit()
    editor.wait_closed(number)


def panel(person: Person) -> Locator:
    return person.editor.root.locator("mw-editor-review")


def document(person: Person) -> Pixels:
    """The document's indices as the browser holds them."""
    script = "() => Array.from(document.querySelector('segmentation-editor').engine.workspace.map.data)"
    return np.array(person.page.evaluate(script), dtype=np.uint8).reshape(HEIGHT, WIDTH)


def looks_at_layers(reviewer: Person) -> None:
    page, root = reviewer.page, reviewer.editor.root
    expect(root.get_by_text("Review, round 1")).to_be_visible()
    expect(root.locator("mw-editor-review .count").nth(0)).to_have_text("2")
    before = document(reviewer)
    page.keyboard.press("Shift+A")
    expect(panel(reviewer).get_by_role("radio", name="Answer A")).to_be_checked()
    page.keyboard.press("q")
    expect(panel(reviewer).get_by_role("radio", name="Your mask")).to_be_checked()
    page.keyboard.press("Shift+B")
    expect(panel(reviewer).get_by_role("radio", name="Answer B")).to_be_checked()
    page.keyboard.press("c")
    expect(panel(reviewer).get_by_label("Only what differs from my mask")).to_be_checked()
    page.keyboard.press("c")
    page.keyboard.press("d")
    expect(panel(reviewer).get_by_role("checkbox", name="Disagreement")).not_to_be_checked()
    page.keyboard.press("d")
    assert np.array_equal(document(reviewer), before), "looking changes nothing"
    # The cup (60 x 40) is the largest disputed region, then the vase; then it begins again.
    page.keyboard.press("j")
    expect(root.get_by_text("Disputed region 1 of 2: 2,400 pixels")).to_be_visible()
    page.keyboard.press("j")
    expect(root.get_by_text("Disputed region 2 of 2: 600 pixels")).to_be_visible()


def pins_and_sends_back(reviewer: Person) -> None:
    page, editor = reviewer.page, reviewer.editor
    editor.stage.press("a")
    editor.click((20.0, 95.0))
    page.keyboard.type(COMMENT)
    expect(editor.root.locator("mw-editor-pins").get_by_role("button")).to_have_count(1)
    # Written comments outlive the page.
    page.reload()
    page.get_by_role("button", name="Continue").click()
    editor.wait_for()
    expect(panel(reviewer).get_by_role("textbox", name="Text of comment 1")).to_have_value(COMMENT)
    name = answer_with(reviewer, painted(*SECOND))
    editor.stage.press("r")
    dialog = editor.root.get_by_role("dialog")
    expect(dialog).to_contain_text("Your comment goes with it.")
    for other in dialog.get_by_role("checkbox").all():
        other.uncheck()
    dialog.get_by_label(name).check()
    dialog.get_by_role("button", name="Send back").click()


def answer_with(reviewer: Person, mask: Pixels) -> str:
    """The name of the answer that shows this mask: found as a person would, by looking at each."""
    script = """async () => {
        const { desk } = document.querySelector("segmentation-editor");
        const masks = {};
        for (const { id, answer } of desk.sides) if (answer) masks[answer.name] = Array.from(await desk.rasterOf(id));
        return masks;
    }"""
    masks = reviewer.page.evaluate(script)
    (name,) = [one for one, pixels in masks.items() if np.array_equal(pixels, mask.ravel())]
    return f"Answer {name}"


def takes_a_side(reviewer: Person) -> None:
    """The second photo: whatever the vote says, it becomes the second labeler's answer but for the vase."""
    page, editor = reviewer.page, reviewer.editor
    number = editor.image_number
    expect(editor.root.locator("mw-editor-review .count").nth(0)).to_have_text("2")
    good = {"cup": answer_with(reviewer, painted(*SECOND)), "vase": answer_with(reviewer, painted(*FIRST))}
    takes_an_area(reviewer, good["vase"])
    for thing in ("cup", "vase"):
        page.keyboard.press("j")
        side = panel(reviewer).get_by_role("button", name=f"Take over {good[thing]} in this region")
        side.click()
        expect(editor.root.get_by_text(f"{good[thing]} taken over in this region.")).to_be_visible()
        editor.stage.focus()
    assert np.array_equal(document(reviewer), painted(*CORRECTED))
    expect(editor.root.get_by_test_id("accept")).to_be_enabled()
    page.keyboard.press("y")
    editor.wait_closed(number)


def takes_an_area(reviewer: Person, without_cup: str) -> None:
    """Within the cup a box is dragged: there the chosen answer has no label; taken back afterwards."""
    page, editor = reviewer.page, reviewer.editor
    before = document(reviewer)
    page.keyboard.press(f"Shift+{without_cup[-1]}")
    expect(panel(reviewer).get_by_role("radio", name=without_cup)).to_be_checked()
    page.keyboard.press("l")
    view = editor.fitted()
    page.keyboard.down("Shift")
    page.mouse.move(*view.place((5, 5)))
    page.mouse.down()
    page.mouse.move(*view.place((60, 70)), steps=4)
    page.mouse.move(*view.place((135, 85)), steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(editor.root.get_by_text(f"{without_cup} taken over in this area.")).to_be_visible()
    wanted = before.copy()
    wanted[5:85, 5:135] = painted(*FIRST)[5:85, 5:135]
    assert np.array_equal(document(reviewer), wanted)
    page.keyboard.press("Control+z")
    expect(panel(reviewer).get_by_role("radio", name="Your mask")).to_be_checked()
    page.keyboard.press("b")


def corrects(labeler: Person) -> None:
    editor = labeler.editor
    expect(editor.root.get_by_text("This image came back to you.")).to_be_visible()
    assert np.array_equal(document(labeler), painted(*SECOND)), "he goes on from his own mask"
    editor.root.get_by_role("button", name="Show the first place").click()
    places = editor.root.locator("mw-editor-rework")
    expect(places.get_by_text(COMMENT)).to_be_visible()
    expect(editor.root.locator("mw-editor-pins").get_by_role("button", name=COMMENT)).to_be_visible()
    places.get_by_role("checkbox").check()
    expect(places.get_by_text("1 of 1 done")).to_be_visible()
    paint(editor, (VASE_BOX,))


def check_result(manager: Client, job: str, sent_back: int) -> None:
    for item in manager.objects(job):
        png = manager.png(f"objects/{item['id']}/mask")
        pixels = mask_pixels(png, width=WIDTH, height=HEIGHT)
        if item["index"] + 1 == sent_back:
            states = sorted(one["state"] for one in item["annotations"] if one["kind"] == "mask")
            assert states == ["accepted", "accepted", "returned"]
            assert np.array_equal(
                pixels[VASE_BOX.top : VASE_BOX.bottom, VASE_BOX.left : VASE_BOX.right].ravel(), [VASE] * 600
            )
        else:
            assert np.array_equal(pixels, painted(*CORRECTED)), "the accepted mask, pixel by pixel"
    lines = manager.manifest(job)
    assert len(lines) == len(PHOTOS) and all("review-ref" in line for line in lines)
