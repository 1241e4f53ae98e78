"""Active time: what a person sees of his own, what managers see and correct, and the log of worker events."""

import json
import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.core.api.csv_files import csv_answer
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, require
from workforce.api import money, money_io
from workforce.services import activity, activity_reads, statement_reads, worker_events
from workforce.services.balances import database_now, labeler_balances
from workforce.services.statements import queue_titles

_DAYS = 31


def period_of(request: Request, serializer: Any = money_io.PeriodInput) -> dict[str, Any]:
    """`start` and `end`; the last 31 days where neither is given."""
    found = serializer(data=request.query_params)
    found.is_valid(raise_exception=True)
    given = dict(found.validated_data)
    given["end"] = given["end"] or database_now()
    given["start"] = given["start"] or given["end"] - timedelta(days=_DAYS)
    return given


class PeopleTimeView(APIView):
    @extend_schema(parameters=[money_io.PeriodInput], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Active seconds and answers that count of each of the organization's people, by job."""
        require(actor_of_request(request), Permission.MONEY_READ)
        period = period_of(request)
        return Response(activity_reads.people_time(start=period["start"], end=period["end"]))


class CorrectionView(APIView):
    @extend_schema(request=money_io.CorrectionInput, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, claim_id: uuid.UUID) -> Response:
        """Add seconds to an assignment's time, or take some off: a counter-entry, with its reason."""
        require(actor_of_request(request), Permission.MONEY_MANAGE)
        given = money_io.CorrectionInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        entry = activity.correct_time(claim_id=claim_id, seconds=values["seconds"], note=values["note"])
        return Response({"id": str(entry.pk), "seconds": str(entry.quantity), "at": entry.at}, status=201)


class WorkerEventsView(APIView):
    @extend_schema(parameters=[money_io.EventsInput], responses={(200, "application/x-ndjson"): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:
        """Who accepted, submitted, returned or declined what, with the field names of Ground Truth's worker log."""
        require(actor_of_request(request), Permission.MONEY_READ)
        given = period_of(request, money_io.EventsInput)
        events = worker_events.worker_events(queue_id=given["work_queue"], start=given["start"], end=given["end"])
        if given["file"] == "csv":
            fields = worker_events.FIELDS
            return csv_answer("worker-events", fields, ([event[name] for name in fields] for event in events))
        body = "".join(f"{json.dumps(event)}\n" for event in events)
        headers = {"Cache-Control": "private, no-store"}
        return HttpResponse(body, content_type="application/x-ndjson", headers=headers)


class OwnTimeView(APIView):
    @extend_schema(parameters=[money_io.PeriodInput], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """The asking person's own days: active seconds (rework apart) and answers that count, by job."""
        actor = actor_of_request(request)
        require(actor, Permission.WORK_DO)
        period = period_of(request)
        return Response(activity_reads.own_days(actor.user.pk, start=period["start"], end=period["end"]))


class OwnPayView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """What the asking person has to get: open lines, and the statements that were issued to him."""
        actor = actor_of_request(request)
        require(actor, Permission.WORK_DO)
        user_id = actor.user.pk
        balance = labeler_balances(until=database_now(), user_id=user_id).get(user_id)
        lines = balance.open_lines if balance else []
        titles = queue_titles({line.key.queue_id for line in lines})
        statements = statement_reads.own_statements(user_id)[:200]
        return Response(
            {
                "totals": money.open_totals(lines),
                "open": [money_io.open_line(line, titles[line.key.queue_id]) for line in lines],
                "statements": money_io.StatementOutput(statements, many=True).data,
            }
        )


class OwnStatementView(APIView):
    @extend_schema(responses=money_io.StatementDetailOutput)
    def get(self, request: Request, statement_id: uuid.UUID) -> Response:
        """One of the asking person's own statements."""
        actor = actor_of_request(request)
        require(actor, Permission.WORK_DO)
        statement = statement_reads.own_statement(actor.user.pk, statement_id)
        return Response(money_io.StatementDetailOutput(statement).data)
