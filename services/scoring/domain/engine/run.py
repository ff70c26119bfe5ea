"""Scores, ranks and grades of all units by one scheme: what `assess` and the offline command build on.

Each peer group is ranked and graded by itself. It is normalised by itself, too, unless the scheme's cohort is one for
all groups (`cohort.over: all_groups`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from services.scoring.domain.engine.columns.columns import Table, Values, table_of
from services.scoring.domain.engine.exact import EXACT, exact_sum
from services.scoring.domain.engine.ranking.adjustments import ROUNDING, adjustments_of, rounded
from services.scoring.domain.engine.ranking.grades import grades_of
from services.scoring.domain.engine.ranking.ranks import Placed, nodes_in_points, place
from services.scoring.domain.engine.results import Contribution, LeafTrace, ScoredUnit
from services.scoring.domain.engine.tree.contributions import contributions_of
from services.scoring.domain.engine.tree.folded import Excluded, Term, complete_weights, terms_of
from services.scoring.domain.engine.tree.nodes import Nodes, score_nodes
from services.scoring.domain.engine.working import WORK, to_quantum, working
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.conditions import Known
from services.scoring.domain.scheme.measures import Absent, Cell, Measure, UnitData, measure_of, plain_of
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.tree import leaves_of

EXPERT = "expert_score"
DATA = "data_score"


@dataclass(frozen=True, slots=True)
class Run:
    """One peer group, with the scheme as it holds there. `nodes` is None where the tree folds.

    `rows`: where the units of the group stand in `table`, which holds all groups where they share their parameters.
    """

    scheme: Scheme
    group: str | None
    table: Table
    rows: tuple[int, ...]
    nodes: Nodes | None
    scored: tuple[ScoredUnit, ...]
    placed: tuple[Placed, ...]
    grades: Mapping[str, str]


def run_scheme(
    scheme: Scheme, units: Sequence[UnitData], *, data_year: int, trace: bool = False, share_out: bool = True
) -> tuple[Run, ...]:
    """One run per peer group, in the order of their names; without peer groups there is one.

    `share_out`: whether scores are shared out over what they are made of, where that takes more than a sum.
    """
    if scheme.peer_group is None:
        table = table_of(scheme, units, data_year=data_year, trace=trace)
        return _runs(
            scheme, {None: tuple(range(len(units)))}, table, data_year=data_year, share_out=share_out
        )
    groups: dict[str, list[int]] = {}
    for index, unit in enumerate(units):
        if scheme.peer_group not in unit.groups:
            zh, en = f"{unit.unit}没有分组", f"{unit.unit} belongs to no peer group"
            raise StepNotPossible.at("peer_group", "peer-group-missing", zh, en)
        groups.setdefault(unit.groups[scheme.peer_group], []).append(index)
    if scheme.cohort.joint:
        table = table_of(scheme, units, data_year=data_year, trace=trace)
        held = {name: tuple(groups[name]) for name in sorted(groups)}
        return _runs(scheme, held, table, data_year=data_year, share_out=share_out)
    runs: list[Run] = []
    for name in sorted(groups):
        own = _of_group(scheme, name)
        table = table_of(own, [units[index] for index in groups[name]], data_year=data_year, trace=trace)
        runs += _runs(
            own, {name: tuple(range(len(groups[name])))}, table, data_year=data_year, share_out=share_out
        )
    return tuple(runs)


def _of_group(scheme: Scheme, name: str) -> Scheme:
    """The scheme with the parameters that were frozen for this peer group."""
    held = scheme.cohort.frozen_by_group
    if held is None:
        return scheme
    if name not in held:
        zh, en = f"冻结参数没有组“{name}”", f"nothing is frozen for the peer group {name!r}"
        raise StepNotPossible.at("cohort", "frozen-incomplete", zh, en)
    return replace(scheme, cohort=replace(scheme.cohort, frozen=held[name]))


def _runs(
    scheme: Scheme,
    rows: Mapping[str, tuple[int, ...]] | Mapping[None, tuple[int, ...]],
    table: Table,
    *,
    data_year: int,
    share_out: bool,
) -> tuple[Run, ...]:
    """All units of a table scored, and ranked and graded within each group of its rows."""
    nodes = None if scheme.folds else score_nodes(scheme, table)
    complete = complete_weights(scheme.root) if nodes is None else {}
    every = tuple(
        score_folded(scheme, unit, table.values_of(index), complete, data_year=data_year)
        if nodes is None
        else _score_by_nodes(scheme, unit, nodes, index, data_year=data_year, share_out=share_out)
        for index, unit in enumerate(table.units)
    )
    data = {unit.unit: unit for unit in table.units}

    def measured(unit: ScoredUnit, measure: Measure) -> Cell:
        return measure_of(measure, data[unit.unit], data_year=data_year)

    runs = []
    for group, members in rows.items():
        scored = tuple(every[index] for index in members)
        placed = place(scheme, scored, measured)
        runs.append(Run(scheme, group, table, members, nodes, scored, placed, grades_of(scheme, placed)))
    return tuple(runs)


def score_folded(
    scheme: Scheme, unit: UnitData, values: Values, complete: Mapping[str, Decimal], *, data_year: int
) -> ScoredUnit:
    """A tree of arithmetic means: one exact sum of effective weight times value. `complete`: the weights of a unit
    that has every value.
    """
    terms = terms_of(scheme.root, values, complete=complete)
    if isinstance(terms, Excluded) and terms.refused:
        zh, en = (
            f"{unit.unit}缺{terms.node}",
            f"{unit.unit} has no {terms.node}, and the scheme does not say what then",
        )
        raise StepNotPossible.at(terms.node, "value-missing", zh, en)
    if isinstance(terms, Excluded):
        trace = tuple(LeafTrace(code, value, Decimal(0)) for code, value in values.items())
        return ScoredUnit(unit.unit, terms.node, None, None, (), trace, ())
    contributions = [_contribution(term, scheme.scale) for term in terms]
    base = exact_sum(contribution.amount for contribution in contributions)
    return _finished(scheme, unit, base, contributions, _trace(values, terms), {}, data_year=data_year)


def _score_by_nodes(
    scheme: Scheme, unit: UnitData, nodes: Nodes, index: int, *, data_year: int, share_out: bool
) -> ScoredUnit:
    codes = [leaf.code for leaf in leaves_of(scheme.root)]
    values = {code: nodes.columns[code][index] for code in codes}
    own = {code: column[index] for code, column in nodes.columns.items()}
    scores = {code: value for code, value in own.items() if not isinstance(value, Absent)}
    root = own[scheme.root.code]
    filled = nodes.filled(index)
    leaves = [
        LeafTrace(
            code,
            filled.get(code, value),
            Decimal(not isinstance(filled.get(code, value), Absent)),
            filled=code in filled,
        )
        for code, value in values.items()
    ]
    inner = [
        LeafTrace(code, value, Decimal(1), filled=True)
        for code, value in filled.items()
        if code not in values
    ]
    trace = (*leaves, *inner)
    if index in nodes.excluded or isinstance(root, Absent):
        by = nodes.excluded.get(index, scheme.root.code)
        return ScoredUnit(unit.unit, by, None, None, (), trace, (), scores)
    base = EXACT.multiply(root, scheme.scale)
    shared = contributions_of(scheme.root, nodes, index, base) if share_out else {scheme.root.code: base}
    contributions = [
        Contribution(code, to_quantum(amount, scheme.quantum_digits))
        for code, amount in sorted(shared.items())
    ]
    return _finished(scheme, unit, base, contributions, trace, scores, data_year=data_year)


def _finished(
    scheme: Scheme,
    unit: UnitData,
    base: Decimal,
    contributions: list[Contribution],
    trace: tuple[LeafTrace, ...],
    nodes: Mapping[str, Decimal],
    *,
    data_year: int,
) -> ScoredUnit:
    """Blend, adjustments, range and rounding; whatever rounding took or gave is a contribution of its own."""
    own = nodes
    if scheme.blend is not None:
        base, contributions, nodes = _blended(scheme, unit, base, contributions, nodes, data_year=data_year)
    plain = ScoredUnit(unit.unit, None, None, None, (), trace, (), own)
    known = Known(
        unit.facts,
        lambda measure: measure_of(measure, unit, data_year=data_year),
        lambda node: nodes_in_points(scheme, plain).get(node),
    )
    adjustments = tuple(adjustments_of(scheme, base, known))
    unrounded = exact_sum((base, *(adjustment.amount for adjustment in adjustments)))
    score = rounded(unrounded, scheme.rounding)
    before = exact_sum(c.amount for c in (*contributions, *adjustments))
    steps = (*adjustments, Contribution(ROUNDING, EXACT.subtract(score, before)))
    return ScoredUnit(
        unit=unit.unit,
        excluded_by=None,
        unrounded=unrounded,
        score=score,
        contributions=(*contributions, *(step for step in steps if step.node != ROUNDING or step.amount)),
        trace=trace,
        adjusted=tuple(
            step.node for step in adjustments if step.node in {a.code for a in scheme.adjustments}
        ),
        nodes=nodes,
    )


def _blended(
    scheme: Scheme,
    unit: UnitData,
    base: Decimal,
    contributions: list[Contribution],
    nodes: Mapping[str, Decimal],
    *,
    data_year: int,
) -> tuple[Decimal, list[Contribution], dict[str, Decimal]]:
    blend = scheme.blend
    assert blend is not None  # noqa: S101 - called with one only
    held = plain_of(unit, blend.indicator, data_year)
    if isinstance(held, Absent):
        if not blend.data_only_if_missing:
            zh, en = f"{unit.unit}没有专家评分", f"{unit.unit} has no expert score"
            raise StepNotPossible.at("blend", "expert-score-missing", zh, en)
        return base, contributions, {**nodes, DATA: WORK.divide(base, scheme.scale)}
    expert = to_quantum(working(held), scheme.quantum_digits)
    share = WORK.multiply(WORK.subtract(Decimal(1), blend.data_weight), expert)
    mixed = to_quantum(WORK.add(WORK.multiply(blend.data_weight, base), share), scheme.quantum_digits)
    parts = [
        Contribution(c.node, to_quantum(WORK.multiply(c.amount, blend.data_weight), scheme.quantum_digits))
        for c in contributions
    ]
    parts.append(Contribution(EXPERT, to_quantum(share, scheme.quantum_digits)))
    both = {DATA: WORK.divide(base, scheme.scale), EXPERT: WORK.divide(expert, scheme.scale)}
    return mixed, parts, {**nodes, **both}


def _contribution(term: Term, scale: Decimal) -> Contribution:
    return Contribution(term.node, EXACT.multiply(EXACT.multiply(term.weight, term.value), scale))


def _trace(values: Values, terms: Sequence[Term]) -> tuple[LeafTrace, ...]:
    """Every leaf as it is, and every inner node that a policy filled."""
    weights = {term.node: term.weight for term in terms}
    filled = {term.node: term.value for term in terms}
    leaves = [
        LeafTrace(
            code,
            filled.get(code, value),
            weights.get(code, Decimal(0)),
            filled=code in filled and isinstance(value, Absent),
        )
        for code, value in values.items()
    ]
    inner = [
        LeafTrace(term.node, term.value, term.weight, filled=True)
        for term in terms
        if term.node not in values
    ]
    return (*leaves, *inner)
