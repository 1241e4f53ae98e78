"""Socket tickets: how a program that has an API token, and so no session, opens a WebSocket.

A browser cannot be made to send a ticket it does not have, so a ticket stands in for session and Origin check. It
works once and for half a minute: an address with it in a log is worth nothing.
"""

import hashlib
import secrets
import uuid
from datetime import timedelta

from django.utils import timezone

from maskwright.accounts.models import SocketTicket, User

LIFETIME = timedelta(seconds=30)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def create_ticket(*, user: User, organization_id: uuid.UUID) -> str:
    """The secret that goes into `?ticket=`; not readable again."""
    secret = secrets.token_urlsafe(32)
    expires_at = timezone.now() + LIFETIME
    SocketTicket.objects.create(user=user, organization_id=organization_id, hash=_hash(secret), expires_at=expires_at)
    return secret


def use_ticket(secret: str) -> tuple[User, uuid.UUID] | None:
    """Whom and which organization the ticket stands for; it is gone afterwards. None when it is unknown or too old."""
    ticket = SocketTicket.objects.select_related("user").filter(hash=_hash(secret)).first()
    if ticket is None:
        return None
    # Of two that come with the same ticket at once, one deletes it and one finds nothing to delete.
    deleted, _ = SocketTicket.objects.filter(pk=ticket.pk).delete()
    if not deleted or ticket.expires_at <= timezone.now() or not ticket.user.is_active:
        return None
    return ticket.user, ticket.organization_id


def delete_old_tickets() -> int:
    """Remove tickets nobody used; how many."""
    return SocketTicket.objects.filter(expires_at__lt=timezone.now() - LIFETIME).delete()[0]
