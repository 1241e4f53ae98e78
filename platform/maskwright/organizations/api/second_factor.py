"""Who needs a second factor, and helping a member who lost his, under /api/v1/."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, SecondFactor, require
from maskwright.organizations.services.second_factor import (
    remove_member_second_factor,
    second_factor_rule,
    set_second_factor_rule,
)


class SecondFactorRule(serializers.Serializer[Any]):
    required_for = serializers.ChoiceField(
        choices=SecondFactor.choices, help_text="Who cannot act in the organization without a second factor."
    )


class SecondFactorView(APIView):
    @extend_schema(responses=SecondFactorRule)
    def get(self, request: Request) -> Response:
        """Who needs a second factor to act in the organization."""
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        return Response({"required_for": second_factor_rule()})

    @extend_schema(request=SecondFactorRule, responses=SecondFactorRule)
    def put(self, request: Request) -> Response:
        """Set it; holds at once, for sessions, API tokens and open sockets."""
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        given = SecondFactorRule(data=request.data)
        given.is_valid(raise_exception=True)
        return Response({"required_for": set_second_factor_rule(given.validated_data["required_for"])})


class MemberSecondFactorView(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, membership_id: uuid.UUID) -> Response:
        """Remove a member's second factor, who lost telephone and recovery codes; his sessions end."""
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        remove_member_second_factor(membership_id=membership_id)
        return Response(status=204)
