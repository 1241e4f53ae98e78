"""API tokens: made once, shown once, checked by hash."""

import hashlib
import secrets
import uuid
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from maskwright.accounts.models import ApiToken, User

PREFIX = "mw_"
_TOUCH_AFTER = timedelta(minutes=5)


def _hash(secret: str) -> str:
    # The secret has 256 random bits, so a plain hash is enough: there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(*, user: User, organization_id: uuid.UUID, name: str, days: int = 365) -> tuple[ApiToken, str]:
    """Return the stored row and the secret, which is never readable again. Lives at most one year."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        organization_id=organization_id,
        name=name,
        prefix=secret[:9],
        hash=_hash(secret),
        expires_at=timezone.now() + timedelta(days=min(days, 365)),
    )
    return token, secret


def find_token(secret: str) -> ApiToken | None:
    """The live token with its active user, in one statement; `last_used_at` is kept to five minutes."""
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(Q(hash=_hash(secret)), revoked_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if token is not None and (token.last_used_at is None or now - token.last_used_at > _TOUCH_AFTER):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke_token(*, token: ApiToken) -> None:
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def revoke_tokens(*, user_id: uuid.UUID, organization_id: uuid.UUID) -> None:
    """End all tokens of a person in one organization, when the person leaves it."""
    ApiToken.objects.filter(user_id=user_id, organization_id=organization_id, revoked_at=None).update(
        revoked_at=timezone.now()
    )
