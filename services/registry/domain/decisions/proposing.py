"""What the programme's rules make of releases: the memory of years, from facts alone.

27号 三(五): designate when mature, about 40 in all, add and remove each year. How a holder fails, rectifies and comes
back is ours, and stands in the programme.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from services.registry.domain.decisions.decision import Entry, Reason
from services.registry.domain.designations import HOLDING
from services.registry.domain.programme.designation_rules import DesignationRules
from shared.contracts.designation_set import DesignationStatus
from shared.contracts.release import ProposedStatus, Release, ReleaseUnit

_GIVEN: Final[Mapping[ProposedStatus, DesignationStatus]] = {
    "designate": "designated",
    "cultivate": "cultivated",
    "refuse": "refused",
    "keep": "designated",
    "rectify": "rectification",
    "remove": "removed",
}

_OF_SILENCE: Final[Mapping[str, DesignationStatus]] = {
    "remind": "designated",
    "rectify": "rectification",
    "remove": "removed",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a cluster is before a decision: its status and since when; how many times in a row it was cultivated, how
    many years in a row it had no accepted return, when it was removed last, and from when on it was decided last."""

    cluster_code: str
    county_code: str
    status: DesignationStatus | None = None
    since: date | None = None
    cultivated_times: int = 0
    silent_times: int = 0
    removed_on: date | None = None
    decided_on: date | None = None

    @property
    def holds(self) -> bool:
        return self.status in HOLDING


def propose(
    releases: Sequence[Release],
    standings: Mapping[str, Standing],
    rules: DesignationRules,
    *,
    silent: Collection[str],
    day: date,
) -> list[Entry]:
    """An entry for each unit of the releases and each silent holder, in the order of cluster codes.

    ``standings``: of all of them, and of all who hold a designation; ``day``: from which the decision holds.
    """
    entries = [
        _of_unit(unit, release, standings[unit.unit], rules, day)
        for release in releases
        for unit in release.units
    ]
    entries += [_of_silent(standings[code], rules, day) for code in silent]
    scores = {unit.unit: unit for release in releases for unit in release.units}
    placed = _within_places(entries, scores, standings, rules)
    return sorted(placed, key=lambda entry: entry.cluster_code)


def _of_unit(
    unit: ReleaseUnit, release: Release, standing: Standing, rules: DesignationRules, day: date
) -> Entry:
    judge = _applicant if release.kind == "application" else _holder
    status, reasons = judge(unit, standing, rules, day)
    return Entry(
        cluster_code=unit.unit,
        basis=release.kind,
        release_sha256=release.sha256,
        before=standing.status,
        by_rule=status,
        status=status,
        reasons=reasons,
        due_on=due_day(status, rules, day),
    )


def due_day(status: DesignationStatus, rules: DesignationRules, day: date) -> date | None:
    """Until when a holder rectifies."""
    if status != "rectification" or rules.rectification is None:
        return None
    return day + timedelta(days=rules.rectification.days)


def _applicant(
    unit: ReleaseUnit, standing: Standing, rules: DesignationRules, day: date
) -> tuple[DesignationStatus, tuple[Reason, ...]]:
    out: DesignationStatus = "dropped" if standing.status == "cultivated" else "refused"
    if unit.removed is not None:
        return out, (_removed_after_objection(unit.removed),)
    given = _GIVEN[unit.outcomes.proposed_status]
    if given in ("designated", "cultivated") and (until := back_on(standing, rules)) and day < until:
        return "refused", (
            Reason(
                "re-entry-wait",
                f"剔除后须满等待期,{until} 起方可再次列入",
                f"After its removal it waits; it may be on a list again from {until}",
                rules.re_entry.clause if rules.re_entry else None,
            ),
        )
    if given == "cultivated" and rules.cultivation and standing.cultivated_times >= rules.cultivation.times:
        return "dropped", (
            Reason(
                "cultivated-too-long",
                f"已连续 {standing.cultivated_times} 次列为重点培育,仍未达到认定条件",
                f"It was on the second list {standing.cultivated_times} time(s) in a row and is not mature yet",
                rules.cultivation.clause,
            ),
        )
    return out if given == "refused" else given, (_by_release(unit),)


def back_on(standing: Standing, rules: DesignationRules) -> date | None:
    """From when on a removed cluster may be on a list again."""
    if standing.removed_on is None or rules.re_entry is None:
        return None
    return standing.removed_on + timedelta(days=rules.re_entry.wait_days)


def _holder(
    unit: ReleaseUnit, standing: Standing, rules: DesignationRules, _day: date
) -> tuple[DesignationStatus, tuple[Reason, ...]]:
    if unit.removed is not None:
        return "removed", (_removed_after_objection(unit.removed),)
    given, rectification = _GIVEN[unit.outcomes.proposed_status], rules.rectification
    if given != "rectification" or rectification is None:
        return given, (_by_release(unit),)
    if standing.status == "rectification":
        return "removed", (
            _by_release(unit),
            Reason(
                "failed-in-rectification",
                "限期整改后再次评估仍未达标",
                "It failed again after its rectification period",
                rectification.clause,
            ),
        )
    near = rectification.keep_from
    if near is not None and unit.score is not None and Decimal(unit.score) >= Decimal(near):
        return "designated", (
            _by_release(unit),
            Reason(
                "near-the-line",
                f"得分 {unit.score},不低于保留线 {near},予以保留",
                f"Its score {unit.score} is not below {near}: near the line, a holder is kept",
                rectification.clause,
            ),
        )
    return given, (_by_release(unit),)


def _of_silent(standing: Standing, rules: DesignationRules, day: date) -> Entry:
    steps = rules.silent_holders.steps if rules.silent_holders else ("remind",)
    times = standing.silent_times + 1
    status = _OF_SILENCE[steps[min(times, len(steps)) - 1]]
    reasons = [
        Reason(
            "no-accepted-return",
            f"本年度没有审核通过的年度填报(连续第 {times} 年)",
            f"It has no accepted annual return (year {times} in a row)",
            rules.silent_holders.clause if rules.silent_holders else None,
        )
    ]
    if standing.status == "rectification" and status != "removed":
        status = "removed"
        reasons.append(
            Reason(
                "failed-in-rectification",
                "限期整改后未作年度填报",
                "It filed nothing after its rectification period",
                rules.rectification.clause if rules.rectification else None,
            )
        )
    return Entry(
        cluster_code=standing.cluster_code,
        basis="silent",
        release_sha256=None,
        before=standing.status,
        by_rule=status,
        status=status,
        reasons=tuple(reasons),
        reminded=status == "designated",
        due_on=due_day(status, rules, day),
    )


def _within_places(
    entries: Sequence[Entry],
    units: Mapping[str, ReleaseUnit],
    standings: Mapping[str, Standing],
    rules: DesignationRules,
) -> list[Entry]:
    """Applicants take the places that holders leave: the best score first, over all releases together."""
    placed = [entry for entry in entries if not _wants_a_place(entry)]
    counties = holding_counties(placed, standings)
    wanting = [entry for entry in entries if _wants_a_place(entry)]
    for entry in sorted(wanting, key=lambda entry: _place(units[entry.cluster_code])):
        county = standings[entry.cluster_code].county_code
        reason = _no_place(counties, county, rules)
        if reason is None:
            counties[county] += 1
            placed.append(entry)
        else:
            status: DesignationStatus = "cultivated"
            placed.append(replace(entry, by_rule=status, status=status, reasons=(*entry.reasons, reason)))
    return placed


def _wants_a_place(entry: Entry) -> bool:
    return entry.basis == "application" and entry.status == "designated"


def holding_counties(entries: Collection[Entry], standings: Mapping[str, Standing]) -> Counter[str]:
    """How many clusters of each county hold a designation after these entries."""
    decided = {entry.cluster_code: entry.status for entry in entries}
    return Counter(
        standing.county_code
        for code, standing in standings.items()
        if decided.get(code, standing.status) in HOLDING
    )


def _place(unit: ReleaseUnit) -> tuple[Decimal, int, str]:
    score = Decimal(unit.score) if unit.score is not None else Decimal(0)
    return -score, unit.rank or 0, unit.unit


def _no_place(counties: Counter[str], county: str, rules: DesignationRules) -> Reason | None:
    cap, places = rules.county_cap, rules.places
    if cap is not None and counties[county] >= cap.number:
        return Reason(
            "county-cap",
            f"本县已有 {counties[county]} 个集群获认定,每县不超过 {cap.number} 个",
            f"{counties[county]} cluster(s) of the county hold a designation; at most {cap.number} may",
            cap.clause,
        )
    if places is not None and counties.total() >= places.limit:
        return Reason(
            "no-place-left",
            f"名额已满:{places.number} 个左右(不超过 {places.limit} 个)",
            f"No place is left: about {places.number}, at most {places.limit}",
            places.clause,
        )
    return None


def _by_release(unit: ReleaseUnit) -> Reason:
    score, rank = unit.score or "—", unit.rank or "—"
    proposed = unit.outcomes.proposed_status
    return Reason(
        f"release-{proposed}",
        f"评估结果:得分 {score},排名 {rank},等次 {unit.grade or '—'}",
        f"By the assessment: score {score}, rank {rank}, grade {unit.grade or '—'}",
    )


def _removed_after_objection(why: str) -> Reason:
    return Reason(
        "removed-after-notice", f"公示后移出名单:{why}", f"Taken off the list after the notice: {why}"
    )
