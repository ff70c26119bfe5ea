"""What a scheme measures of a unit, as an exact number or as one of the states without a number.

A reported zero is a number. *Missing* and *not applicable* are not, and they stay apart until the node's own
policies decide about them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,15})?\Z", re.ASCII)


class Absent(StrEnum):
    """Why there is no number."""

    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


Cell: TypeAlias = Fraction | Absent


@dataclass(frozen=True, slots=True)
class UnitData:
    """One unit of a snapshot as the engine reads it. `cells` is keyed by (indicator, data year)."""

    unit: str
    facts: Mapping[str, str]
    cells: Mapping[tuple[str, int], Cell]
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plain:
    """An indicator as it stands, in the data year or `year_offset` years from it."""

    indicator: str
    year_offset: int


@dataclass(frozen=True, slots=True)
class Growth:
    """Relative change against the year before: 0.08 is 8 %. Without a positive base there is no growth
    rate.
    """

    indicator: str
    year_offset: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """One indicator over another of the same year. A denominator of zero or less gives no ratio."""

    numerator: str
    denominator: str
    year_offset: int


@dataclass(frozen=True, slots=True)
class Category:
    """A word of a categorical scale and the number it stands for; a word the scale does not have is refused."""

    fact: str
    scale: tuple[tuple[str, Fraction], ...]


class CategoryUnknown(ValueError):
    """A unit has a word that the scale does not have."""


Measure: TypeAlias = Plain | Growth | Ratio | Category


def exact_number(text: str) -> Fraction:
    """A decimal string without exponent, at most 20 digits before and 15 after the point; else ValueError."""
    if NUMBER.match(text) is None:
        raise ValueError(text[:60])
    return Fraction(text)


def indicators_of(measure: Measure) -> tuple[str, ...]:
    if isinstance(measure, Category):
        return ()
    if isinstance(measure, Ratio):
        return (measure.numerator, measure.denominator)
    return (measure.indicator,)


def measure_of(measure: Measure, unit: UnitData, *, data_year: int) -> Cell:
    """The measure of one unit, exact. What was never returned is missing."""
    if isinstance(measure, Category):
        return _category(measure, unit)
    year = data_year + measure.year_offset
    match measure:
        case Plain(indicator=indicator):
            return _cell(unit, indicator, year)
        case Growth(indicator=indicator):
            return _growth(_cell(unit, indicator, year), _cell(unit, indicator, year - 1))
        case Ratio(numerator=numerator, denominator=denominator):
            return _ratio(_cell(unit, numerator, year), _cell(unit, denominator, year))


def plain_of(unit: UnitData, indicator: str, year: int) -> Cell:
    return unit.cells.get((indicator, year), Absent.MISSING)


def _category(measure: Category, unit: UnitData) -> Cell:
    word = unit.facts.get(measure.fact)
    if word is None:
        return Absent.MISSING
    for name, number in measure.scale:
        if name == word:
            return number
    raise CategoryUnknown(f"{unit.unit}: {measure.fact} = {word}")


def _cell(unit: UnitData, indicator: str, year: int) -> Cell:
    return unit.cells.get((indicator, year), Absent.MISSING)


def _growth(current: Cell, previous: Cell) -> Cell:
    if isinstance(current, Absent) or isinstance(previous, Absent):
        return _absence(current, previous)
    return (current - previous) / previous if previous > 0 else Absent.MISSING


def _ratio(numerator: Cell, denominator: Cell) -> Cell:
    if isinstance(numerator, Absent) or isinstance(denominator, Absent):
        return _absence(numerator, denominator)
    return numerator / denominator if denominator > 0 else Absent.MISSING


def _absence(*cells: Cell) -> Absent:
    """One part that does not apply makes the whole not applicable."""
    return Absent.NOT_APPLICABLE if Absent.NOT_APPLICABLE in cells else Absent.MISSING
