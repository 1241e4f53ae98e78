"""Work after a commit: fill windows, settle items."""

import uuid
from typing import Any

from maskwright.core.outbox import handles
from maskwright.core.scope import organization_scope
from workforce.handlers import handler
from workforce.models import Claim
from workforce.services import expiry, grants, items, notice_delivery, queues, teams


@handles("queue.distribute", queue="distribute")
def distribute(*, queue_id: str) -> None:
    queues.distribute(queue_id=uuid.UUID(queue_id))


@handles("work.item_answered", queue="distribute")
def item_answered(*, item_id: str) -> None:
    items.settle_item(item_id=uuid.UUID(item_id))


@handles("work.item_declined", queue="distribute")
def item_declined(*, item_id: str) -> None:
    expiry.settle_declined(item_id=uuid.UUID(item_id))


@handles("work.person_declined", queue="distribute")
def person_declined(*, claim_id: str) -> None:
    claim = Claim.objects.get(pk=uuid.UUID(claim_id))
    handler().person_declined(claim.work_queue_id, claim.worker_id)


@handles("work_grant.revoked", queue="distribute")
def grant_revoked(*, grant_id: str) -> None:
    grants.withdraw_revoked(grant_id=uuid.UUID(grant_id))


@handles("work.place_ended", queue="distribute")
def place_ended(*, user_ids: list[str], reason: str) -> None:
    teams.end_unreachable([uuid.UUID(user_id) for user_id in user_ids], reason=reason)


@handles("work_grant.declined", queue="distribute", transactional=False)
def grant_declined(*, organization_id: uuid.UUID, message_id: uuid.UUID, grant_id: str, customer_id: str) -> None:
    """The message is the vendor's; the share goes back in the customer's scope."""
    with organization_scope(uuid.UUID(customer_id)):
        grants.return_declined(grant_id=uuid.UUID(grant_id))


@handles("notice.deliver", queue="maintenance", transactional=False, lease=60)
def deliver_notices(*, organization_id: uuid.UUID, user_id: str, **_: Any) -> None:
    # Not in a transaction: a mail server or a webhook that hangs must not hold one open.
    notice_delivery.deliver(organization_id=organization_id, user_id=uuid.UUID(user_id))
