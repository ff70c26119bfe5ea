"""How the children of one node become its value: for one unit, or (TOPSIS, VIKOR, Copeland) for all together."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NoReturn, TypeAlias

from services.scoring.domain.engine.working import WORK, power, total
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.tree import Aggregation, Node

Weighted: TypeAlias = Sequence[tuple[Decimal, Decimal]]  # (weight, value)
TOGETHER = frozenset({Aggregation.TOPSIS, Aggregation.VIKOR, Aggregation.COPELAND})
POSITIVE = frozenset({Aggregation.GEOMETRIC, Aggregation.HARMONIC})


def needs_floor(aggregation: Aggregation, parameter: Decimal) -> bool:
    """Whether a value of zero or less has no meaning there."""
    return aggregation in POSITIVE or (aggregation is Aggregation.POWER and parameter <= 0)


def aggregate(node: Node, parts: Weighted) -> Decimal:
    """One unit's value from the weights and values of its children."""
    if node.floor is not None:
        parts = [(weight, max(value, node.floor)) for weight, value in parts]
    if node.aggregation is Aggregation.MINIMUM:
        return min(value for _, value in parts)
    if node.aggregation is Aggregation.PRODUCT:
        return _product(node, parts)
    if node.aggregation is Aggregation.SUM:
        return total(WORK.multiply(weight, value) for weight, value in parts)
    weight = total(weight for weight, _ in parts)
    return _MEANS[node.aggregation](node, parts, weight)


def ratio(node: Node, values: Mapping[str, Decimal]) -> Decimal:
    """The first child over the second."""
    above, below = (values[child.code] for child in node.children)
    if node.floor is not None:
        above, below = max(above, node.floor), max(below, node.floor)
    if below <= 0:
        zh, en = "除数须大于0", "what it is divided by must be above zero"
        raise StepNotPossible.at(node.code, "mean-of-nothing", zh, en)
    return WORK.divide(above, below)


def _product(node: Node, parts: Weighted) -> Decimal:
    """The product of x^w. The factors are sorted, so that their order changes no digit."""
    if any(value < 0 or (value == 0 and weight < 0) for weight, value in parts):
        zh, en = "乘积要求所有值不小于0", "a product needs values of zero or more"
        raise StepNotPossible.at(node.code, "mean-of-nothing", zh, en)
    result = Decimal(1)
    for factor in sorted(power(value, weight) for weight, value in parts):
        result = WORK.multiply(result, factor)
    return result


def _arithmetic(node: Node, parts: Weighted, weight: Decimal) -> Decimal:  # noqa: ARG001
    return WORK.divide(total(WORK.multiply(w, value) for w, value in parts), weight)


def _geometric(node: Node, parts: Weighted, weight: Decimal) -> Decimal:
    _above_zero(node, parts)
    logarithms = total(WORK.multiply(w, WORK.ln(value)) for w, value in parts)
    return WORK.exp(WORK.divide(logarithms, weight))


def _harmonic(node: Node, parts: Weighted, weight: Decimal) -> Decimal:
    _above_zero(node, parts)
    return WORK.divide(weight, total(WORK.divide(w, value) for w, value in parts))


def _power(node: Node, parts: Weighted, weight: Decimal) -> Decimal:
    """(sum w x^p / sum w)^(1/p); p = 0 is the geometric mean."""
    if node.parameter == 0:
        return _geometric(node, parts, weight)
    if min(value for _, value in parts) < 0 or node.parameter < 0:
        _above_zero(node, parts)
    powers = total(WORK.multiply(w, power(value, node.parameter)) for w, value in parts)
    return power(WORK.divide(powers, weight), WORK.divide(Decimal(1), node.parameter))


def _above_zero(node: Node, parts: Weighted) -> None:
    if any(value <= 0 for _, value in parts):
        zh, en = "该节点的平均要求所有值大于0", "this mean needs values above zero"
        raise StepNotPossible.at(node.code, "mean-of-nothing", zh, en)


_MEANS: Mapping[Aggregation, Callable[[Node, Weighted, Decimal], Decimal]] = {
    Aggregation.ARITHMETIC: _arithmetic,
    Aggregation.GEOMETRIC: _geometric,
    Aggregation.HARMONIC: _harmonic,
    Aggregation.POWER: _power,
}


def aggregate_together(
    node: Node, rows: Sequence[Sequence[Decimal]], weights: Sequence[Decimal]
) -> list[Decimal]:
    """One value per unit; every unit has every child."""
    if node.aggregation is Aggregation.COPELAND:
        return _copeland(rows, weights)
    return (
        _topsis(node, rows, weights)
        if node.aggregation is Aggregation.TOPSIS
        else _vikor(node, rows, weights)
    )


def _topsis(node: Node, rows: Sequence[Sequence[Decimal]], weights: Sequence[Decimal]) -> list[Decimal]:
    """Closeness d- / (d+ + d-) to the best and worst values (Hwang and Yoon 1981), on weighted columns."""
    whole = total(weights)
    weighted = [
        [WORK.multiply(WORK.divide(w, whole), x) for w, x in zip(weights, row, strict=True)] for row in rows
    ]
    best, worst = (
        [max(column) for column in zip(*weighted, strict=True)],
        [min(c) for c in zip(*weighted, strict=True)],
    )
    result = []
    for row in weighted:
        near, far = _distance(row, worst), _distance(row, best)
        if near + far == 0:
            _all_equal(node)
        result.append(WORK.divide(near, WORK.add(near, far)))
    return result


def _distance(row: Sequence[Decimal], point: Sequence[Decimal]) -> Decimal:
    return WORK.sqrt(total(WORK.power(WORK.subtract(a, b), 2) for a, b in zip(row, point, strict=True)))


def _vikor(node: Node, rows: Sequence[Sequence[Decimal]], weights: Sequence[Decimal]) -> list[Decimal]:
    """Q = v S' + (1 - v) R' (Opricovic and Tzeng 2004), less is better; inside a tree 1 - Q, so that more is.

    Where all have the same S (or R) the other decides alone.
    """
    whole = total(weights)
    shares = [WORK.divide(weight, whole) for weight in weights]
    columns = list(zip(*rows, strict=True))
    if any(max(column) == min(column) for column in columns):
        _all_equal(node)
    regrets = [
        [
            WORK.multiply(w, WORK.divide(WORK.subtract(max(c), x), WORK.subtract(max(c), min(c))))
            for w, x, c in zip(shares, row, columns, strict=True)
        ]
        for row in rows
    ]
    sums, worst = [total(row) for row in regrets], [max(row) for row in regrets]
    if min(sums) == max(sums) and min(worst) == max(worst):
        _all_equal(node)
    v = node.parameter
    found = [
        WORK.add(WORK.multiply(v, s), WORK.multiply(1 - v, r))
        for s, r in zip(_unit_range(sums), _unit_range(worst), strict=True)
    ]
    return [WORK.subtract(Decimal(1), q) for q in found] if node.turned else found


def _unit_range(values: Sequence[Decimal]) -> list[Decimal]:
    low, high = min(values), max(values)
    if low == high:
        return [Decimal(0)] * len(values)
    return [WORK.divide(WORK.subtract(value, low), WORK.subtract(high, low)) for value in values]


def _copeland(rows: Sequence[Sequence[Decimal]], weights: Sequence[Decimal]) -> list[Decimal]:
    """Duels won minus lost; a duel goes to whom the greater weight of columns speaks for."""
    result = []
    for row in rows:
        net = 0
        for other in rows:
            lead = sum(
                (w if a > b else -w if a < b else Decimal(0))
                for w, a, b in zip(weights, row, other, strict=True)
            )
            net += (lead > 0) - (lead < 0)
        result.append(Decimal(net))
    return result


def _all_equal(node: Node) -> NoReturn:
    zh, en = "各单位的值相同,该方法无意义", "equal values: this method has no meaning"
    raise StepNotPossible.at(node.code, "constant-column", zh, en)
