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
    if p["maximum"] == 0:
        _refuse(leaf, "zero-reference", "最大值为0,不能作分母", "the maximum is 0 and cannot divide")
    return _between(rule, WORK.divide(x * sign, p["maximum"]))


def _fraction_of_mean(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:
    if p["mean"] == 0:
        _refuse(leaf, "zero-reference", "平均值为0,不能作分母", "the mean is 0 and cannot divide")
    return _between(rule, WORK.divide(x * sign, p["mean"]))


def _to_reference(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:
    reference = (rule.reference or Decimal(0)) * sign
    if reference == p["minimum"]:
        _refuse(leaf, "zero-reference", "参照值等于最小值", "the reference equals the worst value")
    distance = WORK.divide(WORK.subtract(reference, x * sign), WORK.subtract(reference, p["minimum"]))
    share = WORK.subtract(Decimal(1), distance)
    return _between(rule, min(share, Decimal(1)) if rule.clamp else share)


def _ratio(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:  # noqa: ARG001
    reference = rule.reference or Decimal(0)
    if sign > 0:
        return _between(rule, WORK.divide(x, reference))
    if x <= 0:
        _refuse(leaf, "zero-reference", f"{x}不能作分母", f"{x:g} cannot divide the reference")
    return _between(rule, WORK.divide(reference, x))


def _scaled(rule: Normalise, x: Decimal, sign: int, p: Mapping[str, Decimal], leaf: str) -> Decimal:  # noqa: ARG001
    low, high = rule.minimum or Decimal(0), rule.maximum or Decimal(0)
    return _between(rule, WORK.divide(WORK.subtract(x * sign, low), high - low))


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
