"""Exact numbers as people read them in messages and results."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Final

DIGITS: Final = 15
_CONTEXT: Final = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)


def shown(value: Fraction | int) -> str:
    """A decimal number without exponent: exact where 15 digits hold it, else rounded to them."""
    exact = Fraction(value)
    return plain(_CONTEXT.divide(Decimal(exact.numerator), Decimal(exact.denominator)))


def shown_root(value: Fraction) -> str:
    """The square root, to 15 digits."""
    wide = Context(prec=2 * DIGITS)
    return plain(_CONTEXT.plus(wide.sqrt(wide.divide(Decimal(value.numerator), Decimal(value.denominator)))))


def plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
