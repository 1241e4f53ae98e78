"""Where an organization has its events posted, under /api/v1/event-subscriptions; for owners."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.core.api.fields import KeptText
from maskwright.core.api.pagination import Page, paged
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.models.event import EventKind
from maskwright.organizations.permissions import Permission, require
from maskwright.organizations.services import event_subscriptions as services


class SubscriptionInput(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.CharField(help_text="An https address on the internet, or one that the operator allowed.")
    kinds = serializers.ListField(
        child=serializers.CharField(), help_text=f"At least one of: {', '.join(EventKind.values)}."
    )


class SwitchInput(serializers.Serializer[Any]):
    is_on = serializers.BooleanField()


class SubscriptionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    is_on = serializers.BooleanField(help_text="false also after nothing arrived there for days.")
    failing_since = serializers.DateTimeField(allow_null=True)
    last_error = KeptText()
    retry_at = serializers.DateTimeField(allow_null=True)
    last_delivered_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class SavedSubscriptionOutput(SubscriptionOutput):
    secret = serializers.CharField(help_text="Where there is a new one; shown in this answer only.")


class DeliveryOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The delivery's id: X-Maskwright-Delivery.")
    kind = serializers.CharField()
    state = serializers.CharField()
    attempts = serializers.IntegerField()
    error = KeptText()
    body = serializers.JSONField()
    created_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)


def _saved(made: services.NewSubscription, status: int) -> Response:
    return Response({**SubscriptionOutput(made.subscription).data, "secret": made.secret}, status=status)


def _given(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    found = serializer(data=request.data)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


class SubscriptionsView(APIView):
    pagination_class = Page

    @extend_schema(responses=SubscriptionOutput(many=True))
    def get(self, request: Request) -> Response:
        require(actor_of_request(request), Permission.INTEGRATIONS_MANAGE)
        return paged(request, services.subscription_list(), lambda rows: SubscriptionOutput(rows, many=True).data)

    @extend_schema(request=SubscriptionInput, responses={201: SavedSubscriptionOutput})
    def post(self, request: Request) -> Response:
        """Subscribe an address. The secret that signs each post is in this answer and nowhere else."""
        require(actor_of_request(request), Permission.INTEGRATIONS_MANAGE)
        return _saved(services.save_subscription(**_given(SubscriptionInput, request)), 201)


class SubscriptionView(APIView):
    @extend_schema(responses=SubscriptionOutput)
    def get(self, request: Request, subscription_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.INTEGRATIONS_MANAGE)
        return Response(SubscriptionOutput(services.subscription_detail(subscription_id)).data)

    @extend_schema(request=SubscriptionInput, responses=SavedSubscriptionOutput)
    def put(self, request: Request, subscription_id: uuid.UUID) -> Response:
        """Change it; a new address gets a new secret."""
        require(actor_of_request(request), Permission.INTEGRATIONS_MANAGE)
        given = _given(SubscriptionInput, request)
        return _saved(services.save_subscription(subscription_id=subscription_id, **given), 200)

    @extend_schema(request=SwitchInput, responses=SubscriptionOutput)
    def patch(self, request: Request, subscription_id: uuid.UUID) -> Response:
        """Switch it off or on. What waits while it is off is posted once it is on again."""
        require(actor_of_request(request), Permission.INTEGRATIONS_MANAGE)
        found = services.switch_subscription(subscription_id=subscription_id, **_given(SwitchInput, request))
        return Response(SubscriptionOutput(found).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, subscription_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.INTEGRATIONS_MANAGE)
        services.remove_subscription(subscription_id=subscription_id)
        return Response(status=204)


class SubscriptionSecretView(APIView):
    @extend_schema(request=None, responses=SavedSubscriptionOutput)
    def post(self, request: Request, subscription_id: uuid.UUID) -> Response:
        """A new secret; the former signs nothing any more."""
        require(actor_of_request(request), Permission.INTEGRATIONS_MANAGE)
        return _saved(services.renew_subscription_secret(subscription_id=subscription_id), 200)


class SubscriptionTestView(APIView):
    @extend_schema(request=None, responses={202: DeliveryOutput})
    def post(self, request: Request, subscription_id: uuid.UUID) -> Response:
        """Post an event that says nothing; the deliveries say within a minute how it went."""
        require(actor_of_request(request), Permission.INTEGRATIONS_MANAGE)
        return Response(DeliveryOutput(services.send_test(subscription_id=subscription_id)).data, status=202)


class DeliveriesView(APIView):
    pagination_class = Page

    @extend_schema(responses=DeliveryOutput(many=True))
    def get(self, request: Request, subscription_id: uuid.UUID) -> Response:
        """What was posted in the last 30 days and what waits, newest first."""
        require(actor_of_request(request), Permission.INTEGRATIONS_MANAGE)
        log = services.delivery_log(subscription_id)
        return paged(request, log, lambda rows: DeliveryOutput(rows, many=True).data)
