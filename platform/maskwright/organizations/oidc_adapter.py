"""django-allauth's sign-in by OpenID Connect, with providers that organizations set, and nothing else of it.

Accounts are never connected to one another (see `services.arrivals`); a session that came from a provider opens its
organization only, so that who runs the provider reaches nothing else, whatever the account is a member of.
"""

import uuid
from collections.abc import Mapping
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from maskwright.accounts.sessions import CHOSEN, ONLY
from maskwright.core.errors import DomainError
from maskwright.organizations.claims import Claims, ClaimsMissing, read_claims
from maskwright.organizations.identity_endpoints import guarded_session, read_configuration, why
from maskwright.organizations.services.arrivals import account_for, arrive, require_admitted
from maskwright.organizations.services.identity_provider import client_secret_of, find_provider, note_problem


class GuardedOidcAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """Finds the provider's addresses as the organization set them, and checks that they are the issuer's."""

    @property
    def openid_config(self) -> dict[str, Any]:
        if not hasattr(self, "_configuration"):
            own = self.get_provider().app.settings
            self._configuration = read_configuration(own["issuer"], own["endpoints"])
        return self._configuration


class OrganizationProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    oauth2_adapter_class = GuardedOidcAdapter

    def serialize(self) -> dict[str, Any]:
        """While a code is asked for: by its own id, under which it is found again."""
        return {**super().serialize(), "id": self.app.provider_id}

    def extract_uid(self, data: Mapping[str, Any]) -> str:
        try:
            return read_claims(data).subject
        except ClaimsMissing as error:
            message = _("Your identity provider does not say who you are (claim “%(claim)s”).") % {"claim": str(error)}
            raise ImmediateHttpResponse(refused(self.request, self.app.provider_id, message)) from error


class OrganizationProviders(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The one whose id is asked for: nobody gets a list of who signs in where."""
        found = find_provider(str(provider or ""))
        if found is None:
            return []
        organization, row = found
        app = SocialApp(
            provider="openid_connect",
            provider_id=str(provider),
            name=organization.name,
            client_id=row.client_id,
            secret=client_secret_of(row),
            settings={
                "server_url": row.issuer,
                "issuer": row.issuer,
                "endpoints": row.endpoints,
                "scope": row.scopes.split(),
                "oauth_pkce_enabled": True,
            },
        )
        return [app] if client_id in (None, row.client_id) else []

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> OrganizationProvider:
        return OrganizationProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def get_requests_session(self) -> Any:
        return guarded_session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return True  # pre_social_login said so, or raised

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let the person in, or say why not. `sociallogin.user` is the account he had here, or a new one."""
        sociallogin.state["process"] = AuthProcess.LOGIN
        sociallogin.email_addresses = []
        claims = read_claims(sociallogin.account.extra_data)
        sociallogin.account.extra_data = {}  # what is needed of it stands in the account
        sociallogin.claims = claims
        found = find_provider(sociallogin.account.provider)
        if found is None:
            raise ImmediateHttpResponse(refused(request, "", _("This organization does not sign in here any more.")))
        organization, provider = found
        try:
            require_admitted(organization, provider, claims)
            if sociallogin.is_existing:
                sociallogin.account.save(update_fields=["extra_data"])
                arrive(organization, provider, claims, sociallogin.user)
            else:
                sociallogin.user = account_for(organization, claims)
        except DomainError as error:
            raise ImmediateHttpResponse(refused(request, "", error.message)) from error

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        """Account and membership together: nobody is left with an account that belongs nowhere."""
        claims: Claims = sociallogin.claims
        found = find_provider(sociallogin.account.provider)
        assert found is not None
        with transaction.atomic():
            sociallogin.save(request)
            arrive(*found, claims, sociallogin.user)
        return sociallogin.user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Mapping[str, Any] | None = None,
    ) -> None:
        said = request.GET.get("error_description") or request.GET.get("error") or _words(exception)
        provider_id = getattr(getattr(provider, "app", None), "provider_id", "")
        if said:
            message = _("Your identity provider says: %(said)s") % {"said": said[:300]}
        else:
            message = _("This sign-in was begun in another browser, or too long ago. Begin again.")
        raise ImmediateHttpResponse(refused(request, provider_id, message))


def _words(exception: Any) -> str:
    return why(exception) if isinstance(exception, requests.RequestException) else str(exception or "")


def refused(request: HttpRequest, provider_id: str, message: str) -> HttpResponse:
    """A page that says why nobody was signed in; at a provider, its manager can read it, too."""
    found = find_provider(provider_id) if provider_id else None
    if found is not None:
        note_problem(found[0], message)
    context = {"message": message, "slug": found[0].slug if found else ""}
    return render(request, "organizations/sso_refused.html", context, status=403)


def bind_session(sender: Any, request: HttpRequest, user: Any, sociallogin: Any = None, **kwargs: Any) -> None:
    """A session that came from an organization's provider opens this organization only."""
    if sociallogin is None:
        request.session.pop(ONLY, None)
        return
    found = find_provider(sociallogin.account.provider)
    # Without its provider (removed at this moment) a session that opens nothing.
    only = str(found[0].pk if found is not None else uuid.UUID(int=0))
    request.session[ONLY] = request.session[CHOSEN] = only
