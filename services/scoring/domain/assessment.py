"""The official engine: from the units of a snapshot to scores, ranks, grades and outcomes, exactly.

Values come in as exact rationals, are rounded once to the scheme's quantum between their goalposts, and
from there on nothing is rounded before the published score: sums are exact at 34 digits, so neither the
order of units nor of columns changes a digit, and contributions add up to the score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.scoring.domain.engine.ranking.cut import take
from services.scoring.domain.engine.ranking.ranks import Placed, nodes_in_points, score_on
from services.scoring.domain.engine.results import AssessedUnit, ScoredUnit
from services.scoring.domain.engine.run import Run, run_scheme
from services.scoring.domain.refusals import SchemeDoesNotKnowKind
from services.scoring.domain.scheme.conditions import Known, holds
from services.scoring.domain.scheme.measures import UnitData, measure_of
from services.scoring.domain.scheme.scheme import Kind, Scheme, Status


def assess(
    scheme: Scheme, units: Sequence[UnitData], *, kind: Kind, data_year: int
) -> tuple[AssessedUnit, ...]:
    """Every unit assessed, in the order of their codes.

    A unit that the scheme excludes has no score, no rank and no grade; it takes part in the statuses after
    all ranked units, so that it gets the one that takes the rest.
    """
    if kind not in scheme.proposed_status:
        raise SchemeDoesNotKnowKind(
            f"方案未规定“{kind}”的结果", f"The scheme has no outcomes for the kind {kind}"
        )
    data = {unit.unit: unit for unit in units}
    runs = run_scheme(scheme, units, data_year=data_year)
    scored = [unit for run in runs for unit in run.scored]
    placed = _in_rank_order(runs)
    grades = {unit: grade for run in runs for unit, grade in run.grades.items()}
    by_unit = {p.scored.unit: p for p in placed}
    known = {
        unit.unit: _known(scheme, unit, data[unit.unit], by_unit.get(unit.unit), grades, data_year=data_year)
        for unit in scored
    }
    statuses = _statuses(scheme, kind, placed, scored, known)
    return tuple(
        AssessedUnit(
            scored=unit,
            rank=known[unit.unit].rank,
            grade=grades.get(unit.unit),
            eligible=_outcome(known[unit.unit], "eligible"),
            developing_well=_outcome(known[unit.unit], "developing_well"),
            proposed_status=statuses[unit.unit],
        )
        for unit in sorted(scored, key=lambda unit: unit.unit)
    )


def _in_rank_order(runs: Sequence[Run]) -> list[Placed]:
    """All units; those of the same rank in different peer groups are equals, since nothing compares them."""
    if len(runs) == 1:
        return list(runs[0].placed)
    found = [replace(placed, group=placed.rank) for run in runs for placed in run.placed]
    return sorted(found, key=lambda placed: (placed.rank, placed.scored.unit))


def _known(
    scheme: Scheme,
    scored: ScoredUnit,
    data: UnitData,
    placed: Placed | None,
    grades: Mapping[str, str],
    *,
    data_year: int,
) -> Known:
    outcomes: dict[str, bool] = {}
    known = Known(
        facts=data.facts,
        measure=lambda asked: measure_of(asked, data, data_year=data_year),
        node=lambda node: nodes_in_points(scheme, scored).get(node),
        score=score_on(scored, scheme.band_on) if placed else None,
        rank=placed.rank if placed else None,
        grade=grades.get(scored.unit),
        adjusted=frozenset(scored.adjusted),
        outcomes=outcomes,
    )
    outcomes["eligible"] = holds(scheme.eligible.when, known)
    outcomes["developing_well"] = holds(scheme.developing_well.when, known)
    return known


def _outcome(known: Known, code: str) -> bool:
    return bool(known.outcomes and known.outcomes[code])


def _statuses(
    scheme: Scheme,
    kind: Kind,
    placed: Sequence[Placed],
    scored: Sequence[ScoredUnit],
    known: Mapping[str, Known],
) -> Mapping[str, Status]:
    """Step by step: a status takes those left who satisfy its condition, in rank order, up to its places.

    A unit without a score takes nobody's place: it gets what the last step gives.
    """
    steps = scheme.proposed_status[kind]
    statuses = {unit.unit: steps[-1].status for unit in scored if unit.score is None}
    for step in steps:
        left = [p for p in placed if p.scored.unit not in statuses]
        fit = [p for p in left if holds(step.when, known[p.scored.unit])]
        rule = f"proposed_status.{kind.value}.{step.status.value}"
        for taken in take(fit, step.places, at_cut=scheme.ties.at_cut, rule=rule):
            statuses[taken.scored.unit] = step.status
    return statuses
