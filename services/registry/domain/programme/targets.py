"""Targets of a programme and lines that each county keeps to, with how each is measured."""

from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from services.registry.domain.programme.measures import (
    ClustersAbove,
    CountyMeasure,
    Designations,
    TargetMeasure,
)
from services.registry.domain.programme.parts import DocumentPart, Rule
from shared.web.fields import Code, DecimalText, Name, Year

Comparison = Literal["more_than", "at_least", "about", "equals", "at_most"]
#: How many years may lie between a base year and its target.
LONGEST_WAY_YEARS: Final = 20


class Tolerance(Rule):
    """How far 左右 reaches below and above, in the target's unit; without ``above`` there is no limit upwards."""

    below: DecimalText
    above: DecimalText | None = None

    @model_validator(mode="after")
    def _is_not_negative(self) -> Self:
        if Decimal(self.below) < 0 or (self.above is not None and Decimal(self.above) < 0):
            raise ValueError("a tolerance is not below zero")
        return self


class PathStep(DocumentPart):
    year: Year
    value: DecimalText


class Path(Rule):
    """What is expected in each year on the way to the target."""

    steps: Annotated[tuple[PathStep, ...], Field(min_length=1, max_length=LONGEST_WAY_YEARS)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        years = [step.year for step in self.steps]
        if years != sorted(set(years)):
            raise ValueError("the years of a path must rise")
        return self


class Tiers(Rule):
    """A ladder of tiers, such as 1314: nested, each counts those above it too; or exclusive, each its own rung only."""

    code: Code
    counting: Literal["nested", "exclusive"] = "nested"


class Target(Rule):
    """A target of the programme for a year. Without a measure it is stated, but not computed."""

    code: Code
    zh: Name
    en: Name
    year: Year
    comparison: Comparison
    value: DecimalText
    unit: Name
    tolerance: Tolerance | None = None
    path: Path | None = None
    projection: Annotated[
        Literal["linear", "constant"], Field(description="how the figures so far are continued")
    ] = "linear"
    measure: TargetMeasure | None = None

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        if self.tolerance is not None and self.comparison != "about":
            raise ValueError("a tolerance is for a target of the comparison about")
        if self.path is not None and self.path.steps[-1].year >= self.year:
            raise ValueError("a path ends before the target's year")
        if self.measure is not None:
            base = self.measure.base_year
            if base is not None and not self.year - LONGEST_WAY_YEARS <= base < self.year:
                raise ValueError(f"base_year lies before the year, at most {LONGEST_WAY_YEARS} years")
            if self.measure.form != "total" and self.unit != "%":
                raise ValueError(f"a measure of the kind {self.measure.kind} is in %")
        return self

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of status that it counts, where it names any."""
        return (self.measure.levels or ()) if isinstance(self.measure, Designations) else ()

    @property
    def tier(self) -> str | None:
        return self.measure.tier if isinstance(self.measure, ClustersAbove) else None


class CountyLine(Rule):
    """What every county keeps to, in every year: a cap, or at least one of something."""

    code: Code
    zh: Name
    en: Name
    measure: CountyMeasure
