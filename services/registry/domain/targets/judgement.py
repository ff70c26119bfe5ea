"""Whether a figure is what the policy asks for: 超 is >, 以上 is >=, 左右 reaches as far as its tolerance."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self

from services.registry.domain.programme.targets import Comparison, Target
from services.registry.domain.targets.reasons import NO_STEP, NO_TOLERANCE, OF_THE_WHOLE, Reason


@dataclass(frozen=True, slots=True)
class Bounds:
    """From ``low`` (without it if ``open_low``) to ``high``; null: no bound."""

    low: Decimal | None
    high: Decimal | None
    open_low: bool = False

    def place(self, value: Decimal) -> Literal["below", "within", "above"]:
        if self.low is not None and (value < self.low or (self.open_low and value == self.low)):
            return "below"
        return "within" if self.high is None or value <= self.high else "above"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a line is compared with. About (左右) without a tolerance cannot be judged."""

    comparison: Comparison
    value: Decimal
    below: Decimal | None = None
    above: Decimal | None = None

    @classmethod
    def of(cls, target: Target) -> Self:
        tolerance = target.tolerance
        return cls(
            target.comparison,
            Decimal(target.value),
            None if tolerance is None else Decimal(tolerance.below),
            None if tolerance is None or tolerance.above is None else Decimal(tolerance.above),
        )

    def bounds(self, expected: Decimal) -> Bounds | None:
        """The figures that fulfil the same comparison with what is expected of a year."""
        match self.comparison:
            case "more_than":
                return Bounds(expected, None, open_low=True)
            case "at_least":
                return Bounds(expected, None)
            case "at_most":
                return Bounds(None, expected)
            case "equals":
                return Bounds(expected, expected)
            case "about":
                if self.below is None:
                    return None
                return Bounds(expected - self.below, None if self.above is None else expected + self.above)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a figure stands to what is expected; null with its reason where it cannot be compared."""

    expected: Decimal | None
    place: Literal["below", "within", "above"] | None
    reason: Reason | None

    @property
    def fulfilled(self) -> bool | None:
        return None if self.place is None else self.place == "within"


def judge(
    goal: Goal, value: Decimal | None, expected: Decimal | None, *, why_none: Reason | None, comparable: bool
) -> Judgement:
    """``comparable``: a part of the province is not held to what the whole of it is to reach."""
    if not comparable:
        return Judgement(expected, None, OF_THE_WHOLE)
    if expected is None:
        return Judgement(None, None, NO_STEP)
    if value is None:
        return Judgement(expected, None, why_none)
    bounds = goal.bounds(expected)
    if bounds is None:
        return Judgement(expected, None, NO_TOLERANCE)
    return Judgement(expected, bounds.place(value), None)
