"""`/ws/work/`: what a labeler is told while his portal is open."""

import uuid
from collections.abc import Sequence

from maskwright.core.messages import Message
from maskwright.core.socket import RIGHTS_ENDED, HintConsumer, Refused, Watch
from maskwright.organizations.permissions import Permission, within
from workforce.messages import WorkAvailable


class WorkConsumer(HintConsumer):
    """For every member. Groups: `user.<id>`, `team.<id>`, `worker.<id>` of each customer's name for him, and of his
    employer `vendor.<id>` when it works for others."""

    async def admit(self, watch: Watch) -> Watch:
        # A member of any role may listen; an API token only when it was made for work.
        if not within(watch.scopes, Permission.WORK_DO):
            raise Refused(RIGHTS_ENDED)
        return watch

    def changed(self, queues: Sequence[uuid.UUID]) -> Sequence[Message]:
        return [WorkAvailable(queue) for queue in queues]
