"""Take the README's screenshots from a running installation.

`make run`, and in another terminal `.venv/bin/python docs/make_screenshots.py`. The photos in them are drawn here, so
that the repository holds no picture that was not made here. Needs Chromium.
"""

import json
import os
import random
import shutil
import sys
import time
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from labeling.masks import MaskRaster, Palette, encode_mask  # noqa: E402  # the path above comes first

HOME = Path(os.environ.get("MASKWRIGHT_HOME", ROOT / ".maskwright"))
READY = json.loads((HOME / "ready.json").read_text())
IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1200, 800
CATEGORIES = [
    {"index": 1, "name": "sky", "color": "#1f77b4", "key": "1", "description": "Open sky, with the sun."},
    {"index": 2, "name": "hill", "color": "#2ca02c", "key": "2", "description": "Hills and meadow."},
    {"index": 3, "name": "house", "color": "#d62728", "key": "3", "description": "A house with roof and windows."},
    {"index": 4, "name": "tree", "color": "#bcbd22", "key": "4", "description": "Crown and trunk."},
]


def scene(seed: int) -> tuple[bytes, np.ndarray[Any, Any]]:
    """A drawn landscape as PNG, and its true class indices (height, width), uint8."""
    dice = random.Random(seed)
    image = Image.new("RGB", (WIDTH, HEIGHT))
    paint = ImageDraw.Draw(image)
    truth = Image.new("L", (WIDTH, HEIGHT), 1)
    mark = ImageDraw.Draw(truth)
    for y in range(HEIGHT):
        share = y / HEIGHT
        paint.line((0, y, WIDTH, y), fill=(int(120 + 110 * share), int(170 + 60 * share), 235))
    sun = dice.randint(150, 950)
    paint.ellipse((sun, 70, sun + 110, 180), fill=(255, 240, 190))
    for depth, shade in enumerate(((96, 140, 92), (70, 116, 66), (52, 92, 50))):
        base, swing = 430 + 110 * depth, 50 + 10 * depth
        phase = dice.random() * 6
        ridge = [(x, base + swing * np.sin(x / (170 + 40 * depth) + phase)) for x in range(0, WIDTH + 10, 10)]
        for draw, fill in ((paint, shade), (mark, 2)):
            draw.polygon([*ridge, (WIDTH, HEIGHT), (0, HEIGHT)], fill=fill)
    x, y = dice.randint(420, 700), dice.randint(430, 500)
    roof = [(x - 30, y), (x + 120, y - 110), (x + 270, y)]
    for draw, wall, top in ((paint, (226, 214, 196), (150, 62, 48)), (mark, 3, 3)):
        draw.rectangle((x, y, x + 240, y + 170), fill=wall)
        draw.polygon(roof, fill=top)
    for left in (40, 150):
        paint.rectangle(
            (x + left, y + 50, x + left + 52, y + 104), fill=(96, 128, 160), outline=(250, 250, 245), width=5
        )
    for number in range(3):
        tx, ty = dice.randint(60, 300) + 420 * number * (number != 1), dice.randint(470, 560)
        for draw, trunk, crown in ((paint, (96, 70, 48), (58, 120, 62)), (mark, 4, 4)):
            draw.rectangle((tx - 10, ty, tx + 10, ty + 110), fill=trunk)
            draw.ellipse((tx - 70, ty - 120, tx + 70, ty + 30), fill=crown)
    grain = np.random.default_rng(seed).normal(0, 2, (HEIGHT, WIDTH, 1))
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(0.7)), dtype=np.float64) + grain
    file = BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue(), np.asarray(truth)


def client(role: str) -> tuple[httpx.Client, dict[str, str]]:
    account = next(a for a in READY["accounts"] if a["username"] == role)
    headers = {"Authorization": f"Bearer {account['api_token']}"}
    return httpx.Client(base_url=READY["address"], headers=headers, timeout=60), account


def answer_as(api: httpx.Client, job: str, truths: list[np.ndarray[Any, Any]], shift: int, leave: int) -> None:
    """Submit the true masks, moved by a few pixels, until `leave` photos are left for the person."""
    palette = Palette({int(c["index"]): str(c["color"]) for c in CATEGORIES})
    for _ in range(len(truths) - leave):
        held = api.post("/api/v1/work/claims", json={"job": job})
        if held.status_code == 204:
            return
        claim = held.json()
        mask = np.roll(truths[claim["task"]["data_object"]["index"]], shift, axis=1)
        headers = {
            "X-Fencing-Token": str(claim["token"]),
            "Idempotency-Key": str(uuid.uuid4()),
            "Content-Type": "image/png",
        }
        body = encode_mask(MaskRaster(mask), palette)
        api.post(f"/api/v1/work/claims/{claim['id']}/submit", content=body, headers=headers).raise_for_status()


def make_job(api: httpx.Client, photos: list[bytes]) -> str:
    stamp = time.strftime("%H%M%S")
    upload = api.post("/api/v1/uploads", json={"name": f"Landscapes {stamp}"}).raise_for_status().json()
    for number, photo in enumerate(photos):
        url = f"/api/v1/uploads/{upload['id']}/files"
        api.put(url, params={"name": f"landscape-{number}.png"}, content=photo).raise_for_status()
    api.post(f"/api/v1/uploads/{upload['id']}/complete").raise_for_status()
    labels = {"name": f"Landscape {stamp}", "description": "", "categories": CATEGORIES}
    label_set = api.post("/api/v1/label-sets", json=labels).raise_for_status().json()
    template = {
        "name": f"Landscape {stamp}",
        "title": "Segment the landscape",
        "instructions": "Paint **every pixel**:\n\n1. sky and hills with *fill*,\n2. house and trees with *polygon*.",
        "tools": ["brush", "eraser", "polygon", "lasso", "rectangle", "fill", "magic-wand", "extreme-points"],
    }
    task_template = api.post("/api/v1/templates", json=template).raise_for_status().json()
    team = api.get("/api/v1/teams").json()["results"][0]
    job = {
        "name": f"landscapes-{stamp}",
        "label_attribute_name": "landscape-ref",
        "input_uri": f"upload://{upload['id']}/",
        "label_set_id": label_set["id"],
        "task_template_id": task_template["id"],
        "work_team_id": team["id"],
        "number_of_labelers": 3,
        "start_when_ready": True,
    }
    made: dict[str, Any] = api.post("/api/v1/jobs", json=job).raise_for_status().json()
    for _ in range(120):
        if api.get(f"/api/v1/jobs/{made['id']}").json()["state"] == "in_progress":
            return str(made["id"])
        time.sleep(0.5)
    raise RuntimeError("the job did not start")


def signed_in(browser: Browser, account: dict[str, str], *, dark: bool = False) -> Page:
    scheme = "dark" if dark else "light"
    page = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme).new_page()
    page.goto(f"{READY['address']}/accounts/login/")
    page.fill("input[name=login]", account["username"])
    page.fill("input[name=password]", account["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    page.wait_for_timeout(1500)
    return page


def shoot(page: Page, name: str) -> None:
    page.wait_for_timeout(700)
    page.screenshot(path=IMAGES / f"{name}.png")
    Image.open(IMAGES / f"{name}.png").convert("RGB").save(IMAGES / f"{name}.png", optimize=True)
    print(f"docs/images/{name}.png")


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    drawn = [scene(seed) for seed in range(4)]
    truths = [truth for _, truth in drawn]
    manager, manager_account = client("acme-manager")
    job = make_job(manager, [photo for photo, _ in drawn])
    for number, shift in ((1, 0), (2, 9)):
        answer_as(client(f"acme-labeler-{number}")[0], job, truths, shift, leave=0)
    third, third_account = client("acme-labeler-3")
    answer_as(third, job, truths, -6, leave=2)
    time.sleep(5)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        labeler = signed_in(browser, third_account)
        shoot(labeler, "portal")
        # A draft with most of the photo painted, as after two minutes of work.
        claim = third.post("/api/v1/work/claims", json={"job": job}).json()
        mask = np.where(
            truths[claim["task"]["data_object"]["index"]] == 4, 0, truths[claim["task"]["data_object"]["index"]]
        )
        palette = Palette({int(c["index"]): str(c["color"]) for c in CATEGORIES})
        headers = {"X-Fencing-Token": str(claim["token"]), "X-Draft-Seq": "1", "Content-Type": "image/png"}
        draft = f"/api/v1/work/claims/{claim['id']}/draft"
        third.put(
            draft, content=encode_mask(MaskRaster(mask.astype(np.uint8)), palette), headers=headers
        ).raise_for_status()
        labeler.reload()
        labeler.wait_for_timeout(1500)
        labeler.keyboard.press("Enter")
        labeler.wait_for_timeout(3000)
        shoot(labeler, "editor")
        page = signed_in(browser, manager_account)
        page.goto(f"{READY['address']}/manage/")
        shoot(page, "manage")
        page.goto(f"{READY['address']}/manage/labeling/labelingjob/{job}/change/")
        shoot(page, "job")
        objects = manager.get(f"/api/v1/jobs/{job}/objects").json()["results"]
        page.goto(f"{READY['address']}/manage/labeling/dataobject/{objects[0]['id']}/change/")
        page.wait_for_timeout(2000)
        shoot(page, "object")
        browser.close()


if __name__ == "__main__":
    main()
