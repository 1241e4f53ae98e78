"""Prices, statements and what is still open, for managers of both sides."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.core.api.csv_files import csv_answer
from maskwright.core.api.pagination import Page, paged
from maskwright.core.errors import Invalid
from maskwright.core.scope import current_scope
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, require
from workforce.api import money_io as io
from workforce.ledger import Line, total
from workforce.models import PayRate
from workforce.services import statement_reads
from workforce.services.balances import database_now, labeler_balances, vendor_balance
from workforce.services.prices import set_rate
from workforce.services.statement_csv import COLUMNS, csv_rows
from workforce.services.statements import issue_labeler_statements, issue_vendor_statement, queue_titles

_READ, _MANAGE = Permission.MONEY_READ, Permission.MONEY_MANAGE


def _given(serializer: Any, data: Any) -> dict[str, Any]:
    found = serializer(data=data)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


class RatesView(APIView):
    pagination_class = Page

    @extend_schema(responses=io.RateOutput(many=True))
    def get(self, request: Request) -> Response:
        """What the organization pays its people, newest first. No row is changed; a newer one of its scope holds."""
        require(actor_of_request(request), _READ)
        rates = PayRate.objects.order_by("-valid_from", "-pk")
        return paged(request, rates, lambda rows: io.RateOutput(rows, many=True).data)

    @extend_schema(request=io.RateInput, responses={201: io.RateOutput})
    def post(self, request: Request) -> Response:
        """Set a price for work that is claimed from now (or `valid_from`) on."""
        require(actor_of_request(request), _MANAGE)
        given = _given(io.RateInput, request.data)
        names = {"work_queue": "work_queue_id", "user": "user_id"}
        rate = set_rate(**{names.get(name, name): value for name, value in given.items()})
        return Response(io.RateOutput(rate).data, status=201)


class StatementsView(APIView):
    pagination_class = Page

    @extend_schema(parameters=[io.StatementFilter], responses=io.StatementOutput(many=True))
    def get(self, request: Request) -> Response:
        """Statements the organization issued, or got as a vendor, newest first."""
        require(actor_of_request(request), _READ)
        found = statement_reads.statement_list(**_given(io.StatementFilter, request.query_params))
        return paged(request, found, lambda rows: io.StatementOutput(rows, many=True).data)

    @extend_schema(request=io.IssueInput, responses={201: io.StatementOutput(many=True)})
    def post(self, request: Request) -> Response:
        """Issue statements for all that was worked until a time and stood in none yet; one for each currency."""
        require(actor_of_request(request), _MANAGE)
        given = _given(io.IssueInput, request.data)
        if given["vendor"] is not None:
            issued = issue_vendor_statement(vendor_id=given["vendor"], until=given["until"])
        else:
            issued = issue_labeler_statements(user_ids=given["users"], until=given["until"])
        return Response(io.StatementOutput(issued, many=True).data, status=201)


class StatementView(APIView):
    @extend_schema(responses=io.StatementDetailOutput)
    def get(self, request: Request, statement_id: uuid.UUID) -> Response:
        """A statement with its lines, as it was issued."""
        require(actor_of_request(request), _READ)
        return Response(io.StatementDetailOutput(statement_reads.statement_detail(statement_id)).data)


class StatementCsvView(APIView):
    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, statement_id: uuid.UUID) -> HttpResponse:
        """The lines of a statement as CSV."""
        require(actor_of_request(request), _READ)
        statement = statement_reads.statement_detail(statement_id)
        return csv_answer(f"statement-{statement.number}", COLUMNS, csv_rows(statement))


class OpenView(APIView):
    @extend_schema(parameters=[io.OpenFilter], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """What no statement has had yet: with a vendor, from a customer, or of the own labelers (of one: `user`)."""
        require(actor_of_request(request), _READ)
        given = _given(io.OpenFilter, request.query_params)
        now, own = database_now(), current_scope().organization_id
        if len(given) > 1:
            raise Invalid(_("Name one of vendor, customer and user, or none."))
        if "vendor" in given:
            lines = vendor_balance(customer_id=own, vendor_id=given["vendor"], until=now).open_lines
            return Response(_open({str(given["vendor"]): lines}))
        if "customer" in given:
            lines = vendor_balance(customer_id=given["customer"], vendor_id=own, until=now).open_lines
            return Response(_open({str(given["customer"]): lines}))
        balances = labeler_balances(until=now, user_id=given.get("user"))
        return Response(_open({str(user): balance.open_lines for user, balance in balances.items()}))


def _open(parties: dict[str, list[Line]]) -> list[dict[str, Any]]:
    titles = queue_titles({line.key.queue_id for lines in parties.values() for line in lines})
    return [
        {
            "party": party,
            "totals": open_totals(lines),
            "lines": [io.open_line(line, titles[line.key.queue_id]) for line in lines],
        }
        for party, lines in parties.items()
        if lines
    ]


def open_totals(lines: list[Line]) -> dict[str, str]:
    currencies = sorted({line.key.currency for line in lines})
    return {one: io.amount(total(line for line in lines if line.key.currency == one), one) for one in currencies}
