"""Labelers: how fast, how good, how steady; three of them spam."""

import random
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.simulation.photos import HEIGHT, WIDTH, Mask, careless, truth

Kind = Literal["honest", "paints nothing", "paints all one class", "paints another photo's mask"]
SPAM: tuple[Kind, ...] = ("paints nothing", "paints all one class", "paints another photo's mask")


@dataclass
class Labeler:
    """`minutes`: of a usual photo; `iou`: with the truth, of a usual answer."""

    number: int
    user: Any
    kind: Kind
    minutes: float
    iou: float
    draw: random.Random
    answers: int = 0
    paused_after: int | None = None

    def seconds(self) -> float:
        """How long the photo takes him; a long tail, as people have it."""
        return 60 * self.minutes * self.draw.lognormvariate(0, 0.5)

    def paints(self, photo: int) -> Mask:
        whole = truth(photo)
        match self.kind:
            case "paints nothing":
                whole[:] = 0
            case "paints all one class":
                whole = whole.__class__(shape=(HEIGHT, WIDTH), dtype=whole.dtype)
                whole[:] = 1
            case "paints another photo's mask":
                whole = truth(photo + 7_919)
            case _:
                whole = careless(whole, min(1.0, self.draw.gauss(self.iou, 0.07)), self.draw)
        return whole


def make_labelers(users: list[Any], seed: int, minutes: float) -> list[Labeler]:
    draw = random.Random(seed)
    found = []
    for number, user in enumerate(users):
        kind: Kind = SPAM[number] if number < len(SPAM) else "honest"
        own = random.Random(f"{seed}/{number}")
        pace = minutes * draw.uniform(0.5, 2.0) * (0.5 if kind != "honest" else 1.0)
        found.append(Labeler(number, user, kind, pace, draw.uniform(0.68, 0.97), own))
    return found
