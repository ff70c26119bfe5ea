"""What the programme's rules make of releases: the memory of years, from facts alone.

27号 三(五): designate when mature, about 40 in all, add and remove each year. How a holder fails, rectifies and comes
back is ours, and stands in the programme.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from services.registry.domain.decisions.decision import Entry, Reason
from services.registry.domain.decisions.places import within_places
from services.registry.domain.decisions.standings import Standing, back_on, level_of, may_rise_on
from services.registry.domain.programme.designation_rules import DesignationRules
from services.registry.domain.programme.levels import StatusLevel
from services.registry.domain.programme.parts import Rule
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
    placed = within_places(entries, scores, standings, rules)
    return sorted(placed, key=lambda entry: entry.cluster_code)


def _of_unit(
    unit: ReleaseUnit, release: Release, standing: Standing, rules: DesignationRules, day: date
) -> Entry:
    outcome = _judged(unit, release, standing, rules, day)
    return Entry(
        cluster_code=unit.unit,
        basis=release.kind,
        release_sha256=release.sha256,
        before=standing.status,
        by_rule=outcome.status,
        status=outcome.status,
        level=outcome.level,
        reasons=outcome.reasons,
        due_on=outcome.due_on,
    )


@dataclass(frozen=True, slots=True)
class _Outcome:
    status: DesignationStatus
    level: str
    reasons: tuple[Reason, ...]
    due_on: date | None = None


def _judged(
    unit: ReleaseUnit, release: Release, standing: Standing, rules: DesignationRules, day: date
) -> _Outcome:
    if release.kind == "application" and standing.holds:
        return _rising(unit, standing, rules, day)
    judge = _applicant if release.kind == "application" else _holder
    status, reasons = judge(unit, standing, rules, day)
    return _Outcome(status, level_of(standing, rules), reasons, due_day(status, rules, day))


def _rising(unit: ReleaseUnit, standing: Standing, rules: DesignationRules, day: date) -> _Outcome:
    """A holder that applies gets the next level, or keeps what it has."""
    status, held = standing.status or "designated", level_of(standing, rules)
    above, rises = rules.next_decided(held), unit.outcomes.proposed_status == "designate"
    if unit.removed is not None:
        return _Outcome(status, held, (_removed_after_objection(unit.removed),), standing.due_on)
    reasons = [_by_release(unit)]
    if above is None or not rises:
        name = rules.level(held)
        reasons.append(Reason("keeps-level", f"保持{name.zh}", f"It keeps its level: {name.en}", name.clause))
    elif status == "rectification":
        reasons.append(
            Reason(
                "in-rectification",
                f"限期整改期间不升为{above.zh}",
                f"In rectification it does not rise to the level {above.en}",
                above.clause,
            )
        )
    elif (until := may_rise_on(standing, above)) is not None and day < until:
        reasons.append(
            Reason(
                "level-too-soon",
                f"持有现级别未满规定天数,{until} 起方可升为{above.zh}",
                f"It has its level for too short a time; it may rise to {above.en} from {until}",
                above.clause,
            )
        )
    else:
        return _Outcome(status, above.code, (*reasons, _promoted(above)))
    return _Outcome(status, held, tuple(reasons), standing.due_on)


def _promoted(above: StatusLevel) -> Reason:
    return Reason("promoted", f"升为{above.zh}", f"It rises to the level {above.en}", above.clause)


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
                _clause_of(rules.wait_after(standing.removed_from)),
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
            _clause_of(rules.silent_holders),
        )
    ]
    if standing.status == "rectification" and status != "removed":
        status = "removed"
        reasons.append(
            Reason(
                "failed-in-rectification",
                "限期整改后未作年度填报",
                "It filed nothing after its rectification period",
                _clause_of(rules.rectification),
            )
        )
    return Entry(
        cluster_code=standing.cluster_code,
        basis="silent",
        release_sha256=None,
        before=standing.status,
        by_rule=status,
        status=status,
        level=level_of(standing, rules),
        reasons=tuple(reasons),
        reminded=status == "designated",
        due_on=due_day(status, rules, day),
    )


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


def _clause_of(rule: Rule | None) -> str | None:
    return None if rule is None else rule.clause
