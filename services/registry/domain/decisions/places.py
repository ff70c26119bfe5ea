"""Who gets a place: caps and places of each level, taken by the best scores first."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from services.registry.domain.decisions.decision import Entry, Reason
from services.registry.domain.decisions.standings import Standing, level_of
from services.registry.domain.designations import HOLDING
from services.registry.domain.programme.designation_rules import Bound, DesignationRules
from shared.contracts.designation_set import DesignationStatus
from shared.contracts.release import ReleaseUnit


def within_places(
    entries: Sequence[Entry],
    units: Mapping[str, ReleaseUnit],
    standings: Mapping[str, Standing],
    rules: DesignationRules,
) -> list[Entry]:
    """Applicants take the places that holders leave: the best score first, over all releases together.

    Who asks for a level and finds no place is cultivated, or keeps the level that it has.
    """
    placed = [entry for entry in entries if not _wants_a_place(entry, standings)]
    held = Held(placed, standings, rules)
    wanting = [entry for entry in entries if _wants_a_place(entry, standings)]
    for entry in sorted(wanting, key=lambda entry: _place(units[entry.cluster_code])):
        standing = standings[entry.cluster_code]
        reason = _no_place(held, entry, rules)
        if reason is None:
            held.add(entry)
            placed.append(entry)
        elif standing.holds:
            reasons = (*entry.reasons[:-1], reason)
            placed.append(replace(entry, level=level_of(standing, rules), reasons=reasons))
        else:
            status: DesignationStatus = "cultivated"
            placed.append(replace(entry, by_rule=status, status=status, reasons=(*entry.reasons, reason)))
    return placed


def _wants_a_place(entry: Entry, standings: Mapping[str, Standing]) -> bool:
    return (
        entry.basis == "application"
        and entry.status == "designated"
        and entry.level != standings[entry.cluster_code].held_level
    )


class Held:
    """Who holds which level, in which county, after some entries."""

    def __init__(
        self, entries: Collection[Entry], standings: Mapping[str, Standing], rules: DesignationRules
    ) -> None:
        self._rules = rules
        self._standings = standings
        self._ranks = {
            code: rules.rank(standing.held_level) for code, standing in standings.items() if standing.holds
        }
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        self._ranks.pop(entry.cluster_code, None)
        if entry.status in HOLDING:
            self._ranks[entry.cluster_code] = self._rules.rank(entry.level)

    def rank(self, code: str) -> int:
        """Of a cluster; -1 if it holds nothing."""
        return self._ranks.get(code, -1)

    def county_of(self, code: str) -> str:
        return self._standings[code].county_code

    def counties(self, bound: Bound) -> Counter[str]:
        """How many clusters of each county hold what is bound."""
        return Counter(
            self._standings[code].county_code for code, rank in self._ranks.items() if rank >= bound.rank
        )


def _place(unit: ReleaseUnit) -> tuple[Decimal, int, str]:
    score = Decimal(unit.score) if unit.score is not None else Decimal(0)
    return -score, unit.rank or 0, unit.unit


def _no_place(held: Held, entry: Entry, rules: DesignationRules) -> Reason | None:
    """Of every bound on the way to the level."""
    before, wanted = held.rank(entry.cluster_code), rules.rank(entry.level)
    for bound in rules.bounds():
        if before < bound.rank <= wanted:
            reason = _beyond(bound, held, entry.cluster_code)
            if reason is not None:
                return reason
    return None


def _beyond(bound: Bound, held: Held, code: str) -> Reason | None:
    counties, county, cap, places = held.counties(bound), held.county_of(code), bound.county_cap, bound.places
    zh, en = ("", "a designation") if bound.level is None else (bound.level.zh, bound.level.en)
    if cap is not None and counties[county] >= cap.number:
        return Reason(
            "county-cap",
            f"本县已有 {counties[county]} 个集群获{zh}认定,每县不超过 {cap.number} 个",
            f"{counties[county]} cluster(s) of the county hold {en}; at most {cap.number} may",
            cap.clause,
        )
    if places is not None and counties.total() >= places.limit:
        return Reason(
            "no-place-left",
            f"{zh}名额已满:{places.number} 个左右(不超过 {places.limit} 个)",
            f"No place is left for {en}: about {places.number}, at most {places.limit}",
            places.clause,
        )
    return None
