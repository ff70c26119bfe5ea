"""Derived figures beside reported ones: the difference, and the growth of each on the year before."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.registry.domain.derived.rules import change_percent

Origin = Literal["registers", "attested"]
#: Figures by indicator and year; None where there is no number.
Figures = Mapping[tuple[str, int], Decimal | None]


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """A figure that the registers or a department's document give. ``source`` says which."""

    value: Decimal
    origin: Origin
    source: str


@dataclass(frozen=True, slots=True)
class AttestedAggregate:
    """A department's aggregate of a cluster, on a document, in place of figures of single firms."""

    id: UUID
    cluster_code: str
    indicator: str
    data_year: int
    value: Decimal
    department: str
    document_number: str
    note: str | None
    attested_by: str

    def as_derived(self) -> DerivedValue:
        return DerivedValue(self.value, "attested", f"{self.department}:{self.document_number}")


@dataclass(frozen=True, slots=True)
class Compared:
    """A reported figure beside the derived one, each with its growth on the year before, in percent."""

    indicator: str
    data_year: int
    reported: Decimal | None
    derived: DerivedValue | None
    difference: Decimal | None
    percent: Decimal | None
    reported_growth_percent: Decimal | None
    derived_growth_percent: Decimal | None


def compare(reported: Figures, derived: Mapping[tuple[str, int], DerivedValue]) -> list[Compared]:
    """One line for each figure that is reported or derived."""
    lines = []
    derived_figures = {key: entry.value for key, entry in derived.items()}
    for key in sorted(reported.keys() | derived.keys()):
        filed, found = reported.get(key), derived.get(key)
        difference = None if filed is None or found is None else filed - found.value
        percent = (
            None
            if difference is None or found is None or not found.value
            else change_percent(difference, found.value)
        )
        growths = growth_percent(reported, *key), growth_percent(derived_figures, *key)
        lines.append(Compared(*key, filed, found, difference, percent, *growths))
    return lines


def growth_percent(figures: Figures, indicator: str, year: int) -> Decimal | None:
    """Growth on the year before; none without a figure now or a base other than zero."""
    now, before = figures.get((indicator, year)), figures.get((indicator, year - 1))
    if now is None or not before:
        return None
    return change_percent(now - before, abs(before))


def growth_of(figures: Figures, year: int) -> dict[str, Decimal]:
    """The growth of every indicator that has one."""
    grown = {indicator: growth_percent(figures, indicator, year) for indicator, at in figures if at == year}
    return {indicator: growth for indicator, growth in grown.items() if growth is not None}
