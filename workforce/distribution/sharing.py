"""How the items of a shared queue fall to its parts, so that shares hold from the first item on.

Each next item goes to the part that lacks most of its share: with n items given out, a part of p percent never has
more than one item too many, and whenever each p * n / 100 is a whole number every part has exactly that.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from workforce.distribution.policy import Rule

K = TypeVar("K", bound=Hashable)


@dataclass
class Part(Generic[K]):
    """`marked`: items it has so far."""

    key: K
    percent: int
    marked: int = 0


def deal(parts: Sequence[Part[K]], count: int) -> list[K]:
    """Whose the next `count` items are; `marked` of the parts rises. Of parts that lack the same the first gets it."""
    total = sum(part.marked for part in parts)
    dealt = []
    for number in range(total + 1, total + count + 1):
        part = max(parts, key=lambda one: one.percent * number - 100 * one.marked)
        part.marked += 1
        dealt.append(part.key)
    return dealt


#: The audience of the slots that the offer may take: of a shared queue its own part's, otherwise everybody's.
RULE = Rule(
    "shares",
    """
CASE WHEN q.is_shared AND f.stage = 'label' THEN coalesce(f.work_grant_id, q.organization_id)
  ELSE '00000000-0000-0000-0000-000000000000' END
""",
)
