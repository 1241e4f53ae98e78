"""When a person's next gold task is due.

The first ones come close together, so that somebody who should not work here is known soon; then about one in
1 / `rate`. Distances vary, drawn from person, job and number alone: nobody can count on the tenth, and a run that is
repeated after a kill decides the same.
"""

from __future__ import annotations

import hashlib

#: Distances of the first gold tasks, in tasks from one to the next.
EARLY = (2, 3, 4)
#: Between the decision and the task lies what was prepared before: the one in hand and the one fetched ahead.
AHEAD = 2
WARM_UP = 6


def gold_is_due(seed: str, *, given: int, since: int, rate: float, warm_up: int = WARM_UP) -> bool:
    """Whether to prepare a gold task after an answer.

    `given`: gold tasks the person has had in the job; `since`: his answers since the last of them (or since he began).
    """
    if rate <= 0:
        return False
    return since + AHEAD >= distance(seed, given, rate=rate, warm_up=warm_up)


def distance(seed: str, number: int, *, rate: float, warm_up: int = WARM_UP) -> int:
    """Tasks from gold task `number - 1` (0: the beginning) to the next, that one included."""
    draw = int.from_bytes(hashlib.sha256(f"{seed}/{number}".encode()).digest()[:4]) / 2**32
    usual = 1 / min(rate, 1.0)
    if number < warm_up and usual > EARLY[0]:
        return EARLY[int(draw * len(EARLY))]
    return max(1, round(usual * (0.5 + draw)))
