"""Work after a commit: invitations by mail."""

import uuid
from typing import Any

from maskwright.core.outbox import handles
from maskwright.organizations.services import invitations


@handles("invitation.mail", queue="maintenance", transactional=False, lease=60)
def mail_invitation(*, invitation_id: str, **_: Any) -> None:
    # Not in a transaction: a mail server that hangs must not hold one open.
    invitations.mail_invitation(invitation_id=uuid.UUID(invitation_id))
