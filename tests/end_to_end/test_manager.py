"""A project manager's day: label set and template with preview, a folder with bad photos, a job from its prefix."""

import json
import re
import uuid
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.end_to_end.browser import Person
from tests.end_to_end.client import Client, mask_png, photo
from tests.end_to_end.manager import ManagerPages
from tests.end_to_end.photo_folder import BAD, HEIGHT, LEFT_OUT, WIDTH, good_names, write_folder

GOOD = good_names(24)
TOTAL = len(GOOD) + len(BAD)
BEFORE_THE_BREAK = 9
CATEGORIES = {"road": "#7f7f7f", "house": "#d62728"}
ADDED = "tree"


def test_a_managers_day(make_cast: Callable[..., Any], browser: Browser, tmp_path: Path) -> None:
    cast = make_cast(labelers=1)
    person = cast.at_browser(browser, "manager")
    person.sign_in()
    pages, page = ManagerPages(person), person.page
    pages.create_label_set("street", CATEGORIES)
    template_with_preview(person, tmp_path)
    pages.create_team("painters", [cast.accounts["labeler1"]["username"]])

    upload = upload_with_a_break(page, write_folder(tmp_path / "photos", len(GOOD)))
    preview_of_an_uploaded_photo(page)
    job = job_of_prefix(pages, f"upload://{upload}/")
    read_preflight(page, job)

    pages.start_job(job)
    labeler = cast.client("labeler1")
    watch_pause_resume(page, labeler, job)
    add_category(page, job)
    retry_what_failed(page, cast.client("manager"), labeler, job)
    finish(labeler, job)
    cast.client("manager").wait_for_job(job, "completed", within=30)
    expect(page.locator("mw-job-progress").get_by_text(f"{len(GOOD)} of {len(GOOD)} photos done")).to_be_visible()
    check_zip(pages.download(job, tmp_path))
    assert person.errors == []


def template_with_preview(person: Person, folder: Path) -> None:
    """Without any photo a drawing of ours shows; a local file is shown and never sent."""
    page, sent = person.page, []
    page.goto("/manage/labeling/tasktemplate/add/")
    preview = page.locator("mw-template-preview")
    expect(preview.locator(".mw-badge", has_text="Sample")).to_be_visible()
    person.editor.wait_for()
    assert person.editor.size == (1200, 800)

    file = folder / "mine.png"
    file.write_bytes(photo(7, width=96, height=72))

    def note(request: Request) -> None:
        if request.method != "GET":
            sent.append((request.method, request.url))

    page.on("request", note)
    preview.get_by_role("button", name="Choose a photo").click()
    preview.locator("dialog input[type=file]").set_input_files(file)
    expect(preview.get_by_text("mine.png, only in this tab")).to_be_visible()
    expect(page.locator("segmentation-editor .size")).to_have_text(re.compile("96.*72"))
    page.remove_listener("request", note)
    assert sent == []

    page.locator("#id_name").fill("paint streets")
    page.locator("#id_title").fill("Paint the street")
    page.locator("#id_instructions").fill("Leave the **sky** alone.")
    expect(page.locator("segmentation-editor strong", has_text="sky")).to_be_visible()
    page.locator(".manage-submit").get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_text("paint streets was saved; its version is now 1.")).to_be_visible()


def upload_with_a_break(page: Page, folder: Path) -> str:
    """The network goes away after some files, the manager leaves, comes back, and chooses the folder again."""
    page.goto("/manage/labeling/upload/add/")
    page.locator("#id_name").fill("street photos")
    page.get_by_role("button", name="Continue").click()
    found = re.search(r"/upload/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    sent = 0

    def break_off(route: Route) -> None:
        nonlocal sent
        sent += 1
        if sent > BEFORE_THE_BREAK:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/files?name=*", break_off)
    chooser = page.locator("mw-upload input[webkitdirectory]")
    chooser.set_input_files(folder)
    expect(page.get_by_text("It goes on by itself.")).to_be_visible()
    page.unroute("**/files?name=*")
    page.reload()
    # What is there counts, what is missing is named: it could be finished like this.
    missing = TOTAL - BEFORE_THE_BREAK
    expect(page.get_by_text(f"{missing} files that you chose before have not arrived.")).to_be_visible()
    expect(page.locator(".mw-names li")).to_have_count(missing)
    expect(page.get_by_text(f"{BEFORE_THE_BREAK} files are there.")).to_be_visible()
    expect(page.get_by_role("button", name="Finish the upload")).to_be_enabled()
    chooser.set_input_files(folder)
    expect(page.get_by_text("All photos are there")).to_be_visible()
    expect(page.get_by_text(f"{BEFORE_THE_BREAK} were there already.")).to_be_visible()
    page.get_by_text(f"{len(LEFT_OUT)} files were left out").click()
    for name in LEFT_OUT:
        expect(page.locator(".mw-names li", has_text=name)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the whole list").click()
    assert len(Path(download.value.path()).read_text().splitlines()) == len(LEFT_OUT)
    page.get_by_role("button", name="Finish the upload").click()
    expect(page.get_by_role("link", name="Label these photos")).to_be_visible()
    expect(page.get_by_text(f"of {TOTAL}", exact=False).first).to_be_visible()
    # A worker makes the thumbnails of what is looked at; one that is no photo keeps its empty frame.
    row = page.locator("tr", has_text="photos/street/photo-00.png")
    expect(row.locator("img:not([data-missing])")).to_be_visible()
    return found[1]


def preview_of_an_uploaded_photo(page: Page) -> None:
    page.goto("/manage/labeling/tasktemplate/")
    page.get_by_role("link", name="paint streets").click()
    preview = page.locator("mw-template-preview")
    preview.get_by_role("button", name="Choose a photo").click()
    preview.get_by_role("button", name="photo-00.png").click()
    expect(page.locator("segmentation-editor .size")).to_have_text(re.compile(f"{WIDTH}.*{HEIGHT}"))
    page.reload()  # it is remembered
    expect(preview.get_by_text("photos/street/photo-00.png")).to_be_visible()


def job_of_prefix(pages: ManagerPages, address: str) -> str:
    """What is missing or wrong is said all at once, on its field, and nothing is made."""
    page = pages.page
    page.goto("/manage/labeling/labelingjob/add/")
    page.get_by_label("an address in a storage connection").check()
    page.locator("#id_name").fill("street 1!")
    page.locator("#id_input_address").fill("s3://nobody/photos/")
    press(page, "Create the job")
    expect(page.locator("[data-field=name] .mw-field__errors")).to_be_visible()
    expect(page.locator("[data-field=input_address] .mw-field__errors")).to_be_visible()
    page.locator("#id_name").fill("street-1")
    page.locator("#id_input_address").fill(address)
    page.locator("#id_label_set").select_option(label="street")
    page.locator("#id_task_template").select_option(label="paint streets")
    page.locator("#id_work_team").select_option(label="painters")
    page.locator("#id_number_of_labelers").fill("1")
    page.locator("#id_start_when_ready").uncheck()
    press(page, "Create the job")
    found = re.search(r"/labelingjob/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    return found[1]


def press(page: Page, label: str) -> None:
    page.locator(".manage-submit").get_by_role("button", name=label, exact=True).click()
    page.wait_for_load_state()


def read_preflight(page: Page, job: str) -> None:
    """Every bad photo is counted under its reason; the reason leads to the photo and its sentence."""
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible(timeout=30_000)
    for reason in BAD.values():
        expect(page.locator("tr", has_text=re.compile(re.escape(reason), re.I)).locator("td").last).to_have_text("1")
    page.get_by_role("link", name="CMYK colours").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("cmyk.jpg")
    parts = page.get_by_role("navigation", name="Photos by state")
    expect(parts.get_by_role("link", name=re.compile(f"^All {TOTAL}$"))).to_be_visible()
    expect(parts.get_by_role("link", name=re.compile(f"^Cannot be used {len(BAD)}$"))).to_be_visible()
    page.goto(f"/manage/labeling/dataobject/?job={job}&q=photo-0")
    expect(page.locator("tbody tr")).to_have_count(10)
    expect(page.locator("tbody img:not([data-missing])").first).to_be_visible()


def answer(labeler: Client, job: str, category: int = 1) -> dict[str, Any]:
    claim = labeler.wait_for_claim(job)
    pixels = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    pixels[10:20, 10:30] = category
    colors = {one["index"]: one["color"] for one in claim["categories"]}
    labeler.submit(claim, mask_png(pixels, colors))
    return claim


def watch_pause_resume(page: Page, labeler: Client, job: str) -> None:
    live = page.locator("mw-job-progress")
    expect(live.get_by_text(f"0 of {len(GOOD)} photos done")).to_be_visible()
    answer(labeler, job)
    expect(live.get_by_text(f"1 of {len(GOOD)} photos done")).to_be_visible()  # without a reload
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible()
    refused = labeler.call("POST", "work/claims", json={"job": job})
    assert (refused.status_code, refused.headers["X-Reason"]) == (204, "job_paused")
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    answer(labeler, job)
    expect(live.get_by_text(f"2 of {len(GOOD)} photos done")).to_be_visible()


def add_category(page: Page, job: str) -> None:
    """A running job gets one more category; who claims from now on has it."""
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_role("button", name="Add a category").click()
    page.locator("mw-category-table tbody tr").last.locator("input[name$=-name]").fill(ADDED)
    press(page, "Save")
    expect(page.locator(".manage-legend")).to_contain_text(ADDED)


def retry_what_failed(page: Page, manager: Client, labeler: Client, job: str) -> None:
    """A photo that its labeler called impossible failed with his words, and goes back to him."""
    claim = labeler.wait_for_claim(job)
    assert [one["name"] for one in claim["categories"]] == [*CATEGORIES, ADDED]
    labeler.call(
        "POST",
        f"work/claims/{claim['id']}/submit",
        headers={"X-Fencing-Token": str(claim["token"]), "Idempotency-Key": str(uuid.uuid4())},
        json={"kind": "impossible", "content": {"reason": "too dark"}},
    )
    page.goto(f"/manage/labeling/dataobject/{claim['task']['data_object']['id']}/change/")
    retry = page.get_by_role("button", name="Try again")
    for _ in range(30):
        if retry.is_visible():
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(page.locator("mw-object-viewer canvas")).to_be_visible()
    expect(page.get_by_text("too dark").first).to_be_visible()
    retry.click()
    expect(page.get_by_text("It is being tried again.")).to_be_visible()
    page.goto(f"/manage/labeling/labelingjob/{job}/change/")


def finish(labeler: Client, job: str) -> None:
    for number in range(len(GOOD) - 2):
        answer(labeler, job, 1 + number % 3)


def check_zip(file: Path) -> None:
    """One indexed and one coloured mask for each usable photo, the manifest, COCO with the added category."""
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        lines = archive.read(next(name for name in names if name.endswith("output.manifest"))).decode().splitlines()
        coco = json.loads(archive.read(next(name for name in names if name.endswith(".json"))))
        masks = [Image.open(BytesIO(archive.read(name))) for name in names if name.endswith(".png")]
    records = [json.loads(line) for line in lines]
    labeled = [record for record in records if "street-1-ref" in record]
    assert (len(records), len(labeled)) == (TOTAL, len(GOOD))
    assert {record["source-ref"].partition("photos/")[2] for record in labeled} == set(GOOD)
    assert [category["name"] for category in coco["categories"]] == [*CATEGORIES, ADDED]
    assert len(coco["images"]) == len(GOOD)
    assert sorted(mask.mode == "P" for mask in masks) == [False] * len(GOOD) + [True] * len(GOOD)
    assert {mask.size for mask in masks} == {(WIDTH, HEIGHT)}
