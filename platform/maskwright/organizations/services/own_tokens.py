"""A member's own API tokens in the organization in scope. Nobody sees or ends another's."""

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from maskwright.accounts.models import ApiToken, User
from maskwright.accounts.services.tokens import create_token, revoke_token
from maskwright.audit.record import record
from maskwright.core.errors import NotFound, NotSignedIn
from maskwright.core.scope import current_scope


def token_list(*, user: User) -> QuerySet[ApiToken]:
    """Tokens that were not revoked, newest first."""
    return ApiToken.objects.filter(
        user=user, organization_id=current_scope().organization_id, revoked_at=None
    ).order_by("-created_at")


def create_own_token(
    *, user: User, name: str, days: int = 365, made_with: uuid.UUID | None = None
) -> tuple[ApiToken, str]:
    """Return the token and its secret, which is shown once. One that was made with a token ends with that token."""
    try:
        token, secret = create_token(
            user=user,
            organization_id=current_scope().organization_id,
            name=name.strip(),
            days=days,
            made_with=made_with,
        )
    except ApiToken.DoesNotExist as error:
        raise NotSignedIn(_("The API token was revoked just now. Sign in and make a new one.")) from error
    record("api_token.created", "api_token", token.pk, name=token.name)
    return token, secret


def revoke_own_token(*, user: User, token_id: uuid.UUID) -> None:
    token = token_list(user=user).filter(pk=token_id).first()
    if token is None:
        raise NotFound(_("There is no such token of yours."))
    revoke_token(token=token)
    record("api_token.revoked", "api_token", token.pk, name=token.name)
