"""One's own API tokens in the acting organization."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.core.api.pagination import Page, paged
from maskwright.organizations.api import inputs, outputs
from maskwright.organizations.api.authentication import actor_of_request, token_of_request
from maskwright.organizations.services import own_tokens


class TokensView(APIView):
    pagination_class = Page

    @extend_schema(responses=outputs.TokenOutput(many=True))
    def get(self, request: Request) -> Response:
        user = actor_of_request(request).user
        tokens = own_tokens.token_list(user=user, asked_with=token_of_request(request))
        return paged(request, tokens, lambda rows: outputs.TokenOutput(rows, many=True).data)

    @extend_schema(request=inputs.CreateToken, responses={201: outputs.NewTokenOutput})
    def post(self, request: Request) -> Response:
        given = inputs.CreateToken(data=request.data)
        given.is_valid(raise_exception=True)
        token, secret = own_tokens.create_own_token(
            user=actor_of_request(request).user, made_with=token_of_request(request), **given.validated_data
        )
        return Response({**outputs.TokenOutput(token).data, "secret": secret}, status=201)


class TokenView(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: uuid.UUID) -> Response:
        user = actor_of_request(request).user
        own_tokens.revoke_own_token(user=user, token_id=token_id, asked_with=token_of_request(request))
        return Response(status=204)
