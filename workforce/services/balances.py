"""What was worked, from the ledger's rows: what a vendor or a labeler has to get, issued or not."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from maskwright.core.scope import current_scope
from workforce.ledger import HOUR, OBJECT, Line, LineKey, Price, Rate, RateBook, Work, charge, not_yet_issued
from workforce.models import PayRate, StatementLine, WorkerIdentity, WorkGrant

# Claims that were taken under the same prices come as one row: `epochs` are the times at which prices change.
_WORKS = """
SELECT (array_agg(l.claim_id))[1], l.work_queue_id, l.worker_id, l.work_grant_id, l.stage, max(l.taken_at),
  coalesce(sum(l.quantity) FILTER (WHERE l.kind = 'time' AND NOT l.is_rework), 0),
  coalesce(sum(l.quantity) FILTER (WHERE l.kind = 'object'), 0)
FROM workforce_ledgerentry l
WHERE l.at < %(until)s AND (%(workers)s::uuid[] IS NULL OR l.worker_id = ANY (%(workers)s::uuid[]))
  AND {party}
GROUP BY l.work_queue_id, l.worker_id, l.work_grant_id, l.stage,
  width_bucket(l.taken_at, %(epochs)s::timestamptz[])
ORDER BY min(l.taken_at), l.worker_id, l.stage
"""

_OF_EMPLOYER = "((l.organization_id = %(org)s AND l.vendor_id IS NULL) OR l.vendor_id = %(org)s)"
_OF_VENDOR = "l.organization_id = %(org)s AND l.vendor_id = %(vendor)s AND l.work_grant_id IS NOT NULL"


def _works(
    until: datetime,
    *,
    organization_id: uuid.UUID,
    vendor_id: uuid.UUID | None = None,
    workers: Sequence[uuid.UUID] | None = None,
    epochs: Sequence[datetime] = (),
) -> list[Work]:
    values: dict[str, Any] = {
        "org": organization_id,
        "vendor": vendor_id,
        "until": until,
        "workers": None if workers is None else list(workers),
        "epochs": sorted(set(epochs)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WORKS.format(party=_OF_EMPLOYER if vendor_id is None else _OF_VENDOR), values)
        return [Work(*row) for row in cursor.fetchall()]


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


@dataclass(frozen=True)
class Balance:
    """`charged`: everything until a time, from the first day on; `open_lines`: what no statement has had yet."""

    charged: list[Line] = field(default_factory=list)
    issued: list[Line] = field(default_factory=list)

    @property
    def open_lines(self) -> list[Line]:
        return not_yet_issued(self.charged, self.issued)

    def currencies(self) -> list[str]:
        return sorted({line.key.currency for line in [*self.charged, *self.issued]})


def vendor_balance(*, customer_id: uuid.UUID, vendor_id: uuid.UUID, until: datetime) -> Balance:
    """What a customer owes a vendor by the terms of its grants. Either side may ask."""
    grants = WorkGrant.objects.filter(organization_id=customer_id, vendor_id=vendor_id)
    prices: dict[uuid.UUID, Price] = {}
    caps: dict[uuid.UUID, Decimal] = {}
    for grant in grants:
        price = price_of_terms(grant.price_per_object, grant.price_per_hour, grant.currency)
        if price is not None:
            prices[grant.pk] = price
        if grant.purchase_cap is not None:
            caps[grant.pk] = grant.purchase_cap
    works = _works(until, organization_id=customer_id, vendor_id=vendor_id)
    charged = charge(works, lambda work: prices.get(work.grant_id) if work.grant_id else None, caps)
    lines = StatementLine.objects.filter(
        organization_id=customer_id, statement__vendor_id=vendor_id, statement__kind="vendor"
    )
    return Balance(charged, [_issued(line) for line in lines.select_related("statement")])


def labeler_balances(*, until: datetime, user_id: uuid.UUID | None = None) -> dict[uuid.UUID, Balance]:
    """What the employer in scope owes each of its labelers (or one): four statements, however many they are."""
    employer = current_scope().organization_id
    identities = WorkerIdentity.objects.all()
    if user_id is not None:
        identities = identities.filter(user_id=user_id)
    person = dict(identities.values_list("worker_id", "user_id"))
    rates = [
        Rate(one.work_queue_id, one.user_id, one.stage, one.valid_from, _price_of_rate(one))
        for one in PayRate.objects.order_by("valid_from", "pk")
    ]
    book = RateBook(rates)
    epochs = [rate.valid_from for rate in rates]
    workers = None if user_id is None else list(person)
    works: dict[uuid.UUID, list[Work]] = {}
    for work in _works(until, organization_id=employer, workers=workers, epochs=epochs):
        if work.worker_id in person:
            works.setdefault(person[work.worker_id], []).append(work)
    issued: dict[uuid.UUID, list[Line]] = {}
    lines = StatementLine.objects.filter(organization_id=employer, statement__kind="labeler")
    if user_id is not None:
        lines = lines.filter(statement__user_id=user_id)
    for line in lines.select_related("statement"):
        assert line.statement.user_id is not None
        issued.setdefault(line.statement.user_id, []).append(_issued(line))
    return {
        user: Balance(charge(works.get(user, []), _prices(book, user)), issued.get(user, []))
        for user in sorted(set(works) | set(issued))
    }


def _prices(book: RateBook, user_id: uuid.UUID) -> Callable[[Work], Price | None]:
    return lambda work: book.price_of(work, user_id)


def price_of_terms(per_object: Decimal | None, per_hour: Decimal | None, currency: str) -> Price | None:
    if per_object is not None:
        return Price(OBJECT, per_object, currency)
    return Price(HOUR, per_hour, currency) if per_hour is not None else None


def _price_of_rate(rate: PayRate) -> Price | None:
    return price_of_terms(rate.price_per_object, rate.price_per_hour, rate.currency)


def _issued(line: StatementLine) -> Line:
    key = LineKey(
        line.work_queue_id,
        line.worker_id,
        line.work_grant_id,
        line.stage,
        line.unit,
        line.unit_price,
        line.statement.currency,
    )
    return Line(key, line.quantity, line.amount)
