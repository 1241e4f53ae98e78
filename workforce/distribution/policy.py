"""What policies and rules of distribution consist of."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Arm:
    """A condition on the ready slot `s` and an order; both must be served by one index, whatever the queue's length.

    `%(shard)s` is a random number from 0 to SHARDS - 1.
    """

    where: str
    order: str


@dataclass(frozen=True)
class Policy:
    """`label` and `help` are what managers read."""

    name: str
    label: Any
    help: Any
    arms: tuple[Arm, ...]


@dataclass(frozen=True)
class Rule:
    """What holds in every queue beside its policy.

    `sql` is an expression over the queue `q`, its offer `f` to the person %(user)s of the organization %(org)s.
    """

    name: str
    sql: str
