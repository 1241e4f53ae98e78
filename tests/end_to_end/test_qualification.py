"""A qualification from the masks that a manager brings to the skill that opens a job, at real browsers."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, FilePayload, expect

from tests.end_to_end.answers import CAT, COLORS, CUP, Box, painted
from tests.end_to_end.client import mask_png, photo

TRUTH = painted(Box(CAT, 10, 10, 80, 100), Box(CUP, 90, 20, 150, 90))
FILES = {"street-1.png": photo(1), "street-2.png": photo(2)}


def test_mistakes_are_shown_after_each_answer_and_the_skill_opens_a_job(
    make_cast: Callable[..., Any], browser: Browser
) -> None:
    cast = make_cast(labelers=1)
    manager = cast.client("manager")
    exam = manager.order_job(
        "exam",
        FILES,
        cast.ids("labeler1"),
        is_qualification=True,
        qualification_skill="Street scenes",
        qualification_iou=0.6,
    )
    real = manager.order_job(
        "real", {"one.png": photo(3)}, cast.ids("labeler1"), required_skills={"street scenes": 60}, number_of_labelers=1
    )

    # The manager gives the photos their right masks, by files of the same names.
    office = cast.at_browser(browser, "manager")
    office.sign_in()
    page = office.page
    page.goto(f"/manage/labeling/labelingjob/{exam}/quality/")
    page.get_by_role("link", name="Gold tasks").click()
    truth = mask_png(TRUTH, COLORS)
    page.get_by_label("Right masks").set_input_files(
        [FilePayload(name=name, mimeType="image/png", buffer=truth) for name in FILES]
    )
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Gold tasks made: 2.")).to_be_visible()
    for job in (exam, real):
        manager.start_job(job)

    # The labeler paints half of the first photo: he is shown what is missing and what he took for what.
    person = cast.at_browser(browser, "labeler1")
    person.sign_in()
    person.start_working()
    person.editor.wait_for()
    person.editor.box("cat", 10, 10, 80, 100)
    person.editor.box("vase", 90, 20, 150, 90)
    person.editor.submit()
    desk = person.page
    expect(desk.get_by_text("Photo 1 of 2")).to_be_visible()
    expect(desk.get_by_role("heading", name="33% overlap with the right mask")).to_be_visible()
    expect(desk.get_by_text("cup as vase")).to_be_visible()
    errors = desk.locator(".mw-judged__errors")
    expect(errors).to_be_visible()
    assert errors.evaluate("image => image.decode().then(() => image.naturalWidth)") == 160
    desk.get_by_label("Show mistakes").uncheck()
    expect(errors).to_be_hidden()

    # The second one is right; the average earns the skill, and with it the other job's photo opens.
    desk.keyboard.press("Enter")  # also while the box has the focus
    person.editor.wait_for()
    person.editor.box("cat", 10, 10, 80, 100)
    person.editor.box("cup", 90, 20, 150, 90)
    person.editor.submit()
    expect(desk.get_by_text("Passed: you have the skill Street scenes at level 67.")).to_be_visible()
    desk.get_by_role("button", name="Done").click()
    person.editor.wait_for()
    assert manager.get(f"jobs/{real}/progress")["claimed"] == 1
    desk.goto("/work/quality/")
    expect(desk.get_by_text("Street scenes")).to_be_visible()

    page.goto("/manage/workforce/personskill/")
    row = page.get_by_role("row").filter(has_text="Street scenes")
    expect(row).to_contain_text("67")
    expect(row).to_contain_text("earned by a qualification")
    assert person.errors == [] and office.errors == []
