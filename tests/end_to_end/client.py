"""A customer's and a labeler's program: the public API over HTTP, nothing else."""

import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
from PIL import Image

from labeling.masks import MaskRaster, Palette, decode_mask, encode_mask
from tests.end_to_end.stack import eventually

logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each request hides what matters

Pixels = npt.NDArray[np.uint8]
COLORS = ("#2ca02c", "#1f77b4", "#ff7f0e", "#d62728")


class Client:
    """One person's API client. Answers that are no success raise, with the body in the message."""

    def __init__(self, address: str, token: str) -> None:
        self.http = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        answer = self.http.request(method, f"/api/v1/{path}", **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        return answer

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, params=query).json()

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = self.call("POST", path, json=body or {})
        return answer.json() if answer.content else None

    # --- Manager ---------------------------------------------------------------------------------------------------

    def create_label_set(self, name: str, names: Sequence[str], colors: Sequence[str] = ()) -> str:
        categories = [
            {"index": index, "name": category} | ({"color": colors[index - 1]} if colors else {})
            for index, category in enumerate(names, start=1)
        ]
        return str(self.post("label-sets", {"name": name, "categories": categories})["id"])

    def create_template(self, name: str, **changes: Any) -> str:
        body = {"name": name, "title": f"Paint what you see: {name}", "instructions": "Paint **every** shape."}
        return str(self.post("templates", body | changes)["id"])

    def create_team(self, name: str, user_ids: Sequence[str]) -> str:
        return str(self.post("teams", {"name": name, "users": list(user_ids)})["id"])

    def upload(self, name: str, files: Mapping[str, bytes]) -> str:
        """The input address of an upload of these files."""
        upload = str(self.post("uploads", {"name": name})["id"])
        for file, data in files.items():
            self.call("PUT", f"uploads/{upload}/files", params={"name": file}, content=data)
        self.post(f"uploads/{upload}/complete")
        return f"upload://{upload}/"

    def create_job(self, name: str, **order: Any) -> str:
        return str(self.post("jobs", {"name": name} | order)["id"])

    def order_job(self, name: str, files: Mapping[str, bytes], people: Sequence[str], **changes: Any) -> str:
        """A job with three classes on these photos, ready to start, for a team of its own; its id."""
        order = {
            "input_uri": self.upload(name, files),
            "label_set_id": self.create_label_set(name, ("cat", "cup", "vase"), COLORS[:3]),
            "task_template_id": self.create_template(name),
            "work_team_id": self.create_team(name, people),
        }
        job = self.create_job(name, **(order | changes))
        self.wait_for_job(job, "ready")
        return job

    def start_job(self, job: str) -> None:
        self.post(f"jobs/{job}/start")

    def wait_for_job(self, job: str, state: str, *, within: float = 60) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.get(f"jobs/{job}")
            assert found["state"] != "failed", found["failure_reason"]
            return found if found["state"] == state else None

        return eventually(look, within=within, what=f"Job state {state}")

    def objects(self, job: str) -> list[dict[str, Any]]:
        """All data objects of a job, each with its whole story, in the order of the input."""
        rows = self.get(f"jobs/{job}/objects", limit=200)["results"]
        return sorted((self.get(f"objects/{row['id']}") for row in rows), key=lambda one: int(one["index"]))

    def manifest(self, job: str) -> list[dict[str, Any]]:
        text = self.call("GET", f"jobs/{job}/output/manifest").text
        return [json.loads(line) for line in text.splitlines()]

    def png(self, path: str) -> bytes:
        answer = self.call("GET", path)
        assert answer.headers["Content-Type"] == "image/png"
        return answer.content

    # --- Labeler ---------------------------------------------------------------------------------------------------

    def claim(self, job: str | None = None) -> dict[str, Any] | None:
        """An assignment, or None when there is none at the moment."""
        answer = self.call("POST", "work/claims", json={"job": job} if job else {})
        found: dict[str, Any] | None = answer.json() if answer.status_code != 204 else None
        return found

    def wait_for_claim(self, job: str, *, within: float = 10) -> dict[str, Any]:
        return eventually(lambda: self.claim(job), within=within, what="An assignment")

    def submit(self, claim: Mapping[str, Any], png: bytes) -> dict[str, Any]:
        headers = {
            "X-Fencing-Token": str(claim["token"]),
            "Idempotency-Key": str(uuid.uuid4()),
            "Content-Type": "image/png",
        }
        reply: dict[str, Any] = self.call(
            "POST", f"work/claims/{claim['id']}/submit", headers=headers, content=png
        ).json()
        return reply

    def release(self, claim: Mapping[str, Any]) -> None:
        headers = {"X-Fencing-Token": str(claim["token"])}
        self.call("POST", f"work/claims/{claim['id']}/release", headers=headers, json={})


def mask_png(pixels: Pixels, colors: Mapping[int, str]) -> bytes:
    """An indexed PNG as the editor sends it."""
    return encode_mask(MaskRaster(pixels), Palette(colors))


def mask_pixels(png: bytes, *, width: int, height: int) -> Pixels:
    """The indices of an indexed PNG, read by Pillow and by our own decoder, which must agree."""
    image = Image.open(BytesIO(png))
    assert image.mode == "P" and image.size == (width, height)
    pixels: Pixels = np.asarray(image, dtype=np.uint8)
    ours = decode_mask(png, width=width, height=height, known_indices=range(256))
    assert np.array_equal(ours.indices, pixels)
    return pixels


def photo(seed: int, *, width: int = 160, height: int = 120) -> bytes:
    """A generated photo: coloured boxes and a disc on a gradient."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    shades = [columns * 90 // width + 60, rows * 90 // height + 60, np.full_like(rows, 90)]
    picture = np.stack(shades, axis=-1).astype(np.uint8)
    for _ in range(5):
        x, y = int(random.integers(0, width - 40)), int(random.integers(0, height - 30))
        picture[y : y + 30, x : x + 40] = random.integers(0, 256, 3)
    picture[(columns - width // 2) ** 2 + (rows - height // 2) ** 2 < (height // 5) ** 2] = random.integers(0, 256, 3)
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()
