"""Work after a commit: fill windows, settle items."""

import uuid

from maskwright.core.outbox import handles
from workforce.services import expiry, grants, items, queues


@handles("queue.distribute", queue="distribute")
def distribute(*, queue_id: str) -> None:
    queues.distribute(queue_id=uuid.UUID(queue_id))


@handles("work.item_answered", queue="distribute")
def item_answered(*, item_id: str) -> None:
    items.settle_item(item_id=uuid.UUID(item_id))


@handles("work.item_declined", queue="distribute")
def item_declined(*, item_id: str) -> None:
    expiry.settle_declined(item_id=uuid.UUID(item_id))


@handles("work_grant.revoked", queue="distribute")
def grant_revoked(*, grant_id: str) -> None:
    grants.withdraw_revoked(grant_id=uuid.UUID(grant_id))
