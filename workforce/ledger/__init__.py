"""Money from what happened: ledger entries and prices in, lines with amounts out. Pure: no database, no clock.

An amount is an integer in the currency's smallest unit. Nothing here is added up in floats.
"""

from workforce.ledger.lines import CAP, HOUR, OBJECT, Line, LineKey, charge, not_yet_issued, total
from workforce.ledger.money import decimals_of, in_units, minor_units
from workforce.ledger.prices import Price, Rate, RateBook
from workforce.ledger.work import Entry, Work, collect

__all__ = [
    "CAP",
    "HOUR",
    "OBJECT",
    "Entry",
    "Line",
    "LineKey",
    "Price",
    "Rate",
    "RateBook",
    "Work",
    "charge",
    "collect",
    "decimals_of",
    "in_units",
    "minor_units",
    "not_yet_issued",
    "total",
]
