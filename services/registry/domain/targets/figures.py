"""Figures of a line from what was summed of its units in each year. Without a denominator there is none, never 0."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from services.registry.domain.derived.rules import figure
from services.registry.domain.programme.measures import Designations, Form, Measure
from services.registry.domain.targets.reasons import (
    IS_BASE_YEAR,
    NO_BASE,
    NO_CLUSTERS,
    NO_COUNTIES,
    NO_DENOMINATOR,
    NO_FIGURES,
    TOO_LARGE,
    Reason,
)

QUANTUM: Final = Decimal("0.000001")
_HUNDRED: Final = Decimal(100)
_WIDE: Final = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the units of a line add up to in one year.

    ``total`` is over those that count, ``part`` and ``whole`` over all of which something is known.
    """

    year: int
    counted: int
    not_counted: int
    unknown: int
    total: Decimal
    part: Decimal
    whole: Decimal
    stated: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """The figure of one year; null with its reason."""

    year: int
    value: Decimal | None
    reason: Reason | None
    sums: Sums


def nothing(year: int) -> Sums:
    return Sums(year, 0, 0, 0, Decimal(0), Decimal(0), Decimal(0))


def points_of(
    measure: Measure, sums: Mapping[int, Sums], years: Sequence[int], *, population: Mapping[int, int]
) -> list[Point]:
    """The figure of each year; ``population`` is how many clusters or counties were looked at in each."""
    found = []
    for year in years:
        own = sums.get(year, nothing(year))
        if not population.get(year) and not isinstance(measure, Designations):
            found.append(
                Point(year, None, NO_CLUSTERS if measure.population == "clusters" else NO_COUNTIES, own)
            )
        elif measure.form == "growth":
            found.append(_growth(own, sums, base_year=measure.base_year or year))
        else:
            found.append(_plain(measure, own))
    return found


def _plain(measure: Measure, own: Sums) -> Point:
    form: Form = measure.form
    if form == "total":
        if not own.counted + own.not_counted and not isinstance(measure, Designations):
            return Point(own.year, None, NO_FIGURES, own)
        return _point(own, own.total)
    if not own.counted + own.not_counted:
        return Point(own.year, None, NO_FIGURES, own)
    if not own.whole:
        return Point(own.year, None, NO_DENOMINATOR, own)
    return _point(own, _WIDE.divide(own.part * _HUNDRED, own.whole))


def _growth(own: Sums, sums: Mapping[int, Sums], *, base_year: int) -> Point:
    """The average yearly growth (年均增长): the n-th root of the quotient of the ratios, n years apart."""
    years = own.year - base_year
    if years <= 0:
        return Point(own.year, None, IS_BASE_YEAR, own)
    base = sums.get(base_year, nothing(base_year))
    if not base.whole or not base.part:
        return Point(own.year, None, NO_BASE, own)
    if not own.whole:
        return Point(own.year, None, NO_DENOMINATOR, own)
    quotient = _WIDE.divide(own.part * base.whole, own.whole * base.part)
    if not quotient:
        return _point(own, -_HUNDRED)
    root = quotient if years == 1 else _WIDE.exp(_WIDE.divide(_WIDE.ln(quotient), Decimal(years)))
    return _point(own, (root - 1) * _HUNDRED)


def _point(own: Sums, value: Decimal) -> Point:
    found = figure(value, QUANTUM)
    return Point(own.year, found, TOO_LARGE if found is None else None, own)
