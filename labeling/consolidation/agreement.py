"""Agreement of answers per class, counted band by band."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt

from labeling.masks import Indices

from .votes import Votes


class ClassCounts:
    """Pixels per class and answer, and per class and pair of answers that both give it.

    Unanimous pixels count the same for all, so they are counted once.
    """

    def __init__(self, voters: int) -> None:
        self._voters = voters
        self._unanimous = np.zeros(256, dtype=np.int64)
        self._single = np.zeros((voters, 256), dtype=np.int64)
        self._both = {pair: np.zeros(256, dtype=np.int64) for pair in combinations(range(voters), 2)}

    def add(self, band: Indices, votes: Votes) -> None:
        """A band of the first answer, and the votes of all answers at its disputed pixels."""
        everything = np.bincount(band.ravel(), minlength=256)
        if votes.size:
            everything = everything - np.bincount(votes[0], minlength=256)
        self._unanimous += everything
        for voter in range(self._voters):
            self._single[voter] += np.bincount(votes[voter], minlength=256)
        for (first, second), counts in self._both.items():
            row = votes[first]
            counts += np.bincount(row[row == votes[second]], minlength=256)

    def used(self) -> npt.NDArray[np.int64]:
        """256 counts, zero where no answer uses the index."""
        counts: npt.NDArray[np.int64] = self._unanimous + self._single.sum(axis=0)
        return counts

    def mean_pairwise_iou(self) -> dict[int, float]:
        """Class -> mean over the pairs in which somebody used it of intersection over union."""
        total = np.zeros(256)
        pairs = np.zeros(256, dtype=np.int64)
        for (first, second), both in self._both.items():
            shared = self._unanimous + both
            union = 2 * self._unanimous + self._single[first] + self._single[second] - shared
            present = union > 0
            total[present] += shared[present] / union[present]
            pairs += present
        return {int(index): float(total[index] / pairs[index]) for index in np.flatnonzero(pairs)}
