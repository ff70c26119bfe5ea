"""What a cluster is before a decision, from all that was decided on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from services.registry.domain.decisions.decision import Basis
from services.registry.domain.decisions.proposing import Standing
from shared.contracts.designation_set import DesignationStatus


@dataclass(frozen=True, slots=True)
class PastEntry:
    """What an approved decision gave to a cluster."""

    cluster_code: str
    basis: Basis
    status: DesignationStatus
    effective_from: date


def standings_of(past: Iterable[PastEntry], counties: Mapping[str, str]) -> dict[str, Standing]:
    """``past``: in the order of time; ``counties``: of each cluster that is asked about."""
    found = {code: Standing(code, county) for code, county in counties.items()}
    for entry in past:
        found[entry.cluster_code] = _after(found[entry.cluster_code], entry)
    return found


def _after(standing: Standing, entry: PastEntry) -> Standing:
    same = standing.status == entry.status
    return replace(
        standing,
        status=entry.status,
        since=standing.since if same else entry.effective_from,
        cultivated_times=standing.cultivated_times + 1 if entry.status == "cultivated" else 0,
        silent_times=standing.silent_times + 1 if entry.basis == "silent" else 0,
        decided_on=entry.effective_from,
        removed_on=entry.effective_from if entry.status == "removed" else standing.removed_on,
    )
