"""The organization's access keys for the SageMaker API, under /api/v1/access-keys; for owners."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.core.api.pagination import Page, paged
from maskwright.organizations.api.authentication import actor_of_request, token_of_request
from maskwright.organizations.permissions import Permission, require
from maskwright.organizations.services import access_keys


class _Scoped(serializers.Serializer[Any]):
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Permission.choices),
        allow_empty=False,
        allow_null=True,
        default=None,
        help_text="The permissions it is limited to; null: all that its maker's role may.",
    )


class CreateAccessKey(_Scoped):
    name = serializers.CharField(max_length=100)
    expires_at = serializers.DateTimeField(allow_null=True, default=None)


class ChangeAccessKey(serializers.Serializer[Any]):
    works = serializers.BooleanField(help_text="false switches the key off until it is switched on again.")


class RotateAccessKey(serializers.Serializer[Any]):
    overlap_hours = serializers.IntegerField(
        min_value=0, max_value=access_keys.MAX_OVERLAP_HOURS, default=24, help_text="The former key works so long."
    )


class CreateSession(_Scoped):
    seconds = serializers.IntegerField(
        min_value=access_keys.MIN_SESSION, max_value=access_keys.MAX_SESSION, default=3600
    )


class AccessKeyOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    access_key_id = serializers.CharField(source="key_id")
    acts_as = serializers.CharField(source="user.username")
    scopes = serializers.ListField(child=serializers.CharField(), allow_null=True)
    works = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)

    def get_works(self, key: Any) -> bool:
        return access_keys.is_working(key)


class NewAccessKeyOutput(AccessKeyOutput):
    secret_access_key = serializers.CharField(help_text="Shown in this answer only.")


class SessionOutput(serializers.Serializer[Any]):
    access_key_id = serializers.CharField()
    secret_access_key = serializers.CharField(help_text="Shown in this answer only.")
    session_token = serializers.CharField(help_text="Shown in this answer only.")
    expires_at = serializers.DateTimeField()


def _made(made: access_keys.NewKey) -> Response:
    return Response({**AccessKeyOutput(made.key).data, "secret_access_key": made.secret}, status=201)


class AccessKeysView(APIView):
    pagination_class = Page

    @extend_schema(responses=AccessKeyOutput(many=True))
    def get(self, request: Request) -> Response:
        require(actor_of_request(request), Permission.KEYS_MANAGE)
        return paged(request, access_keys.access_key_list(), lambda rows: AccessKeyOutput(rows, many=True).data)

    @extend_schema(request=CreateAccessKey, responses={201: NewAccessKeyOutput})
    def post(self, request: Request) -> Response:
        """Make a key. It acts as you; its secret is in this answer and nowhere else."""
        actor = actor_of_request(request)
        require(actor, Permission.KEYS_MANAGE)
        given = CreateAccessKey(data=request.data)
        given.is_valid(raise_exception=True)
        return _made(
            access_keys.create_access_key(user=actor.user, made_with=token_of_request(request), **given.validated_data)
        )


class AccessKeyView(APIView):
    @extend_schema(request=ChangeAccessKey, responses=AccessKeyOutput)
    def patch(self, request: Request, access_key_id: uuid.UUID) -> Response:
        """Switch a key off or on."""
        require(actor_of_request(request), Permission.KEYS_MANAGE)
        given = ChangeAccessKey(data=request.data)
        given.is_valid(raise_exception=True)
        key = access_keys.switch_access_key(access_key_id=access_key_id, **given.validated_data)
        return Response(AccessKeyOutput(key).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, access_key_id: uuid.UUID) -> Response:
        """End a key for good."""
        require(actor_of_request(request), Permission.KEYS_MANAGE)
        access_keys.end_access_key(access_key_id=access_key_id)
        return Response(status=204)


class AccessKeyRotationView(APIView):
    @extend_schema(request=RotateAccessKey, responses={201: NewAccessKeyOutput})
    def post(self, request: Request, access_key_id: uuid.UUID) -> Response:
        """A new key in place of this one, which goes on working for a while."""
        require(actor_of_request(request), Permission.KEYS_MANAGE)
        given = RotateAccessKey(data=request.data)
        given.is_valid(raise_exception=True)
        return _made(access_keys.rotate_access_key(access_key_id=access_key_id, **given.validated_data))


class AccessKeySessionsView(APIView):
    @extend_schema(request=CreateSession, responses={201: SessionOutput})
    def post(self, request: Request, access_key_id: uuid.UUID) -> Response:
        """A temporary key with a session token, for a program that should not know the lasting one."""
        require(actor_of_request(request), Permission.KEYS_MANAGE)
        given = CreateSession(data=request.data)
        given.is_valid(raise_exception=True)
        made = access_keys.create_session(access_key_id=access_key_id, **given.validated_data)
        body = {
            "access_key_id": made.key.key_id,
            "secret_access_key": made.secret,
            "session_token": made.session_token,
            "expires_at": made.key.expires_at,
        }
        return Response(SessionOutput(body).data, status=201)
