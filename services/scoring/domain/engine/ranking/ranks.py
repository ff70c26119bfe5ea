"""Ranks: by score, then by the tie-break chain, and a shared rank where the chain is exhausted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from services.scoring.domain.engine.results import ScoredUnit
from services.scoring.domain.engine.working import WORK, to_quantum, working
from services.scoring.domain.refusals import TieUndecided
from services.scoring.domain.scheme.measures import Absent, Cell, Measure
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.ties import Basis, Exhausted, TieKey, TieMethod
from services.scoring.domain.scheme.tree import leaves_of, nodes_of
from shared.errors import Item

Key: TypeAlias = tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit with its rank; units of one `group` could not be separated by anything the scheme names."""

    scored: ScoredUnit
    rank: int
    group: int


def place(
    scheme: Scheme, scored: Sequence[ScoredUnit], measure: Callable[[ScoredUnit, Measure], Cell]
) -> tuple[Placed, ...]:
    """All scored units from the best to the last; equals stand in the order of their codes and share a
    rank.
    """
    members = members_of_nodes(scheme)
    keyed = sorted(
        ((_key(scheme, unit, members, measure), unit) for unit in scored if unit.score is not None),
        key=lambda pair: (pair[0], pair[1].unit),
    )
    groups: list[list[ScoredUnit]] = []
    for index, (key, unit) in enumerate(keyed):
        if index and key == keyed[index - 1][0]:
            groups[-1].append(unit)
        else:
            groups.append([unit])
    placed: list[Placed] = []
    for number, group in enumerate(groups, 1):
        before = len(placed)
        rank = {TieMethod.MIN: before + 1, TieMethod.MAX: before + len(group), TieMethod.DENSE: number}
        placed.extend(Placed(unit, rank[scheme.ties.method], number) for unit in group)
    if scheme.ties.exhausted is Exhausted.REFUSE:
        _refuse_shared(placed)
    return tuple(placed)


def score_on(unit: ScoredUnit, basis: Basis) -> Decimal:
    score = unit.score if basis is Basis.ROUNDED else unit.unrounded
    assert score is not None  # noqa: S101 - only scored units are ranked or banded
    return score


def node_value(unit: ScoredUnit, members: frozenset[str]) -> Fraction | None:
    """A node's value: the weighted mean of what stands below it, or what a policy put in its place."""
    weight = weighted = Fraction(0)
    for term in unit.trace:
        if term.node in members and isinstance(term.value, Decimal):
            weight += Fraction(term.weight)
            weighted += Fraction(term.weight) * Fraction(term.value)
    return weighted / weight if weight else None


def nodes_in_points(scheme: Scheme, unit: ScoredUnit) -> dict[str, Decimal | None]:
    """Every node's and leaf's value on the scheme's scale, rounded to its quantum; None where there is none, also if
    a policy of the node above then filled it.
    """
    digits = scheme.quantum_digits
    filled = {term.node for term in unit.trace if term.filled}
    found: dict[str, Decimal | None] = {}
    for code, members in members_of_nodes(scheme).items():
        value: Fraction | None
        if code in filled:
            value = None
        elif scheme.folds:
            value = node_value(unit, members)
        else:
            value = Fraction(unit.nodes[code]) if code in unit.nodes else None
        found[code] = None if value is None else to_quantum(working(value * Fraction(scheme.scale)), digits)
    for code in unit.nodes.keys() - found.keys():
        found[code] = to_quantum(WORK.multiply(unit.nodes[code], scheme.scale), digits)
    return found


def members_of_nodes(scheme: Scheme) -> dict[str, frozenset[str]]:
    inner = {
        node.code: frozenset(leaf.code for leaf in leaves_of(node)) | {n.code for n in nodes_of(node)}
        for node in nodes_of(scheme.root)
    }
    return inner | {leaf.code: frozenset({leaf.code}) for leaf in leaves_of(scheme.root)}


def _key(
    scheme: Scheme,
    unit: ScoredUnit,
    members: dict[str, frozenset[str]],
    measure: Callable[[ScoredUnit, Measure], Cell],
) -> Key:
    """By score and chain; a lexicographic scheme looks at its own keys before the score."""
    own = tuple(
        _ordered(_tie_value(key, unit, members, measure), descending=key.descending)
        for key in scheme.lexicographic
    )
    first = (
        () if own else (_ordered(Fraction(score_on(unit, scheme.rank_on)), descending=not scheme.ascending),)
    )
    rest = (
        _ordered(_tie_value(key, unit, members, measure), descending=key.descending)
        for key in scheme.ties.chain
    )
    return (*own, *first, *rest)


def _tie_value(
    key: TieKey,
    unit: ScoredUnit,
    members: dict[str, frozenset[str]],
    measure: Callable[[ScoredUnit, Measure], Cell],
) -> Fraction | None:
    if key.node is not None and unit.nodes and key.node in unit.nodes:
        return Fraction(unit.nodes[key.node])
    if key.node is not None and unit.nodes:
        return next(
            (
                Fraction(t.value)
                for t in unit.trace
                if t.filled and t.node == key.node and not isinstance(t.value, Absent)
            ),
            None,
        )
    if key.node is not None:
        return node_value(unit, members.get(key.node, frozenset({key.node})))
    if key.measure is not None:
        cell = measure(unit, key.measure)
        return None if isinstance(cell, Absent) else cell
    assert unit.unrounded is not None and unit.score is not None  # noqa: S101, PT018 - only scored units are ranked
    return Fraction(unit.score if key.rounded else unit.unrounded)


def _ordered(value: Fraction | None, *, descending: bool) -> tuple[int, Fraction]:
    """A unit without the value stands behind all that have it, in either order."""
    if value is None:
        return (1, Fraction(0))
    return (0, -value if descending else value)


def _refuse_shared(placed: Sequence[Placed]) -> None:
    groups: dict[int, list[Placed]] = {}
    for unit in placed:
        groups.setdefault(unit.group, []).append(unit)
    items = [
        Item(
            field="+".join(unit.scored.unit for unit in group),
            rule="tie-undecided",
            zh=f"并列第{group[0].rank}名,同分顺序规则已用尽",
            en=f"equal at rank {group[0].rank}, the tie-break chain is exhausted",
        )
        for group in groups.values()
        if len(group) > 1
    ]
    if items:
        raise TieUndecided("并列无法区分", "Equal units cannot be separated", items=items)
