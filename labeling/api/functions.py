"""Functions that an organization connects to ARNs, under /api/v1/functions; for owners."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import ManagementView
from labeling.functions.entry_points import installed_functions
from labeling.models.function import FunctionKind
from labeling.services.functions import (
    NewFunction,
    function_detail,
    function_list,
    remove_function,
    renew_secret,
    save_function,
    try_function,
)
from maskwright.core.api.pagination import Page, paged
from maskwright.organizations.permissions import Permission


class FunctionInput(serializers.Serializer[Any]):
    arn = serializers.CharField(help_text="As CreateLabelingJob will name it.")
    kind = serializers.CharField(help_text=f"One of: {', '.join(FunctionKind.values)}.")
    target = serializers.CharField(
        help_text="A built-in's task type, a webhook's https address, or an installed function's name."
    )
    description = serializers.CharField(required=False, allow_blank=True, default="")
    timeout_seconds = serializers.IntegerField(required=False, default=30)
    batch_size = serializers.IntegerField(
        required=False, default=10, help_text="Data objects in one call of a consolidation function."
    )


class FunctionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    arn = serializers.CharField()
    kind = serializers.CharField()
    target = serializers.CharField()
    description = serializers.CharField()
    timeout_seconds = serializers.IntegerField()
    batch_size = serializers.IntegerField()
    last_called_at = serializers.DateTimeField(allow_null=True)
    last_error = serializers.CharField(help_text="Empty when the last call was answered well.")
    created_at = serializers.DateTimeField()


class SavedFunctionOutput(FunctionOutput):
    secret = serializers.CharField(help_text="Of a webhook that got a new one; shown in this answer only.")


class InstalledFunctionsOutput(serializers.Serializer[Any]):
    names = serializers.ListField(child=serializers.CharField())


class FunctionsAnyView(ManagementView):
    reads = Permission.INTEGRATIONS_MANAGE
    writes = Permission.INTEGRATIONS_MANAGE


def _saved(made: NewFunction, status: int) -> Response:
    return Response({**FunctionOutput(made.function).data, "secret": made.secret}, status=status)


class FunctionsView(FunctionsAnyView):
    pagination_class = Page

    @extend_schema(responses=FunctionOutput(many=True))
    def get(self, request: Request) -> Response:
        return paged(request, function_list(), lambda rows: FunctionOutput(rows, many=True).data)

    @extend_schema(request=FunctionInput, responses={201: SavedFunctionOutput})
    def post(self, request: Request) -> Response:
        """Connect a function. A webhook's secret is in this answer and nowhere else."""
        return _saved(save_function(**self.given(FunctionInput, request)), 201)


class FunctionView(FunctionsAnyView):
    @extend_schema(responses=FunctionOutput)
    def get(self, request: Request, function_id: uuid.UUID) -> Response:
        return Response(FunctionOutput(function_detail(function_id)).data)

    @extend_schema(request=FunctionInput, responses=SavedFunctionOutput)
    def put(self, request: Request, function_id: uuid.UUID) -> Response:
        """Change a function; a webhook whose address changes gets a new secret."""
        return _saved(save_function(function_id=function_id, **self.given(FunctionInput, request)), 200)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, function_id: uuid.UUID) -> Response:
        remove_function(function_id=function_id)
        return Response(status=204)


class FunctionSecretView(FunctionsAnyView):
    @extend_schema(request=None, responses=SavedFunctionOutput)
    def post(self, request: Request, function_id: uuid.UUID) -> Response:
        """A new secret for a webhook; the former is of no use any more."""
        return _saved(renew_secret(function_id=function_id), 200)


class FunctionTryView(FunctionsAnyView):
    @extend_schema(request=None, responses={202: FunctionOutput})
    def post(self, request: Request, function_id: uuid.UUID) -> Response:
        """Ask it about one made-up object, as a pre-annotation; `last_error` says within a minute how it went."""
        return Response(FunctionOutput(try_function(function_id=function_id)).data, status=202)


class InstalledFunctionsView(FunctionsAnyView):
    @extend_schema(responses=InstalledFunctionsOutput)
    def get(self, request: Request) -> Response:
        """The Python functions that this installation's operator installed."""
        return Response(InstalledFunctionsOutput({"names": installed_functions()}).data)
