"""Cells of a table as text: the numbers in them, and what is wrong with one, named by row and column."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from shared.errors import Item

_WHOLE_DIGITS: Final = 20
_DECIMALS: Final = 40


def number_of(text: str) -> Fraction | None:
    """A finite decimal below 10^20 with at most 40 decimals, also with an exponent; nothing else is a number."""
    if len(text) > 80 or "_" in text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value.is_finite() or (value and value.adjusted() >= _WHOLE_DIGITS):
        return None
    if -int(value.as_tuple().exponent) > _DECIMALS:
        return None
    return Fraction(value)


def cell_problem(row: int, column: str, rule: str, zh: str, en: str) -> Item:
    return Item(
        field=column, rule=rule, zh=f"第{row}行 {column}:{zh}", en=f"row {row}, {column}: {en}", row=row
    )
