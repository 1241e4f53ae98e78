"""A person's own notices and how he wants to be told; working hours of teams."""

import uuid
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.core.api.pagination import Page, paged
from maskwright.organizations.actor import Actor
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, require
from workforce import selectors
from workforce.models import NoticeHook, TeamSchedule
from workforce.services import hours, notices
from workforce.states import NoticeKind


class NoticeOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    work_queue = serializers.UUIDField(source="work_queue_id")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class ChoiceInput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=NoticeKind.choices)
    in_app = serializers.BooleanField(default=True)
    by_mail = serializers.BooleanField(default=False)
    by_webhook = serializers.BooleanField(default=False)


class ChoicesInput(serializers.Serializer[Any]):
    choices = ChoiceInput(many=True)


class HookInput(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=500)


class SpanInput(serializers.Serializer[Any]):
    weekday = serializers.IntegerField(min_value=0, max_value=6, help_text="Monday is 0.")
    begin = serializers.CharField(max_length=5, help_text="HH:MM")
    end = serializers.CharField(max_length=5, help_text="HH:MM, at most 24:00")


class HoursInput(serializers.Serializer[Any]):
    time_zone = serializers.CharField(max_length=60, help_text="IANA, e.g. Europe/Berlin.")
    hours = SpanInput(many=True, help_text="Without any the team is always told.")


def _person(request: Request) -> Actor:
    actor = actor_of_request(request)
    require(actor, Permission.WORK_DO)
    return actor


class NoticesView(APIView):
    pagination_class = Page

    @extend_schema(responses=NoticeOutput(many=True))
    def get(self, request: Request) -> Response:
        """What the asking person was told in the app, newest first."""
        found = notices.notices_of(_person(request).user.pk)
        return paged(request, found, lambda rows: NoticeOutput(rows, many=True).data)

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        """All are read; how many were new."""
        return Response({"read": notices.mark_read(user_id=_person(request).user.pk)})


class ChoicesView(APIView):
    @extend_schema(responses=ChoiceInput(many=True))
    def get(self, request: Request) -> Response:
        """How the asking person wants to hear of each kind of notice."""
        found = notices.choices_of(_person(request).user.pk)
        return Response(ChoiceInput(found.values(), many=True).data)

    @extend_schema(request=ChoicesInput, responses=ChoiceInput(many=True))
    def put(self, request: Request) -> Response:
        """Choose; kinds that are not named stay as they are."""
        actor = _person(request)
        given = ChoicesInput(data=request.data)
        given.is_valid(raise_exception=True)
        chosen = [notices.Choice(**one) for one in given.validated_data["choices"]]
        notices.choose(user_id=actor.user.pk, choices=chosen)
        return self.get(request)


class HookView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Where the asking person's notices are posted; null where nowhere."""
        hook = NoticeHook.objects.filter(user_id=_person(request).user.pk).first()
        return Response({"url": hook.url if hook else None, "problem": hook.problem if hook else ""})

    @extend_schema(request=HookInput, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request) -> Response:
        """Set the address; the answer has the new secret, which is shown this once."""
        actor = _person(request)
        given = HookInput(data=request.data)
        given.is_valid(raise_exception=True)
        url = given.validated_data["url"].strip()
        return Response({"url": url, "secret": notices.set_hook(user_id=actor.user.pk, url=url)})

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        notices.remove_hook(user_id=_person(request).user.pk)
        return Response(status=204)


class TeamHoursView(APIView):
    @extend_schema(responses=HoursInput)
    def get(self, request: Request, team_id: uuid.UUID) -> Response:
        """When a team works; no hours: always."""
        require(actor_of_request(request), Permission.JOBS_READ)
        return _hours(team_id)

    @extend_schema(request=HoursInput, responses=HoursInput)
    def put(self, request: Request, team_id: uuid.UUID) -> Response:
        """Set when a team works. Outside of it nobody of it is told anything."""
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        given = HoursInput(data=request.data)
        given.is_valid(raise_exception=True)
        spans = [(one["weekday"], one["begin"], one["end"]) for one in given.validated_data["hours"]]
        hours.set_hours(work_team_id=team_id, time_zone=given.validated_data["time_zone"], hours=spans)
        return _hours(team_id)


def _hours(team_id: uuid.UUID) -> Response:
    team = selectors.team_detail(team_id)
    schedule = TeamSchedule.objects.filter(work_team=team).first()
    spans = [{"weekday": day, "begin": a, "end": b} for day, a, b in schedule.hours] if schedule else []
    zone = schedule.time_zone if schedule else "UTC"
    return Response({"team": str(team.pk), "time_zone": zone, "hours": spans})
