"""Which choice moves the ranks: leave one indicator out, and Sobol indices of the mean rank shift.

First-order and total indices after Saltelli et al. (2010) with bootstrap intervals, by scipy. The factors are
those of the scheme's `robustness` section: weights, normalisation, aggregation.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from services.scoring.domain.analysis.drawing import drawn_weights
from services.scoring.domain.analysis.float_columns import Counts, Floats
from services.scoring.domain.analysis.float_tree import Plan, finished, tree_values
from services.scoring.domain.analysis.rank_counts import RankCounts
from services.scoring.domain.refusals import FactorNotInScheme
from services.scoring.domain.scheme import nodes_of
from services.scoring.domain.steps import Robustness

DRAWN = 1_024
RESAMPLES = 200


def ranks_of(plan: Plan, scores: Floats) -> Counts:
    """(draws, units) from scores (units, draws)."""
    held = np.array(scores.T)
    held -= held.min() - 1.0
    return RankCounts(len(plan.scored), ascending=plan.scheme.ascending).ranks(np.ascontiguousarray(held))


def nominal_ranks(plan: Plan) -> Counts:
    ranks: Counts = ranks_of(plan, finished(plan, tree_values(plan, plan.columns, plan.weights)))[0]
    return ranks


def leave_one_out(plan: Plan) -> dict[str, dict[str, Any]]:
    """Per leaf: the mean and largest rank shift when its weight goes to its siblings."""
    nominal = nominal_ranks(plan)
    found = {}
    for node in nodes_of(plan.scheme.root):
        for position, child in enumerate(node.children):
            if child.code not in plan.columns or len(node.children) == 1:
                continue
            weights = dict(plan.weights)
            reduced = weights[node.code].copy()
            whole, reduced[position] = reduced.sum(), 0.0
            weights[node.code] = reduced * (whole / reduced.sum())
            shifts = np.abs(
                ranks_of(plan, finished(plan, tree_values(plan, plan.columns, weights)))[0] - nominal
            )
            found[child.code] = {"mean_shift": float(shifts.mean()), "largest_shift": int(shifts.max())}
    return found


def sobol(plan: Plan, rules: Robustness) -> dict[str, dict[str, float]]:
    """Per factor: `first`, `total` and their 90 % bootstrap intervals; samples must be a power of two."""
    from scipy.stats import qmc, sobol_indices  # noqa: PLC0415 - a second of loading that few commands need

    factors = factors_of(rules)
    if not factors:
        raise FactorNotInScheme("方案没有可分析的因素", "The scheme names no factor to analyse")
    d, n = len(factors), rules.sobol_samples
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([rules.seed, 1])))
    shift = _mean_shift(plan, rules, factors, drawn_weights(plan, rules, generator, DRAWN))
    points = qmc.Sobol(d=2 * d, seed=rules.seed % 2**32).random(n).T
    first, second = points[:d], points[d:]
    mixed = []
    for index in range(d):
        swapped = first.copy()
        swapped[index] = second[index]
        mixed.append(shift(swapped))
    held = {"f_A": shift(first)[None], "f_B": shift(second)[None], "f_AB": np.array(mixed)[:, None]}

    def indices(chosen: Counts) -> tuple[Floats, Floats]:
        result = sobol_indices(func={name: values[..., chosen] for name, values in held.items()}, n=n)
        return np.atleast_1d(result.first_order), np.atleast_1d(result.total_order)

    if not any(np.ptp(values) for values in held.values()):
        return {factor: {"first": 0.0, "total": 0.0} for factor in factors}
    whole = indices(np.arange(n))
    again = [indices(generator.integers(n, size=n)) for _ in range(RESAMPLES)]
    found: dict[str, dict[str, float]] = {factor: {} for factor in factors}
    for position, name in enumerate(("first", "total")):
        low, high = np.quantile([draw[position].ravel() for draw in again], [0.05, 0.95], axis=0)
        for index, factor in enumerate(factors):
            found[factor][name] = float(whole[position].ravel()[index])
            found[factor][f"{name}_low"], found[factor][f"{name}_high"] = (
                float(low[index]),
                float(high[index]),
            )
    return found


def factors_of(rules: Robustness) -> list[str]:
    return [
        *(["weights"] if rules.weights != "fixed" else []),
        *(["normalisation"] if rules.normalisations else []),
        *(["aggregation"] if rules.aggregations else []),
    ]


def _mean_shift(
    plan: Plan, rules: Robustness, factors: list[str], drawn: dict[str, Floats]
) -> Callable[[Floats], Floats]:
    nominal = nominal_ranks(plan)
    normalisations = (None, *rules.normalisations)
    aggregations = (None, *rules.aggregations)

    def pick(points: Floats, factor: str, number: int) -> Counts:
        if factor not in factors:
            return np.zeros(points.shape[1], dtype=np.int64)
        picked: Counts = (points[factors.index(factor)] * number).astype(np.int64)
        return np.asarray(np.minimum(picked, number - 1))

    def shift(points: Floats) -> Floats:
        which = pick(points, "weights", DRAWN)
        first = pick(points, "normalisation", len(normalisations))
        second = pick(points, "aggregation", len(aggregations))
        result = np.empty(points.shape[1])
        for i, normalisation in enumerate(normalisations):
            for j, aggregation in enumerate(aggregations):
                mine = np.flatnonzero((first == i) & (second == j))
                for part in np.array_split(mine, max(1, mine.size // 512)):
                    if part.size:
                        weights = {code: w[:, which[part]] for code, w in drawn.items()}
                        columns = plan.columns_under(normalisation)
                        base = tree_values(plan, columns, weights, aggregation=aggregation)
                        base = np.broadcast_to(base, (base.shape[0], part.size))
                        result[part] = np.abs(ranks_of(plan, finished(plan, base)) - nominal).mean(axis=1)
        return result

    return shift
