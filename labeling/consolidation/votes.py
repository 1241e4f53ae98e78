"""Vote arithmetic on small arrays: rows are answers, columns are pixels, so that NumPy adds long rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Votes = npt.NDArray[np.uint8]
"""Shape (answers, pixels): the class each answer gives each pixel."""


MAX_ANSWERS = 64
"""More answers to one object than anybody asks for; keeps the keys of `choose` within 31 bits."""

_PREFERENCE = np.array([0, *range(255, 0, -1)], dtype=np.int32)


def supporters(votes: Votes) -> npt.NDArray[np.uint8]:
    """For each entry of `votes`: how many answers give that pixel the same class (itself included)."""
    counts = np.ones(votes.shape, dtype=np.uint8)
    for first in range(len(votes)):
        for second in range(first + 1, len(votes)):
            same = votes[first] == votes[second]
            counts[first] += same
            counts[second] += same
    return counts


@dataclass(frozen=True)
class Plurality:
    """The most-voted class of each pixel, how many voted for it, and where several classes share that
    number.
    """

    winner: Votes
    count: npt.NDArray[np.uint8]
    tied: npt.NDArray[np.bool_]


def plurality(votes: Votes, counts: npt.NDArray[np.uint8]) -> Plurality:
    """`counts` as `supporters` gives them. At tied pixels `winner` is one of the tied classes."""
    most = counts.max(axis=0)
    leading = counts == most
    low = np.where(leading, votes, np.uint8(255)).min(axis=0)
    high = np.where(leading, votes, np.uint8(0)).max(axis=0)
    return Plurality(winner=low, count=most, tied=low != high)


def choose(
    votes: Votes,
    allowed: npt.NDArray[np.bool_],
    scores: list[npt.NDArray[np.int32]],
    standing: npt.NDArray[np.int32],
) -> Votes:
    """The class of each pixel that wins by the first score, then the next, then standing, then its index.

    Arrays are per vote, shape (answers, pixels), scores below 4096 where there are two; `standing` is per
    answer: its rank, higher is better. Only `allowed` votes can win. At last the lowest index wins,
    BACKGROUND after all others.
    """
    key = np.zeros(votes.shape, dtype=np.int32)
    for score in scores:
        key *= 4096
        key += score
    key *= MAX_ANSWERS
    key += standing[:, None]
    key *= 256
    key += _PREFERENCE[votes]
    key[~allowed] = -1
    best: Votes = np.take_along_axis(votes, key.argmax(axis=0)[None, :], axis=0)[0]
    return best


def ranks(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Dense ranks from 0, equal values sharing one: keeps keys small and exact."""
    return np.unique(values, return_inverse=True)[1].astype(np.int32)
