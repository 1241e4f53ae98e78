"""Pictures with drawn objects whose true masks are known."""

from __future__ import annotations

import io
import math

import numpy as np
from PIL import Image, ImageDraw

from labeling.autosegmentation import (
    ExtremePoints,
)
from labeling.autosegmentation.base import Pixels, Prediction


def scene(scale: int = 1) -> tuple[Pixels, np.ndarray]:
    """A noisy picture with one tilted ellipse of another colour, and the ellipse's true mask."""
    rng = np.random.default_rng(5)
    height, width = 150 * scale, 200 * scale
    truth = Image.new("1", (width, height))
    angles = np.linspace(0, 2 * math.pi, 90)
    x = 105 * scale + 60 * scale * np.cos(angles) + 15 * scale * np.sin(angles)
    y = 75 * scale + 38 * scale * np.sin(angles) + 10 * scale * np.cos(angles)
    ImageDraw.Draw(truth).polygon(list(zip(x.tolist(), y.tolist(), strict=True)), fill=1)
    mask = np.asarray(truth)
    image = np.where(mask[..., None], (190, 80, 60), (70, 110, 140)) + rng.normal(0, 18, (height, width, 3))
    return np.clip(image, 0, 255).astype(np.uint8), mask


def extremes(mask: np.ndarray) -> ExtremePoints:
    rows, columns = np.nonzero(mask)
    order = [rows.argmin(), columns.argmin(), rows.argmax(), columns.argmax()]
    top, left, bottom, right = ((int(columns[at]), int(rows[at])) for at in order)
    return ExtremePoints(top, left, bottom, right)


def overlap(result: Prediction, truth: np.ndarray) -> float:
    return float((result.mask & truth).sum() / (result.mask | truth).sum())


def as_png(image: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


def two_spots() -> tuple[Pixels, np.ndarray, np.ndarray]:
    """Grey, with a red square and, apart from it, a blue one."""
    image = np.full((120, 160, 3), 128, dtype=np.uint8)
    red, blue = (np.zeros((120, 160), dtype=np.bool_) for _ in range(2))
    red[30:90, 20:70], blue[40:80, 90:130] = True, True
    image[red], image[blue] = (200, 40, 40), (40, 40, 200)
    return image, red, blue
