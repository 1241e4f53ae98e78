"""A member's own API tokens in the organization in scope. Nobody sees or ends another's."""

import uuid
from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from maskwright.accounts.models import ApiToken, User
from maskwright.accounts.services.tokens import WiderScopes, create_token, revoke_token
from maskwright.audit.record import record
from maskwright.core.errors import NotAllowed, NotFound, NotSignedIn
from maskwright.core.scope import current_scope


def token_list(*, user: User, asked_with: uuid.UUID | None = None) -> QuerySet[ApiToken]:
    """Tokens that were not revoked, newest first.

    Asked with a token that has scopes: itself and those made with it, so that it can end no other.
    """
    tokens = ApiToken.objects.filter(user=user, organization_id=current_scope().organization_id, revoked_at=None)
    return tokens_within_reach(tokens, asked_with).order_by("-created_at")


def tokens_within_reach(tokens: QuerySet[ApiToken], asked_with: uuid.UUID | None) -> QuerySet[ApiToken]:
    """Of a person's tokens those that the token `asked_with` may see and end; all in a session and without scopes."""
    if asked_with is None or ApiToken.objects.filter(pk=asked_with, scopes=None).exists():
        return tokens
    return tokens.filter(Q(pk=asked_with) | Q(parent_id=asked_with))


def create_own_token(
    *,
    user: User,
    name: str,
    days: int = 365,
    scopes: Collection[str] | None = None,
    made_with: uuid.UUID | None = None,
) -> tuple[ApiToken, str]:
    """Return the token and its secret, which is shown once. One that was made with a token ends with that token.

    `scopes`: permissions; it never does more than these and its owner's role. None: all of the role's.
    """
    try:
        token, secret = create_token(
            user=user,
            organization_id=current_scope().organization_id,
            name=name.strip(),
            days=days,
            scopes=scopes,
            made_with=made_with,
        )
    except ApiToken.DoesNotExist as error:
        raise NotSignedIn(_("The API token was revoked just now. Sign in and make a new one.")) from error
    except WiderScopes as error:
        raise NotAllowed(
            _("This API token cannot make one that may do more than itself: %(scopes)s. Leave these scopes out.")
            % {"scopes": ", ".join(error.args[0])}
        ) from error
    record("api_token.created", "api_token", token.pk, name=token.name)
    return token, secret


def revoke_own_token(*, user: User, token_id: uuid.UUID, asked_with: uuid.UUID | None = None) -> None:
    token = token_list(user=user, asked_with=asked_with).filter(pk=token_id).first()
    if token is None:
        raise NotFound(_("There is no such token of yours."))
    revoke_token(token=token)
    record("api_token.revoked", "api_token", token.pk, name=token.name)
