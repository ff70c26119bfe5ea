"""Normalisation of one column: which parameters a method takes from the cohort, and the value it gives.

Methods on the *signed* value (the value, or minus the value where less is better) follow COINr.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NoReturn, TypeAlias

from services.scoring.domain.engine.working import WORK, deviation, mean, normal_share, total
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.measures import Absent
from services.scoring.domain.scheme.steps import NEEDED, Normalise, NormaliseMethod

Column: TypeAlias = list[Decimal | Absent]
BY_RANK = frozenset({NormaliseMethod.RANK, NormaliseMethod.PERCENTILE_RANK, NormaliseMethod.BORDA})
NO_FIT = BY_RANK | {
    NormaliseMethod.NONE,
    NormaliseMethod.GOALPOSTS,
    NormaliseMethod.SCALED,
    NormaliseMethod.EFFICACY,
    NormaliseMethod.LOOKUP,
    NormaliseMethod.RATIO_TO_REFERENCE,
}


def fit_normalise(
    rule: Normalise, values: Sequence[Decimal], sign: int, fitted: dict[str, Decimal], leaf: str
) -> None:
    """The parameters of the method, from the cohort's values; a constant column has none."""
    if rule.method in NO_FIT:
        return
    if not values:
        _refuse(leaf, "empty-column", "没有任何值", "nobody has a value")
    signed = [value * sign for value in values]
    if rule.method in (NormaliseMethod.Z_SCORE, NormaliseMethod.NORMAL_SCORE):
        if min(signed) == max(signed):
            _constant(leaf)
        fitted["mean"], fitted["deviation"] = mean(signed), deviation(signed, population=rule.population)
    elif rule.method is NormaliseMethod.FRACTION_OF_MEAN:
        fitted["mean"] = mean(signed)
    elif rule.method is NormaliseMethod.VECTOR:
        fitted["norm"] = WORK.sqrt(total(WORK.multiply(value, value) for value in signed))
    elif rule.method is NormaliseMethod.SHARE:
        fitted["total"] = total(signed)
    else:
        fitted["minimum"], fitted["maximum"] = min(signed), max(signed)


def normalise_column(
    rule: Normalise, column: Column, sign: int, parameters: Mapping[str, Decimal], leaf: str
) -> Column:
    if rule.method in BY_RANK:
        return [v if isinstance(v, Absent) else _limited(rule, v) for v in _by_rank(rule, column, sign)]
    of_value = _METHODS[rule.method]
    needed = NEEDED.get(rule.method, ())
    if any(name not in parameters for name in needed):
        _refuse(
            leaf, "frozen-incomplete", "冻结参数不全", "the frozen section lacks a parameter of this leaf"
        )
    return [
        v if isinstance(v, Absent) else _limited(rule, of_value(rule, v, sign, parameters, leaf))
        for v in column
    ]


def _limited(rule: Normalise, value: Decimal) -> Decimal:
    value = value if rule.lowest is None else max(value, rule.lowest)
    return value if rule.highest is None else min(value, rule.highest)


def _by_rank(rule: Normalise, column: Column, sign: int) -> Column:
    """Ascending ranks; equal values share the smallest. The best of n has rank n."""
    present = sorted(value * sign for value in column if not isinstance(value, Absent))
    first: dict[Decimal, int] = {}
    for index, known in enumerate(present):
        first.setdefault(known, index)
    result: Column = []
    for value in column:
        if isinstance(value, Absent):
            result.append(value)
            continue
        below = Decimal(first[value * sign])
        if rule.method is NormaliseMethod.RANK:
            result.append(below + 1)
        elif rule.method is NormaliseMethod.BORDA:
            result.append(below)
        else:
            share = WORK.divide(below, Decimal(len(present) - 1)) if len(present) > 1 else Decimal(1)
            result.append(_between(rule, share))
    return result


def _between(rule: Normalise, share: Decimal) -> Decimal:
    return WORK.add(rule.low, WORK.multiply(share, WORK.subtract(rule.high, rule.low)))


def _none(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:  # noqa: ARG001
    return x * sign


def _goalposts(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:  # noqa: ARG001
    low, high = rule.minimum or Decimal(0), rule.maximum or Decimal(0)
    share = WORK.divide(WORK.subtract(x, low) if sign > 0 else WORK.subtract(high, x), high - low)
    return _between(rule, min(max(share, Decimal(0)), Decimal(1)) if rule.clamp else share)


def _min_max(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:
    if p["minimum"] == p["maximum"]:
        _constant(leaf)
    share = WORK.divide(WORK.subtract(x * sign, p["minimum"]), WORK.subtract(p["maximum"], p["minimum"]))
    return _between(rule, min(max(share, Decimal(0)), Decimal(1)) if rule.clamp else share)


def _z_score(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:
    if p["deviation"] == 0:
        _constant(leaf)
    z = WORK.divide(WORK.subtract(x * sign, p["mean"]), p["deviation"])
    return WORK.add(rule.mean, WORK.multiply(z, rule.deviation))


def _normal_score(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:
    """The share of a normal distribution below the z-score."""
    if p["deviation"] == 0:
        _constant(leaf)
    return _between(rule, normal_share(WORK.divide(WORK.subtract(x * sign, p["mean"]), p["deviation"])))


def _fraction_of_max(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:
    return _between(rule, _fraction(x, p["maximum"] * sign, sign, leaf, _LARGEST if sign > 0 else _SMALLEST))


def _fraction_of_mean(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:
    return _between(rule, _fraction(x, p["mean"] * sign, sign, leaf, _MEAN))


def _fraction(x: Decimal, against: Decimal, sign: int, leaf: str, name: tuple[str, str]) -> Decimal:
    """x ÷ the largest (the mean); where less is better, the smallest (the mean) ÷ x. Whatever divides is positive: else
    a better figure would get the worse value.
    """
    if against <= 0:
        zh, en = f"{name[0]}为{against:f},须大于0", f"{name[1]} is {against:f} and must be above 0"
        _refuse(leaf, "divisor-positive", zh, en)
    return WORK.divide(x, against) if sign > 0 else _divided(against, x, leaf)


def _divided(value: Decimal, x: Decimal, leaf: str) -> Decimal:
    if x <= 0:
        _refuse(
            leaf, "divisor-positive", f"数值为{x:f},须大于0才能作分母", f"{x:f} must be above 0 to divide"
        )
    return WORK.divide(value, x)


def _to_reference(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:
    """The distance left to the reference, as a share of the worst one's; nobody short of it, nobody has any."""
    short, longest = (
        WORK.subtract((rule.reference or Decimal(0)) * sign, x * sign),
        WORK.subtract((rule.reference or Decimal(0)) * sign, p["minimum"]),
    )
    if longest > 0:
        share = WORK.subtract(Decimal(1), WORK.divide(short, longest))
        return _between(rule, min(share, Decimal(1)) if rule.clamp else share)
    if rule.clamp and short <= 0:
        return _between(rule, Decimal(1))
    zh, en = "没有单位劣于参照值,无法度量距离", "nobody falls short of the reference: it measures no distance"
    return _refuse(leaf, "nobody-below-reference", zh, en)


def _ratio(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:  # noqa: ARG001
    reference = rule.reference or Decimal(0)  # above 0: the reader has seen to it
    return _between(rule, WORK.divide(x, reference) if sign > 0 else _divided(reference, x, leaf))


def _scaled(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:  # noqa: ARG001
    low, high = rule.minimum or Decimal(0), rule.maximum or Decimal(0)
    return _between(
        rule, WORK.divide(WORK.subtract(x, low) if sign > 0 else WORK.subtract(high, x), high - low)
    )


def _efficacy(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:  # noqa: ARG001
    """功效系数法: base + span (x - unsatisfactory) / (satisfactory - unsatisfactory)."""
    low, high = rule.minimum or Decimal(0), rule.maximum or Decimal(0)
    share = WORK.divide(WORK.subtract(x, low) if sign > 0 else WORK.subtract(high, x), high - low)
    share = min(max(share, Decimal(0)), Decimal(1)) if rule.clamp else share
    return WORK.add(rule.base, WORK.multiply(rule.span, share))


def _vector(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:  # noqa: ARG001
    if p["norm"] == 0:
        _constant(leaf)
    return WORK.divide(x * sign, p["norm"])


def _share(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:  # noqa: ARG001
    if p["total"] == 0:
        _refuse(leaf, "zero-reference", "合计为0,不能作分母", "the total is 0 and cannot divide")
    return WORK.divide(x * sign, abs(p["total"]))


def _lookup(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:  # noqa: ARG001
    reached = next((step.value for step in rule.steps if x >= step.at_least), None)
    if reached is not None:
        return reached
    return _refuse(
        leaf, "below-the-scale", f"{x}低于量表最低档", f"{x:g} lies below the lowest step of the scale"
    )


_LARGEST, _SMALLEST, _MEAN = ("最大值", "the maximum"), ("最小值", "the minimum"), ("平均值", "the mean")
_METHODS: Mapping[NormaliseMethod, Callable[..., Decimal]] = {
    NormaliseMethod.NONE: _none,
    NormaliseMethod.GOALPOSTS: _goalposts,
    NormaliseMethod.MIN_MAX: _min_max,
    NormaliseMethod.DISTANCE_TO_MAX: _min_max,
    NormaliseMethod.Z_SCORE: _z_score,
    NormaliseMethod.NORMAL_SCORE: _normal_score,
    NormaliseMethod.FRACTION_OF_MAX: _fraction_of_max,
    NormaliseMethod.FRACTION_OF_MEAN: _fraction_of_mean,
    NormaliseMethod.DISTANCE_TO_REFERENCE: _to_reference,
    NormaliseMethod.RATIO_TO_REFERENCE: _ratio,
    NormaliseMethod.SCALED: _scaled,
    NormaliseMethod.EFFICACY: _efficacy,
    NormaliseMethod.VECTOR: _vector,
    NormaliseMethod.SHARE: _share,
    NormaliseMethod.LOOKUP: _lookup,
}


def _constant(leaf: str) -> NoReturn:
    _refuse(leaf, "constant-column", "所有单位的值相同,无法标准化", "every unit has the same value")


def _refuse(leaf: str, rule: str, zh: str, en: str) -> NoReturn:
    raise StepNotPossible.at(leaf, rule, zh, en)
