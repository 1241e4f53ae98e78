"""GrabCut from the prompts: no model, no weights, an answer in a fraction of a second.

What the prompts tell: outside of the extreme points' box is background; the cross between opposite points, away
from its ends, is object; so are discs around positive clicks, and those around negative ones are background.
The quadrilateral of the points, or the earlier mask, is probably object. GrabCut (Rother et al. 2004, OpenCV's)
decides the rest from colours and edges, on a crop that is scaled down when it is large.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from .base import Click, Hints, Mask, Pixels, Position, Prediction, State, bounds, gather
from .cleaning import corrected, enlarged, placed, touching
from .prompts import Box

_ITERATIONS = 5
_MARGIN_SHARE = 0.4
"""Background around the box that the colour model learns from, as a share of the box's longer side."""

_CROSS_SHARE = 0.85
"""The part of each arm of the cross that is sure to be object: its ends lie on the contour."""

_SLACK_SHARE = 0.2
"""How far an object may go beyond an earlier mask that no box bounds, as a share of the mask's longer side."""

_ALIKE = 25
"""Difference in each colour channel up to which what is joined to a click is probably like it."""

_ALIKE_SHARE = 0.25
"""How far from a click that holds, as a share of the crop's longer side."""

_DISC_SHARE = 0.02
"""Radius of a click, as a share of the crop's longer side."""


@dataclass(frozen=True)
class GrabCut:
    """`working_side`: longest side of the crop in pixels while cutting. Time grows with its square."""

    name: str = "grabcut"
    working_side: int = 320

    def encode(self, rgb: Pixels, /) -> Pixels:
        return rgb

    def predict(
        self,
        embedding: Pixels,
        /,
        *,
        extreme_points: Sequence[Position] | None = None,
        box: Sequence[float] | None = None,
        points: Sequence[Click] = (),
        previous: State | Mask | None = None,
    ) -> Prediction:
        hints = gather(embedding.shape, extreme_points, box, points, previous)
        height, width = embedding.shape[:2]
        area = _area(hints, width, height)
        crop = area.grown(max(4, round(_MARGIN_SHARE * max(area.width, area.height))), width, height)
        scale = min(1.0, self.working_side / max(crop.width, crop.height))
        small = _scaled(embedding[crop.y0 : crop.y1, crop.x0 : crop.x1], scale)
        marks, sure = _Marks(hints, area, crop, scale, small).drawn()
        cut = touching(_cut(np.ascontiguousarray(small), marks), sure if sure.any() else np.ones_like(sure))
        mask = placed(enlarged(cut, crop.width, crop.height), crop, embedding.shape)
        if hints.box is not None and not hints.points:
            mask &= placed(np.ones((area.height, area.width), dtype=np.bool_), area, embedding.shape)
        if hints.mask is not None and hints.new_points:
            radius = max(1, round(_DISC_SHARE * max(area.width, area.height)))
            mask = corrected(hints.mask, mask, hints.new_points, radius)
        return Prediction(mask=mask, score=_score(mask, area), state=hints.state(mask))


def _area(hints: Hints, width: int, height: int) -> Box:
    """Where the object is: the box, what was found before and every positive click, or around the first click."""
    boxes = [each for each in (hints.box, None if hints.mask is None else bounds(hints.mask)) if each is not None]
    if not boxes:
        x, y, _ = hints.points[0] if hints.points else (width / 2, height / 2, True)
        radius = max(8, max(width, height) // 3)
        column, row = min(width - 1, max(0, round(x))), min(height - 1, max(0, round(y)))
        return Box(column, row, column + 1, row + 1).grown(radius, width, height)
    hull = Box(
        min(each.x0 for each in boxes),
        min(each.y0 for each in boxes),
        max(each.x1 for each in boxes),
        max(each.y1 for each in boxes),
    )
    if hints.box is None:
        hull = hull.grown(max(3, round(_SLACK_SHARE * max(hull.width, hull.height))), width, height)
    for x, y, positive in hints.points:
        column, row = min(width - 1, max(0, round(x))), min(height - 1, max(0, round(y)))
        if positive and not (hull.x0 <= column < hull.x1 and hull.y0 <= row < hull.y1):
            # The object goes on there, and nobody said how far.
            reach = Box(column, row, column + 1, row + 1).grown(max(hull.width, hull.height) // 2, width, height)
            hull = Box(min(hull.x0, reach.x0), min(hull.y0, reach.y0), max(hull.x1, reach.x1), max(hull.y1, reach.y1))
    return hull


def _scaled(pixels: Pixels, scale: float) -> Pixels:
    if scale == 1.0:
        return pixels
    size = (max(3, round(pixels.shape[1] * scale)), max(3, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


@dataclass(frozen=True)
class _Marks:
    """GrabCut's four-valued mask of the scaled crop, and the pixels that are sure to be object."""

    hints: Hints
    area: Box
    crop: Box
    scale: float
    pixels: Pixels

    def drawn(self) -> tuple[Pixels, Mask]:
        rows, columns = self.pixels.shape[:2]
        start, end = self._place(self.area.x0, self.area.y0), self._place(self.area.x1 - 1, self.area.y1 - 1)
        marks = np.full((rows, columns), cv2.GC_BGD, dtype=np.uint8)
        marks[start[1] : end[1] + 1, start[0] : end[0] + 1] = cv2.GC_PR_BGD
        sure, other = self._clicks(rows, columns)
        if self.hints.mask is not None:
            before = self._shrunk(self.hints.mask, rows, columns)
            marks[before] = cv2.GC_PR_FGD
            if not self.hints.points:
                sure = sure | _eroded(before)
        elif self.hints.extreme_points is not None:
            sure = sure | self._cross(marks, rows, columns)
        else:
            # A box, or what surrounds the first click.
            centre = self._place((self.area.x0 + self.area.x1) / 2, (self.area.y0 + self.area.y1) / 2)
            part = 2 if self.hints.box is not None else 4
            axes = (max(1, (end[0] - start[0] + 1) // part), max(1, (end[1] - start[1] + 1) // part))
            cv2.ellipse(marks, centre, axes, 0, 0, 360, int(cv2.GC_PR_FGD), -1)
            if not sure.any():
                sure[centre[1], centre[0]] = True
        self._colour_alike(marks)
        marks[sure] = cv2.GC_FGD
        marks[other & ~sure] = cv2.GC_BGD
        if not sure.any() and not (marks == cv2.GC_PR_FGD).any():
            marks[marks == cv2.GC_PR_BGD] = cv2.GC_PR_FGD
        return marks, sure

    def _place(self, x: float, y: float) -> tuple[int, int]:
        rows, columns = self.pixels.shape[:2]
        column = min(columns - 1, max(0, int((x - self.crop.x0 + 0.5) * self.scale)))
        row = min(rows - 1, max(0, int((y - self.crop.y0 + 0.5) * self.scale)))
        return column, row

    def _shrunk(self, mask: Mask, rows: int, columns: int) -> Mask:
        part = mask[self.crop.y0 : self.crop.y1, self.crop.x0 : self.crop.x1]
        small: Mask = (
            np.asarray(cv2.resize(part.astype(np.uint8), (columns, rows), interpolation=cv2.INTER_NEAREST)) == 1
        )
        return small

    def _clicks(self, rows: int, columns: int) -> tuple[Mask, Mask]:
        discs = {True: np.zeros((rows, columns), dtype=np.uint8), False: np.zeros((rows, columns), dtype=np.uint8)}
        radius = max(1, round(_DISC_SHARE * max(rows, columns)))
        for x, y, positive in self.hints.points:
            # The later click wins where two discs meet.
            cv2.circle(discs[positive], self._place(x, y), radius, 1, -1)
            cv2.circle(discs[not positive], self._place(x, y), radius, 0, -1)
        return discs[True] == 1, discs[False] == 1

    def _colour_alike(self, marks: Pixels) -> None:
        """Probably the same as each click: what has its colour and is joined to it, near by."""
        rows, columns = marks.shape
        smooth = cv2.GaussianBlur(self.pixels, (3, 3), 0)
        for x, y, positive in self.hints.points:
            place = self._place(x, y)
            reach = np.ones((rows + 2, columns + 2), dtype=np.uint8)
            # Zeros are where the fill may go.
            cv2.circle(reach[1:-1, 1:-1], place, max(3, round(_ALIKE_SHARE * max(rows, columns))), 0, -1)
            closed = reach.copy()
            flags = 4 | (255 << 8) | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY
            cv2.floodFill(smooth, reach, place, 0, (_ALIKE,) * 3, (_ALIKE,) * 3, flags)
            alike = (reach == 255)[1:-1, 1:-1] & (closed[1:-1, 1:-1] == 0)
            marks[alike] = cv2.GC_PR_FGD if positive else cv2.GC_PR_BGD

    def _cross(self, marks: Pixels, rows: int, columns: int) -> Mask:
        points = [self._place(*point) for point in self.hints.extreme_points or ()]
        sure = np.zeros((rows, columns), dtype=np.uint8)
        cv2.fillPoly(marks, [np.array(points, dtype=np.int32)], int(cv2.GC_PR_FGD))
        for one, other in ((0, 2), (1, 3)):
            start, end = _inner(points[one], points[other])
            cv2.line(sure, start, end, 1, 1)
        cross: Mask = sure == 1
        return cross


def _eroded(mask: Mask) -> Mask:
    kernel = np.ones((5, 5), dtype=np.uint8)
    core: Mask = np.asarray(cv2.erode(mask.astype(np.uint8), kernel)) == 1
    return core


def _inner(one: tuple[int, int], other: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    """The middle part of a line, `_CROSS_SHARE` of it."""
    start, end = np.array(one, dtype=float), np.array(other, dtype=float)
    centre, half = (start + end) / 2, (end - start) / 2 * _CROSS_SHARE
    first, last = np.rint(centre - half).astype(int), np.rint(centre + half).astype(int)
    return (int(first[0]), int(first[1])), (int(last[0]), int(last[1]))


def _cut(pixels: Pixels, marks: Pixels) -> Mask:
    background = np.zeros((1, 65), dtype=np.float64)
    foreground = np.zeros((1, 65), dtype=np.float64)
    if not (marks == cv2.GC_BGD).any():
        # The box fills the image: its rim stands in for the background that cannot be seen.
        marks = marks.copy()
        rim = np.ones(marks.shape, dtype=np.bool_)
        rim[1:-1, 1:-1] = False
        marks[rim & (marks == cv2.GC_PR_BGD)] = cv2.GC_BGD
    if not (np.isin(marks, (cv2.GC_BGD, cv2.GC_PR_BGD))).any():
        return np.ones(marks.shape, dtype=np.bool_)
    if not (np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD))).any():
        return np.zeros(marks.shape, dtype=np.bool_)
    # grabCut starts its clusters from OpenCV's generator, of which each thread has its own.
    cv2.setRNGSeed(7)
    whole = (0, 0, pixels.shape[1], pixels.shape[0])
    result = cv2.grabCut(pixels, marks.copy(), whole, background, foreground, _ITERATIONS, cv2.GC_INIT_WITH_MASK)
    found: Mask = np.isin(np.asarray(result[0]), (cv2.GC_FGD, cv2.GC_PR_FGD))
    return found


def _score(mask: Mask, area: Box) -> float:
    """How much of the prompt's box the found object spans: 1 when it reaches all four sides."""
    spanned = bounds(mask)
    if spanned is None:
        return 0.0
    return min(1.0, spanned.width * spanned.height / (area.width * area.height))
