"""The list of an instrument as it stands on a day: priority ends with the designation, or with its validity."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from shared.contracts.designation_set import Designation, DesignationSet

#: Which statuses keep priority, by the incentive rules and version that a project was tested by.
HoldingStatuses = Mapping[tuple[str, str], Collection[str]]


class Standing(StrEnum):
    LISTED = "listed"
    REFUSED = "refused"
    ENDED = "ended"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class KeptResult:
    """A project's result under an instrument and a release, as it is kept.

    ``negative_list``: document number of the list that was in force on the day of the test.
    """

    project_code: str
    project: str
    county_code: str
    division_path: Sequence[str]
    cluster: str
    cluster_rank: int | None
    unit: str
    investment_fen: int
    use: str
    incentive: str
    incentive_version: str
    listed: bool
    reasons: Sequence[Mapping[str, str]]
    valid_from: date | None
    valid_to: date | None
    negative_list: str | None
    tested_on: date


@dataclass(frozen=True, slots=True)
class PriorityEntry(KeptResult):
    """With its place, which only a project has that is listed today."""

    standing: Standing
    ended_on: date | None
    place: int | None

    @property
    def test(self) -> str:
        return "passed" if self.listed else "refused"


@dataclass(frozen=True, slots=True)
class KeptListing:
    """A project that was listed before the system, by its document; no release gives it a rank, no test a result."""

    project_code: str
    project: str
    county_code: str
    division_path: Sequence[str]
    cluster: str
    unit: str
    investment_fen: int
    document_number: str
    document_date: date
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class EarlierEntry(KeptListing):
    """Without a place: it stands beside the list, not on it."""

    standing: Standing
    ended_on: date | None


def earlier_entries_of(
    listings: Sequence[KeptListing],
    *,
    designations: DesignationSet,
    statuses: Collection[str],
    today: date,
) -> list[EarlierEntry]:
    """As they stand today; ``statuses``: those that keep priority."""
    held = {entry.cluster: entry for entry in designations.designations}
    entries = []
    for listing in listings:
        standing, ended_on = _since_listed(
            held.get(listing.cluster), statuses, valid_to=listing.valid_to, today=today
        )
        values = {field.name: getattr(listing, field.name) for field in fields(KeptListing)}
        entries.append(EarlierEntry(**values, standing=standing, ended_on=ended_on))
    return entries


def entries_of(
    results: Sequence[KeptResult],
    *,
    designations: DesignationSet,
    statuses: HoldingStatuses,
    today: date,
) -> list[PriorityEntry]:
    """The whole list with its places: those listed today in order, then all others."""
    held = {entry.cluster: entry for entry in designations.designations}
    standings = {
        result.project_code: _standing(
            result,
            held.get(result.cluster),
            statuses[result.incentive, result.incentive_version],
            today=today,
        )
        for result in results
    }
    listed = [r for r in results if standings[r.project_code][0] is Standing.LISTED]
    places = in_order([(result.cluster_rank or 0, result.project_code) for result in listed])
    entries = [
        PriorityEntry(
            **{field.name: getattr(result, field.name) for field in fields(KeptResult)},
            standing=standings[result.project_code][0],
            ended_on=standings[result.project_code][1],
            place=places.get(result.project_code),
        )
        for result in results
    ]
    return sorted(entries, key=lambda entry: (entry.place is None, entry.place or 0, entry.project_code))


def in_order(listed: Sequence[tuple[int, str]]) -> Mapping[str, int]:
    """The place of each project: by its cluster's rank in the final release, then by project code."""
    return {code: place for place, (_, code) in enumerate(sorted(listed), start=1)}


def _standing(
    result: KeptResult, held: Designation | None, keeping: Collection[str], *, today: date
) -> tuple[Standing, date | None]:
    if not result.listed or result.valid_to is None:
        return Standing.REFUSED, None
    return _since_listed(held, keeping, valid_to=result.valid_to, today=today)


def _since_listed(
    held: Designation | None, keeping: Collection[str], *, valid_to: date, today: date
) -> tuple[Standing, date | None]:
    """With the day from which the cluster no longer holds the status, where that ended it."""
    if held is None or held.status not in keeping:
        return Standing.ENDED, None if held is None else held.effective_from
    return (Standing.EXPIRED if valid_to < today else Standing.LISTED), None
