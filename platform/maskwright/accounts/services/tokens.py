"""API tokens: made once, shown once, checked by hash."""

import hashlib
import secrets
import uuid
from collections.abc import Collection
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from maskwright.accounts.models import ApiToken, User

PREFIX = "mw_"
_TOUCH_AFTER = timedelta(minutes=5)


class WiderScopes(Exception):
    """A token asks for one that may do more than itself; the argument is the list of what it lacks."""


def _hash(secret: str) -> str:
    # The secret has 256 random bits, so a plain hash is enough: there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(
    *,
    user: User,
    organization_id: uuid.UUID,
    name: str,
    days: int = 365,
    scopes: Collection[str] | None = None,
    made_with: uuid.UUID | None = None,
) -> tuple[ApiToken, str]:
    """Return the stored row and the secret, which is never readable again. Lives at most one year.

    `made_with`: the token that asks for it. The new one then ends when that one ends, however that comes about, so that
    a stolen token gives nobody more time than it has; nor more rights: its scopes are the most the new one may have,
    and what it gets when none are named. Raises ApiToken.DoesNotExist when it has ended meanwhile, WiderScopes when
    `scopes` (permissions; None: all of the owner's role) names others.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    expires_at = timezone.now() + timedelta(days=min(days, 365))
    parent = None
    if made_with is not None:
        # Locked, so that a revocation that comes now waits and then finds the new one too.
        parent = ApiToken.objects.select_for_update().get(pk=made_with, revoked_at=None)
        expires_at = min(expires_at, parent.expires_at)
        if parent.scopes is not None:
            scopes = parent.scopes if scopes is None else scopes
            if wider := set(scopes) - set(parent.scopes):
                raise WiderScopes(sorted(wider))
    token = ApiToken.objects.create(
        user=user,
        organization_id=organization_id,
        name=name,
        scopes=None if scopes is None else sorted(set(scopes)),
        prefix=secret[:9],
        hash=_hash(secret),
        parent=parent,
        expires_at=expires_at,
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
    """End a token, all that were made with it, and all that were made with those."""
    now, ending = timezone.now(), [token.pk]
    while ending:
        # One generation after the other: each update waits for whoever is just making the next one.
        ApiToken.objects.filter(pk__in=ending, revoked_at=None).update(revoked_at=now)
        ending = list(ApiToken.objects.filter(parent_id__in=ending).values_list("pk", flat=True))


def revoke_tokens(*, user_id: uuid.UUID, organization_id: uuid.UUID) -> None:
    """End all tokens of a person in one organization, when the person leaves it."""
    ApiToken.objects.filter(user_id=user_id, organization_id=organization_id, revoked_at=None).update(
        revoked_at=timezone.now()
    )
