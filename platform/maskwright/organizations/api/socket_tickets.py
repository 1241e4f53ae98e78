"""`POST /api/v1/socket-tickets`: a ticket that opens one WebSocket (`/ws/...?ticket=`)."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.accounts.services.tickets import LIFETIME, create_ticket
from maskwright.organizations.api.authentication import actor_of_request, token_of_request


class SocketTicketOutput(serializers.Serializer[None]):
    ticket = serializers.CharField(help_text="Goes into ?ticket= of the socket's address; works once.")
    expires_in = serializers.IntegerField(help_text="Seconds until it is worth nothing.")


class SocketTickets(APIView):
    @extend_schema(request=None, responses={201: SocketTicketOutput})
    def post(self, request: Request) -> Response:
        actor = actor_of_request(request)
        secret = create_ticket(
            user=actor.user, organization_id=actor.organization_id, made_with=token_of_request(request)
        )
        return Response({"ticket": secret, "expires_in": int(LIFETIME.total_seconds())}, status=201)
