"""Open the organization scope around each request and say who acts in it.

A bearer token names its organization; a session holds the active one. The scope owns the request's transaction: a
response with an error status undoes it, unless a view says otherwise.
"""

import uuid
from collections.abc import Callable
from typing import cast

from django.contrib.auth import get_user
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from maskwright.accounts.models import ApiToken, User
from maskwright.accounts.services.tokens import find_token
from maskwright.accounts.sessions import CHOSEN, ONLY
from maskwright.core.api.exceptions import error_body
from maskwright.core.api.request_id import request_id
from maskwright.core.scope import organization_scope, read_grants, unscoped
from maskwright.organizations.actor import Actor
from maskwright.organizations.models import Membership, Organization
from maskwright.organizations.networks import BOUND, NetworkNotAllowed, address_of, is_allowed
from maskwright.organizations.networks import refusal as network_refusal
from maskwright.organizations.opened_under import opened_under, refuse_other
from maskwright.organizations.second_factor import is_needed
from maskwright.organizations.second_factor import refusal as second_factor_refusal

SESSION_KEY = CHOSEN
#: Answered without session, user or scope: probes and files.
_PLAIN = ("/healthz", "/readyz", "/static/", "/accounts/", "/sso/", "/invitations/", "/operator/")

#: Where another organization, or none, is what is asked for.
_CHOOSES = ("/organizations/choose/", "/language/")

GetResponse = Callable[[HttpRequest], HttpResponse]


class TenantRequest(HttpRequest):
    """A request after the middleware: `actor` is None for a person without (chosen) organization."""

    actor: Actor | None
    actor_by_token: bool
    token_id: uuid.UUID | None
    keep_changes: bool


class OrganizationScopeMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant = cast(TenantRequest, request)
        tenant.actor, tenant.actor_by_token, tenant.keep_changes = None, False, False
        tenant.token_id = None
        if request.path.startswith(_PLAIN) or is_signed(request):
            return self.get_response(request)
        secret = _bearer(request)
        if secret is not None:
            token = find_token(secret)
            if token is None:
                return _refused(request, gettext("The API token is unknown, revoked or has run out. Make a new one."))
            request.user = token.user
            tenant.actor_by_token, tenant.token_id = True, token.pk
            return self._in_scope(tenant, token.user, token.organization_id, scopes_of(token))
        if not request.session.session_key:
            return self.get_response(request)
        user = get_user(request)
        if not user.is_authenticated:
            return self.get_response(request)
        request.user = user
        chosen = _chosen(request, request.user)
        if chosen is None:
            return self.get_response(request)
        before = opened_under(request)
        if before is not None and before != chosen and not request.path.startswith(_CHOOSES):
            return refuse_other(request, before, _names(request, user), chosen)
        return self._in_scope(tenant, request.user, chosen)

    def _in_scope(
        self, request: TenantRequest, user: User, organization_id: uuid.UUID, scopes: frozenset[str] | None = None
    ) -> HttpResponse:
        with organization_scope(organization_id, user_id=user.pk):
            request.actor = actor_of(user, organization_id, scopes)
            if request.actor is None and request.actor_by_token:
                return _refused(request, gettext("The token's owner is no active member of its organization any more."))
            if request.actor is not None and not request.path.startswith(_CHOOSES):
                address = address_of(request)
                if not is_allowed(address, request.actor.networks):
                    return _wrong_network(request, network_refusal(address))
                if request.actor.lacks_second_factor:
                    return _no_second_factor(request, request.actor)
            if request.actor is None:
                request.session.pop(SESSION_KEY, None)
            elif request.actor.is_vendor:
                read_grants()
            response = self.get_response(request)
            if response.status_code >= 400 and not request.keep_changes:
                transaction.set_rollback(True)
        return response


def scopes_of(token: ApiToken) -> frozenset[str] | None:
    return None if token.scopes is None else frozenset(token.scopes)


def actor_of(user: User, organization_id: uuid.UUID, scopes: frozenset[str] | None = None) -> Actor | None:
    """The acting member, read in one statement inside the organization's scope."""
    row = (
        Membership.objects.filter(user_id=user.pk, organization_id=organization_id, is_active=True)
        .extra(
            tables=["organizations_organization"],
            where=["organizations_organization.id = organizations_membership.organization_id"],
            select={
                "organization_name": "organizations_organization.name",
                "is_vendor": "organizations_organization.is_vendor",
                "organization_active": "organizations_organization.is_active",
                "networks": "organizations_organization.labeler_networks",
                "second_factor": "organizations_organization.second_factor",
                # Only looked up where the organization asks for it.
                "has_second_factor": "organizations_organization.second_factor <> 'nobody' AND (EXISTS (SELECT 1 "
                "FROM mfa_authenticator WHERE user_id = organizations_membership.user_id AND type = 'totp') OR EXISTS "
                "(SELECT 1 FROM accounts_user WHERE id = organizations_membership.user_id AND password LIKE '!%%'))",
            },
        )
        .values(
            "role",
            "version",
            "organization_name",
            "is_vendor",
            "organization_active",
            "networks",
            "second_factor",
            "has_second_factor",
        )
        .first()
    )
    if row is None or not row["organization_active"]:
        return None
    name, role, version = row["organization_name"], row["role"], row["version"]
    networks = tuple(row["networks"]) if role in BOUND else ()
    lacks = is_needed(role, row["second_factor"]) and not row["has_second_factor"]
    return Actor(user, organization_id, name, role, version, row["is_vendor"], scopes, networks, lacks)


def is_signed(request: HttpRequest) -> bool:
    """A request of the SageMaker API: no cookie of a browser counts for it, and its view opens the scope."""
    if request.path not in ("/", "/sagemaker", "/sagemaker/"):
        return False
    return "X-Amz-Target" in request.headers or request.headers.get("Authorization", "").startswith("AWS4-")


def _bearer(request: HttpRequest) -> str | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def _chosen(request: HttpRequest, user: User) -> uuid.UUID | None:
    """The session's organization; a person with exactly one membership needs not choose."""
    stored = request.session.get(ONLY) or request.session.get(SESSION_KEY)
    if stored:
        try:
            return uuid.UUID(stored)
        except (ValueError, ValidationError):
            request.session.pop(SESSION_KEY, None)
    found = memberships_of(user)
    if len(found) != 1:
        return None
    request.session[SESSION_KEY] = str(found[0].organization_id)
    return found[0].organization_id


def memberships_of(user: User) -> list[Membership]:
    """All active memberships of a person, across organizations (row-level security lets him see his own)."""
    with transaction.atomic(), unscoped("a person's own memberships, to choose an organization"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.user', %s, true)", [str(user.pk)])
        return list(Membership.objects.filter(user_id=user.pk, is_active=True).order_by("created_at"))


def memberships_in(request: HttpRequest, user: User) -> list[Membership]:
    """Of them, those that this session may open."""
    only = request.session.get(ONLY)
    return [one for one in memberships_of(user) if only is None or str(one.organization_id) == only]


def _names(request: HttpRequest, user: User) -> dict[uuid.UUID, str]:
    ids = [membership.organization_id for membership in memberships_in(request, user)]
    return dict(Organization.objects.filter(pk__in=ids, is_active=True).values_list("pk", "name"))


def _refused(request: HttpRequest, message: str) -> JsonResponse:
    body = error_body("not_signed_in", message, (), request_id(request))
    return JsonResponse(body, status=401, headers={"WWW-Authenticate": "Bearer"})


def _wrong_network(request: HttpRequest, refused: NetworkNotAllowed) -> HttpResponse:
    """403, as the API's error or as a page; signing out and choosing another organization stay possible."""
    if request.path.startswith("/api/"):
        return JsonResponse(error_body(refused.code, refused.message, (), request_id(request)), status=403)
    return render(request, "organizations/network.html", {"message": refused.message}, status=403)


def _no_second_factor(request: HttpRequest, actor: Actor) -> HttpResponse:
    """403, as the API's error or as a page that leads to where one is set up."""
    refused = second_factor_refusal(actor.organization_name)
    if request.path.startswith("/api/"):
        return JsonResponse(error_body(refused.code, refused.message, (), request_id(request)), status=403)
    context = {"organization": actor.organization_name, "next": request.get_full_path()}
    return render(request, "organizations/second_factor.html", context, status=403)


__all__ = ["OrganizationScopeMiddleware", "TenantRequest", "actor_of", "memberships_in", "memberships_of", "scopes_of"]
