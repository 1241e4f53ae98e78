"""Socket tickets: how a program that has an API token, and so no session, opens a WebSocket.

A browser cannot be made to send a ticket it does not have, so a ticket stands in for session and Origin check. It
works once and for half a minute: an address with it in a log is worth nothing.
"""

import hashlib
import secrets
import uuid
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from maskwright.accounts.models import SocketTicket, User

LIFETIME = timedelta(seconds=30)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def create_ticket(*, user: User, organization_id: uuid.UUID, made_with: uuid.UUID | None = None) -> str:
    """The secret that goes into `?ticket=`; not readable again. `made_with`: the API token that asks for it."""
    secret = secrets.token_urlsafe(32)
    expires_at = timezone.now() + LIFETIME
    SocketTicket.objects.create(
        user=user, organization_id=organization_id, api_token_id=made_with, hash=_hash(secret), expires_at=expires_at
    )
    return secret


_USE = "DELETE FROM accounts_socketticket WHERE hash = %s RETURNING user_id, organization_id, expires_at, api_token_id"


def use_ticket(secret: str) -> tuple[User, uuid.UUID, uuid.UUID | None] | None:
    """Whom, which organization and which API token the ticket stands for; it is gone afterwards.

    None when it is unknown or too old.
    """
    with connection.cursor() as cursor:
        # One statement, so that of two who come with the same ticket at once only one gets it.
        cursor.execute(_USE, [_hash(secret)])
        row = cursor.fetchone()
    if row is None or row[2] <= timezone.now():
        return None
    user = User.objects.filter(pk=row[0], is_active=True).first()
    return None if user is None else (user, row[1], row[3])


def delete_old_tickets() -> int:
    """Remove tickets nobody used; how many."""
    return SocketTicket.objects.filter(expires_at__lt=timezone.now() - LIFETIME).delete()[0]
