"""The tree node by node, all units at once: for means that do not fold, and weights that are computed.

A node's value is rounded once, half up, to the scheme's quantum. Children without a value are dealt with by
the node's policies, as in the folded tree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn

from services.scoring.domain.engine.columns.columns import Column, Table, members_of, normalised
from services.scoring.domain.engine.columns.normalisation import BY_RANK
from services.scoring.domain.engine.columns.transforms import transformed, with_posts
from services.scoring.domain.engine.tree.absence import too_little
from services.scoring.domain.engine.tree.aggregation import TOGETHER, aggregate, aggregate_together, ratio
from services.scoring.domain.engine.tree.weights import computed_weights
from services.scoring.domain.engine.working import WORK, computing, kept, to_quantum
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.measures import Absent, UnitData
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.steps import COMPUTED, WeightMethod
from services.scoring.domain.scheme.tree import (
    Absence,
    AbsencePolicy,
    Aggregation,
    Leaf,
    Node,
)

WEIGHT_DIGITS = 15
COMPARED_DIGITS = 12
OWN_STEPS = "normalise."


@dataclass(slots=True)
class Nodes:
    """Every node's and leaf's column, the weights used, what each child adds, and who was taken out.

    `before` is a node's column ahead of its own transforms and normalisation; `emptied`: for each unit that is taken
    out, the nodes from where that happened up to the root, which have no value then.
    """

    before: dict[str, Column] = field(default_factory=dict)
    emptied: dict[int, set[str]] = field(default_factory=dict)

    def filled(self, index: int) -> dict[str, Decimal]:
        """What the policies put in place of children without a value, for one unit."""
        return {
            code: value
            for parts in self.parts.values()
            for code, (_, value) in parts[index].items()
            if isinstance(self.columns[code][index], Absent)
        }

    columns: dict[str, Column] = field(default_factory=dict)
    weights: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    parts: dict[str, list[dict[str, tuple[Decimal, Decimal]]]] = field(default_factory=dict)
    excluded: dict[int, str] = field(default_factory=dict)


def score_nodes(scheme: Scheme, table: Table) -> Nodes:
    nodes = Nodes(columns=dict(table.stages["normalised"]))
    _score(scheme, table, scheme.root, nodes)
    return nodes


def weights_of(scheme: Scheme, table: Table, node: Node, columns: Mapping[str, Column]) -> dict[str, Decimal]:
    if node.weighting is WeightMethod.EQUAL:
        return {child.code: Decimal(1) for child in node.children}
    if node.weighting not in COMPUTED:
        return {child.code: child.weight for child in node.children}
    frozen = scheme.cohort.frozen
    if frozen is not None:
        held = {
            code: weight
            for code, weight in frozen.get(node.code, {}).items()
            if not code.startswith(OWN_STEPS)
        }
        if set(held) != {child.code for child in node.children}:
            zh, en = "冻结权重不全", "the frozen section lacks weights of this node"
            raise StepNotPossible.at(node.code, "frozen-incomplete", zh, en)
        return dict(held)
    inside = members_of(scheme.cohort, table.units)
    complete = [
        index
        for index, member in enumerate(inside)
        if member and not any(isinstance(columns[child.code][index], Absent) for child in node.children)
    ]
    values = {
        child.code: [v for i in complete if not isinstance(v := columns[child.code][i], Absent)]
        for child in node.children
    }
    opposed: list[str] = []
    weights = computed_weights(node.weighting, values, node=node.code, digits=WEIGHT_DIGITS, opposed=opposed)
    if opposed:
        zh = f"{node.code}:{'、'.join(opposed)}与第一主成分反向(载荷为负),其权重不表示方向"
        en = f"{node.code}: {', '.join(opposed)} run against the first component (negative loading)"
        table.warnings.append((zh, en))
    table.parameters.setdefault(node.code, {}).update(weights)
    return weights


def weights_for(node: Node, weights: Mapping[str, Decimal], unit: UnitData) -> Mapping[str, Decimal]:
    """The unit's own weights, where the scheme gives them by group."""
    if node.weight_group is None:
        return weights
    group = unit.groups.get(node.weight_group, "")
    own = {child.code: child.weights_of_group or {} for child in node.children}
    if any(group not in held for held in own.values()):
        zh, en = (
            f"{unit.unit}的组“{group}”没有权重",
            f"there are no weights for group {group!r} of {unit.unit}",
        )
        raise StepNotPossible.at(node.code, "weight-group-unknown", zh, en)
    return {code: held[group] for code, held in own.items()}


def _score(scheme: Scheme, table: Table, node: Node, nodes: Nodes) -> None:
    for child in node.children:
        if isinstance(child, Node):
            _score(scheme, table, child, nodes)
    with computing(node.code):
        weights = weights_of(scheme, table, node, nodes.columns)
        nodes.weights[node.code] = weights
        if node.aggregation in TOGETHER:
            column = _together(scheme, table, node, nodes, weights)
        else:
            column = _each(scheme, table, node, nodes, weights)
        nodes.before[node.code] = column
        nodes.columns[node.code] = _stepped(scheme, table, node, column)


def _stepped(scheme: Scheme, table: Table, node: Node, column: Column) -> Column:
    """The node's own transforms and normalisation, where it has any: over all units that have a value here, as a leaf's
    is, whether they will have a score or not.
    """
    for transform in node.transforms:
        column = [v if isinstance(v, Absent) else transformed(transform, v, code=node.code) for v in column]
    if node.normalise is not None:
        rule = with_posts(node.normalise, node.transforms, code=node.code)
        if (
            rule.method in BY_RANK
        ):  # equal values whose children were rounded in other places are equals still
            digits = min(scheme.quantum_digits, COMPARED_DIGITS)
            column = [v if isinstance(v, Absent) else to_quantum(v, digits) for v in column]
        return normalised(scheme, table, node.code, rule, column, 1)
    return [v if isinstance(v, Absent) else kept(node.code, v, scheme.quantum_digits) for v in column]


def _each(scheme: Scheme, table: Table, node: Node, nodes: Nodes, weights: Mapping[str, Decimal]) -> Column:
    column: Column = []
    nodes.parts[node.code] = []
    for index, unit in enumerate(table.units):
        parts = _parts(node, nodes, weights_for(node, weights, unit), index, table)
        nodes.parts[node.code].append({} if isinstance(parts, Absent) else parts)
        if isinstance(parts, Absent):
            column.append(parts)
        elif node.aggregation is Aggregation.RATIO:
            value = ratio(node, {code: value for code, (_, value) in parts.items()})
            column.append(kept(node.code, value, scheme.quantum_digits))
        else:
            value = aggregate(node, [parts[code] for code in sorted(parts)])
            column.append(kept(node.code, value, scheme.quantum_digits))
    return column


def _together(
    scheme: Scheme, table: Table, node: Node, nodes: Nodes, weights: Mapping[str, Decimal]
) -> Column:
    codes = sorted(weights)
    rows, present = [], []
    for index, unit in enumerate(table.units):
        values = [nodes.columns[code][index] for code in codes]
        numbers = [value for value in values if not isinstance(value, Absent)]
        if len(numbers) == len(codes):
            rows.append(numbers)
            present.append(index)
        elif node.missing.policy is AbsencePolicy.EXCLUDE_UNIT:
            nodes.excluded.setdefault(index, node.code)
            nodes.emptied.setdefault(index, set()).add(node.code)
        else:
            _refuse(node, unit.unit, codes[next(i for i, v in enumerate(values) if isinstance(v, Absent))])
    column: Column = [Absent.MISSING] * len(table.units)
    if not rows:
        return column
    for index, value in zip(
        present, aggregate_together(node, rows, [weights[code] for code in codes]), strict=True
    ):
        column[index] = kept(node.code, value, scheme.quantum_digits)
    return column


def _parts(
    node: Node, nodes: Nodes, weights: Mapping[str, Decimal], index: int, table: Table
) -> dict[str, tuple[Decimal, Decimal]] | Absent:
    """Weight and value of each child that counts for this unit, or why the node has no value."""
    parts: dict[str, tuple[Decimal, Decimal]] = {}
    lacking = {Absent.MISSING: Decimal(0), Absent.NOT_APPLICABLE: Decimal(0)}
    number = 0
    for child in node.children:
        value, weight = nodes.columns[child.code][index], weights[child.code]
        if not isinstance(value, Absent):
            parts[child.code] = (weight, value)
            number += 1
            continue
        lacking[value] += weight
        absence = node.missing if value is Absent.MISSING else node.not_applicable
        filled = _filled(node, child, absence, nodes, index, table)
        if filled is not None:
            parts[child.code] = (weight, filled)
    emptied = nodes.emptied.get(index, set())
    if any(child.code in emptied for child in node.children):
        emptied.add(node.code)
    if node.code in emptied:
        return Absent.MISSING
    state = too_little(node, lacking, sum(weights.values(), Decimal(0)), number)
    if state is not None or not parts:
        return state or Absent.MISSING
    if node.aggregation is Aggregation.RATIO and len(parts) < len(weights):
        return Absent.MISSING
    if node.aggregation in (Aggregation.SUM, Aggregation.PRODUCT) and len(parts) < len(weights):
        whole = sum(weights.values(), Decimal(0))
        scale = WORK.divide(whole, sum((weight for weight, _ in parts.values()), Decimal(0)))
        return {code: (WORK.multiply(weight, scale), value) for code, (weight, value) in parts.items()}
    return parts


def _filled(
    node: Node, child: Node | Leaf, absence: Absence, nodes: Nodes, index: int, table: Table
) -> Decimal | None:
    match absence.policy:
        case AbsencePolicy.RENORMALISE:
            return None
        case AbsencePolicy.ZERO:
            return Decimal(0)
        case AbsencePolicy.FLOOR:
            return absence.floor
        case AbsencePolicy.EXCLUDE_UNIT:
            nodes.excluded.setdefault(index, child.code)
            nodes.emptied.setdefault(index, set()).add(node.code)
            return None
        case AbsencePolicy.REFUSE:
            if index not in nodes.excluded:
                _refuse(node, table.units[index].unit, child.code)
            return None


def _refuse(node: Node, unit: str, child: str) -> NoReturn:
    zh, en = f"{unit}缺{child}", f"{unit} has no {child}, and the node does not say what then"
    raise StepNotPossible.at(node.code, "value-missing", zh, en)
