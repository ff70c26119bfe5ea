"""What only the whole scheme shows of its steps: groups and denominators declared, factors that exist."""

from collections.abc import Iterator

from services.scoring.domain.scheme.frozen import frozen_sections, lacking_parameters
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.steps import COMPUTED, LeafSteps, NormaliseMethod
from services.scoring.domain.scheme.tree import Aggregation, leaves_of, nodes_of
from shared.errors import Item

MEANS = frozenset({Aggregation.ARITHMETIC, Aggregation.GEOMETRIC, Aggregation.HARMONIC})
ALTERNATIVES = frozenset(
    {
        NormaliseMethod.MIN_MAX,
        NormaliseMethod.Z_SCORE,
        NormaliseMethod.RANK,
        NormaliseMethod.PERCENTILE_RANK,
        NormaliseMethod.BORDA,
        NormaliseMethod.DISTANCE_TO_MAX,
        NormaliseMethod.FRACTION_OF_MAX,
        NormaliseMethod.VECTOR,
    }
)


def check_steps(scheme: Scheme) -> Iterator[Item]:
    yield from _columns(scheme)
    yield from _grades(scheme)
    yield from _factors(scheme)
    yield from _frozen(scheme)


def _columns(scheme: Scheme) -> Iterator[Item]:
    groups, below = set(scheme.data.groups), set(scheme.data.denominators)
    for leaf in leaves_of(scheme.root):
        steps = leaf.steps or LeafSteps()
        if steps.denominator is not None and steps.denominator.indicator not in below:
            name = steps.denominator.indicator
            zh, en = f"data.denominators 没有{name}", f"{name} is not among data.denominators"
            yield Item(f"tree.{leaf.code}.denominate", "unknown-denominator", zh, en)
        if steps.impute.group is not None and steps.impute.group not in groups:
            name = steps.impute.group
            zh, en = f"data.groups 没有{name}", f"{name} is not among data.groups"
            yield Item(f"tree.{leaf.code}.impute", "unknown-group", zh, en)
    weighed = [(f"tree.{node.code}.weights_by", node.weight_group) for node in nodes_of(scheme.root)]
    named = [("peer_group", scheme.peer_group), ("cohort.group", scheme.cohort.group), *weighed]
    for path, group in named:
        if group is not None and group not in groups:
            zh, en = f"data.groups 没有{group}", f"{group} is not among data.groups"
            yield Item(path, "unknown-group", zh, en)


def _grades(scheme: Scheme) -> Iterator[Item]:
    known = {node.code for node in nodes_of(scheme.root)} | {leaf.code for leaf in leaves_of(scheme.root)}
    for index, subgrade in enumerate(scheme.grades.subgrades if scheme.grades else ()):
        if subgrade.node not in known:
            zh, en = f"未知节点: {subgrade.node}", f"unknown node {subgrade.node}"
            yield Item(f"grades.subgrades[{index}].node", "unknown-node", zh, en)


def _factors(scheme: Scheme) -> Iterator[Item]:
    """An uncertainty factor that names a step which the scheme does not have."""
    rules, nodes = scheme.robustness, nodes_of(scheme.root)
    if rules.aggregations and not any(node.aggregation in MEANS for node in nodes):
        zh, en = "方案没有可替换的平均", "no node of the scheme has a mean that could be another one"
        yield Item("robustness.aggregations", "factor-absent", zh, en)
    lacks_floor = any(node.aggregation in MEANS and node.floor is None for node in nodes)
    if {"geometric", "harmonic"} & set(rules.aggregations) and lacks_floor:
        zh, en = (
            "几何或调和平均须各节点有正的 floor",
            "a geometric or harmonic mean needs a floor in every node",
        )
        yield Item("robustness.aggregations", "floor-missing", zh, en)
    for index, rule in enumerate(rules.normalisations):
        if rule.method not in ALTERNATIVES:
            zh, en = (
                f"{rule.method}不能作为替代方法",
                f"{rule.method} cannot stand for every leaf's own method",
            )
            yield Item(f"robustness.normalisations[{index}]", "factor-absent", zh, en)
    if rules.sobol_samples & (rules.sobol_samples - 1):
        zh, en = "须为2的幂", "must be a power of two"
        yield Item("robustness.sobol_samples", "power-of-two", zh, en)


def _frozen(scheme: Scheme) -> Iterator[Item]:
    """A frozen section holds all that would be computed, and nothing that is not."""
    known = {leaf.code for leaf in leaves_of(scheme.root)}
    known |= {n.code for n in nodes_of(scheme.root) if n.weighting in COMPUTED or n.normalise is not None}
    for path, frozen in frozen_sections(scheme):
        for code in sorted(set(frozen) - known):
            zh, en = f"冻结了未知的{code}", f"nothing is computed for {code}"
            yield Item(f"{path}.{code}", "unknown-node", zh, en)
        for code, name in lacking_parameters(scheme, frozen):
            zh, en = f"缺少{code}的{name}", f"{name} of {code} is missing"
            yield Item(f"{path}.{code}" if code in frozen else path, "frozen-incomplete", zh, en)
