"""Where a line arrives in its target's year if it goes on as it has since the base year."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.registry.domain.derived.rules import figure
from services.registry.domain.targets.figures import QUANTUM, Point
from services.registry.domain.targets.lines import Line
from services.registry.domain.targets.reasons import (
    EVERY_YEAR,
    NO_BASE_YEAR,
    TOO_FEW_YEARS,
    TOO_LARGE,
    Reason,
)

_NOTHING, _ALL = Decimal(0), Decimal(100)
METHODS: Final = {
    "linear": (
        "从基期起第一个有数据的年份到最近年份，按直线延伸；数量不低于 0，占比在 0 至 100 之间",
        "A straight line from the first year with a figure since the base year through the latest one; an amount is "
        "not below 0, a share lies between 0 and 100",
    ),
    "constant": (
        "自基期以来的年均增长保持不变",
        "The average yearly growth since the base year goes on",
    ),
}


@dataclass(frozen=True, slots=True)
class Projection:
    """``from_year`` and ``to_year`` are the years whose figures were continued to ``year``."""

    method: str
    method_zh: str
    method_en: str
    year: int | None
    from_year: int | None
    to_year: int | None
    value: Decimal | None
    reason: Reason | None


def project(line: Line, points: Sequence[Point]) -> Projection:
    """From the points in the order of their years; null with the reason where there are fewer than two."""
    known = [(point.year, point.value) for point in points if point.value is not None]
    if line.year is None:
        return _none(line, EVERY_YEAR)
    if line.base_year is None:
        return _none(line, NO_BASE_YEAR)
    if line.projection == "constant":
        if not known:
            return _none(line, TOO_FEW_YEARS)
        return _made(line, line.base_year, known[-1][0], known[-1][1])
    if len(known) < 2:
        return _none(line, TOO_FEW_YEARS)
    (first, before), (last, now) = known[0], known[-1]
    value = before + (now - before) * (line.year - first) / (last - first)
    return _made(line, first, last, _within(line, value))


def _within(line: Line, value: Decimal) -> Decimal:
    form = None if line.measure is None else line.measure.form
    if form == "growth":
        return value
    value = max(value, _NOTHING)
    return min(value, _ALL) if form == "share" else value


def _made(line: Line, first: int, last: int, value: Decimal) -> Projection:
    found = figure(value, QUANTUM)
    zh, en = METHODS[line.projection]
    reason = TOO_LARGE if found is None else None
    return Projection(line.projection, zh, en, line.year, first, last, found, reason)


def _none(line: Line, reason: Reason) -> Projection:
    zh, en = METHODS[line.projection]
    return Projection(line.projection, zh, en, line.year, None, None, None, reason)
