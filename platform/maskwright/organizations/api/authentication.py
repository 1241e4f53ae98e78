"""DRF sees who the middleware found; a session needs the CSRF token, a bearer token does not."""

import uuid
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from maskwright.accounts.models import User
from maskwright.core.errors import NotAllowed, NotSignedIn
from maskwright.organizations.actor import Actor


class ScopeAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        actor: Actor | None = getattr(request._request, "actor", None)
        if actor is None:
            # Read here: DRF overwrites the request's user with None when nobody acts.
            user = getattr(request._request, "user", None)
            request.lacks_organization = user is not None and user.is_authenticated  # type: ignore[attr-defined]
            return None
        if not getattr(request._request, "actor_by_token", False):
            self._check_csrf(request)
        return actor.user, actor

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    @staticmethod
    def _check_csrf(request: Request) -> None:
        check = CSRFCheck(lambda _: None)  # type: ignore[arg-type]  # DRF's own use of the class
        check.process_request(request._request)
        if reason := check.process_view(request._request, None, (), {}):  # type: ignore[arg-type]
            raise NotAllowed(
                _("The page is too old to send this (%(reason)s). Reload it and try again.") % {"reason": reason}
            )


class ScopeAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it has no types
    """How the OpenAPI schema tells of it: a token, or a session's cookie."""

    target_class = ScopeAuthentication
    name = ("token", "session")  # type: ignore[assignment]  # two ways in, as its documentation allows

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "bearer", "description": "An API token of a member, for one organization."},
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
        ]


class IsActor(BasePermission):
    """Every API view needs a member acting in an organization, unless it says otherwise."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, Actor):
            return True
        if getattr(request, "lacks_organization", False):
            raise NotAllowed(_("Choose an organization first: open /organizations/choose/ in the browser."))
        raise NotSignedIn(_("Sign in first, or send an API token: 'Authorization: Bearer <token>'."))


def actor_of_request(request: Request) -> Actor:
    """The acting member of a request that passed IsActor."""
    assert isinstance(request.auth, Actor)
    return request.auth


def token_of_request(request: Request) -> uuid.UUID | None:
    """The API token a request came with; None for a session."""
    token_id: uuid.UUID | None = getattr(request._request, "token_id", None)
    return token_id
