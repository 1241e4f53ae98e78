"""Majority: a vote per pixel, ties decided by the surroundings, isolated disputed pixels smoothed away.

README.md states the rule so that a person can work out a mask by hand; the numbers here are those of its
steps. All work is done in bands of rows; beyond the answers it holds three arrays of one byte per pixel.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labeling.masks import Indices, MaskRaster

from .agreement import ClassCounts
from .base import Answer, Consolidated, check_answers, check_classes
from .votes import Votes, choose, plurality, ranks, supporters
from .windows import Positions, has_equal_neighbour, neighbour_values, window_votes

_BAND_PIXELS = 1 << 18


@dataclass(frozen=True)
class Majority:
    """The rule as an object; `band_rows` changes memory and speed, never the result."""

    name: str = "majority"
    version: str = "1"
    band_rows: int | None = None

    def consolidate(self, answers: Sequence[Answer], classes: Collection[int]) -> Consolidated:
        height, width = check_answers(answers)
        rasters = [answer.raster.indices for answer in answers]
        rows = self.band_rows or max(8, _BAND_PIXELS // width)
        work = _Work(rasters, [(top, min(top + rows, height)) for top in range(0, height, rows)])
        work.vote()
        check_classes(work.counts.used(), classes)
        work.break_ties()
        work.smooth()
        return work.result()


class _Work:
    """The state between the steps. Pixels are named by their position in the row-major image.

    `against` counts, for each pixel, the answers that differ from the winner; the last step makes shares of
    it.
    """

    def __init__(self, rasters: list[Indices], bands: list[tuple[int, int]]) -> None:
        self.rasters = rasters
        self.flat = [raster.reshape(-1) for raster in rasters]
        self.bands = bands
        self.voters = len(rasters)
        self.shape = rasters[0].shape
        self.winner: Indices = np.empty(self.shape, dtype=np.uint8)
        self.against: npt.NDArray[np.uint8] = np.zeros(self.shape, dtype=np.uint8)
        self.tied: npt.NDArray[np.bool_] = np.zeros(self.shape, dtype=np.bool_)
        self.agreeing = np.zeros(self.voters, dtype=np.int64)
        self.counts = ClassCounts(self.voters)
        self.disputed = 0

    def vote(self) -> None:
        """Step 1 for every pixel; notes ties, and for step 3 how often each answer held an untied winner."""
        for top, bottom in self.bands:
            band = [raster[top:bottom] for raster in self.rasters]
            self.winner[top:bottom] = band[0]
            disputed = np.zeros(band[0].shape, dtype=np.bool_)
            for other in band[1:]:
                disputed |= other != band[0]
            pixels = self._pixels(disputed, top)
            votes = self._votes(pixels)
            self.counts.add(band[0], votes)
            if len(pixels):
                outcome = plurality(votes, supporters(votes))
                self.winner.reshape(-1)[pixels] = outcome.winner
                self.against.reshape(-1)[pixels] = self.voters - outcome.count
                self.tied.reshape(-1)[pixels] = outcome.tied
                held = (votes == outcome.winner) & ~outcome.tied
                self.agreeing += np.count_nonzero(held, axis=1)
                self.disputed += len(pixels)

    def break_ties(self) -> None:
        """Steps 2 and 3 for the tied pixels."""
        standing = ranks(self.agreeing)
        for top, bottom in self.bands:
            pixels = self._pixels(self.tied[top:bottom], top)
            if len(pixels):
                votes = self._votes(pixels)
                counts = supporters(votes)
                leading = counts == counts.max(axis=0)
                around = window_votes(self.rasters, pixels, votes, leading)
                self.winner.reshape(-1)[pixels] = choose(votes, leading, [around], standing)

    def smooth(self) -> None:
        """Step 4, on the result of steps 1 to 3: every decision sees the unsmoothed neighbours."""
        changes = list(self._smoothed())
        for pixels, winner, against in changes:
            self.winner.reshape(-1)[pixels] = winner
            self.against.reshape(-1)[pixels] = against

    def _smoothed(self) -> Iterator[tuple[Positions, Votes, Votes]]:
        standing = ranks(self.agreeing)
        for top, bottom in self.bands:
            disputed = self.against[top:bottom] > 0
            if not disputed.any():
                continue
            pixels = self._pixels(disputed & ~has_equal_neighbour(self.winner, top, bottom), top)
            if not len(pixels):
                continue
            votes = self._votes(pixels)
            around = neighbour_values(self.winner, pixels)
            near = sum((each == votes for each in around), np.zeros(votes.shape, dtype=np.int32))
            chosen = choose(votes, near > 0, [near, supporters(votes).astype(np.int32)], standing)
            against = np.count_nonzero(votes != chosen, axis=0).astype(np.uint8)
            held = near.max(axis=0) > 0
            yield pixels[held], chosen[held], against[held]

    def result(self) -> Consolidated:
        total = self.winner.size
        opposed = sum(int(self.against[top:bottom].sum(dtype=np.int64)) for top, bottom in self.bands)
        shares = np.rint(np.arange(self.voters + 1) * (255 / self.voters)).astype(np.uint8)
        for top, bottom in self.bands:
            self.against[top:bottom] = shares[self.against[top:bottom]]
        return Consolidated(
            raster=MaskRaster(self.winner),
            confidence=0.0 if self.voters == 1 else 1.0 - opposed / (total * self.voters),
            class_agreement=self.counts.mean_pairwise_iou(),
            disputed_share=self.disputed / total,
            disagreement=self.against,
        )

    def _pixels(self, wanted: npt.NDArray[np.bool_], top: int) -> Positions:
        pixels: Positions = np.flatnonzero(wanted) + top * self.shape[1]
        return pixels

    def _votes(self, pixels: Positions) -> Votes:
        return np.stack([flat[pixels] for flat in self.flat])
