"""What each leaf adds to the score where the tree does not fold.

Sums and arithmetic means add up exactly. A geometric mean is shared out by logarithms over its floor; other
means by Shapley values against their floor (up to eight children; above that in proportion to weight times value).
Ratios, TOPSIS, VIKOR and Copeland are not shared out: the node itself is the contribution. A node's own transforms and
normalisation are shared out in proportion to what went into them.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import combinations
from math import factorial

from services.scoring.domain.engine.tree.aggregation import TOGETHER, aggregate
from services.scoring.domain.engine.tree.nodes import Nodes
from services.scoring.domain.engine.working import WORK, power, total
from services.scoring.domain.scheme.measures import Absent
from services.scoring.domain.scheme.tree import Aggregation, Node

SHAPLEY_LIMIT = 8
NOT_SHARED = TOGETHER | {Aggregation.RATIO}


def contributions_of(node: Node, nodes: Nodes, index: int, amount: Decimal) -> dict[str, Decimal]:
    """`amount`, which this node adds above, shared out over what stands below it."""
    if node.aggregation in NOT_SHARED or index in nodes.excluded:
        return {node.code: amount}
    parts = nodes.parts[node.code][index]
    value = nodes.before[node.code][index]
    if not parts or isinstance(value, Absent) or value == 0:
        return {node.code: amount}
    inner = {child.code: child for child in node.children if isinstance(child, Node)}
    found: dict[str, Decimal] = {}
    for code, share in zip(
        sorted(parts), _shares(node, [parts[code] for code in sorted(parts)]), strict=True
    ):
        own = WORK.multiply(amount, WORK.divide(share, value))
        below = inner.get(code)
        filled = below is None or isinstance(nodes.columns[code][index], Absent)
        found |= {code: own} if filled or below is None else contributions_of(below, nodes, index, own)
    return found


def _shares(node: Node, parts: Sequence[tuple[Decimal, Decimal]]) -> list[Decimal]:
    if node.floor is not None:
        parts = [(weight, max(value, node.floor)) for weight, value in parts]
    weight = total(w for w, _ in parts)
    if node.aggregation is Aggregation.SUM:
        return [WORK.multiply(w, value) for w, value in parts]
    if node.aggregation is Aggregation.ARITHMETIC:
        return [WORK.divide(WORK.multiply(w, value), weight) for w, value in parts]
    whole = aggregate(node, parts)
    if node.aggregation is Aggregation.GEOMETRIC and node.floor is not None:
        floor = node.floor
        logs = [WORK.multiply(w, WORK.ln(WORK.divide(value, floor))) for w, value in parts]
        return _in_proportion(logs, whole) or _in_proportion([w for w, _ in parts], whole)
    if len(parts) > SHAPLEY_LIMIT:
        return _in_proportion([w * value for w, value in parts], whole)
    base = node.floor or Decimal(0)
    of_value = [_term(node, w, value) for w, value in parts]
    of_floor = [_term(node, w, base) for w, _ in parts]

    def worth(members: tuple[int, ...]) -> Decimal:
        terms = [of_value[i] if i in members else of_floor[i] for i in range(len(parts))]
        return _joined(node, terms, weight)

    start = worth(())
    return [WORK.add(WORK.divide(start, Decimal(len(parts))), share) for share in _shapley(len(parts), worth)]


def _term(node: Node, weight: Decimal, value: Decimal) -> Decimal:
    """What one child brings to a mean, computed once for all the subsets that it is in."""
    match node.aggregation:
        case Aggregation.MINIMUM:
            return value
        case Aggregation.PRODUCT:
            return power(value, weight)
        case Aggregation.HARMONIC:
            return WORK.divide(weight, value) if value else Decimal("Infinity")
        case _:
            return WORK.multiply(weight, power(value, node.parameter))


def _joined(node: Node, terms: Sequence[Decimal], weight: Decimal) -> Decimal:
    match node.aggregation:
        case Aggregation.MINIMUM:
            return min(terms)
        case Aggregation.PRODUCT:
            result = Decimal(1)
            for factor in sorted(terms):
                result = WORK.multiply(result, factor)
            return result
        case Aggregation.HARMONIC:
            return WORK.divide(weight, total(terms))
        case _:
            return power(WORK.divide(total(terms), weight), WORK.divide(Decimal(1), node.parameter))


def _shapley(number: int, worth: Callable[[tuple[int, ...]], Decimal]) -> list[Decimal]:
    values: dict[tuple[int, ...], Decimal] = {
        members: worth(members) for size in range(number + 1) for members in combinations(range(number), size)
    }
    result = []
    for player in range(number):
        others = [i for i in range(number) if i != player]
        share = Decimal(0)
        for size in range(number):
            factor = Decimal(factorial(size) * factorial(number - size - 1)) / factorial(number)
            for members in combinations(others, size):
                gain = values[tuple(sorted((*members, player)))] - values[members]
                share = WORK.add(share, WORK.multiply(factor, gain))
        result.append(share)
    return result


def _in_proportion(amounts: Sequence[Decimal], whole: Decimal) -> list[Decimal]:
    together = total(amounts)
    return [WORK.multiply(whole, WORK.divide(amount, together)) for amount in amounts] if together else []
