"""A mask against its truth: overlap per class, what was confused with what, and where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labeling.masks import BACKGROUND, MaskRaster

#: What `error_overlay` says of a pixel.
CORRECT, MISSED, EXTRA, CONFUSED = 0, 1, 2, 3
_MOST_CONFUSIONS = 10


@dataclass(frozen=True)
class Confusion:
    """Pixels that are `truth` and were given `answer`; 0 is "not labeled"."""

    truth: int
    answer: int
    pixels: int


@dataclass(frozen=True)
class MaskScore:
    """`classes`: index -> (pixels both agree on, pixels either has). Index 0 ("not labeled") is no class of its own:
    a photo that was left empty would otherwise score by how empty it is."""

    classes: dict[int, tuple[int, int]]
    confusions: tuple[Confusion, ...]
    accuracy: float

    @property
    def class_iou(self) -> dict[int, float]:
        return {index: both / either for index, (both, either) in self.classes.items()}

    @property
    def mean_iou(self) -> float:
        """Mean over the classes in the truth or the answer; 1 where neither has any."""
        ious = self.class_iou
        return sum(ious.values()) / len(ious) if ious else 1.0


def score_mask(answer: MaskRaster, truth: MaskRaster) -> MaskScore:
    """Compare two masks of one size."""
    _same_size(answer, truth)
    pairs = np.zeros(65536, dtype=np.int64)
    rows = max(1, (1 << 20) // max(truth.width, 1))
    for given, true in zip(answer.bands(rows), truth.bands(rows), strict=True):
        pairs += np.bincount(true.ravel().astype(np.int32) * 256 + given.ravel(), minlength=65536)
    table = pairs.reshape(256, 256)
    of_truth, of_answer, both = table.sum(axis=1), table.sum(axis=0), table.diagonal()
    either = of_truth + of_answer - both
    classes = {
        int(index): (int(both[index]), int(either[index])) for index in np.flatnonzero(either) if index != BACKGROUND
    }
    return MaskScore(classes, _confusions(table), float(both.sum() / max(table.sum(), 1)))


def _confusions(table: npt.NDArray[np.int64]) -> tuple[Confusion, ...]:
    wrong = table.copy()
    np.fill_diagonal(wrong, 0)
    cells = np.argsort(wrong, axis=None)[::-1][:_MOST_CONFUSIONS]
    return tuple(
        Confusion(int(cell // 256), int(cell % 256), int(wrong.flat[cell])) for cell in cells if wrong.flat[cell]
    )


def error_overlay(answer: MaskRaster, truth: MaskRaster) -> npt.NDArray[np.uint8]:
    """Per pixel: CORRECT, MISSED (a class was left unlabeled), EXTRA (labeled where nothing is), CONFUSED (another)."""
    _same_size(answer, truth)
    given, true = answer.indices, truth.indices
    overlay = np.full(true.shape, CONFUSED, dtype=np.uint8)
    overlay[given == BACKGROUND] = MISSED
    overlay[true == BACKGROUND] = EXTRA
    overlay[given == true] = CORRECT
    return overlay


def _same_size(answer: MaskRaster, truth: MaskRaster) -> None:
    if (answer.width, answer.height) != (truth.width, truth.height):
        raise ValueError("The masks differ in size")
