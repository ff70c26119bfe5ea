"""Which choice moves the ranks: leave one indicator out, and Sobol indices of the mean rank shift.

First-order and total indices after Saltelli et al. (2010) with bootstrap intervals, by scipy. The factors are
those of the scheme's `robustness` section: weights, normalisation, aggregation.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from services.scoring.domain.analysis.draw_ranks import DrawRanks, values_behind
from services.scoring.domain.analysis.drawing import drawn_weights
from services.scoring.domain.analysis.float_columns import Counts, Floats
from services.scoring.domain.analysis.float_tree import Plan, finished, tree_values
from services.scoring.domain.refusals import FactorNotInScheme
from services.scoring.domain.scheme.sections import Robustness
from services.scoring.domain.scheme.tree import Aggregation, Leaf, nodes_of

DRAWN = 1_024
RESAMPLES = 200


def ranks_under(
    plan: Plan,
    columns: Mapping[str, Floats],
    weights: Mapping[str, Floats],
    *,
    draws: int = 1,
    aggregation: str | None = None,
    without: str | None = None,
) -> Counts:
    """(draws, units). Who has no score left stands last."""
    found: dict[str, Floats] = {}
    base = tree_values(plan, columns, weights, aggregation=aggregation, found=found, without=without)
    scores = finished(plan, np.array(np.broadcast_to(base, (base.shape[0], draws))))
    wide = {code: np.broadcast_to(held, (held.shape[0], draws)) for code, held in found.items()}
    return DrawRanks(plan).ranks(np.ascontiguousarray(scores.T), values_behind(plan, columns, wide))


def nominal_ranks(plan: Plan) -> Counts:
    """The official ones."""
    ranks = {placed.scored.unit: placed.rank for placed in plan.run.placed}
    return np.array([ranks[unit.unit] for unit in plan.scored])


def leave_one_out(plans: Sequence[Plan]) -> dict[str, dict[str, Any]]:
    """Per leaf: the mean and largest rank shift when it is left out and its siblings take its weight.

    Over the units of all peer groups; each of them is ranked within its own group. An only child, and a part of a
    ratio, stays.
    """
    nominal = [nominal_ranks(plan) for plan in plans]
    found = {}
    for node in nodes_of(plans[0].scheme.root):
        for child in (
            node.children if len(node.children) > 1 and node.aggregation is not Aggregation.RATIO else ()
        ):
            if not isinstance(child, Leaf):
                continue
            shifts = np.concatenate(
                [
                    np.abs(_ranks_without(plan, child.code) - before)
                    for plan, before in zip(plans, nominal, strict=True)
                ]
            )
            found[child.code] = {"mean_shift": float(shifts.mean()), "largest_shift": int(shifts.max())}
    return found


def _ranks_without(plan: Plan, leaf: str) -> Counts:
    ranks: Counts = ranks_under(plan, plan.columns, plan.weights, without=leaf)[0]
    return ranks


def sobol(plans: Sequence[Plan], rules: Robustness) -> dict[str, dict[str, float]]:
    """Per factor: `first`, `total` and their 90 % bootstrap intervals; samples must be a power of two.

    The output is the mean absolute rank shift of all units, those of each peer group within their group; the
    same draw of weights and methods is made in every group.
    """
    from scipy.stats import qmc  # noqa: PLC0415 - a second of loading that few commands need

    factors = factors_of(rules)
    if not factors:
        raise FactorNotInScheme("方案没有可分析的因素", "The scheme names no factor to analyse")
    d, n = len(factors), rules.sobol_samples
    shift = _mean_shift(plans, rules, factors)
    points = qmc.Sobol(d=2 * d, seed=rules.seed % 2**32).random(n).T
    first, second = points[:d], points[d:]
    mixed = []
    for index in range(d):
        swapped = first.copy()
        swapped[index] = second[index]
        mixed.append(shift(swapped))
    held = {"f_A": shift(first)[None], "f_B": shift(second)[None], "f_AB": np.array(mixed)[:, None]}
    if not any(np.ptp(values) for values in held.values()):
        return {factor: {"first": 0.0, "total": 0.0} for factor in factors}
    return _indices(held, factors, n, rules.seed)


def _indices(
    held: dict[str, Floats], factors: Sequence[str], n: int, seed: int
) -> dict[str, dict[str, float]]:
    from scipy.stats import sobol_indices  # noqa: PLC0415

    def indices(chosen: Counts) -> tuple[Floats, Floats]:
        result = sobol_indices(func={name: values[..., chosen] for name, values in held.items()}, n=n)
        return np.atleast_1d(result.first_order), np.atleast_1d(result.total_order)

    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 2])))
    whole = indices(np.arange(n))
    again = [indices(generator.integers(n, size=n)) for _ in range(RESAMPLES)]
    found: dict[str, dict[str, float]] = {factor: {} for factor in factors}
    for position, name in enumerate(("first", "total")):
        low, high = np.quantile([draw[position].ravel() for draw in again], [0.05, 0.95], axis=0)
        for index, factor in enumerate(factors):
            found[factor] |= {
                name: float(whole[position].ravel()[index]),
                f"{name}_low": float(low[index]),
                f"{name}_high": float(high[index]),
            }
    return found


def factors_of(rules: Robustness) -> list[str]:
    return [
        *(["weights"] if rules.weights != "fixed" else []),
        *(["normalisation"] if rules.normalisations else []),
        *(["aggregation"] if rules.aggregations else []),
    ]


def _mean_shift(plans: Sequence[Plan], rules: Robustness, factors: list[str]) -> Callable[[Floats], Floats]:
    units = sum(len(plan.scored) for plan in plans)
    shifts = [_shift(plan, rules, factors) for plan in plans]

    def shift(points: Floats) -> Floats:
        summed = np.zeros(points.shape[1])
        for plan, of_plan in zip(plans, shifts, strict=True):
            summed += of_plan(points) * len(plan.scored)
        return summed / units

    return shift


def _shift(plan: Plan, rules: Robustness, factors: list[str]) -> Callable[[Floats], Floats]:
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([rules.seed, 1])))
    drawn, nominal = drawn_weights(plan, rules, generator, DRAWN), nominal_ranks(plan)
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
                        ranks = ranks_under(plan, columns, weights, draws=part.size, aggregation=aggregation)
                        result[part] = np.abs(ranks - nominal).mean(axis=1)
        return result

    return shift
