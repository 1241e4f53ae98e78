"""Money and time as the pages write them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.formats import localize, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workforce.ledger import CAP, HOUR, Line, decimals_of, in_units, total
from workforce.states import Stage

UNITS = {"object": _("per object"), "hour": _("per hour")}


def money(units: int, currency: str) -> str:
    """An amount in the currency's smallest unit, as people write it."""
    return (
        f"{number_format(in_units(units, currency), decimal_pos=decimals_of(currency), force_grouping=True)} {currency}"
    )


def price(amount: Decimal | None, currency: str) -> str:
    return "–" if amount is None else f"{localize(amount.normalize() + 0)} {currency}"


def clock(seconds: float | Decimal) -> str:
    """Hours and minutes; less than a minute in seconds."""
    whole = round(float(seconds))
    sign, whole = ("−", -whole) if whole < 0 else ("", whole)
    if whole < 60:
        return gettext("%(sign)s%(seconds)d sec") % {"sign": sign, "seconds": whole}
    minutes = timedelta(seconds=whole) // timedelta(minutes=1)
    return f"{sign}{minutes // 60}:{minutes % 60:02} h"


def line_words(unit: str, stage: str, quantity: Decimal) -> tuple[str, str]:
    """What a line is for, and how much of it."""
    if unit == CAP:
        return gettext("beyond the purchase cap"), ""
    if unit == HOUR:
        return gettext("review, by the hour") if stage == Stage.REVIEW else gettext("by the hour"), clock(quantity)
    what = gettext("reviews") if stage == Stage.REVIEW else gettext("accepted objects")
    return what, number_format(quantity.to_integral_value(), decimal_pos=0, force_grouping=True)


def open_sums(lines: list[Line]) -> str:
    """The sums of lines by currency, in words."""
    currencies = sorted({line.key.currency for line in lines})
    return ", ".join(money(total(one for one in lines if one.key.currency == each), each) for each in currencies)


def statement_rows(lines: Any, currency: str) -> list[dict[str, Any]]:
    rows = []
    for line in lines:
        what, quantity = line_words(line.unit, line.stage, line.quantity)
        rows.append(
            {
                "title": line.title,
                "worker": line.worker_code,
                "what": what,
                "quantity": quantity,
                "price": "" if line.unit == CAP else price(line.unit_price, currency),
                "amount": money(line.amount, currency),
            }
        )
    return rows
