"""What every backend does to a mask: keep what is meant, fill small holes, change only around new clicks."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .base import Click, Mask
from .prompts import Box


def touching(cut: Mask, seeds: Mask) -> Mask:
    """The connected parts that contain a seed; holes that are small against the object are filled."""
    count, labels = cv2.connectedComponents(cut.astype(np.uint8), connectivity=4)
    wanted = np.zeros(count, dtype=np.bool_)
    wanted[np.unique(labels[seeds])] = True
    wanted[0] = False
    kept: Mask = wanted[labels]
    filled: Mask = kept | _small_holes(kept)
    return filled


def largest(cut: Mask, *, share: float) -> Mask:
    """Without parts smaller than `share` of the largest, and without small holes."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cut.astype(np.uint8), connectivity=4)
    if count <= 1:
        return cut
    areas = stats[:, cv2.CC_STAT_AREA]
    wanted = areas >= share * areas[1:].max()
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


def corrected(before: Mask, after: Mask, clicks: Sequence[Click], radius: int) -> Mask:
    """`before` with those connected changes towards `after` that new clicks ask for: a positive click adds, a
    negative one takes away, nothing else moves. A click's own disc of `radius` always follows it.
    """
    result = before.copy()
    height, width = before.shape
    for x, y, positive in clicks:
        disc = np.zeros(before.shape, dtype=np.uint8)
        centre = (min(width - 1, max(0, round(x))), min(height - 1, max(0, round(y))))
        cv2.circle(disc, centre, radius, 1, -1)
        changed = (after & ~before if positive else before & ~after) | ((disc == 1) & (before != positive))
        _, labels = cv2.connectedComponents(changed.astype(np.uint8), connectivity=4)
        hit = np.unique(labels[(disc == 1) & changed])
        part = np.isin(labels, hit[hit > 0])
        result[part] = positive
    return result


def placed(mask: Mask, crop: Box, shape: Sequence[int]) -> Mask:
    """A crop's mask in an empty one of the image's size."""
    whole = np.zeros(tuple(shape[:2]), dtype=np.bool_)
    whole[crop.y0 : crop.y1, crop.x0 : crop.x1] = mask
    return whole


def enlarged(cut: Mask, width: int, height: int) -> Mask:
    """Scaled to `width` x `height`, with a smooth contour."""
    if cut.shape == (height, width):
        return cut
    soft = cv2.resize(cut.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(soft, dtype=np.float32) > 0.5
