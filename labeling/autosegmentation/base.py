"""The protocol of an auto-segmentation backend. A model is one file in this folder and one registry entry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from .prompts import Box

Pixels = npt.NDArray[np.uint8]
"""Shape (height, width, 3), RGB, stored orientation."""

Mask = npt.NDArray[np.bool_]

Position: TypeAlias = tuple[float, float]
"""(x, y); whole numbers are pixel centres."""

Click: TypeAlias = tuple[float, float, bool]
"""(x, y, positive): on the object, or on what is wrongly taken for it."""


class Embedding(Protocol):
    """What `encode` keeps of an image; `shape` starts with height and width. Only its backend reads the rest."""

    @property
    def nbytes(self) -> int: ...

    @property
    def shape(self) -> tuple[int, ...]: ...


@dataclass(frozen=True)
class State:
    """What a prediction knows, for the next one: pass it as `previous`. `hint` is the backend's own."""

    extreme_points: tuple[Position, ...] | None = None
    box: tuple[float, float, float, float] | None = None
    points: tuple[Click, ...] = ()
    mask: Mask | None = None
    hint: Any = None

    @property
    def nbytes(self) -> int:
        return sum(int(getattr(each, "nbytes", 0)) for each in (self.mask, self.hint))


@dataclass(frozen=True)
class Prediction:
    """`mask` has the image's size; `score` 0 to 1, higher is surer, comparable within one backend;
    `alternatives` are other proposals, best first, themselves without alternatives.
    """

    mask: Mask
    score: float
    state: State = field(repr=False)
    alternatives: tuple[Prediction, ...] = field(default=(), repr=False)


class Backend(Protocol):
    """Segments one object. Must be deterministic and may be called from several threads at once."""

    @property
    def name(self) -> str: ...

    def encode(self, rgb: Pixels, /) -> Embedding:
        """The part of the work that is the same for every object of an image."""
        ...

    def predict(
        self,
        embedding: Any,
        /,
        *,
        extreme_points: Sequence[Position] | None = None,
        box: Sequence[float] | None = None,
        points: Sequence[Click] = (),
        previous: State | Mask | None = None,
    ) -> Prediction:
        """The object that the prompts mark; they may be mixed, at least one is needed.

        `extreme_points`: top, left, bottom, right. `box`: the first and the last pixel's (x0, y0, x1, y1).
        `previous`: the `state` of an earlier prediction, whose prompts still hold, or any mask; it changes only
        around the new points. Raises ValueError for prompts that make no sense.
        """
        ...


class BadAnswer(Exception):
    """A backend's answer that is none: wrong size, wrong type, not a number."""


def checked(prediction: Prediction, shape: Sequence[int]) -> Prediction:
    """The prediction, if it fits an image of `shape` (height, width, ...). Raises BadAnswer."""
    mask, size = prediction.mask, tuple(shape[:2])
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_ or mask.shape != size:
        found = f"{getattr(mask, 'dtype', type(mask).__name__)} {getattr(mask, 'shape', '')}"
        raise BadAnswer(f"the mask is {found}, not bool {size}")
    if not math.isfinite(prediction.score):
        raise BadAnswer(f"the score is {prediction.score}")
    return prediction


@dataclass(frozen=True)
class Hints:
    """The prompts of a call and of the state before it, checked and in one place."""

    extreme_points: tuple[Position, ...] | None
    box: Box | None
    """Around the extreme points or as given; None when there are only clicks or a mask."""

    points: tuple[Click, ...]
    new_points: tuple[Click, ...]
    """Those of `points` that the earlier prediction did not know."""

    mask: Mask | None
    hint: Any

    def state(self, mask: Mask, hint: Any = None) -> State:
        whole = self.box
        box = None if whole is None else (float(whole.x0), float(whole.y0), whole.x1 - 1.0, whole.y1 - 1.0)
        return State(self.extreme_points, box, self.points, mask, hint)


def gather(
    shape: Sequence[int],
    extreme_points: Sequence[Position] | None,
    box: Sequence[float] | None,
    points: Sequence[Click],
    previous: State | Mask | None,
) -> Hints:
    """Merge a call's prompts with those of `previous`. Points may be told again; they count once."""
    height, width = shape[:2]
    before = previous if isinstance(previous, State) else State(mask=previous)
    if before.mask is not None and (before.mask.shape != (height, width) or before.mask.dtype != np.bool_):
        raise ValueError(f"the previous mask must be of bool and {height} x {width}")
    extremes = (
        before.extreme_points if extreme_points is None else tuple((float(x), float(y)) for x, y in extreme_points)
    )
    if extremes is not None and len(extremes) != 4:
        raise ValueError("four extreme points are needed: top, left, bottom, right")
    corners = before.box if box is None else tuple(float(each) for each in box)
    if corners is not None and len(corners) != 4:
        raise ValueError("a box is x0, y0, x1, y1")
    clicks = tuple((float(x), float(y), bool(positive)) for x, y, positive in points)
    new = tuple(dict.fromkeys(click for click in clicks if click not in before.points))
    numbers = [number for group in (extremes or (), clicks) for one in group for number in one[:2]]
    if not all(math.isfinite(number) for number in (*numbers, *(corners or ()))):
        raise ValueError("positions must be finite numbers")
    if extremes is None and corners is None and not before.points and not new and before.mask is None:
        raise ValueError("nothing marks the object: give extreme points, a box, points or a mask")
    if extremes is not None and (box is None or extreme_points is not None):
        xs, ys = zip(*extremes, strict=True)
        corners = (min(xs), min(ys), max(xs), max(ys))
    whole = None if corners is None else _pixels(corners, width, height)
    return Hints(extremes, whole, (*before.points, *new), new, before.mask, before.hint)


def _pixels(corners: Sequence[float], width: int, height: int) -> Box:
    """The pixels of a box, at least one, in the image."""
    x0, x1 = sorted(min(width - 1, max(0, round(each))) for each in (corners[0], corners[2]))
    y0, y1 = sorted(min(height - 1, max(0, round(each))) for each in (corners[1], corners[3]))
    return Box(x0, y0, x1 + 1, y1 + 1)


def bounds(mask: Mask) -> Box | None:
    """The smallest box with all of a mask; None when it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
