"""Which price holds for a piece of work: the one that was valid when it was taken."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from workforce.ledger.work import Work


@dataclass(frozen=True, slots=True)
class Price:
    """`unit`: object or hour; `amount` in whole units of `currency`, up to 4 decimals."""

    unit: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A price of an employer's list. None as `queue_id` or `user_id`: every one. None as `price`: nothing is paid."""

    queue_id: uuid.UUID | None
    user_id: uuid.UUID | None
    stage: str
    valid_from: datetime
    price: Price | None


class RateBook:
    """The rates of an employer. The narrowest scope wins (person and job, person, job, everybody), then the newest."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        self._rates: dict[tuple[uuid.UUID | None, uuid.UUID | None, str], list[Rate]] = {}
        for rate in sorted(rates, key=lambda rate: rate.valid_from):
            self._rates.setdefault((rate.queue_id, rate.user_id, rate.stage), []).append(rate)

    def price_of(self, work: Work, user_id: uuid.UUID) -> Price | None:
        scopes = ((work.queue_id, user_id), (None, user_id), (work.queue_id, None), (None, None))
        for queue_id, user in scopes:
            valid = [
                rate for rate in self._rates.get((queue_id, user, work.stage), ()) if rate.valid_from <= work.taken_at
            ]
            if valid:
                return valid[-1].price
        return None
