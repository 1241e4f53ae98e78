"""The rows of a statement's CSV. Column names are fixed, in English, so that programs read them."""

from decimal import Decimal
from typing import Any

from workforce.ledger import HOUR, in_units
from workforce.models import Statement, StatementLine

COLUMNS = ("number", "party", "title", "worker", "stage", "unit", "unit_price", "quantity", "amount", "currency")


def csv_rows(statement: Statement) -> list[tuple[Any, ...]]:
    """A row of `COLUMNS` for each line, in order; hours as decimals, amounts in units of the currency."""
    # Not by the statement's own relation, whose manager knows nothing of vendors.
    lines = StatementLine.objects.filter(statement_id=statement.pk).order_by("position")
    return [
        (
            statement.number,
            statement.party,
            line.title,
            line.worker_code,
            line.stage,
            line.unit,
            line.unit_price,
            hours(line.quantity) if line.unit == HOUR else line.quantity.to_integral_value(),
            in_units(line.amount, statement.currency),
            statement.currency,
        )
        for line in lines
    ]


def hours(seconds: Decimal) -> Decimal:
    return (seconds / 3600).quantize(Decimal("0.001"))
