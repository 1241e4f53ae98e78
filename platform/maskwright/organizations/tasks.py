"""Work after a commit: invitations by mail, events by post."""

import uuid
from typing import Any

from maskwright.core.outbox import handles
from maskwright.organizations.services import event_delivery, invitations


@handles("invitation.mail", queue="maintenance", transactional=False, lease=60)
def mail_invitation(*, invitation_id: str, **_: Any) -> None:
    # Not in a transaction: a mail server that hangs must not hold one open.
    invitations.mail_invitation(invitation_id=uuid.UUID(invitation_id))


@handles("event.deliver", queue="outside", transactional=False, lease=15, heartbeat=True)
def deliver_events(*, organization_id: uuid.UUID, message_id: uuid.UUID, subscription_id: str) -> None:
    event_delivery.deliver_events(organization_id=organization_id, subscription_id=uuid.UUID(subscription_id))
