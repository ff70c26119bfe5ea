"""What only the whole scheme shows of its steps: groups and denominators declared, factors that exist."""

from collections.abc import Iterator

from services.scoring.domain.engine.columns.normalisation import BY_RANK
from services.scoring.domain.engine.tree.aggregation import TOGETHER
from services.scoring.domain.scheme.frozen import frozen_sections, lacking_parameters
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.sections import Over
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
    yield from _peers(scheme)
    yield from _grades(scheme)
    yield from _factors(scheme)
    yield from _frozen(scheme)


def _columns(scheme: Scheme) -> Iterator[Item]:
    groups, below = set(scheme.data.groups), set(scheme.data.denominators)
    groups |= {scheme.data.year} if scheme.data.panel and scheme.data.year else set()
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


def _peers(scheme: Scheme) -> Iterator[Item]:
    """Whose parameters the peer groups have must be said, and must have a meaning."""
    cohort, peers = scheme.cohort, scheme.peer_group
    if scheme.data.panel and peers != scheme.data.year:
        zh = "有 year 而无 data_year 时逐年评分:peer_group 须为该列"
        en = "with year and without data_year every year is scored: peer_group must name that column"
        yield Item("peer_group", "panel-by-year", zh, en)
    if cohort.over is not None and peers is None:
        zh, en = "没有 peer_group,over 无意义", "without peer_group, over has no meaning"
        yield Item("cohort.over", "over-without-peers", zh, en)
    if peers is None or cohort.group is None:
        return
    if cohort.over is None:
        zh = "须说明样本:over: all_groups(各组共用)或 own_group(各组只用本组中的样本单位)"
        en = (
            "say whose values count: over: all_groups (the same for every group) or own_group (of each group those "
            "in the cohort)"
        )
        yield Item("cohort.over", "over-missing", zh, en)
    elif cohort.over is Over.OWN_GROUP and cohort.group == peers:
        zh = "样本按同类组本身划分,其他组将没有样本:应为 over: all_groups"
        en = "the cohort is one of the peer groups, so that the others have nobody in it: over: all_groups is expected"
        yield Item("cohort.over", "cohort-is-a-peer-group", zh, en)
    elif cohort.joint:
        yield from _without_parameters(scheme)


def _without_parameters(scheme: Scheme) -> Iterator[Item]:
    """A rank compares all units that there are; a cohort that is only some of them would say nothing about it."""
    steps = [(f"tree.{leaf.code}", (leaf.steps or LeafSteps()).normalise) for leaf in leaves_of(scheme.root)]
    steps += [(f"tree.{n.code}", n.normalise) for n in nodes_of(scheme.root) if n.normalise is not None]
    steps += [
        (f"robustness.normalisations[{index}]", rule)
        for index, rule in enumerate(scheme.robustness.normalisations)
    ]
    found = [(path, rule.method.value) for path, rule in steps if rule.method in BY_RANK]
    found += [
        (f"tree.{n.code}", n.aggregation.value) for n in nodes_of(scheme.root) if n.aggregation in TOGETHER
    ]
    for path, method in found:
        zh = f"{method} 总是比较全部单位,不能只以 cohort.in 的单位为准"
        en = f"{method} always compares all units: it cannot go by those of cohort.in alone"
        yield Item(path, "no-base-for-ranks", zh, en)


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
