"""Verdicts of several people about one object become one: expectation maximization, or the most votes.

Expectation maximization as Dawid and Skene (1979) have it: each worker has a confusion matrix, estimated from the
verdicts of the same job; the probability of a label given the verdicts is what the record calls its confidence. The
matrices are smoothed towards a worker who is right 7 times of 10, so that few verdicts decide little, and the prior of
labels is flat by one vote each. README.md has a worked example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Verdicts = Sequence[tuple[str, int]]
"""(worker, label's number from 0), at most one of a worker."""

EM, MOST_VOTES = "expectation-maximization", "majority"
VERDICT_RULES = (EM, MOST_VOTES)
_VERSION = "1"
_ROUNDS = 50
_TOLERANCE = 1e-6
_PRIOR_RIGHT = 0.7
_PRIOR_WEIGHT = 4.0


@dataclass(frozen=True)
class Verdict:
    """`confidence` is 0.0 where one person answered: nothing was compared. `rule` with its version."""

    label: int
    confidence: float
    rule: str


def consolidate_verdicts(rule: str, verdicts: Verdicts, others: Sequence[Verdicts], labels: int) -> Verdict:
    """The verdict of one object; `others` are those of further objects of the job, which tell what a worker is worth.

    Equal input gives equal output. Ties go to the label most chosen, then to the last one, which by convention is the
    worse: a doubtful mask is looked at again. Raises ValueError without verdicts or for a label out of range.
    """
    if not verdicts or any(not 0 <= label < labels for _, label in verdicts):
        raise ValueError("a verdict needs answers, each one of the job's labels")
    if rule == EM and len(verdicts) > 1:
        shares = _posterior([verdicts, *others], labels)
    else:
        shares = _votes(verdicts, labels) / len(verdicts)
    votes = _votes(verdicts, labels)
    best = max(range(labels), key=lambda label: (round(float(shares[label]), 9), votes[label], label))
    confidence = float(shares[best]) if len(verdicts) > 1 else 0.0
    return Verdict(best, confidence, f"{rule}/{_VERSION}")


def _votes(verdicts: Verdicts, labels: int) -> Floats:
    return np.bincount([label for _, label in verdicts], minlength=labels).astype(np.float64)


def _posterior(objects: Sequence[Verdicts], labels: int) -> Floats:
    """The probability of each label of the first object."""
    workers = {worker: place for place, worker in enumerate(sorted({w for one in objects for w, _ in one}))}
    rows = [(at, workers[worker], label) for at, one in enumerate(objects) for worker, label in one]
    which, who, said = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    belief = np.stack([_votes(one, labels) / max(len(one), 1) for one in objects])
    wrong = (1 - _PRIOR_RIGHT) / max(labels - 1, 1)
    prior = _PRIOR_WEIGHT * np.where(np.eye(labels, dtype=bool), _PRIOR_RIGHT, wrong)
    for _ in range(_ROUNDS):
        share = belief.sum(axis=0) + 1
        share /= share.sum()
        matrix = np.tile(prior, (len(workers), 1, 1))  # worker, true label, said
        said_by: Any = (who, slice(None), said)
        np.add.at(matrix, said_by, belief[which])
        matrix /= matrix.sum(axis=2, keepdims=True)
        logs = np.tile(np.log(share), (len(objects), 1))
        np.add.at(logs, which, np.log(matrix[who, :, said]))
        logs -= logs.max(axis=1, keepdims=True)
        new = np.exp(logs)
        new /= new.sum(axis=1, keepdims=True)
        change = float(np.abs(new - belief).max())
        belief = new
        if change < _TOLERANCE:
            break
    first: Floats = belief[0]
    return first
