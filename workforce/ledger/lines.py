"""Lines of a statement: equal work at an equal price together, and what of them no statement has had yet."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from workforce.ledger.money import minor_units
from workforce.ledger.prices import Price
from workforce.ledger.work import Work

OBJECT, HOUR, CAP = "object", "hour", "cap"


@dataclass(frozen=True, slots=True)
class LineKey:
    """What makes two pieces of work one line."""

    queue_id: uuid.UUID
    worker_id: uuid.UUID | None
    grant_id: uuid.UUID | None
    stage: str
    unit: str
    unit_price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Line:
    """`quantity`: objects, or seconds where the unit is the hour. `amount` is in the currency's smallest unit."""

    key: LineKey
    quantity: Decimal
    amount: int


def charge(
    works: Iterable[Work],
    price_of: Callable[[Work], Price | None],
    caps: Mapping[uuid.UUID, Decimal] | None = None,
) -> list[Line]:
    """All lines of the work, from the first day on. `caps`: the most that is bought under a grant, in whole units;
    what goes beyond it is taken off again in a line of its own."""
    quantities: dict[LineKey, Decimal] = {}
    for work in works:
        price = price_of(work)
        if price is None:
            continue
        quantity = work.objects if price.unit == OBJECT else work.seconds
        amount = price.amount.quantize(Decimal("0.0001"))
        key = LineKey(work.queue_id, work.worker_id, work.grant_id, work.stage, price.unit, amount, price.currency)
        quantities[key] = quantities.get(key, Decimal(0)) + quantity
    lines = [Line(key, quantity, _amount(key, quantity)) for key, quantity in quantities.items()]
    return [*lines, *_beyond_caps(lines, caps or {})]


def _amount(key: LineKey, quantity: Decimal) -> int:
    units = Fraction(quantity) if key.unit == OBJECT else Fraction(quantity) / 3600
    return minor_units(units * Fraction(key.unit_price), key.currency)


def _beyond_caps(lines: list[Line], caps: Mapping[uuid.UUID, Decimal]) -> list[Line]:
    found = []
    for grant_id, cap in caps.items():
        bought = [line for line in lines if line.key.grant_id == grant_id]
        if not bought:
            continue
        first = bought[0].key
        beyond = sum(line.amount for line in bought) - minor_units(cap, first.currency)
        if beyond > 0:
            key = LineKey(first.queue_id, None, grant_id, "", CAP, cap.quantize(Decimal("0.0001")), first.currency)
            found.append(Line(key, Decimal(0), -beyond))
    return found


def not_yet_issued(lines: Iterable[Line], issued: Iterable[Line]) -> list[Line]:
    """What a statement has to say now: each line less what earlier statements had of it. Their amounts come as they
    were issued, whatever happened since, so that all statements together always come to `lines`."""
    left: dict[LineKey, Line] = {line.key: line for line in lines}
    for line in issued:
        now = left.get(line.key, Line(line.key, Decimal(0), 0))
        left[line.key] = Line(line.key, now.quantity - line.quantity, now.amount - line.amount)
    return [line for line in left.values() if line.quantity or line.amount]


def total(lines: Iterable[Line]) -> int:
    return sum(line.amount for line in lines)
