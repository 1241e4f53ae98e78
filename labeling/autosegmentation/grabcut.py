"""GrabCut from four extreme points: no model, no weights, an answer in a fraction of a second.

What the points tell: outside of their box is background; the cross between opposite points, away from its
ends, is object; the quadrilateral of the points is probably object. GrabCut (Rother et al. 2004, OpenCV's)
decides the rest from colours and edges, on a crop that is scaled down when it is large.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from .base import Mask, Pixels, SegmentResult
from .prompts import Box, ExtremePoints, Prompt

_ITERATIONS = 5
_MARGIN_SHARE = 0.4
"""Background around the box that the colour model learns from, as a share of the box's longer side."""

_CROSS_SHARE = 0.85
"""The part of each arm of the cross that is sure to be object: its ends lie on the contour."""


@dataclass(frozen=True)
class GrabCut:
    """`working_side`: longest side of the crop in pixels while cutting. Time grows with its square."""

    name: str = "grabcut"
    working_side: int = 320

    def segment(self, image: Pixels, prompt: Prompt) -> SegmentResult:
        height, width = image.shape[:2]
        box = prompt.box
        crop = box.grown(max(4, round(_MARGIN_SHARE * max(box.width, box.height))), width, height)
        scale = min(1.0, self.working_side / max(crop.width, crop.height))
        small = _scaled(image[crop.y0 : crop.y1, crop.x0 : crop.x1], scale)
        hints, cross = _hints(prompt, crop, scale, small.shape[0], small.shape[1])
        cut = _cut(np.ascontiguousarray(small), hints)
        cut = _touching(cut, cross)
        mask = _enlarged(cut, crop)[box.y0 - crop.y0 : box.y1 - crop.y0, box.x0 - crop.x0 : box.x1 - crop.x0]
        return SegmentResult(mask=np.ascontiguousarray(mask), box=box, score=_score(mask))


def _scaled(pixels: Pixels, scale: float) -> Pixels:
    if scale == 1.0:
        return pixels
    size = (max(3, round(pixels.shape[1] * scale)), max(3, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _hints(prompt: Prompt, crop: Box, scale: float, rows: int, columns: int) -> tuple[Pixels, Mask]:
    """GrabCut's four-valued mask of the scaled crop, and the pixels that are sure to be object."""

    def place(x: float, y: float) -> tuple[int, int]:
        column = min(columns - 1, max(0, int((x - crop.x0 + 0.5) * scale)))
        row = min(rows - 1, max(0, int((y - crop.y0 + 0.5) * scale)))
        return column, row

    box = prompt.box
    left_top, right_bottom = place(box.x0, box.y0), place(box.x1 - 1, box.y1 - 1)
    hints = np.full((rows, columns), cv2.GC_BGD, dtype=np.uint8)
    hints[left_top[1] : right_bottom[1] + 1, left_top[0] : right_bottom[0] + 1] = cv2.GC_PR_BGD
    sure = np.zeros((rows, columns), dtype=np.uint8)
    if isinstance(prompt, ExtremePoints):
        points = [place(*point) for point in prompt.points]
        outline = np.array(points, dtype=np.int32)
        cv2.fillPoly(hints, [outline], int(cv2.GC_PR_FGD))
        for one, other in ((0, 2), (1, 3)):
            start, end = _inner(points[one], points[other])
            cv2.line(sure, start, end, 1, 1)
    else:
        centre = place((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        axes = (max(1, round(box.width * scale / 2)), max(1, round(box.height * scale / 2)))
        cv2.ellipse(hints, centre, axes, 0, 0, 360, int(cv2.GC_PR_FGD), -1)
        sure[centre[1], centre[0]] = 1
    hints[sure == 1] = cv2.GC_FGD
    return hints, sure == 1


def _inner(one: tuple[int, int], other: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    """The middle part of a line, `_CROSS_SHARE` of it."""
    start, end = np.array(one, dtype=float), np.array(other, dtype=float)
    centre, half = (start + end) / 2, (end - start) / 2 * _CROSS_SHARE
    first, last = np.rint(centre - half).astype(int), np.rint(centre + half).astype(int)
    return (int(first[0]), int(first[1])), (int(last[0]), int(last[1]))


def _cut(pixels: Pixels, hints: Pixels) -> Mask:
    background = np.zeros((1, 65), dtype=np.float64)
    foreground = np.zeros((1, 65), dtype=np.float64)
    if not (hints == cv2.GC_BGD).any():
        # The box fills the image: its rim stands in for the background that cannot be seen.
        hints = hints.copy()
        rim = np.ones(hints.shape, dtype=np.bool_)
        rim[1:-1, 1:-1] = False
        hints[rim & (hints == cv2.GC_PR_BGD)] = cv2.GC_BGD
    # grabCut starts its clusters from OpenCV's generator, of which each thread has its own.
    cv2.setRNGSeed(7)
    whole = (0, 0, pixels.shape[1], pixels.shape[0])
    result = cv2.grabCut(pixels, hints.copy(), whole, background, foreground, _ITERATIONS, cv2.GC_INIT_WITH_MASK)
    found: Mask = np.isin(np.asarray(result[0]), (cv2.GC_FGD, cv2.GC_PR_FGD))
    return found


def _touching(cut: Mask, seeds: Mask) -> Mask:
    """The connected parts that contain a seed; holes that are small against the object are filled."""
    count, labels = cv2.connectedComponents(cut.astype(np.uint8), connectivity=4)
    wanted = np.zeros(count, dtype=np.bool_)
    wanted[np.unique(labels[seeds])] = True
    wanted[0] = False
    kept: Mask = wanted[labels]
    filled: Mask = kept | _small_holes(kept)
    return filled


def _small_holes(mask: Mask) -> Mask:
    framed = np.pad(~mask, 1, constant_values=True).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(framed, connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    small = areas < max(4, 0.005 * np.count_nonzero(mask))
    small[[0, labels[0, 0]]] = False
    holes: Mask = small[labels][1:-1, 1:-1]
    return holes & ~mask


def _enlarged(cut: Mask, crop: Box) -> Mask:
    """Back to the crop's own pixels, with a smooth contour."""
    if cut.shape == (crop.height, crop.width):
        return cut
    soft = cv2.resize(cut.astype(np.float32), (crop.width, crop.height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(soft, dtype=np.float32) > 0.5


def _score(mask: npt.NDArray[np.bool_]) -> float:
    """How much of the prompt's box the found object spans: 1 when it reaches all four sides."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return 0.0
    spanned = (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
    return float(spanned / mask.size)
