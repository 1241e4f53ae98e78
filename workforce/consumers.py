"""`/ws/work/`: what a labeler is told while his portal is open."""

import uuid
from collections.abc import Sequence

from maskwright.core.messages import Message
from maskwright.core.socket import HintConsumer
from workforce.messages import WorkAvailable


class WorkConsumer(HintConsumer):
    """For every member. Groups: `user.<id>`, `team.<id>`, `worker.<id>` of each customer's name for him, and of his
    employer `vendor.<id>` when it works for others."""

    def changed(self, queues: Sequence[uuid.UUID]) -> Sequence[Message]:
        return [WorkAvailable(queue) for queue in queues]
