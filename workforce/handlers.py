"""What the owner of the work does when something happens to it. `labeling` registers one handler.

All methods run in the transaction of the change and in the scope of the queue's organization.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from workforce.states import Stage


@dataclass(frozen=True)
class Agreement:
    """The mean class IoU of `answers` with the results that they went into."""

    value: float
    answers: int


class WorkHandler(Protocol):
    def items_opened(self, item_ids: Sequence[uuid.UUID]) -> None:
        """The items have slots now."""

    def item_done(self, item_id: uuid.UUID, stage: Stage, round: int) -> None:
        """All answers that the stage wants are in."""

    def item_failed(self, item_id: uuid.UUID, code: str, reason: str) -> None:
        """The item will get no further answers."""

    def person_declined(self, queue_id: uuid.UUID, worker_id: uuid.UUID) -> None:
        """A person declined something of the queue."""

    def queue_closed(self, queue_id: uuid.UUID) -> None:
        """A stopping queue has no live claim any more."""

    def queue_names(self, queue_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
        """What the owner calls the work of these queues; only of those that the scope may see."""

    def agreements(self, queue_ids: Sequence[uuid.UUID], worker_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Agreement]:
        """How far people's answers in these queues agree with the results; only what the scope may read of them."""


_handler: WorkHandler | None = None


def register(handler: WorkHandler) -> None:
    global _handler
    _handler = handler


def handler() -> WorkHandler:
    if _handler is None:
        raise RuntimeError("No work handler is registered; labeling does so in its AppConfig.ready().")
    return _handler
