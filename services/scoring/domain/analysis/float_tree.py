"""The tree in float64 over units and, where weights are drawn, over draws.

Which children count for a unit is decided once, by the official policies and the nominal weights; a drawn weight
never turns a node off. Arrays are (units, draws) or (units, 1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.analysis.float_columns import (
    Floats,
    float_column,
    normalise_floats,
    quantised,
    transformed_floats,
)
from services.scoring.domain.engine.columns.columns import members_of
from services.scoring.domain.engine.columns.transforms import with_posts
from services.scoring.domain.engine.results import ScoredUnit
from services.scoring.domain.engine.run import Run
from services.scoring.domain.engine.tree.aggregation import TOGETHER
from services.scoring.domain.engine.tree.nodes import OWN_STEPS, Nodes, score_nodes, weights_for
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.measures import Absent, plain_of
from services.scoring.domain.scheme.scheme import AdjustmentKind, Scheme
from services.scoring.domain.scheme.steps import Normalise
from services.scoring.domain.scheme.tree import (
    AbsencePolicy,
    Aggregation,
    Leaf,
    Node,
    leaves_of,
    nodes_of,
)

Flags: TypeAlias = NDArray[np.bool_]


@dataclass(slots=True)
class Plan:
    """A run prepared for the float engine, `leaves` in the order of the scheme.

    `rows` are the units of the run's table that take part: those with a score, or all where a node compares them;
    `ranked` are the places among them of those that are ranked.
    """

    scheme: Scheme
    run: Run
    scored: tuple[ScoredUnit, ...]
    rows: list[int]
    ranked: list[int]
    leaves: tuple[Leaf, ...]
    columns: dict[str, Floats]
    weights: dict[str, Floats]
    data_year: int
    nodes: Nodes | None
    group_weights: dict[str, Floats] = field(default_factory=dict)
    alternatives: dict[Normalise, dict[str, Floats]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return not any(np.isnan(column).any() for column in self.columns.values())

    @property
    def one_product(self) -> bool:
        """Whether all draws are one matrix product of folded weights."""
        return self.complete and all(
            node.aggregation is Aggregation.ARITHMETIC
            and node.floor is None
            and not node.transforms
            and node.normalise is None
            and node.weight_group is None
            for node in nodes_of(self.scheme.root)
        )

    @property
    def changes_after_the_tree(self) -> bool:
        scheme = self.scheme
        return (
            scheme.blend is not None
            or scheme.range_ is not None
            or any(unit.adjusted for unit in self.scored)
        )

    def columns_under(self, rule: Normalise | None) -> dict[str, Floats]:
        if rule is None:
            return self.columns
        if rule not in self.alternatives:
            self.alternatives[rule] = {leaf.code: self._column_under(leaf, rule) for leaf in self.leaves}
        return self.alternatives[rule]

    def _column_under(self, leaf: Leaf, rule: Normalise) -> Floats:
        """The column by another method; one that has no result there (a constant column) is refused."""
        table = self.run.table
        column = float_column(self.scheme, table, leaf, data_year=self.data_year, alternative=rule)[self.rows]
        if not np.isfinite(column[~np.isnan(self.columns[leaf.code])]).all():
            zh, en = f"不能改用{rule.method}", f"{rule.method} as an alternative has no result on this column"
            raise StepNotPossible.at(leaf.code, "constant-column", zh, en)
        return column


def plan_of(run: Run, *, data_year: int | None = None) -> Plan:
    scheme = run.scheme
    year = scheme.data.data_year if data_year is None else data_year
    scored = tuple(unit for unit in run.scored if unit.score is not None)
    with_score = [row for row, unit in zip(run.rows, run.scored, strict=True) if unit.score is not None]
    of_all = any(n.normalise is not None or n.aggregation in TOGETHER for n in nodes_of(scheme.root))
    rows = list(range(len(run.table.units))) if of_all else with_score
    leaves = leaves_of(scheme.root)
    table = run.table
    columns = {leaf.code: float_column(scheme, table, leaf, data_year=year)[rows] for leaf in leaves}
    lacking = any(np.isnan(column).any() for column in columns.values())
    nodes = score_nodes(scheme, table) if run.nodes is None and lacking else run.nodes
    weights, by_group = {}, {}
    for node in nodes_of(scheme.root):
        held = nodes.weights[node.code] if nodes else {child.code: child.weight for child in node.children}
        weights[node.code] = np.array([float(held[child.code]) for child in node.children])
        if node.weight_group is not None:
            of_units = [weights_for(node, held, table.units[row]) for row in rows]
            by_group[node.code] = np.array([[float(own[c.code]) for c in node.children] for own in of_units])
    ranked = with_score if of_all else list(range(len(rows)))
    return Plan(scheme, run, scored, rows, ranked, leaves, columns, weights, year, nodes, by_group)


def tree_values(
    plan: Plan,
    columns: Mapping[str, Floats],
    weights: Mapping[str, Floats],
    *,
    aggregation: str | None = None,
    found: dict[str, Floats] | None = None,
    without: str | None = None,
) -> Floats:
    """The root in points; `weights` are (children,) or (children, draws) per node. `found` takes every inner node;
    the leaf `without` is left out, its siblings taking its weight.
    """
    asked = _Asked(columns, weights, aggregation, found, without)
    return _node(plan, plan.scheme.root, asked) * float(plan.scheme.scale)


@dataclass(frozen=True, slots=True)
class _Asked:
    columns: Mapping[str, Floats]
    weights: Mapping[str, Floats]
    aggregation: str | None
    found: dict[str, Floats] | None
    without: str | None


def _node(plan: Plan, node: Node, asked: _Asked) -> Floats:
    held = [
        asked.columns[child.code][:, None] if isinstance(child, Leaf) else _node(plan, child, asked)
        for child in node.children
    ]
    stays = np.array([child.code != asked.without for child in node.children])
    draws = max(array.shape[1] for array in held)
    weight = asked.weights[node.code]
    weight = weight[:, None] if weight.ndim == 1 else weight
    values = np.stack([np.broadcast_to(array, (array.shape[0], draws)) for array in held], axis=1)
    if node.aggregation in TOGETHER:
        result = np.full((values.shape[0], max(draws, weight.shape[1])), np.nan)
        whole = ~np.isnan(values[:, stays]).any(axis=(1, 2))
        if whole.any():
            result[whole] = _together(node, values[whole][:, stays], weight[stays])
    else:
        absent = np.isnan(values)
        counted = ~absent
        if absent.any():
            values, counted = _fill(plan, node, values, absent)
        counted = counted & stays[None, :, None]
        heavy = weight[None, :, :]
        if node.code in plan.group_weights:
            heavy = heavy * plan.group_weights[node.code][:, :, None]
        share = np.where(counted, heavy, 0.0)
        result = _aggregate(
            node, np.where(counted, values, 1.0), share, counted, heavy.sum(axis=1), asked.aggregation
        )
    result = _kept(plan, _stepped(plan, node, _kept(plan, result)))
    if asked.found is not None:
        asked.found[node.code] = result
    return result


def _kept(plan: Plan, values: Floats) -> Floats:
    """A node's value is rounded to the quantum, unless the tree is one sum."""
    return values if plan.scheme.folds else quantised(values, plan.scheme.quantum_digits)


def _stepped(plan: Plan, node: Node, values: Floats) -> Floats:
    """The node's own transforms and normalisation; in a draw, by the parameters of that draw."""
    for transform in node.transforms:
        values = transformed_floats(transform, values)
    if node.normalise is None:
        return values
    cohort = plan.scheme.cohort
    inside = np.array(members_of(cohort, plan.run.table.units), dtype=bool)[plan.rows]
    frozen = (cohort.frozen or {}).get(node.code, {})
    held = {k.removeprefix(OWN_STEPS): float(v) for k, v in frozen.items() if k.startswith(OWN_STEPS)}
    return normalise_floats(
        with_posts(node.normalise, node.transforms, code=node.code), values, 1.0, inside, held
    )


def _fill(plan: Plan, node: Node, values: Floats, absent: Flags) -> tuple[Floats, Flags]:
    """Policies for absent children; a node with too little stays NaN as a whole."""
    values, counted = values.copy(), ~absent
    states = _states(plan, node)
    for position in range(len(node.children)):
        for state, absence in ((Absent.MISSING, node.missing), (Absent.NOT_APPLICABLE, node.not_applicable)):
            chosen = absent[:, position, :] & (states[:, position] == state.value)[:, None]
            if absence.policy in (AbsencePolicy.ZERO, AbsencePolicy.FLOOR):
                values[:, position, :][chosen] = float(absence.floor or 0)
                counted[:, position, :] |= chosen
    nothing = np.array([isinstance(s, Absent) for s in _official(plan, node)])
    counted[nothing] = False
    return values, counted


def _states(plan: Plan, node: Node) -> NDArray[np.object_]:
    columns = []
    for child in node.children:
        official = _official(plan, child)
        columns.append([value.value if isinstance(value, Absent) else "" for value in official])
    return np.array(columns, dtype=object).T


def _official(plan: Plan, child: Node | Leaf) -> list[object]:
    """Value or absence of a node in the official run, for the rows of the plan."""
    assert plan.nodes is not None  # noqa: S101 - made wherever a value is absent
    column = plan.nodes.columns[child.code]
    return [column[row] for row in plan.rows]


def _aggregate(
    node: Node, values: Floats, share: Floats, counted: Flags, weight: Floats, other: str | None
) -> Floats:
    """`weight` is what all children weigh together, for each unit (or all) and draw."""
    method = node.aggregation
    means = (Aggregation.ARITHMETIC, Aggregation.GEOMETRIC, Aggregation.HARMONIC)
    if other is not None and method in means:
        method = Aggregation(other)
    if node.floor is not None:
        values = np.maximum(values, float(node.floor))
    whole = share.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if method is Aggregation.MINIMUM:
            result = np.where(counted, values, np.inf).min(axis=1)
        elif method is Aggregation.RATIO:
            result = np.where(counted.all(axis=1), values[:, 0] / values[:, 1], np.nan)
        elif method is Aggregation.PRODUCT:
            result = np.prod(np.where(counted, values ** (share * (weight / whole)[:, None]), 1.0), axis=1)
        elif method is Aggregation.SUM:
            result = (share * values).sum(axis=1) * (weight / whole)
        elif method is Aggregation.ARITHMETIC:
            result = (share * values).sum(axis=1) / whole
        elif method is Aggregation.GEOMETRIC or node.parameter == 0:
            result = np.exp((share * np.log(values)).sum(axis=1) / whole)
        elif method is Aggregation.HARMONIC:
            result = whole / (share / values).sum(axis=1)
        else:
            p = float(node.parameter)
            result = ((share * values**p).sum(axis=1) / whole) ** (1 / p)
    return np.where(counted.any(axis=1), result, np.nan)


def _together(node: Node, values: Floats, weight: Floats) -> Floats:
    share = weight / weight.sum(axis=0)
    if node.aggregation is Aggregation.COPELAND:
        net = np.zeros((values.shape[0], max(values.shape[2], weight.shape[1])))
        for index in range(values.shape[0]):
            lead = (np.sign(values[index][None, :, :] - values) * weight[None, :, :]).sum(axis=1)
            net[index] = np.sign(np.where(np.abs(lead) < 1e-12, 0.0, lead)).sum(axis=0)
        return net
    best, worst = values.max(axis=0), values.min(axis=0)
    if node.aggregation is Aggregation.TOPSIS:
        far = np.sqrt((((best[None] - values) * share) ** 2).sum(axis=1))
        near = np.sqrt((((values - worst[None]) * share) ** 2).sum(axis=1))
        return np.asarray(near / (near + far))
    regret = share * (best[None] - values) / (best - worst)[None]
    parts = [regret.sum(axis=1), regret.max(axis=1)]
    first, second = (_unit_range(part) for part in parts)
    found = float(node.parameter) * first + (1 - float(node.parameter)) * second
    return np.asarray(1 - found if node.turned else found)


def _unit_range(values: Floats) -> Floats:
    """From 0 to 1 in each draw; 0 for all where all are equal, but for what rounding leaves."""
    low, size = values.min(axis=0), values.max(axis=0) - values.min(axis=0)
    flat = size <= 1e-12 * np.maximum(1.0, np.abs(low))
    return np.asarray(np.where(flat, 0.0, (values - low) / np.where(flat, 1.0, size)))


def finished(plan: Plan, base: Floats) -> Floats:
    """Blend, adjustments in their order, and the range, on scores in points: from (rows, draws) to (units with a score,
    draws).
    """
    scheme, score = plan.scheme, base[plan.ranked]
    if scheme.blend is not None:
        experts = np.array([_expert(plan, plan.rows[place]) for place in plan.ranked])[:, None]
        mixed = float(scheme.blend.data_weight) * score + (1 - float(scheme.blend.data_weight)) * experts
        mixed = quantised(mixed, scheme.quantum_digits)
        score = np.where(np.isnan(experts), score, mixed)
    for adjustment in scheme.adjustments:
        hit = np.array([adjustment.code in unit.adjusted for unit in plan.scored])
        if not hit.any():
            continue
        points = float(adjustment.points)
        if adjustment.measured is not None:
            score[hit] += _measured(plan, adjustment.code)[hit]
            continue
        match adjustment.kind:
            case AdjustmentKind.VETO:
                score[hit] = points
            case AdjustmentKind.CAP:
                score[hit] = np.minimum(score[hit], points)
            case AdjustmentKind.PENALTY:
                score[hit] -= points
            case AdjustmentKind.BONUS:
                score[hit] += points
    if scheme.range_ is not None:
        score = np.clip(score, float(scheme.range_[0]), float(scheme.range_[1]))
    return score


def _measured(plan: Plan, code: str) -> Floats:
    """What a measured penalty or bonus added to each unit: its measure does not depend on weights."""
    amounts = [{c.node: float(c.amount) for c in unit.contributions} for unit in plan.scored]
    return np.array([amount.get(code, 0.0) for amount in amounts])[:, None]


def _expert(plan: Plan, row: int) -> float:
    assert plan.scheme.blend is not None  # noqa: S101 - called with one only
    cell = plain_of(plan.run.table.units[row], plan.scheme.blend.indicator, plan.data_year)
    return float("nan") if isinstance(cell, Absent) else float(cell)
