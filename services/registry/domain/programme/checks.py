"""The rules over a filing's values, as they stand in a programme document."""

from typing import Annotated, Literal

from pydantic import Field

from services.registry.domain.programme.parts import Rule
from shared.web.fields import Code, DecimalText, Name


class Check(Rule):
    """A rule over a filing's values. An *error* stops the sign-off unless it is waivable and waived with a reason."""

    code: Code
    severity: Literal["error", "warning"]
    waivable: bool = False
    zh: Name
    en: Name

    def named_indicators(self) -> tuple[str, ...]:
        """The indicators that the rule names; none if it looks at all."""
        return ()


class UnitSlipCheck(Check):
    """A value that is ``factor`` times last year's or more, or that part of it: 亿元 written for 万元."""

    kind: Literal["unit_slip"]
    factor: DecimalText


class ChangeCheck(Check):
    """Change against the year before, in percent."""

    kind: Literal["change"]
    indicators: Annotated[tuple[Code, ...], Field(min_length=1)]
    minimum_percent: DecimalText
    maximum_percent: DecimalText

    def named_indicators(self) -> tuple[str, ...]:
        return self.indicators


class NotAboveCheck(Check):
    """``left`` may not exceed ``right`` in the same data year."""

    kind: Literal["not_above"]
    left: Code
    right: Code

    def named_indicators(self) -> tuple[str, ...]:
        return (self.left, self.right)


class RatioCheck(Check):
    """``numerator / denominator`` of the same data year, in percent."""

    kind: Literal["ratio"]
    numerator: Code
    denominator: Code
    minimum_percent: DecimalText
    maximum_percent: DecimalText

    def named_indicators(self) -> tuple[str, ...]:
        return (self.numerator, self.denominator)


class SumNotAboveCheck(Check):
    """The sum of ``parts`` may not exceed ``total`` in the same data year."""

    kind: Literal["sum_not_above"]
    parts: Annotated[tuple[Code, ...], Field(min_length=2, max_length=50)]
    total: Code

    def named_indicators(self) -> tuple[str, ...]:
        return (*self.parts, self.total)


class DerivedCheck(Check):
    """A reported figure may differ from the one that follows from the registers by this much, in percent."""

    kind: Literal["derived"]
    indicators: Annotated[tuple[Code, ...], Field(min_length=1, max_length=100)]
    tolerance_percent: DecimalText

    def named_indicators(self) -> tuple[str, ...]:
        return self.indicators


class WithinCountyCheck(Check):
    """A cluster's figure may not exceed the county's own (房县: a cluster of 240 in a county of 225)."""

    kind: Literal["within_county"]
    indicator: Code
    county_field: Code

    def named_indicators(self) -> tuple[str, ...]:
        return (self.indicator,)


class FamilyCheck(Check):
    """``numerator / denominator`` may lie ``factor`` times above or below the median of the round's other filings."""

    kind: Literal["family"]
    numerator: Code
    denominator: Code
    factor: DecimalText
    at_least_others: Annotated[int, Field(ge=3, le=1000)] = 8

    def named_indicators(self) -> tuple[str, ...]:
        return (self.numerator, self.denominator)


class DigitsCheck(Check):
    """Digit patterns: too many figures end in zeros, or the same figure stands for several indicators."""

    kind: Literal["digits"]
    at_least_values: Annotated[int, Field(ge=5, le=1000)] = 10
    round_percent: DecimalText
    zeros: Annotated[int, Field(ge=1, le=6)] = 3


class HeapingCheck(Check):
    """A figure that lies at or just above a threshold that decides something."""

    kind: Literal["heaping"]
    indicator: Code
    threshold: DecimalText
    band_percent: DecimalText

    def named_indicators(self) -> tuple[str, ...]:
        return (self.indicator,)


AnyCheck = Annotated[
    UnitSlipCheck
    | ChangeCheck
    | NotAboveCheck
    | RatioCheck
    | SumNotAboveCheck
    | DerivedCheck
    | WithinCountyCheck
    | FamilyCheck
    | DigitsCheck
    | HeapingCheck,
    Field(discriminator="kind"),
]
