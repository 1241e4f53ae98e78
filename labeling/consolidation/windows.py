"""Neighbourhoods of single pixels in large rasters, cut at the image's edge.

Pixels are positions in the row-major image, ascending.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labeling.masks import Indices

from .votes import Votes

REACH = 2
"""A window is the pixel and two more on every side: 5 x 5."""

Positions = npt.NDArray[np.int64]
Scores = npt.NDArray[np.int32]


def window_votes(rasters: list[Indices], pixels: Positions, votes: Votes, wanted: npt.NDArray[np.bool_]) -> Scores:
    """For each wanted vote: how often all answers together give its class within the pixel's window.

    Few pixels are looked up one by one, many with a sliding sum per class; the result is the same.
    """
    width = rasters[0].shape[1]
    rows = int(pixels[-1]) // width - int(pixels[0]) // width + 1
    classes = np.flatnonzero(np.bincount(votes[wanted], minlength=256))
    if 25 * len(rasters) * len(pixels) < 2 * len(classes) * rows * width:
        return look_up_votes(rasters, pixels, votes)
    return slide_votes(rasters, pixels, votes, wanted)


def look_up_votes(rasters: list[Indices], pixels: Positions, votes: Votes) -> Scores:
    """`window_votes` for few pixels: 25 look-ups each. Cost does not depend on the number of classes."""
    height, width = rasters[0].shape
    rows, columns = np.divmod(pixels, width)
    scores = np.zeros(votes.shape, dtype=np.int32)
    for dy in range(-REACH, REACH + 1):
        for dx in range(-REACH, REACH + 1):
            y, x = rows + dy, columns + dx
            inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
            there = np.where(inside, y * width + x, pixels)
            for raster in rasters:
                scores += (raster.reshape(-1)[there] == votes) & inside
    return scores


def slide_votes(rasters: list[Indices], pixels: Positions, votes: Votes, wanted: npt.NDArray[np.bool_]) -> Scores:
    """`window_votes` for many pixels of few classes: sums over the rectangle around each class's pixels."""
    scores = np.zeros(votes.shape, dtype=np.int32)
    width = rasters[0].shape[1]
    rows, columns = np.divmod(pixels, width)
    for label in np.flatnonzero(np.bincount(votes[wanted], minlength=256)):
        here = (votes == label) & wanted
        chosen = np.flatnonzero(here.any(axis=0))
        top, left = int(rows[chosen[0]]), int(columns[chosen].min())
        bottom, right = int(rows[chosen[-1]]) + 1, int(columns[chosen].max()) + 1
        sums = _class_sums(rasters, int(label), top, bottom, left, right)
        found = sums[rows[chosen] - top, columns[chosen] - left]
        scores[:, chosen] += here[:, chosen] * found.astype(np.int32)
    return scores


def _class_sums(
    rasters: list[Indices], label: int, top: int, bottom: int, left: int, right: int
) -> npt.NDArray[np.unsignedinteger]:
    """Votes for a class in the window of every pixel of a rectangle."""
    height, width = rasters[0].shape
    small = len(rasters) * (2 * REACH + 1) ** 2 <= 255
    counts = np.zeros((bottom - top + 2 * REACH, right - left + 2 * REACH), np.uint8 if small else np.uint16)
    outer = (
        max(0, top - REACH),
        min(height, bottom + REACH),
        max(0, left - REACH),
        min(width, right + REACH),
    )
    inner = counts[outer[0] - top + REACH : outer[1] - top + REACH, outer[2] - left + REACH : outer[3] - left + REACH]
    for raster in rasters:
        inner += raster[outer[0] : outer[1], outer[2] : outer[3]] == label
    return _slide(_slide(counts.T).T)


def _slide(counts: npt.NDArray[np.unsignedinteger]) -> npt.NDArray[np.unsignedinteger]:
    """Sums over 5 consecutive rows; the result is 4 rows shorter."""
    length = len(counts) - 2 * REACH
    total = counts[:length].copy()
    for shift in range(1, 2 * REACH + 1):
        total += counts[shift : shift + length]
    return total


def has_equal_neighbour(winner: Indices, top: int, bottom: int) -> npt.NDArray[np.bool_]:
    """For the rows from `top` to before `bottom`.

    Whether one of the eight neighbours holds the same class.
    """
    first, last = max(0, top - 1), min(winner.shape[0], bottom + 1)
    part = winner[first:last]
    found = np.zeros(part.shape, dtype=np.bool_)
    for one, other in (
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
        ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
        ((slice(1, None), slice(1, None)), (slice(None, -1), slice(None, -1))),
        ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))),
    ):
        same = part[one] == part[other]
        found[one] |= same
        found[other] |= same
    return found[top - first : bottom - first]


def neighbour_values(winner: Indices, pixels: Positions) -> npt.NDArray[np.int16]:
    """The classes of the eight neighbours, shape (8, pixels); -1 outside the image."""
    height, width = winner.shape
    rows, columns = np.divmod(pixels, width)
    values = np.full((8, len(pixels)), -1, dtype=np.int16)
    offsets = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]
    for place, (dy, dx) in enumerate(offsets):
        y, x = rows + dy, columns + dx
        inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
        values[place, inside] = winner[y[inside], x[inside]]
    return values
