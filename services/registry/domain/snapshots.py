"""Builds the snapshot of a round: accepted values, sorted, with nothing random and no clock in it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from services.registry.domain.clusters import Cluster
from services.registry.domain.divisions import Divisions
from services.registry.domain.filings.content import Content, FiledValue
from services.registry.domain.filings.filing import Filing
from services.registry.domain.programme.calendars import RoundDates
from services.registry.domain.programme.documents import IndicatorCatalogue
from shared.contracts.snapshot import Snapshot, SnapshotIndicator, SnapshotUnit, SnapshotValue
from shared.documents.canonical import decimal_text
from shared.errors import Kind, Refusal


class CutOffNotReached(Refusal):
    kind = Kind.CONFLICT
    code = "cut-off-not-reached"


class NothingAccepted(Refusal):
    kind = Kind.CONFLICT
    code = "nothing-accepted"


def check_cut_off_reached(dates: RoundDates, today: date) -> None:
    """Nothing is frozen while values may still change."""
    if today < dates.cut_off:
        raise CutOffNotReached(
            f"数据截止日为 {dates.cut_off},今天是 {today}",
            f"The cut-off is {dates.cut_off}; today is {today}",
        )


def check_something_accepted(accepted: Collection[Filing]) -> None:
    if not accepted:
        raise NothingAccepted("本轮没有已审核通过的材料", "Nothing is accepted in this round")


@dataclass(frozen=True, slots=True)
class DerivedFigure:
    """An aggregate that follows from the registers, or that a department attests."""

    indicator: str
    data_year: int
    value: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class AcceptedFiling:
    cluster: Cluster
    content: Content
    derived: Sequence[DerivedFigure] = ()


#: A derived aggregate stands beside the reported figure under this prefix and its indicator's code.
DERIVED_PREFIX: Final = "derived."


def build_snapshot(
    *,
    programme: str,
    programme_version: str,
    assessment_year: int,
    dates: RoundDates,
    catalogue: IndicatorCatalogue,
    divisions: Divisions,
    accepted: Sequence[AcceptedFiling],
) -> Snapshot:
    """The content-addressed document of a round: aggregates with their provenance. Firms never enter it.

    Counties have the codes of the cut-off: one that is recoded while a round runs is assessed under its new code if
    that holds by then.
    """
    known = catalogue.by_code()
    derived = sorted({figure.indicator for filing in accepted for figure in filing.derived})
    named = {entry.code: entry for entry in catalogue.indicators}
    named |= {
        f"{DERIVED_PREFIX}{code}": known[code].model_copy(
            update={"zh": f"{known[code].zh}(推算)", "en": f"{known[code].en} (derived)"}
        )
        for code in derived
    }
    return Snapshot(
        programme=programme,
        programme_version=programme_version,
        assessment_year=assessment_year,
        data_year=dates.data_year,
        kind=dates.kind,
        cut_off=dates.cut_off,
        indicators=tuple(
            SnapshotIndicator(code=code, zh=entry.zh, en=entry.en, unit=entry.unit)
            for code, entry in sorted(named.items())
        ),
        units=tuple(
            _unit(filing, divisions, dates.cut_off)
            for filing in sorted(accepted, key=lambda filing: filing.cluster.code)
        ),
    )


def _unit(filing: AcceptedFiling, divisions: Divisions, day: date) -> SnapshotUnit:
    cluster = filing.cluster
    county = divisions.on(cluster.county_code, day)
    path = divisions.path(county.code)
    return SnapshotUnit(
        unit=cluster.code,
        name=cluster.name,
        county_code=county.code,
        county_name=county.name,
        division_path=path,
        groups=_groups(path),
        facts=dict(sorted(filing.content.facts.items())),
        values=tuple(
            sorted(
                [*_values(filing.content.values), *_derived(filing.derived)],
                key=lambda value: (value.indicator, value.data_year),
            )
        ),
    )


def _derived(figures: Iterable[DerivedFigure]) -> Iterable[SnapshotValue]:
    for figure in figures:
        yield SnapshotValue(
            indicator=DERIVED_PREFIX + figure.indicator,
            data_year=figure.data_year,
            state="zero" if figure.value == 0 else "value",
            value=decimal_text(figure.value),
            definition="按登记簿推算或部门出具",
            provenance="derived",
            source=figure.source,
        )


def _groups(path: Sequence[str]) -> dict[str, str]:
    return {"city": path[1]} if len(path) == 3 else {}


def _values(values: Iterable[FiledValue]) -> Iterable[SnapshotValue]:
    for value in sorted(values, key=lambda value: value.key):
        yield SnapshotValue(
            indicator=value.indicator,
            data_year=value.data_year,
            state=value.state,
            value=None if value.value is None else decimal_text(value.value),
            definition=value.definition,
            provenance=value.provenance,
            source=value.source,
        )
