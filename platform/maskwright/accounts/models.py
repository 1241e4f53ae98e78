"""People and the tokens they use. Global tables: they hold no tenant's data."""

import uuid
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now

from maskwright.core.ids import uuid7


class User(AbstractUser):
    """A person who signs in. What he may do is decided by memberships, not here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(blank=True)
    display_name = models.CharField(max_length=100, blank=True)
    #: What the person chose; empty: as the browser asks.
    language = models.CharField(max_length=10, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"), condition=~models.Q(email=""), name="user_email_once"
            )
        ]

    def get_full_name(self) -> str:
        return self.display_name or super().get_full_name() or self.username


class ApiToken(models.Model):
    """A bearer token of one user in one organization; only its hash is stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    organization_id = models.UUIDField()
    name = models.CharField(max_length=100)
    #: Permissions it is limited to; None: all that its owner's role has at the time of use.
    scopes = ArrayField(models.CharField(max_length=40), null=True)
    prefix = models.CharField(max_length=12)
    #: The token that made this one, if a script did: it ends with it.
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, related_name="children", db_constraint=False
    )
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class SocketTicket(models.Model):
    """One opening of a WebSocket by a program that has no session; only its hash is stored, and using it deletes it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    organization_id = models.UUIDField()
    #: The token it was asked for with; the socket ends with it.
    api_token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False)
    hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"ticket {self.pk}"


class SignedInSession(AbstractBaseSession):
    """A browser's session, with whose it is and the organization chosen in it, so that it can be ended from outside."""

    user_id = models.UUIDField(null=True, db_index=True)
    chosen = models.UUIDField(null=True)

    class Meta(AbstractBaseSession.Meta):
        db_table = "accounts_session"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from maskwright.accounts.sessions import SessionStore

        return SessionStore


UserId = uuid.UUID
