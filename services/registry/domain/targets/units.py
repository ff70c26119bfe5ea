"""What lies behind a figure: clusters, firms, brands, parks, projects or counties, each with what is known of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from services.registry.domain.divisions import Divisions
from services.registry.domain.targets.reasons import OF_UNITS, Reason


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. ``source`` says where its figure comes from, ``reference`` on which document or filing it rests;
    ``reason`` is the code of why it is not counted."""

    kind: str
    code: str
    name: str | None
    county_code: str | None
    clusters: Sequence[str] | None
    value: Decimal | None
    state: Literal["counted", "not_counted", "unknown"]
    source: str | None
    reference: str | None
    reason: str | None

    @property
    def why(self) -> Reason | None:
        return None if self.reason is None else OF_UNITS[self.reason]


def called_on(unit: Unit, divisions: Divisions, day: date, *, known_at: datetime | None) -> Unit:
    """The unit with its county as that was called on the day."""
    if unit.county_code is None:
        return unit
    county = divisions.on(unit.county_code, day, known_at=known_at)
    if unit.kind == "county":
        return replace(unit, code=county.code, name=county.name, county_code=county.code)
    return replace(unit, county_code=county.code)


def shown_to(unit: Unit, counties: Collection[str]) -> Unit:
    """A firm or park that another division keeps is named by its code only: its own figures are not told."""
    if unit.county_code in counties:
        return unit
    return replace(unit, name=None, county_code=None, value=None, reference=None)
