"""Conditions of a scheme over what is known of one unit.

A condition over a fact or a measure says itself what holds when there is nothing to compare (`if_missing`):
an absence never decides silently.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from services.scoring.domain.scheme.measures import Absent, Cell, Measure


@dataclass(frozen=True, slots=True)
class Interval:
    at_least: Decimal | None = None
    more_than: Decimal | None = None
    at_most: Decimal | None = None
    less_than: Decimal | None = None

    def holds(self, value: Fraction) -> bool:
        return (
            (self.at_least is None or value >= Fraction(self.at_least))
            and (self.more_than is None or value > Fraction(self.more_than))
            and (self.at_most is None or value <= Fraction(self.at_most))
            and (self.less_than is None or value < Fraction(self.less_than))
        )


@dataclass(frozen=True, slots=True)
class Always:
    pass


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class NotThat:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class FactIn:
    fact: str
    values: tuple[str, ...]
    if_missing: bool


@dataclass(frozen=True, slots=True)
class MeasureWithin:
    measure: Measure
    interval: Interval
    if_missing: bool


@dataclass(frozen=True, slots=True)
class NodeWithin:
    """Over a node's or leaf's value in points, before blend and adjustments."""

    node: str
    interval: Interval
    if_missing: bool


@dataclass(frozen=True, slots=True)
class ScoreWithin:
    """Over the score that bands are made on; an unscored unit is in no interval."""

    interval: Interval


@dataclass(frozen=True, slots=True)
class RankAtMost:
    rank: int


@dataclass(frozen=True, slots=True)
class GradeIn:
    grades: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdjustedBy:
    """At least one of these adjustments was applied."""

    adjustments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutcomeHolds:
    outcome: str


Condition: TypeAlias = (
    Always
    | AllOf
    | AnyOf
    | NotThat
    | FactIn
    | MeasureWithin
    | NodeWithin
    | ScoreWithin
    | RankAtMost
    | GradeIn
    | AdjustedBy
    | OutcomeHolds
)


@dataclass(frozen=True, slots=True)
class Known:
    """What a condition may ask about one unit; later stages know more than earlier ones."""

    facts: Mapping[str, str]
    measure: Callable[[Measure], Cell]
    node: Callable[[str], Decimal | None] = lambda _: None
    score: Decimal | None = None
    rank: int | None = None
    grade: str | None = None
    adjusted: frozenset[str] = frozenset()
    outcomes: Mapping[str, bool] | None = None


def holds(condition: Condition, known: Known) -> bool:  # noqa: PLR0911 - one case per kind
    match condition:
        case AllOf(parts=parts):
            return all(holds(part, known) for part in parts)
        case AnyOf(parts=parts):
            return any(holds(part, known) for part in parts)
        case NotThat(part=part):
            return not holds(part, known)
        case FactIn(fact=fact, values=values, if_missing=if_missing):
            return known.facts[fact] in values if fact in known.facts else if_missing
        case MeasureWithin(measure=measure, interval=interval, if_missing=if_missing):
            cell = known.measure(measure)
            return if_missing if isinstance(cell, Absent) else interval.holds(cell)
        case NodeWithin(node=node, interval=interval, if_missing=if_missing):
            value = known.node(node)
            return if_missing if value is None else interval.holds(Fraction(value))
        case _:
            return _holds_of_result(condition, known)


def _holds_of_result(condition: Condition, known: Known) -> bool:
    match condition:
        case Always():
            return True
        case ScoreWithin(interval=interval):
            return known.score is not None and interval.holds(Fraction(known.score))
        case RankAtMost(rank=rank):
            return known.rank is not None and known.rank <= rank
        case GradeIn(grades=grades):
            return known.grade in grades
        case AdjustedBy(adjustments=adjustments):
            return not known.adjusted.isdisjoint(adjustments)
        case OutcomeHolds(outcome=outcome):
            return bool(known.outcomes and known.outcomes[outcome])
        case _:
            raise AssertionError(f"a condition without a rule: {condition!r}")


def measures_in(condition: Condition) -> tuple[Measure, ...]:
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return tuple(measure for part in parts for measure in measures_in(part))
        case NotThat(part=part):
            return measures_in(part)
        case MeasureWithin(measure=measure):
            return (measure,)
        case _:
            return ()
