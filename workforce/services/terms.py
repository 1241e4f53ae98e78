"""The terms of an offer: what is paid, until when it may be accepted, which quality is asked for."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from maskwright.core.errors import FieldProblem


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """Prices (4 decimals) are per accepted data object or per hour, never both; `purchase_cap` (2 decimals) is the most
    that is bought, both in `currency` (ISO 4217). `minimum_gold_iou` is in 0..1. None: not agreed."""

    price_per_object: Decimal | None = None
    price_per_hour: Decimal | None = None
    currency: str = ""
    purchase_cap: Decimal | None = None
    accept_by: datetime | None = None
    quality_terms: str = ""
    minimum_gold_iou: Decimal | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "OfferTerms":
        """From checked input, which may hold more than the terms."""
        return cls(**{name: values[name] for name in cls.__slots__})

    def columns(self) -> dict[str, Any]:
        return asdict(self)


def term_problems(terms: OfferTerms, now: datetime, expires_at: datetime | None) -> list[FieldProblem]:
    """Everything that makes these terms impossible, field by field; empty when they can be offered."""
    found: list[FieldProblem] = []

    def problem(path: str, code: str, text: str) -> None:
        found.append(FieldProblem(path, code, text))

    amounts = ("price_per_object", "price_per_hour", "purchase_cap")
    for name in amounts:
        value = getattr(terms, name)
        if value is not None and (value < 0 or (name == "purchase_cap" and value == 0)):
            problem(name, "negative", gettext("Give an amount above zero, or leave it out."))
    if terms.price_per_object is not None and terms.price_per_hour is not None:
        problem("price_per_hour", "two_prices", gettext("Give a price per data object or per hour, not both."))
    is_priced = any(getattr(terms, name) is not None for name in amounts)
    if (is_priced or terms.currency) and not re.fullmatch("[A-Z]{3}", terms.currency):
        problem("currency", "currency", gettext("Give the currency as three capital letters, for example EUR."))
    if terms.minimum_gold_iou is not None and not 0 <= terms.minimum_gold_iou <= 1:
        problem("minimum_gold_iou", "range", gettext("The IoU lies between 0 and 1."))
    if terms.accept_by is not None and terms.accept_by <= now:
        problem("accept_by", "past", gettext("The deadline for an answer must lie in the future."))
    elif terms.accept_by is not None and expires_at is not None and terms.accept_by > expires_at:
        problem("accept_by", "after_end", gettext("The answer is due before the work ends."))
    return found
