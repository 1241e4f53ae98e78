"""What the money API takes and sends. Amounts are decimal strings in the currency's whole units."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from maskwright.core.scope import current_scope
from workforce.ledger import HOUR, Line, in_units
from workforce.models import Statement, StatementLine
from workforce.states import Stage, StatementKind


class RateInput(serializers.Serializer[None]):
    price_per_object = serializers.DecimalField(14, 4, allow_null=True, default=None)
    price_per_hour = serializers.DecimalField(
        14, 4, allow_null=True, default=None, help_text="Neither: nothing is paid."
    )
    currency = serializers.CharField(allow_blank=True, default="", max_length=3, help_text="ISO 4217, e.g. EUR.")
    work_queue = serializers.UUIDField(allow_null=True, default=None, help_text="Null: every job.")
    user = serializers.UUIDField(allow_null=True, default=None, help_text="Null: everybody.")
    stage = serializers.ChoiceField(choices=Stage.choices, default=Stage.LABEL)
    valid_from = serializers.DateTimeField(allow_null=True, default=None, help_text="Null: now. Never a time before.")


class RateOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    price_per_object = serializers.DecimalField(14, 4, allow_null=True)
    price_per_hour = serializers.DecimalField(14, 4, allow_null=True)
    currency = serializers.CharField()
    work_queue = serializers.UUIDField(source="work_queue_id", allow_null=True)
    user = serializers.UUIDField(source="user_id", allow_null=True)
    stage = serializers.CharField()
    valid_from = serializers.DateTimeField()


class CorrectionInput(serializers.Serializer[None]):
    seconds = serializers.DecimalField(14, 3, help_text="To add, or, negative, to take off.")
    note = serializers.CharField(allow_blank=True, max_length=500)


class PeriodInput(serializers.Serializer[None]):
    start = serializers.DateTimeField(required=False, allow_null=True, default=None)
    end = serializers.DateTimeField(required=False, allow_null=True, default=None)


class EventsInput(PeriodInput):
    work_queue = serializers.UUIDField(required=False, allow_null=True, default=None)
    file = serializers.ChoiceField(choices=["jsonl", "csv"], default="jsonl")


class StatementFilter(serializers.Serializer[None]):
    kind = serializers.ChoiceField(choices=StatementKind.choices, required=False)
    side = serializers.ChoiceField(choices=["issued", "received"], required=False)


class IssueInput(serializers.Serializer[None]):
    vendor = serializers.UUIDField(allow_null=True, default=None, help_text="A vendor who worked for you; or")
    users = serializers.ListField(
        child=serializers.UUIDField(),
        allow_null=True,
        default=None,
        max_length=1000,
        help_text="your labelers; neither: all labelers who have something to get.",
    )
    until = serializers.DateTimeField(allow_null=True, default=None, help_text="End of the period; null: now.")


class OpenFilter(serializers.Serializer[None]):
    vendor = serializers.UUIDField(required=False)
    customer = serializers.UUIDField(required=False)
    user = serializers.UUIDField(required=False)


def amount(units: int, currency: str) -> str:
    return str(in_units(units, currency))


def hours(seconds: Decimal) -> str:
    return str((seconds / 3600).quantize(Decimal("0.001")))


class LineOutput(serializers.Serializer[Any]):
    """Of a statement. `quantity`: objects, or hours."""

    title = serializers.CharField()
    worker = serializers.CharField(source="worker_code")
    work_queue = serializers.UUIDField(source="work_queue_id")
    stage = serializers.CharField()
    unit = serializers.CharField()
    unit_price = serializers.DecimalField(14, 4)
    quantity = serializers.SerializerMethodField()
    amount = serializers.SerializerMethodField()

    def get_quantity(self, line: StatementLine) -> str:
        return hours(line.quantity) if line.unit == HOUR else str(line.quantity.to_integral_value())

    def get_amount(self, line: StatementLine) -> str:
        return amount(line.amount, line.statement.currency)


class StatementOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    side = serializers.SerializerMethodField()
    kind = serializers.CharField()
    number = serializers.CharField()
    issuer = serializers.CharField()
    party = serializers.CharField()
    vendor = serializers.UUIDField(source="vendor_id", allow_null=True)
    user = serializers.UUIDField(source="user_id", allow_null=True)
    period_from = serializers.DateTimeField(allow_null=True)
    period_to = serializers.DateTimeField()
    currency = serializers.CharField()
    total = serializers.SerializerMethodField()
    issued_at = serializers.DateTimeField()

    def get_side(self, statement: Statement) -> str:
        return "issued" if statement.organization_id == current_scope().organization_id else "received"

    def get_total(self, statement: Statement) -> str:
        return amount(statement.total, statement.currency)


class StatementDetailOutput(StatementOutput):
    lines = serializers.SerializerMethodField()

    def get_lines(self, statement: Statement) -> list[dict[str, Any]]:
        # Not by the statement's own relation, whose manager knows nothing of vendors.
        rows = StatementLine.objects.filter(statement=statement).select_related("statement").order_by("position")
        return LineOutput(rows, many=True).data  # type: ignore[return-value]  # a list of dicts


def open_line(line: Line, title: str) -> dict[str, Any]:
    """A line that no statement has had yet."""
    key = line.key
    return {
        "title": title,
        "work_queue": str(key.queue_id),
        "stage": key.stage,
        "unit": key.unit,
        "unit_price": str(key.unit_price),
        "currency": key.currency,
        "quantity": hours(line.quantity) if key.unit == HOUR else str(line.quantity.to_integral_value()),
        "amount": amount(line.amount, key.currency),
    }
