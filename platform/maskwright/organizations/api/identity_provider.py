"""The identity provider at which an organization's people sign in, under /api/v1/."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.core.errors import NotFound
from maskwright.core.scope import current_scope
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.identity_endpoints import ENDPOINTS
from maskwright.organizations.models import IdentityProvider, Organization
from maskwright.organizations.models.identity_provider import Admits
from maskwright.organizations.permissions import Permission, Role, require
from maskwright.organizations.services import identity_provider as service


class IdentityProviderInput(serializers.Serializer[Any]):
    issuer = serializers.CharField(max_length=500)
    client_id = serializers.CharField(max_length=1024)
    client_secret = serializers.CharField(
        max_length=2000, allow_null=True, default=None, write_only=True, help_text="Null keeps the stored one."
    )
    endpoints = serializers.DictField(
        child=serializers.CharField(max_length=500, allow_blank=True),
        default=dict,
        help_text=f"In place of discovery: {', '.join(ENDPOINTS)}.",
    )
    scopes = serializers.CharField(max_length=1024, default="openid profile email")
    admits = serializers.ChoiceField(choices=Admits.values, default=Admits.EVERYBODY)
    default_role = serializers.ChoiceField(choices=service.GRANTED, default=Role.LABELER)
    role_groups = serializers.DictField(
        child=serializers.CharField(), default=dict, help_text="Group of the provider -> role, read at each sign-in."
    )


class IdentityProviderOutput(IdentityProviderInput):
    callback = serializers.CharField(help_text="The redirect address to register at the provider.")
    entrance = serializers.CharField(help_text="The address at which people sign in.")
    last_problem = serializers.CharField()
    last_problem_at = serializers.DateTimeField(allow_null=True)


class IdentityProviderCheck(serializers.Serializer[Any]):
    fault = serializers.CharField(allow_blank=True, help_text="Empty when the provider can be used.")


def _shown(provider: IdentityProvider) -> Response:
    organization = Organization.objects.get(pk=current_scope().organization_id)
    callback = reverse("openid_connect_callback", args=[service.provider_id_of(organization, provider)])
    entrance = reverse("sso_organization", args=[organization.slug])
    names = ("issuer", "client_id", "endpoints", "scopes", "admits", "default_role", "role_groups", "last_problem")
    found = {name: getattr(provider, name) for name in names}
    found |= {"last_problem_at": provider.last_problem_at}
    found |= {"callback": f"{settings.PUBLIC_URL}{callback}", "entrance": f"{settings.PUBLIC_URL}{entrance}"}
    return Response(IdentityProviderOutput(found).data)


class IdentityProviderView(APIView):
    @extend_schema(responses=IdentityProviderOutput)
    def get(self, request: Request) -> Response:
        """The organization's identity provider, without its secret; 404 when there is none."""
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        provider = service.identity_provider()
        if provider is None:
            raise NotFound(_("There is no identity provider."))
        return _shown(provider)

    @extend_schema(request=IdentityProviderInput, responses=IdentityProviderOutput)
    def put(self, request: Request) -> Response:
        """Set or change it. Another issuer signs everybody out who came through the former one."""
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        given = IdentityProviderInput(data=request.data)
        given.is_valid(raise_exception=True)
        return _shown(service.set_identity_provider(service.Terms(**given.validated_data)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Nobody signs in there any more; who did is signed out, and stays a member."""
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        service.remove_identity_provider()
        return Response(status=204)


class IdentityProviderCheckView(APIView):
    @extend_schema(request=None, responses=IdentityProviderCheck)
    def post(self, request: Request) -> Response:
        """Ask the provider for its configuration, and say what is wrong with it."""
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        return Response({"fault": service.check_identity_provider()})
