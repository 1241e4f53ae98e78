"""Reports over the organization's jobs."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import ManagementView
from labeling.selectors.reports import REPORT_COLUMNS, report, report_rows
from maskwright.core.api.csv_files import csv_answer
from maskwright.core.errors import FieldProblem, Invalid
from maskwright.organizations.permissions import Permission, can

DAYS = 31


class ReportInput(serializers.Serializer[Any]):
    start = serializers.DateTimeField(required=False, allow_null=True, default=None)
    end = serializers.DateTimeField(required=False, allow_null=True, default=None)
    work_queue = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="One job's.")
    file = serializers.ChoiceField(choices=["json", "csv"], default="json")


class ReportView(ManagementView):
    @extend_schema(parameters=[ReportInput], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response | HttpResponse:
        """Throughput, time per object, acceptance and agreement by day, labeler, team, job and class; the last 31 days
        where no period is given."""
        found = ReportInput(data=request.query_params)
        found.is_valid(raise_exception=True)
        given = found.validated_data
        end = given["end"] or timezone.now()
        start = given["start"] or end - timedelta(days=DAYS)
        if start >= end:
            message = _("The end must come after the start.")
            raise Invalid(message, fields=(FieldProblem("end", "before_start", message),))
        names = can(self.actor(request), Permission.MEMBERS_MANAGE)
        made = report(start=start, end=end, queue_id=given["work_queue"], names=names)
        if given["file"] == "csv":
            return csv_answer("report", REPORT_COLUMNS, report_rows(made))
        return Response(asdict(made))
