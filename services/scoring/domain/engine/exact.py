"""The arithmetic of the official engine: decimal, 34 digits, and no result that had to be rounded.

`EXACT` raises where a result would not be exact. That can only happen if a scheme passed its checks
wrongly, so it is a defect and never an answer.
"""

from collections.abc import Iterable
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

PRECISION = 34
EXACT = Context(prec=PRECISION, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def decimal_text(amount: Decimal) -> str:
    """The one way to write a number in a document: plain, without exponent, trailing zeros or minus zero."""
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
