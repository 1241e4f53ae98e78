"""The story: a manager orders a job, three labelers paint it in their browsers, the manifest and the masks come out."""

import json
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.end_to_end import answers
from tests.end_to_end.answers import COLORS, HEIGHT, NAMES, WIDTH, Box
from tests.end_to_end.browser import Editor, Person
from tests.end_to_end.client import Client, mask_pixels, photo
from tests.end_to_end.manager import ManagerPages
from tests.end_to_end.stack import eventually

JOB = "street-1"
PHOTOS = {f"{name}.png": photo(seed, width=WIDTH, height=HEIGHT) for seed, name in enumerate(("a", "b", "c"))}
LABELERS = ("labeler1", "labeler2", "labeler3")


def test_a_job_from_the_order_to_the_last_file(make_cast: Callable[..., Any], browser: Browser, tmp_path: Path) -> None:
    cast = make_cast(labelers=3)
    pages = sit_down(cast.at_browser(browser, "manager"))
    job = order(pages, [cast.accounts[name]["username"] for name in LABELERS])
    manager = cast.client("manager")
    manager.wait_for_job(job, "ready")
    pages.start_job(job)

    people = [cast.at_browser(browser, name) for name in LABELERS]
    for person in people:
        person.sign_in()
        person.start_working()
    for _ in PHOTOS:
        for number, person in enumerate(people):
            person.editor.wait_for()
            answer(person.editor, number)
    for person in people:
        # When the last answer was consolidated meanwhile, the job is over.
        expect(person.page.get_by_role("heading", name=re.compile("You did them all|no open job"))).to_be_visible()

    found = manager.wait_for_job(job, "completed", within=30)
    check_answers(manager, job)
    check_masks(manager, job)
    check_manifest(manager, job)
    check_files(cast.stack.home, found)
    check_zip(pages.download(job, tmp_path))
    check_object_page(pages, manager.objects(job)[0])
    assert [error for person in cast.people for error in person.errors] == []


def sit_down(person: Person) -> ManagerPages:
    person.sign_in()
    assert person.page.url.endswith("/manage/"), "a manager comes to his pages"
    return ManagerPages(person)


def order(pages: ManagerPages, labelers: list[str]) -> str:
    pages.create_label_set("street things", {NAMES[index]: COLORS[index] for index in NAMES})
    pages.create_template("paint", "Paint the things", "Paint **every** thing you see.")
    pages.create_team("the painters", labelers)
    pages.upload("street photos", PHOTOS)
    return pages.create_job_of_upload(JOB, label_set="street things", template="paint", team="the painters", labelers=3)


def answer(editor: Editor, labeler: int) -> None:
    """Paint what this labeler (0, 1, 2) sees in the photo that is open, and submit it."""
    image = editor.image_number
    if image == 1:
        for box in answers.FIRST[labeler]:
            paint(editor, box)
    elif image == 2:
        paint_by_brush(editor)
    elif labeler < 2:
        paint(editor, answers.D)
    else:
        editor.answer_nothing_to_label()
        editor.wait_closed(image)
        return
    editor.submit()
    editor.wait_closed(image)


def paint(editor: Editor, box: Box) -> None:
    editor.box(NAMES[box.category], box.left, box.top, box.right, box.bottom)


def paint_by_brush(editor: Editor) -> None:
    """An outline with a brush of one pixel, filled; a stroke taken back; a corner erased."""
    box = answers.SECOND_OUTLINE
    left, top, right, bottom = box.left + 0.5, box.top + 0.5, box.right - 0.5, box.bottom - 0.5
    editor.choose(NAMES[box.category])
    editor.tool("Brush")
    editor.brush_size(1)
    editor.stroke([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
    editor.tool("Fill")
    before = editor.coverage()
    editor.click((40.5, 35.5))
    editor.wait_for_coverage_after(before)
    editor.tool("Brush")
    editor.stroke([(100.5, 100.5), (140.5, 110.5)])
    editor.page.keyboard.press("Control+z")
    editor.tool("Eraser")
    erased = answers.SECOND_ERASED
    for row in range(erased.top, erased.bottom):
        editor.stroke([(erased.left + 0.5, row + 0.5), (erased.right - 0.5, row + 0.5)])


def check_answers(manager: Client, job: str) -> None:
    """Every answer is what its labeler painted; a labeler has one pseudonym in all photos."""
    objects = manager.objects(job)
    pseudonyms: dict[str, int] = {}
    for number, data_object in enumerate(objects):
        wanted = answers.answers(number)
        found = data_object["annotations"]
        assert [one["state"] for one in found] == ["accepted"] * 3
        assert len({one["labeler"] for one in found}) == 3, "three different people"
        for one in found:
            if one["kind"] == "empty":
                assert wanted[pseudonyms[one["labeler"]]] is None
                continue
            pixels = mask_pixels(manager.png(f"annotations/{one['id']}/mask"), width=WIDTH, height=HEIGHT)
            if number == 0:  # all three differ, so the first photo tells who is who
                (who,) = [at for at, mask in enumerate(wanted) if mask is not None and np.array_equal(mask, pixels)]
                pseudonyms[one["labeler"]] = who
            mask = wanted[pseudonyms[one["labeler"]]]
            assert mask is not None and np.array_equal(mask, pixels)
    assert sorted(pseudonyms.values()) == [0, 1, 2]


def check_masks(manager: Client, job: str) -> None:
    """Pixel by pixel; each index has its class's colour in the palette, every other entry is white."""
    for data_object, wanted in zip(manager.objects(job), answers.RESULTS, strict=True):
        assert data_object["state"] == "done"
        png = manager.png(f"objects/{data_object['id']}/mask")
        assert np.array_equal(mask_pixels(png, width=WIDTH, height=HEIGHT), wanted.mask)
        assert palette(png) == {0: "#ffffff"} | COLORS


def palette(png: bytes) -> dict[int, str]:
    """The entries of a PNG's palette up to the last that is not white; it must have 256."""
    flat = Image.open(BytesIO(png)).getpalette()
    assert flat is not None and len(flat) == 768
    entries = {index: "#{:02x}{:02x}{:02x}".format(*flat[index * 3 : index * 3 + 3]) for index in range(256)}
    return {index: color for index, color in entries.items() if index == 0 or color != "#ffffff"}


def check_manifest(manager: Client, job: str) -> None:
    objects = manager.objects(job)
    records = manager.manifest(job)
    assert len(records) == len(PHOTOS)
    for record, data_object, wanted in zip(records, objects, answers.RESULTS, strict=True):
        consolidated = data_object["consolidated"]
        assert list(record) == ["source-ref", f"{JOB}-ref", f"{JOB}-ref-metadata"]
        assert record["source-ref"] == data_object["source_ref"]
        assert record[f"{JOB}-ref"] == consolidated["mask_uri"]
        metadata = record[f"{JOB}-ref-metadata"]
        confidence = round(wanted.confidence, 5)
        entries = {"0": ("BACKGROUND", "#ffffff")} | {str(i): (NAMES[i], COLORS[i]) for i in NAMES}
        extension = metadata.pop("maskwright")
        created = metadata.pop("creation-date")
        assert metadata == {
            "internal-color-map": {
                index: {"class-name": name, "hex-color": color, "confidence": confidence}
                for index, (name, color) in entries.items()
            },
            "type": "groundtruth/semantic-segmentation",
            "human-annotated": "yes",
            "job-name": f"labeling-job/{JOB}",
        }
        assert created == consolidated["creation_date"].removesuffix("Z")
        assert f"{created}.png" in record[f"{JOB}-ref"]
        assert extension == {
            "rule": "majority",
            "rule-version": "1",
            "annotators": [one["labeler"] for one in data_object["annotations"]],
            "class-agreement": {str(index): round(value, 5) for index, value in wanted.agreement.items()},
            "disputed-share": round(wanted.disputed_share, 5),
            "raster-sha256": consolidated["raster_sha256"],
        }


def check_files(home: Path, job: dict[str, Any]) -> None:
    """The job's output location gets the manifest, and holds the masks it names."""
    assert job["output_manifest_uri"] == f"{job['output_uri']}{JOB}/manifests/output/output.manifest"

    def written() -> list[str] | None:
        for file in (home / "objects").rglob(f"{JOB}/manifests/output/output.manifest"):
            records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            if len(records) == len(PHOTOS) and all(f"{JOB}-ref" in record for record in records):
                return [
                    str(file.parents[3] / record[f"{JOB}-ref"].removeprefix(job["output_uri"])) for record in records
                ]
        return None

    masks = eventually(written, within=15, what="The output manifest's file")
    for file, wanted in zip(masks, answers.RESULTS, strict=True):
        assert np.array_equal(mask_pixels(Path(file).read_bytes(), width=WIDTH, height=HEIGHT), wanted.mask)


def check_zip(file: Path) -> None:
    """One zip with the manifest, indexed and colour masks, and COCO."""
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        coco = json.loads(archive.read(next(name for name in names if name.endswith(".json"))))
        masks = sorted(name for name in names if name.endswith(".png"))
        found = [np.asarray(Image.open(BytesIO(archive.read(name)))) for name in masks]
    assert any(name.endswith("output.manifest") for name in names)
    assert [category["name"] for category in coco["categories"]] == list(NAMES.values())
    assert len(coco["images"]) == len(PHOTOS)
    indexed = [pixels for pixels in found if pixels.ndim == 2]
    colored = [pixels for pixels in found if pixels.ndim == 3]
    for wanted in answers.RESULTS:
        assert any(np.array_equal(pixels, wanted.mask) for pixels in indexed)
        painted = np.full((HEIGHT, WIDTH, 3), 255, dtype=np.uint8)
        for index, color in COLORS.items():
            painted[wanted.mask == index] = tuple(bytes.fromhex(color[1:]))
        assert any(np.array_equal(pixels[..., :3], painted) for pixels in colored)


def check_object_page(pages: ManagerPages, data_object: dict[str, Any]) -> None:
    """The manager sees one photo's whole story: its answers and its history."""
    pages.open_object(data_object["id"])
    for one in data_object["annotations"]:
        expect(pages.page.get_by_text(one["labeler"]).first).to_be_visible()
