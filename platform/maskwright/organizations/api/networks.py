"""From which networks labelers may work, under /api/v1/."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, require
from maskwright.organizations.services.networks import labeler_networks, set_labeler_networks


class Networks(serializers.Serializer[Any]):
    networks = serializers.ListField(
        child=serializers.CharField(max_length=100, allow_blank=True),
        max_length=200,
        help_text="IPv4 and IPv6 networks, such as 203.0.113.0/24. None: labelers work from everywhere.",
    )


class LabelerNetworksView(APIView):
    @extend_schema(responses=Networks)
    def get(self, request: Request) -> Response:
        """From which networks labelers and reviewers may work."""
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        return Response({"networks": labeler_networks()})

    @extend_schema(request=Networks, responses=Networks)
    def put(self, request: Request) -> Response:
        """Set them; holds at once. Owners, managers and auditors are not bound."""
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        given = Networks(data=request.data)
        given.is_valid(raise_exception=True)
        return Response({"networks": set_labeler_networks(given.validated_data["networks"])})
