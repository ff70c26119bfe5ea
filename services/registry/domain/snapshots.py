"""Builds the snapshot of a round: accepted values, sorted, with nothing random and no clock in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.registry.domain.clusters import Cluster
from services.registry.domain.divisions import Divisions
from services.registry.domain.documents import IndicatorCatalogue, RoundDates
from services.registry.domain.filings import Content, FiledValue
from shared.canonical import decimal_text
from shared.contracts.snapshot import Snapshot, SnapshotIndicator, SnapshotUnit, SnapshotValue
from shared.errors import Kind, Refusal


class CutOffNotReached(Refusal):
    kind = Kind.CONFLICT
    code = "cut-off-not-reached"


class NothingAccepted(Refusal):
    kind = Kind.CONFLICT
    code = "nothing-accepted"


@dataclass(frozen=True, slots=True)
class AcceptedFiling:
    cluster: Cluster
    content: Content


def build_snapshot(
    *,
    programme: str,
    programme_version: str,
    dates: RoundDates,
    catalogue: IndicatorCatalogue,
    divisions: Divisions,
    accepted: Sequence[AcceptedFiling],
) -> Snapshot:
    """The content-addressed document of a round. Firms never enter it."""
    return Snapshot(
        programme=programme,
        programme_version=programme_version,
        assessment_year=dates.assessment_year,
        data_year=dates.data_year,
        kind=dates.kind,
        cut_off=dates.cut_off,
        indicators=tuple(
            SnapshotIndicator(code=entry.code, zh=entry.zh, en=entry.en, unit=entry.unit)
            for entry in sorted(catalogue.indicators, key=lambda entry: entry.code)
        ),
        units=tuple(
            _unit(filing, divisions) for filing in sorted(accepted, key=lambda filing: filing.cluster.code)
        ),
    )


def _unit(filing: AcceptedFiling, divisions: Divisions) -> SnapshotUnit:
    cluster = filing.cluster
    path = divisions.path(cluster.county_code)
    return SnapshotUnit(
        unit=cluster.code,
        name=cluster.name,
        county_code=cluster.county_code,
        county_name=divisions.name(cluster.county_code),
        division_path=path,
        groups=_groups(path),
        facts=dict(sorted(filing.content.facts.items())),
        values=tuple(_values(filing.content.values)),
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
