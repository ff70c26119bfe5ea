"""What a cluster is before a decision, from all that was decided on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.registry.domain.decisions.decision import Basis
from services.registry.domain.designations import HOLDING
from services.registry.domain.programme.designation_rules import DesignationRules
from services.registry.domain.programme.levels import StatusLevel
from shared.contracts.designation_set import DesignationStatus


@dataclass(frozen=True, slots=True)
class Standing:
    """What a cluster is before a decision: its status, its level and since when, how long it rectifies;
    how many times in a row it was cultivated, how many years in a row it had no accepted return, when and from which
    level it was removed last, and from when on it was decided last."""

    cluster_code: str
    county_code: str
    status: DesignationStatus | None = None
    level: str | None = None
    level_since: date | None = None
    due_on: date | None = None
    cultivated_times: int = 0
    silent_times: int = 0
    removed_on: date | None = None
    removed_from: str | None = None
    decided_on: date | None = None

    @property
    def holds(self) -> bool:
        return self.status in HOLDING

    @property
    def held_level(self) -> str | None:
        return self.level if self.holds else None


@dataclass(frozen=True, slots=True)
class PastEntry:
    """What an approved decision gave to a cluster."""

    cluster_code: str
    basis: Basis
    status: DesignationStatus
    level: str
    due_on: date | None
    effective_from: date


def standings_of(past: Iterable[PastEntry], counties: Mapping[str, str]) -> dict[str, Standing]:
    """``past``: in the order of time; ``counties``: of each cluster that is asked about."""
    found = {code: Standing(code, county) for code, county in counties.items()}
    for entry in past:
        found[entry.cluster_code] = _after(found[entry.cluster_code], entry)
    return found


def _after(standing: Standing, entry: PastEntry) -> Standing:
    level_stays = standing.holds and standing.level == entry.level
    removed = entry.status == "removed"
    return replace(
        standing,
        status=entry.status,
        level=entry.level,
        level_since=standing.level_since if level_stays else entry.effective_from,
        due_on=entry.due_on,
        cultivated_times=standing.cultivated_times + 1 if entry.status == "cultivated" else 0,
        silent_times=_silent_times(standing, entry),
        decided_on=entry.effective_from,
        removed_on=entry.effective_from if removed else standing.removed_on,
        removed_from=entry.level if removed else standing.removed_from,
    )


def _silent_times(standing: Standing, entry: PastEntry) -> int:
    """A holder that asks for the next level has not filed its return by that."""
    if entry.basis == "silent":
        return standing.silent_times + 1
    return standing.silent_times if entry.basis == "application" and standing.holds else 0


def level_of(standing: Standing, rules: DesignationRules) -> str:
    """The level that a cluster holds; of one that holds none, the first one, for which it applies."""
    return standing.held_level or rules.ladder[0].code


def back_on(standing: Standing, rules: DesignationRules) -> date | None:
    """From when on a removed cluster may be on a list again."""
    wait = rules.wait_after(standing.removed_from)
    if standing.removed_on is None or wait is None:
        return None
    return standing.removed_on + timedelta(days=wait.wait_days)


def may_rise_on(standing: Standing, above: StatusLevel) -> date | None:
    """From when on a holder has had its level for long enough."""
    if above.needs is None or standing.level_since is None:
        return None
    return standing.level_since + timedelta(days=above.needs.held_days)
