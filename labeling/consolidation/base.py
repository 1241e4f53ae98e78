"""What a consolidation rule takes and gives. A rule is one file here and one line in `registry.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from labeling.masks import BACKGROUND, MaskRaster
from labeling.wording import gettext_noop as _

from .votes import MAX_ANSWERS


class ConsolidationError(ValueError):
    """Answers that cannot be consolidated.

    `code` is for programs, `str()` says what is wrong and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """One labeler's mask. The answer "nothing to label here" is a raster of zeros: it votes for BACKGROUND.

    The raster's array may be a `numpy.memmap`: rules read it in row bands.
    """

    worker_id: str
    raster: MaskRaster


@dataclass(frozen=True)
class Consolidated:
    """The result.

    `confidence`: Ground Truth's one number per image, 0 to 1: the mean over all pixels of the share of
    answers that agree with the result; 0.0 for a single answer. `class_agreement`: index -> mean over all
    pairs of answers of the intersection over union of the class; without classes that nobody used; empty
    for a single answer. `disputed_share`: share of pixels without unanimity. `disagreement`: uint8, shape
    (height, width), 255 times the share of answers that differ from the result, rounded.
    """

    raster: MaskRaster
    confidence: float
    class_agreement: Mapping[int, float]
    disputed_share: float
    disagreement: npt.NDArray[np.uint8]


class ConsolidationRule(Protocol):
    """A way to make one mask of several. `name` and `version` are written to the output: a change of results
    needs a new version. The result may not depend on the order of the answers.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def consolidate(self, answers: Sequence[Answer], classes: Collection[int]) -> Consolidated:
        """`classes` are the label set's indices (BACKGROUND is implied). Raises ConsolidationError."""
        ...


def check_answers(answers: Sequence[Answer]) -> tuple[int, int]:
    """Height and width of all answers.

    Raises ConsolidationError: `no_answers`, `size_differs`, `same_worker`.
    """
    if not answers:
        raise ConsolidationError("no_answers", _("There is no answer to consolidate. Wait for one."))
    if len(answers) > MAX_ANSWERS:
        message = _("There are %(count)s answers; at most %(most)s can be consolidated. Void some.") % {
            "count": len(answers),
            "most": MAX_ANSWERS,
        }
        raise ConsolidationError("too_many_answers", message)
    height, width = answers[0].raster.indices.shape
    for answer in answers:
        if answer.raster.indices.shape != (height, width):
            found = f"{answer.raster.width} x {answer.raster.height}"
            message = _("The answer of %(worker)s is %(found)s, another %(width)s x %(height)s. Void one of them.") % {
                "worker": answer.worker_id,
                "found": found,
                "width": width,
                "height": height,
            }
            raise ConsolidationError("size_differs", message)
    workers = [answer.worker_id for answer in answers]
    twice = sorted({worker for worker in workers if workers.count(worker) > 1})
    if twice:
        raise ConsolidationError(
            "same_worker", _("%(worker)s answered twice. Void one of the answers.") % {"worker": twice[0]}
        )
    return height, width


def check_classes(used: npt.NDArray[np.int64], classes: Collection[int]) -> None:
    """`used`.

    256 pixel counts. Raises ConsolidationError `unknown_class` for an index outside the label set.
    """
    known = {BACKGROUND, *classes}
    unknown = [int(index) for index in np.flatnonzero(used) if int(index) not in known]
    if unknown:
        listed = ", ".join(map(str, unknown))
        message = _(
            "The answers use indices that the label set lacks: %(listed)s. Add the classes or void the answer."
        ) % {"listed": listed}
        raise ConsolidationError("unknown_class", message)
