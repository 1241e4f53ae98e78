"""Driving the work API as a labeler's client does."""

import uuid
from typing import Any

import numpy as np
from django.test import Client

from labeling.masks import MaskRaster, Palette, encode_mask
from tests.factories.jobs import CATEGORIES

PALETTE = Palette({int(str(category["index"])): str(category["color"]) for category in CATEGORIES})


def mask_png(rows: list[list[int]] | np.ndarray[Any, Any]) -> bytes:
    return encode_mask(MaskRaster(np.asarray(rows, dtype=np.uint8)), PALETTE)


def flat_mask(index: int, size: tuple[int, int] = (12, 8)) -> bytes:
    width, height = size
    return mask_png(np.full((height, width), index, dtype=np.uint8))


def index_of(made: Any, assignment: dict[str, Any]) -> int:
    """Of the photo in the job's input, which the work API does not tell."""
    ids = [str(task.data_object_id) for task in made.tasks]
    return ids.index(assignment["task"]["data_object"]["id"])


def claim(client: Client, **body: Any) -> Any:
    return client.post("/api/v1/work/claims", body, content_type="application/json")


def act(client: Client, assignment: dict[str, Any], action: str, body: Any = None, **headers: str) -> Any:
    """POST an action of a claim with its token."""
    headers = {"X-Fencing-Token": str(assignment["token"]), **headers}
    url = f"/api/v1/work/claims/{assignment['id']}/{action}"
    if isinstance(body, bytes):
        return client.post(url, body, content_type="image/png", headers=headers)
    return client.post(url, body or {}, content_type="application/json", headers=headers)


def submit(client: Client, assignment: dict[str, Any], body: Any, key: uuid.UUID | None = None) -> Any:
    return act(client, assignment, "submit", body, **{"Idempotency-Key": str(key or uuid.uuid4())})


def save_draft(
    client: Client, assignment: dict[str, Any], seq: int, body: bytes, base: int | None = None, **headers: str
) -> Any:
    headers = {"X-Fencing-Token": str(assignment["token"]), "X-Draft-Seq": str(seq), **headers}
    if base is not None:
        headers["X-Draft-Base"] = str(base)
    url = f"/api/v1/work/claims/{assignment['id']}/draft"
    return client.put(url, body, content_type="image/png", headers=headers)


def bytes_of(response: Any) -> bytes:
    """The body of a streaming answer."""
    return b"".join(response.streaming_content)
