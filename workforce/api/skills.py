"""Skills of the organization's people."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.core.api.pagination import Page, paged
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, require
from workforce.services import skills


class PersonSkillInput(serializers.Serializer[Any]):
    user = serializers.UUIDField()
    name = serializers.CharField()
    level = serializers.IntegerField(help_text="0 to 100.")


class PersonSkillOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user = serializers.UUIDField(source="user_id")
    username = serializers.CharField(source="user.username")
    name = serializers.CharField()
    level = serializers.IntegerField()
    gained = serializers.CharField(source="source", help_text="hand, qualification or gold.")
    changed_at = serializers.DateTimeField()


class SkillsView(APIView):
    pagination_class = Page

    @extend_schema(responses=PersonSkillOutput(many=True))
    def get(self, request: Request) -> Response:
        """Everybody's skills, by skill and the best first."""
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        return paged(request, skills.skill_list(), lambda rows: PersonSkillOutput(rows, many=True).data)

    @extend_schema(request=PersonSkillInput, responses=PersonSkillOutput)
    def post(self, request: Request) -> Response:
        """Give a member a skill, or change its level: names are the same whatever their capitals."""
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        given = PersonSkillInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        made = skills.set_skill(user_id=values["user"], name=values["name"], level=values["level"])
        return Response(PersonSkillOutput(made).data)


class SkillView(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, skill_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        skills.remove_skill(skill_id=skill_id)
        return Response(status=204)
