"""Signing in through an organization's identity provider, and what an account that does so has not: a password."""

import logging
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from maskwright.core.errors import DomainError
from maskwright.core.scope import organization_scope
from maskwright.organizations.identity_endpoints import why
from maskwright.organizations.models import Organization
from maskwright.organizations.oidc_adapter import GuardedOidcAdapter, refused
from maskwright.organizations.services.identity_provider import identity_provider, provider_id_of

logger = logging.getLogger(__name__)
_PROBLEMS = (DomainError, OAuth2Error, requests.RequestException, ValueError, KeyError, TypeError)


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Ask for the organization's short name."""
    name = slugify(request.GET.get("organization", ""))
    if name:
        return HttpResponseRedirect(f"{reverse('sso_organization', args=[name[:60]])}{_next(request)}")
    return TemplateResponse(request, "organizations/sso.html", {"next": request.GET.get("next", "")})


@never_cache
@require_GET
def of_organization(request: HttpRequest, slug: str) -> HttpResponse:
    """The organization's own entrance: the address that an owner hands out."""
    organization = Organization.objects.filter(slug=slug, is_active=True).first()
    provider = None
    if organization is not None:
        with organization_scope(organization.pk):
            provider = identity_provider()
    if organization is None or provider is None:
        # The same for a name that nobody has, so that names cannot be found out here.
        return TemplateResponse(request, "organizations/sso.html", {"unknown": slug}, status=404)
    address = reverse("openid_connect_login", args=[provider_id_of(organization, provider)])
    context = {"organization": organization.name, "address": f"{address}{_next(request)}"}
    return TemplateResponse(request, "organizations/sso_organization.html", context)


@never_cache
@require_GET
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answer(OAuth2LoginView, request, provider_id)


@never_cache
@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answer(OAuth2CallbackView, request, provider_id)


def _answer(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(GuardedOidcAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        return refused(request, "", _("This organization does not sign in here any more."))
    except ImmediateHttpResponse as early:
        return early.response  # type: ignore[no-any-return]  # allauth has no types
    except _PROBLEMS as error:
        logger.warning("Signing in through %s failed", provider_id, exc_info=True)
        if isinstance(error, DomainError):
            message = error.message
        else:
            message = why(error) if isinstance(error, requests.RequestException) else f"{type(error).__name__}: {error}"
        text = _("Your organization's identity provider cannot be used now: %(why)s") % {"why": message[:300]}
        return refused(request, provider_id, text)
    return answer


@never_cache
@login_required
def no_password(request: HttpRequest) -> HttpResponse:
    """In place of allauth's page that gives an account without a password one: it would open past the provider."""
    if not SocialAccount.objects.filter(user_id=request.user.pk).exists():
        return HttpResponseRedirect(reverse("account_reset_password"))
    return render(request, "organizations/no_password.html")


@never_cache
@login_required
def no_connections(request: HttpRequest) -> HttpResponse:
    """In place of allauth's page that joins accounts to one another; see `services.arrivals`."""
    return HttpResponseRedirect(reverse("start"))


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return ""
    return f"?{urlencode({'next': wanted})}"


__all__ = ["callback", "choose", "login", "no_connections", "no_password", "of_organization"]
