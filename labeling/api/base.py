"""What all management views do: say who may, and read the input."""

from collections.abc import Callable
from typing import Any, TypeVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from maskwright.core.api.saving import save
from maskwright.organizations.actor import Actor
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, require

Made = TypeVar("Made")


class ManagementView(APIView):
    """Reading needs `reads`, everything else `writes`."""

    reads = Permission.JOBS_READ
    writes = Permission.JOBS_MANAGE

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(actor_of_request(request), self.reads if request.method in ("GET", "HEAD", "OPTIONS") else self.writes)

    def actor(self, request: Request) -> Actor:
        return actor_of_request(request)

    def given(self, serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        """The validated body; ValidationError lists every violation."""
        found = serializer(data=request.data)
        found.is_valid(raise_exception=True)
        return dict(found.validated_data)

    def save(
        self, service: Callable[..., Made], serializer: type[serializers.Serializer[Any]], request: Request, **more: Any
    ) -> Made:
        """The service called with the body; Invalid lists what cannot be read and what the service refuses."""
        return save(service, serializer, request.data, **more)
