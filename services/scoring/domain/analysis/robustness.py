"""How certain is each rank, if weights and methods had been a little different?

Draws follow Saisana, Saltelli and Tarantola (2005). Ranks are taken of the unrounded score, without the
tie-break chain. `fragile`: membership of the top, or the grade, holds in fewer draws than the scheme's `stable`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.scoring.domain.analysis.agreement import check_agreement
from services.scoring.domain.analysis.draw_ranks import DrawRanks, Values, values_behind
from services.scoring.domain.analysis.drawing import AS_IT_IS, Chunk, chunks_of, folded
from services.scoring.domain.analysis.float_columns import Counts, Floats
from services.scoring.domain.analysis.float_tree import Plan, finished, plan_of, tree_values
from services.scoring.domain.analysis.grade_counts import GradeCounts
from services.scoring.domain.analysis.sensitivity import leave_one_out, sobol
from services.scoring.domain.engine.run import Run

QUANTILES = {"q05": 0.05, "q50": 0.5, "q95": 0.95}


@dataclass(frozen=True, slots=True)
class Robustness:
    """Per unit what `clusters score --robustness` prints; and what the scheme asks for besides."""

    units: Mapping[str, dict[str, Any]]
    draws: int
    leave_one_out: Mapping[str, dict[str, Any]]
    sobol: Mapping[str, dict[str, float]]


def robustness_of(
    runs: Sequence[Run],
    *,
    data_year: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Robustness:
    """Of all peer groups. Each unit is ranked within its group; what moves the ranks is told over all units.

    Refuses a run that the analysis engine cannot follow (`EnginesDisagree`): what it says would be worth nothing.
    """
    for run in runs:
        check_agreement(run, data_year=data_year)
    rules = runs[0].scheme.robustness
    plans = [plan for plan in (plan_of(run, data_year=data_year) for run in runs) if plan.scored]
    if not plans:
        return Robustness({}, 0, {}, {})
    units: dict[str, dict[str, Any]] = {}
    for number, plan in enumerate(plans):

        def report(done: int, total: int, before: int = number * rules.draws) -> None:
            if progress is not None:
                progress((before + done) // len(plans), total)

        units |= _units(plan, report)
    return Robustness(
        units,
        rules.draws,
        leave_one_out(plans) if rules.leave_one_out else {},
        sobol(plans, rules) if rules.sobol_samples else {},
    )


def _units(plan: Plan, progress: Callable[[int, int], None]) -> dict[str, dict[str, Any]]:
    rules, run = plan.scheme.robustness, plan.run
    counts, grades = count_ranks(plan, progress=progress)
    nominal = {placed.scored.unit: placed.rank for placed in run.placed}
    of_grades = grades.counts(counts) if grades is not None else None
    return {
        unit.unit: _of_unit(
            counts[index],
            {}
            if grades is None or of_grades is None
            else dict(zip(grades.codes, of_grades[index].tolist(), strict=True)),
            rules.top,
            float(rules.stable),
            rank=nominal[unit.unit],
            grade=run.grades.get(unit.unit),
        )
        for index, unit in enumerate(plan.scored)
    }


def count_ranks(
    plan: Plan, *, progress: Callable[[int, int], None] | None = None
) -> tuple[Counts, GradeCounts | None]:
    """(units, ranks) over all draws, and the grades where the scheme has any."""
    rules, scheme = plan.scheme.robustness, plan.scheme
    counter = DrawRanks(plan)
    grades = None if scheme.grades is None else GradeCounts(plan, scheme.grades)
    leaves = np.column_stack([plan.columns[leaf.code] for leaf in plan.leaves])
    done = 0
    for chunk in chunks_of(plan, rules):
        done += chunk.draws
        if progress is not None:
            progress(done, rules.draws)
        scores, values = _drawn(plan, chunk, leaves, grades, counter)
        if grades is not None and grades.of_scores:
            grades.add_scores(scores)
        counter.add(scores, values)
    return counter.counts, grades


def _drawn(
    plan: Plan, chunk: Chunk, leaves: Floats, grades: GradeCounts | None, counter: DrawRanks
) -> tuple[Floats, Values]:
    """Scores (draws, units), and the values of nodes and leaves behind them."""
    method = chunk.choice
    looked_up = grades is not None and grades.of_nodes
    columns = plan.columns_under(method.normalisation)
    found: dict[str, Floats] = {}
    simple = plan.one_product and method == AS_IT_IS and not (looked_up or counter.needs_nodes)
    if simple:
        weights = folded(plan, chunk.weights, plan.leaves)
        base = np.matmul(weights.T, leaves.T, out=counter.scores(chunk.draws))
        base *= float(plan.scheme.scale)
    else:
        base = tree_values(plan, columns, chunk.weights, aggregation=method.aggregation, found=found).T
        base = np.array(np.broadcast_to(base, (chunk.draws, base.shape[1])))
    if grades is not None and looked_up:
        every = {code: column[:, None] for code, column in columns.items()} | found
        wide = (len(plan.ranked), chunk.draws)
        grades.add_nodes({code: np.broadcast_to(held[plan.ranked], wide) for code, held in every.items()})
    if simple and not plan.changes_after_the_tree:
        return base, lambda code: columns[code]
    return np.ascontiguousarray(finished(plan, base.T).T), values_behind(plan, columns, found)


def _of_unit(
    counts: Counts,
    grades: Mapping[str, int],
    top: int,
    stable: float,
    *,
    rank: int,
    grade: str | None,
) -> dict[str, Any]:
    draws = int(counts.sum())
    cumulative = np.cumsum(counts)
    in_top = float(counts[:top].sum() / draws)
    p_grade = {code: n / draws for code, n in grades.items() if n}
    stays = in_top if rank <= top else 1 - in_top
    fragile = stays < stable or (bool(p_grade) and p_grade.get(grade or "", 0.0) < stable)
    return {
        "p_rank": {str(index + 1): float(n / draws) for index, n in enumerate(counts) if n},
        "p_top_k": in_top,
        "p_grade": p_grade,
        **{
            name: int(np.searchsorted(cumulative, share * draws - 1e-9, side="left")) + 1
            for name, share in QUANTILES.items()
        },
        "fragile": bool(fragile),
    }
