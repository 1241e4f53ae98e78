"""Auto-segmentation on masks of real photos: `make bench-autoseg DATA=<folder of images/ and masks/>`.

Each object is a connected part of one class of a mask, at least half a percent of its image, the three largest of an
image; OBJECTS of them (default 150) are drawn with a fixed seed. Extreme points come from the mask, exact and moved by
up to three pixels. Corrective clicks go to the middle of the largest wrong part until IoU .90, at most ten. BACKENDS
names the backends; OpenCV's GrabCut from the points' box and from their cross, untouched, are measured in the same run.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from labeling.autosegmentation import load_backend
from labeling.autosegmentation.base import Backend, Click, Mask, Pixels

SEED = 7
LEAST_SHARE = 0.005
PER_IMAGE = 3
MOST_CLICKS = 10
JITTER = 3
GOOD = 0.90

Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Thing:
    """One object: its image's name, its class, and the number of its connected part."""

    stem: str
    value: int
    part: int


def things(folder: Path, most: int) -> list[Thing]:
    """The objects of a folder, always the same ones."""
    found: list[Thing] = []
    for path in sorted((folder / "masks").glob("*.png")):
        indices = np.asarray(Image.open(path))
        sized = []
        for value in np.unique(indices[indices > 0]).tolist():
            _, _, stats, _ = cv2.connectedComponentsWithStats((indices == value).astype(np.uint8), connectivity=8)
            for part, area in enumerate(stats[1:, cv2.CC_STAT_AREA].tolist(), start=1):
                if area >= LEAST_SHARE * indices.size:
                    sized.append((area, value, part))
        found += [Thing(path.stem, value, part) for _, value, part in sorted(sized, reverse=True)[:PER_IMAGE]]
    random.Random(SEED).shuffle(found)
    return sorted(found[:most], key=lambda each: (each.stem, each.value, each.part))


def truth_of(folder: Path, thing: Thing) -> Mask:
    same = np.asarray(Image.open(folder / "masks" / f"{thing.stem}.png")) == thing.value
    _, labels = cv2.connectedComponents(same.astype(np.uint8), connectivity=8)
    truth: Mask = labels == thing.part
    return truth


def image_of(folder: Path, stem: str) -> Pixels:
    path = next((folder / "images").glob(f"{stem}.*"))
    return np.asarray(Image.open(path).convert("RGB"), dtype=np.uint8)


def extreme_points(truth: Mask) -> Points:
    """Top, left, bottom, right: the middle one of the pixels that lie outermost."""
    rows, columns = np.nonzero(truth)
    points = []
    for along, end in ((rows, rows.min()), (columns, columns.min()), (rows, rows.max()), (columns, columns.max())):
        outermost = np.flatnonzero(along == end)
        middle = outermost[len(outermost) // 2]
        points.append((float(columns[middle]), float(rows[middle])))
    return points


def moved(points: Points, shape: tuple[int, ...], source: random.Random) -> Points:
    """Each by up to three pixels either way, in the image."""
    height, width = shape[:2]
    return [
        (
            min(width - 1.0, max(0.0, x + source.randint(-JITTER, JITTER))),
            min(height - 1.0, max(0.0, y + source.randint(-JITTER, JITTER))),
        )
        for x, y in points
    ]


def overlap(found: Mask, truth: Mask) -> float:
    return float((found & truth).sum() / max(1, (found | truth).sum()))


def next_click(found: Mask, truth: Mask) -> Click:
    """The pixel deepest inside what is wrong."""
    depths = [
        cv2.distanceTransform(np.pad(wrong, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
        for wrong in (truth & ~found, found & ~truth)
    ]
    missing = depths[0].max() >= depths[1].max()
    row, column = np.unravel_index(np.argmax(depths[0 if missing else 1]), truth.shape)
    return float(column), float(row), bool(missing)


def plain_grabcut(image: Pixels, points: Points, *, cross: bool) -> Mask:
    """OpenCV's GrabCut around the points, in full resolution, with no idea of ours but the cross."""
    height, width = image.shape[:2]
    xs, ys = [int(x) for x, _ in points], [int(y) for _, y in points]
    margin = max(8, max(max(xs) - min(xs), max(ys) - min(ys)) // 2)
    x0, y0 = max(0, min(xs) - margin), max(0, min(ys) - margin)
    crop = (slice(y0, min(height, max(ys) + margin + 1)), slice(x0, min(width, max(xs) + margin + 1)))
    whole = np.zeros((height, width), dtype=np.bool_)
    shifted = [(x - x0, y - y0) for x, y in zip(xs, ys, strict=True)]
    whole[crop] = _cut(np.ascontiguousarray(image[crop]), shifted, cross=cross)
    return whole


def _cut(image: Pixels, points: list[tuple[int, int]], *, cross: bool) -> Mask:
    top, left, bottom, right = points
    marks = np.full(image.shape[:2], cv2.GC_BGD, dtype=np.uint8)
    rows, columns = slice(top[1], bottom[1] + 1), slice(left[0], right[0] + 1)
    marks[rows, columns] = cv2.GC_PR_BGD if cross else cv2.GC_PR_FGD
    if cross:
        cv2.fillPoly(marks, [np.array([top, left, bottom, right], dtype=np.int32)], int(cv2.GC_PR_FGD))
        cv2.line(marks, top, bottom, int(cv2.GC_FGD), 1)
        cv2.line(marks, left, right, int(cv2.GC_FGD), 1)
    if not (marks == cv2.GC_BGD).any():
        marks[[0, -1]] = marks[:, [0, -1]] = cv2.GC_BGD
    if not np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD)).any():
        return np.zeros(marks.shape, dtype=np.bool_)
    cv2.setRNGSeed(SEED)
    models = [np.zeros((1, 65), dtype=np.float64) for _ in range(2)]
    cv2.grabCut(image, marks, (0, 0, 1, 1), models[0], models[1], 5, cv2.GC_INIT_WITH_MASK)
    found: Mask = np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD))
    return found


class Row:
    """The figures of one method."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.exact: list[float] = []
        self.jittered: list[float] = []
        self.seconds: list[float] = []
        self.clicks: list[int] = []
        self.never = 0

    def line(self) -> str:
        exact, jittered = np.array(self.exact), np.array(self.jittered)
        clicks = "" if not self.clicks else f"{np.mean(self.clicks):.2f} ({self.never / len(self.clicks):.0%} never)"
        p50, p95 = (1000 * np.percentile(self.seconds, [50, 95])).tolist()
        return (
            f"| {self.name} | {exact.mean():.3f} | {(exact >= 0.85).mean():.2f} | {(exact >= GOOD).mean():.2f} "
            f"| {jittered.mean():.3f} | {clicks} | {p50:.0f} / {p95:.0f} ms |"
        )


def measure_backend(row: Row, backend: Backend, image: Pixels, truth: Mask, points: Points, off: Points) -> None:
    embedding = backend.encode(image)
    with timed(row.seconds):
        prediction = backend.predict(embedding, extreme_points=points)
    row.exact.append(overlap(prediction.mask, truth))
    row.jittered.append(overlap(backend.predict(embedding, extreme_points=off).mask, truth))
    count = 0
    while overlap(prediction.mask, truth) < GOOD and count < MOST_CLICKS:
        click = next_click(prediction.mask, truth)
        prediction = backend.predict(embedding, points=(click,), previous=prediction.state)
        count += 1
    row.clicks.append(count)
    row.never += overlap(prediction.mask, truth) < GOOD


class timed:  # noqa: N801 (reads as a statement)
    """Adds the seconds of its body to a list."""

    def __init__(self, seconds: list[float]) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        self.started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds.append(time.perf_counter() - self.started)


def measure_plain(row: Row, cross: bool, image: Pixels, truth: Mask, points: Points, off: Points) -> None:
    with timed(row.seconds):
        found = plain_grabcut(image, points, cross=cross)
    row.exact.append(overlap(found, truth))
    row.jittered.append(overlap(plain_grabcut(image, off, cross=cross), truth))


def main() -> int:
    folder = Path(os.environ.get("DATA") or "../shared/data/seg-eval-pool")
    if not (folder / "masks").is_dir() or not (folder / "images").is_dir():
        print(f"There is no folder {folder} with images/ and masks/. Name one: make bench-autoseg DATA=<folder>")
        return 2
    cv2.setNumThreads(1)
    chosen = things(folder, int(os.environ.get("OBJECTS", "150")))
    rows = [Row("GrabCut from the box"), Row("GrabCut from the cross")]
    names = os.environ.get("BACKENDS", "grabcut").split(",")
    backends = [(Row(f"`{name}`"), load_backend(name)) for name in names]
    source = random.Random(SEED)
    for thing in chosen:
        image, truth = image_of(folder, thing.stem), truth_of(folder, thing)
        points = extreme_points(truth)
        off = moved(points, truth.shape, source)
        for cross, row in enumerate(rows):
            measure_plain(row, bool(cross), image, truth, points, off)
        for row, backend in backends:
            measure_backend(row, backend, image, truth, points, off)
    print(f"{len(chosen)} objects of {folder.name}, load {os.getloadavg()[0]:.0f}\n")
    print("| | mean IoU | >= .85 | >= .90 | mean IoU, 3 px off | clicks to .90 | four points, p50 / p95 |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print("\n".join(row.line() for row in [*rows, *(row for row, _ in backends)]))
    print(f"\nmemory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
