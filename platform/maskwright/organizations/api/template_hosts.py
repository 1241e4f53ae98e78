"""From which hosts task templates may load, under /api/v1/."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, require
from maskwright.organizations.services.template_hosts import set_template_hosts, template_hosts


class Hosts(serializers.Serializer[Any]):
    hosts = serializers.ListField(
        child=serializers.CharField(max_length=300, allow_blank=True),
        max_length=200,
        help_text="Such as cdn.example.org or *.example.org. None: templates load nothing from elsewhere.",
    )


class TemplateHostsView(APIView):
    @extend_schema(responses=Hosts)
    def get(self, request: Request) -> Response:
        """From which hosts the pages of task templates may load scripts, styles and pictures."""
        require(actor_of_request(request), Permission.JOBS_READ)
        return Response({"hosts": template_hosts()})

    @extend_schema(request=Hosts, responses=Hosts)
    def put(self, request: Request) -> Response:
        """Set them: an owner's decision. Holds for pages that open from then on."""
        require(actor_of_request(request), Permission.HOSTS_MANAGE)
        given = Hosts(data=request.data)
        given.is_valid(raise_exception=True)
        return Response({"hosts": set_template_hosts(given.validated_data["hosts"])})
