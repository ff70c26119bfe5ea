"""Quantities: the exact numbers that amounts, floors, caps and tests are made of.

A quantity gives one fraction for each unit. `pool` is the money to be shared, after the reserve; `count` the number of
units among which it is shared. Totals, means and shares range over those units. ``at`` is the place in the rules of a
quantity that may have no value: it changes none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import Final

POOL: Final = "pool"
COUNT: Final = "count"


class Fold(StrEnum):
    SUM = "sum"
    PRODUCT = "product"
    MAX = "max"
    MIN = "min"


class Statistic(StrEnum):
    TOTAL = "total"
    MEAN = "mean"
    LARGEST = "largest"
    SMALLEST = "smallest"
    SHARE = "share"


class Rounding(StrEnum):
    DOWN = "down"
    HALF_UP = "half_up"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Constant:
    value: Fraction


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    at: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Folded:
    kind: Fold
    parts: "tuple[Quantity, ...]"


@dataclass(frozen=True, slots=True)
class Difference:
    left: "Quantity"
    right: "Quantity"


@dataclass(frozen=True, slots=True)
class Quotient:
    top: "Quantity"
    bottom: "Quantity"
    at: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Over:
    """A statistic over all units among which the money is shared."""

    kind: Statistic
    of: "Quantity"
    at: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Bounded:
    of: "Quantity"
    at_least: "Quantity | None"
    at_most: "Quantity | None"


@dataclass(frozen=True, slots=True)
class Lookup:
    """The value of the first step that is reached, from the top down."""

    of: "Quantity"
    steps: "tuple[tuple[Fraction, Quantity], ...]"
    otherwise: "Quantity | None"
    at: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Match:
    """The value that belongs to a word."""

    column: str
    values: "Mapping[str, Quantity]"
    otherwise: "Quantity | None"
    at: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Brackets:
    """Each part of the value between two bounds counts at its own rate (累进)."""

    of: "Quantity"
    rates: tuple[tuple[Fraction | None, Fraction], ...]  # up to, rate


@dataclass(frozen=True, slots=True)
class Rounded:
    of: "Quantity"
    digits: int
    mode: Rounding


Quantity = (
    Constant | Column | Folded | Difference | Quotient | Over | Bounded | Lookup | Match | Brackets | Rounded
)


def same_for_all(quantity: Quantity) -> bool:
    """Whether a quantity has one value, whichever units it is asked for."""
    return not any(
        isinstance(part, Over | Match) or (isinstance(part, Column) and part.name != POOL)
        for part in parts_of(quantity)
    )


def columns_of(quantity: object) -> Iterator[tuple[str, bool]]:
    """Every column that a quantity (or whatever holds quantities) reads, and whether it is read as a word."""
    for part in parts_of(quantity):
        if isinstance(part, Column) and part.name not in (POOL, COUNT):
            yield part.name, False
        elif isinstance(part, Match):
            yield part.column, True


def parts_of(whole: object) -> Iterator[object]:
    """A dataclass, tuple or mapping and every part inside, however deep."""
    yield whole
    if isinstance(whole, Mapping):
        parts: Iterator[object] = iter(whole.values())
    elif isinstance(whole, tuple):
        parts = iter(whole)
    elif is_dataclass(whole):
        parts = (getattr(whole, part.name) for part in fields(whole))
    else:
        return
    for part in parts:
        yield from parts_of(part)


def rounded(value: Fraction, mode: Rounding) -> int:
    """To a whole number; ``half_up`` takes a half away from zero's side upwards."""
    if mode is Rounding.DOWN:
        return floor(value)
    return ceil(value) if mode is Rounding.UP else floor(value + Fraction(1, 2))
