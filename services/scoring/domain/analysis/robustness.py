"""How certain is each rank, if weights and methods had been a little different?

Draws follow Saisana, Saltelli and Tarantola (2005). Ranks are taken of the unrounded score, without the
tie-break chain. `fragile`: membership of the top, or the grade, holds in fewer draws than the scheme's `stable`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.scoring.domain.analysis.drawing import AS_IT_IS, Chunk, chunks_of, folded
from services.scoring.domain.analysis.float_columns import Counts, Floats
from services.scoring.domain.analysis.float_tree import Plan, finished, plan_of, tree_values
from services.scoring.domain.analysis.rank_counts import RankCounts
from services.scoring.domain.analysis.sensitivity import leave_one_out, sobol
from services.scoring.domain.scoring_run import Run

QUANTILES = {"q05": 0.05, "q50": 0.5, "q95": 0.95}


@dataclass(frozen=True, slots=True)
class Robustness:
    """Per unit what `clusters score --robustness` prints; and what the scheme asks for besides."""

    units: Mapping[str, dict[str, Any]]
    draws: int
    leave_one_out: Mapping[str, dict[str, Any]]
    sobol: Mapping[str, dict[str, float]]


def robustness_of(
    run: Run,
    *,
    data_year: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Robustness:
    scheme, rules = run.scheme, run.scheme.robustness
    plan = plan_of(run, data_year=data_year)
    if not plan.scored:
        return Robustness({}, 0, {}, {})
    counts, grades = count_ranks(plan, progress=progress)
    nominal = {placed.scored.unit: placed.rank for placed in run.placed}
    units = {
        unit.unit: _of_unit(
            counts[index],
            grades[index] if grades is not None else None,
            [band.code for band in scheme.grades.bands] if scheme.grades else [],
            rules.top,
            float(rules.stable),
            rank=nominal[unit.unit],
            grade=run.grades.get(unit.unit),
        )
        for index, unit in enumerate(plan.scored)
    }
    return Robustness(
        units,
        rules.draws,
        leave_one_out(plan) if rules.leave_one_out else {},
        sobol(plan, rules) if rules.sobol_samples else {},
    )


def count_ranks(
    plan: Plan, *, progress: Callable[[int, int], None] | None = None
) -> tuple[Counts, Counts | None]:
    """(units, ranks) over all draws, and (units, bands) where the scheme has absolute bands."""
    rules, scheme = plan.scheme.robustness, plan.scheme
    counter = RankCounts(len(plan.scored), ascending=scheme.ascending)
    bands = scheme.grades.bands if scheme.grades is not None else ()
    grades = np.zeros((len(plan.scored), len(bands)), dtype=np.int64) if bands else None
    minima = np.array([float(band.minimum) for band in reversed(bands)])
    leaves = np.column_stack([plan.columns[leaf.code] for leaf in plan.leaves])
    done = 0
    quick = grades is None and plan.one_product and not plan.changes_after_the_tree
    offset = offset_of(plan, leaves)
    for chunk in chunks_of(plan, rules):
        done += chunk.draws
        if progress is not None:
            progress(done, rules.draws)
        if quick and chunk.choice == AS_IT_IS:
            count_chunk(counter, folded(plan, chunk.weights, plan.leaves), leaves, offset)
            continue
        scores = _scores(plan, chunk, leaves)
        if grades is not None:
            held = np.clip(np.searchsorted(minima, scores + 1e-12, side="right") - 1, 0, len(bands) - 1)
            for position in range(len(bands)):
                grades[:, len(bands) - 1 - position] += (held == position).sum(axis=0)
        scores -= scores.min() - 1.0
        counter.add(scores)
    return counter.counts, grades


def offset_of(plan: Plan, leaves: Floats) -> float:
    """What lifts every possible score above zero: weights add up to 1, so it may be added to each value."""
    return 1.0 - float(leaves.min()) if plan.complete else 0.0


def count_chunk(counter: RankCounts, weights: Floats, leaves: Floats, offset: float) -> None:
    """One product and one sort: (leaves, draws) folded weights against (units, leaves) values."""
    scores = weights.T @ leaves.T
    if offset > 1.0:
        scores += offset - 1.0
    counter.add(scores)


def _scores(plan: Plan, chunk: Chunk, leaves: Floats) -> Floats:
    """(draws, units), C-contiguous."""
    method = chunk.choice
    if plan.one_product and method.normalisation is None and method.aggregation is None:
        weights = folded(plan, chunk.weights, plan.leaves)
        base = (weights.T @ leaves.T) * float(plan.scheme.scale)
    else:
        columns = plan.columns_under(method.normalisation)
        base = tree_values(plan, columns, chunk.weights, aggregation=method.aggregation).T
        base = np.array(np.broadcast_to(base, (chunk.draws, base.shape[1])))
    return np.ascontiguousarray(finished(plan, base.T).T)


def _of_unit(
    counts: Counts,
    grades: Counts | None,
    codes: list[str],
    top: int,
    stable: float,
    *,
    rank: int,
    grade: str | None,
) -> dict[str, Any]:
    draws = int(counts.sum())
    cumulative = np.cumsum(counts)
    in_top = float(counts[:top].sum() / draws)
    p_grade = {}
    if grades is not None:
        p_grade = {code: float(n / draws) for code, n in zip(codes, grades, strict=True) if n}
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
