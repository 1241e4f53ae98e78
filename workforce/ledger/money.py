"""Amounts: integers in the smallest unit of a currency."""

from decimal import Decimal
from fractions import Fraction

#: ISO 4217: currencies whose smallest unit is not a hundredth.
_DECIMALS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def decimals_of(currency: str) -> int:
    return _DECIMALS.get(currency, 2)


def minor_units(amount: Fraction | Decimal, currency: str) -> int:
    """An amount in the smallest unit; halves go away from zero, so that a counter-entry undoes exactly."""
    scaled = Fraction(amount) * 10 ** decimals_of(currency)
    rounded = (2 * abs(scaled) + 1) // 2
    return int(rounded) if scaled >= 0 else -int(rounded)


def in_units(amount: int, currency: str) -> Decimal:
    """The amount as it is written: 1234 with EUR is 12.34."""
    return Decimal(amount).scaleb(-decimals_of(currency))
