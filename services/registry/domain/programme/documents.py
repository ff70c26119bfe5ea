"""The registry's parts of a programme, as published documents: the programme itself and its indicator catalogue.

Both are strict (an unknown key is an error), carry the clause or label of each rule, and are immutable once
published. Money, thresholds and ranges are decimal strings.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.registry.domain.derived.rules import Derivation
from services.registry.domain.programme.checks import AnyCheck
from services.registry.domain.programme.designation_rules import DesignationRules
from services.registry.domain.programme.parts import DocumentPart, Label, Rule, Words
from services.registry.domain.programme.targets import CountyLine, Target, Tiers
from shared.text.units import unit_key
from shared.web.fields import BusinessDate, Code, DecimalText, DivisionCode, Name, Year


class Scope(Rule):
    """Which county-level units take part, from which day on."""

    effective_from: BusinessDate
    counties: Annotated[tuple[DivisionCode, ...], Field(min_length=1, max_length=500)]


class Caps(Rule):
    """What a county may name at most (P01)."""

    leading_industries: Annotated[int, Field(ge=1, le=20)]
    clusters_in_focus: Annotated[int, Field(ge=1, le=20)]


class DueDay(Rule):
    """By when a task is to be done: official only where the clause names the day."""

    day: BusinessDate


class Responsibility(Rule):
    """A task and its responsible units (责任单位); by custom the first leads, the others join."""

    code: Code
    task: Name
    units: Annotated[tuple[Name, ...], Field(min_length=1, max_length=40)]
    due_on: DueDay | None = None


class FiscalYears(DocumentPart):
    """Both included."""

    first: Year
    last: Year

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            raise ValueError("first is after last")
        return self


class FunctionalClass(Rule):
    """支出功能分类科目 (类, 款, 项) under which the programme's money may be budgeted."""

    code: Annotated[str, Field(pattern=r"^[0-9]{7}$")]
    name: Name


class Budget(Rule):
    """What the budget lines of the programme keep to: their fiscal years, and their functional classes, if any are
    listed."""

    fiscal_years: FiscalYears
    functional_classes: Annotated[tuple[FunctionalClass, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        codes = [entry.code for entry in self.functional_classes]
        if len(codes) != len(set(codes)):
            raise ValueError("codes in functional_classes must be unique")
        return self


class Successor(Rule):
    """The programme that follows when this one ends, and what it takes over; all else ends with this one."""

    programme: Code
    takes: Annotated[
        tuple[Literal["designations", "rectifications", "tasks"], ...], Field(min_length=1, max_length=3)
    ]


class Programme(DocumentPart):
    """The programme document: who takes part, what they may name, what is aimed at, and what is checked.

    When counties file stands in the year's calendar (``calendars``)."""

    programme: Code
    version: Code
    title: Name
    title_en: Name
    document_number: Name
    published_on: Annotated[BusinessDate, Field(description="when the document became public")]
    effective_from: BusinessDate
    effective_to: Annotated[
        BusinessDate | None, Field(description="its last day; without one the end of its targets' last year")
    ] = None
    successor: Annotated[Successor | None, Field(exclude_if=lambda successor: successor is None)] = None
    scope: Scope
    caps: Caps
    targets: tuple[Target, ...]
    tiers: Annotated[tuple[Tiers, ...], Field(max_length=20)] = ()
    county_lines: Annotated[tuple[CountyLine, ...], Field(max_length=50)] = ()
    responsibilities: Annotated[tuple[Responsibility, ...], Field(max_length=200)]
    checks: tuple[AnyCheck, ...]
    budget: Budget | None = None
    designation: DesignationRules = DesignationRules()

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        for name, entries in (("checks", self.checks), ("responsibilities", self.responsibilities)):
            codes = [entry.code for entry in entries]
            if len(codes) != len(set(codes)):
                raise ValueError(f"codes in {name} must be unique")
        for entry in self.responsibilities:
            if len({unit_key(unit) for unit in entry.units}) < len(entry.units):
                raise ValueError(f"responsibilities.{entry.code} names a unit twice")
        for field, day in (
            ("effective_from", self.effective_from),
            ("scope.effective_from", self.scope.effective_from),
        ):
            if day < self.published_on:
                raise ValueError(
                    f"{field} is before {self.published_on}, when {self.document_number} was published"
                )
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError("effective_to is before effective_from")
        if self.successor is not None and self.successor.programme == self.programme:
            raise ValueError("a programme does not succeed itself")
        targets = [(target.code, target.year) for target in self.targets]
        if len(targets) != len(set(targets)):
            raise ValueError("a target is given once for a year")
        return self

    @model_validator(mode="after")
    def _lines_fit_together(self) -> Self:
        tiers = [entry.code for entry in self.tiers]
        lines = [entry.code for entry in self.county_lines]
        if len(tiers) != len(set(tiers)):
            raise ValueError("codes in tiers must be unique")
        if len(lines) != len(set(lines)) or {target.code for target in self.targets} & set(lines):
            raise ValueError("codes of targets and county_lines must be unique")
        for target in self.targets:
            named = target.tier
            if named is not None and named not in tiers:
                raise ValueError(f"targets.{target.code} names the tiers {named}, which are not declared")
            unknown = sorted({*target.levels} - {level.code for level in self.designation.ladder})
            if unknown:
                raise ValueError(
                    f"targets.{target.code} names levels that there are not: {', '.join(unknown)}"
                )
        return self

    @property
    def ends_on(self) -> date:
        last = max((target.year for target in self.targets), default=self.effective_from.year)
        return self.effective_to or date(max(last, self.effective_from.year), 12, 31)

    @property
    def plan_years(self) -> range:
        return range(self.effective_from.year, self.ends_on.year + 1)

    def in_scope(self, county_codes: Collection[str], *, on: date) -> bool:
        """Whether a county of these codes (a recoded one has several) takes part on a day."""
        return on >= self.scope.effective_from and not set(county_codes).isdisjoint(self.scope.counties)


class Range(DocumentPart):
    minimum: DecimalText
    maximum: DecimalText

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if Decimal(self.minimum) > Decimal(self.maximum):
            raise ValueError("minimum is above maximum")
        return self

    def holds(self, value: Decimal) -> bool:
        return Decimal(self.minimum) <= value <= Decimal(self.maximum)


class Indicator(DocumentPart):
    """One indicator: its unit, its definition (口径), who confirms it, what values can be."""

    code: Code
    zh: Name
    en: Name
    unit: Name
    integer: bool
    range: Range
    usual: Range | None = None
    data_years: Annotated[tuple[Annotated[int, Field(ge=-5, le=0)], ...], Field(min_length=1)]
    source_department: Name
    definition: Words
    note: Annotated[str, Field(max_length=500)] = ""
    derived: Annotated[Derivation | None, Field(description="how it follows from the registers")] = None


class Fact(DocumentPart):
    """A fact that is no number, such as a serious accident: one of the named values, confirmed by a department."""

    code: Code
    zh: Name
    en: Name
    values: Annotated[tuple[Code, ...], Field(min_length=2, max_length=50)]
    source_department: Name


class IndicatorCatalogue(DocumentPart):
    """All indicators that a filing of the programme asks for."""

    programme: Code
    version: Code
    label: Label
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1, max_length=1000)]
    facts: Annotated[tuple[Fact, ...], Field(max_length=200)]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        codes = [entry.code for entry in self.indicators] + [fact.code for fact in self.facts]
        if len(codes) != len(set(codes)):
            raise ValueError("codes of indicators and facts must be unique")
        return self

    def departments(self) -> frozenset[str]:
        """The source departments, each of which confirms its own indicators."""
        return frozenset(entry.source_department for entry in self.indicators)

    def derivations(self) -> dict[str, Derivation]:
        """The indicators that follow from the registers, with their rules."""
        return {entry.code: entry.derived for entry in self.indicators if entry.derived is not None}

    def by_code(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in self.indicators}

    def asked_for(self, data_year: int) -> list[tuple[str, int]]:
        """Every (indicator, year) that a filing of this data year must state, as value, zero, missing or n/a."""
        return [(entry.code, data_year + offset) for entry in self.indicators for offset in entry.data_years]
