"""The columns of a run once more in float64, from the raw values on: independent of the decimal steps.

Only what a limit or a tie decides that is met to the last digit is taken from the official run, since floats may
miss it: winsorisation bounds, the order of values for ranks, the steps of a scale, and transforms that round.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.engine.columns.columns import Table, measured, members_of
from services.scoring.domain.engine.columns.normalisation import BY_RANK
from services.scoring.domain.engine.columns.transforms import with_posts
from services.scoring.domain.engine.working import to_quantum
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.measures import Absent, Cell, plain_of
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.steps import (
    Impute,
    ImputeMethod,
    LeafSteps,
    Normalise,
    NormaliseMethod,
    Transform,
    TransformMethod,
)
from services.scoring.domain.scheme.tree import Direction, Leaf

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]

#: Values of a node nearer than this (above 1: relative) are equal but for what a float rounds.
NEIGHBOURS = 1e-12
#: A quantum of more digits is finer than what the engines may differ by.
QUANTUM_OF_FLOATS = 10
#: Methods whose values stay when a number is added to every figure (and to the goalposts).
_SHIFTS = frozenset(
    {
        NormaliseMethod.GOALPOSTS,
        NormaliseMethod.MIN_MAX,
        NormaliseMethod.DISTANCE_TO_MAX,
        NormaliseMethod.Z_SCORE,
        NormaliseMethod.NORMAL_SCORE,
    }
)


def float_column(
    scheme: Scheme, table: Table, leaf: Leaf, *, data_year: int, alternative: Normalise | None = None
) -> Floats:
    """One leaf's normalised column, NaN where there is no value; `alternative` replaces its normalisation."""
    column = _column(scheme, table, leaf, data_year=data_year, alternative=alternative)
    return quantised(column, scheme.quantum_digits)


def quantised(values: Floats, digits: int) -> Floats:
    """Half up to a scheme's quantum, where floats can tell it; what lies within a float's error of a half is one."""
    if digits > QUANTUM_OF_FLOATS:
        return values
    scaled = np.abs(values) * 10.0**digits
    near = np.maximum(1e-9, scaled * 1e-14)
    return np.asarray(np.copysign(np.floor(scaled + 0.5 + near), values) / 10.0**digits + 0.0)


def _column(
    scheme: Scheme, table: Table, leaf: Leaf, *, data_year: int, alternative: Normalise | None
) -> Floats:
    steps = leaf.steps or LeafSteps(
        normalise=Normalise(NormaliseMethod.GOALPOSTS, minimum=leaf.minimum, maximum=leaf.maximum)
    )
    cells = [measured(leaf, unit, data_year=data_year) for unit in table.units]
    centre = _centre(scheme, steps, alternative or steps.normalise, cells)
    values = np.array([_float(cell if isinstance(cell, Absent) else cell - centre) for cell in cells])
    if steps.denominator is not None:
        below = np.array([_float(plain_of(u, steps.denominator.indicator, data_year)) for u in table.units])
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.where(below > 0, values / below * float(steps.denominator.per), np.nan)
    if steps.impute.method is not ImputeMethod.NONE:
        values = _imputed(scheme, table, leaf, steps.impute, values)
    bounds = {k: float(v) for k, v in table.parameters.get(leaf.code, {}).items()}
    values = np.clip(values, bounds.get("treat.lower", -np.inf), bounds.get("treat.upper", np.inf))
    if any(transform.method is TransformMethod.ROUND for transform in steps.transforms):
        values = np.array([_float(value) for value in table.stages["transformed"][leaf.code]])
    else:
        for transform in steps.transforms:
            values = transformed_floats(transform, values)
    sign = -1.0 if leaf.direction is Direction.COST else 1.0
    inside = np.array(members_of(scheme.cohort, table.units), dtype=bool)
    held = {k.removeprefix("normalise."): v for k, v in bounds.items()} if scheme.cohort.frozen else {}
    rule = alternative or with_posts(steps.normalise, steps.transforms, code=leaf.code)
    if centre and rule.minimum is not None and rule.maximum is not None:
        rule = replace(rule, minimum=rule.minimum - centre, maximum=rule.maximum - centre)
    if rule.method in BY_RANK:
        return _ranked(rule, _exact_order(table, leaf, data_year=data_year) * sign)
    if rule.method is NormaliseMethod.LOOKUP:
        return np.array([_float(value) for value in table.stages["normalised"][leaf.code]])
    return normalise_floats(rule, values, sign, inside, {} if alternative else held)


def _centre(scheme: Scheme, steps: LeafSteps, rule: Normalise, cells: Sequence[Cell]) -> int:
    """A whole number in the midst of the figures, to be taken from each while they are exact: of 1000000000000.1 a
    float keeps three decimals, of 0.1 sixteen. Only where the values do not change by it; else 0.
    """
    plain = replace(steps, normalise=rule) == LeafSteps(normalise=rule)
    present = [cell for cell in cells if not isinstance(cell, Absent)]
    if not plain or scheme.cohort.frozen is not None or rule.method not in _SHIFTS or not present:
        return 0
    posts = [Fraction(post) for post in (rule.minimum, rule.maximum) if post is not None]
    least, most = min((*present, *posts)), max((*present, *posts))
    middle = (least + most) / 2
    return int(middle) if most - least < abs(middle) / 2 else 0


def _float(cell: object) -> float:
    return float("nan") if isinstance(cell, Absent) else float(cell)  # type: ignore[arg-type]


def _imputed(scheme: Scheme, table: Table, leaf: Leaf, rule: Impute, values: Floats) -> Floats:
    """Only what is missing is filled; what does not apply stays without a value."""
    column = table.stages["denominated"][leaf.code]
    missing = np.array([value is Absent.MISSING for value in column])
    if not missing.any():
        return values
    filled = values.copy()
    if rule.method is ImputeMethod.LAST_YEAR:
        official = table.stages["imputed"][leaf.code]
        filled[missing] = [_float(official[i]) for i in np.flatnonzero(missing)]
        return filled
    if rule.method in (ImputeMethod.ZERO, ImputeMethod.FLOOR):
        filled[missing] = float(rule.value or 0)
        return filled
    inside = np.array(members_of(scheme.cohort, table.units), dtype=bool)
    names = np.array([u.groups.get(rule.group, "") if rule.group else "all" for u in table.units])
    of_middle = rule.method in (ImputeMethod.MEDIAN, ImputeMethod.GROUP_MEDIAN)
    held = table.parameters.get(leaf.code, {}) if scheme.cohort.frozen else {}
    for name in set(names[missing]):
        chosen = values[(names == name) & inside & ~np.isnan(values)]
        filler = np.median(chosen) if of_middle and chosen.size else chosen.mean() if chosen.size else np.nan
        filled[missing & (names == name)] = float(held.get(f"impute.{name}", Decimal(repr(float(filler)))))
    return filled


def transformed_floats(rule: Transform, values: Floats) -> Floats:
    if rule.method is TransformMethod.ROUND:
        return np.asarray(
            np.vectorize(lambda v: v if np.isnan(v) else _rounded(rule, v), otypes=[float])(values)
        )
    shifted = values + float(rule.offset)
    if rule.method is TransformMethod.LINEAR:
        return float(rule.scale) * shifted
    with np.errstate(invalid="ignore", divide="ignore"):
        if rule.method is TransformMethod.LOG:
            base = np.log(float(rule.base)) if rule.base is not None else 1.0
            return np.asarray(float(rule.scale) * np.log(shifted) / base)
        if rule.method is TransformMethod.EXP:
            base = np.log(float(rule.base)) if rule.base is not None else 1.0
            return np.asarray(float(rule.scale) * np.exp(shifted * base))
        powers = np.power(shifted, float(rule.exponent))  # also of NaN to the power of zero, which is 1 there
        return np.asarray(np.where(np.isnan(shifted), np.nan, float(rule.scale) * powers))


def _rounded(rule: Transform, value: float) -> float:
    return float(to_quantum(Decimal(repr(round(value, 12))), rule.digits, rule.mode))


def normalise_floats(
    rule: Normalise, values: Floats, sign: float, inside: NDArray[np.bool_], held: Mapping[str, float]
) -> Floats:
    """Along the first axis (units); further axes are draws, each with parameters of its own unless `held`."""
    if rule.method in BY_RANK:
        return _ranked(rule, values * sign)
    with np.errstate(invalid="ignore", divide="ignore"):
        return _limited(rule, _by_value(rule, values, sign, inside, held))


def _by_value(  # noqa: PLR0911, PLR0912 - one case per method
    rule: Normalise, values: Floats, sign: float, inside: NDArray[np.bool_], held: Mapping[str, float]
) -> Floats:
    signed = values * sign
    cohort = signed[inside]
    low, high = float(rule.low), float(rule.high)

    def kept(name: str, fit: Callable[[Floats], Any]) -> Any:
        return held[name] if name in held else fit(cohort)

    def between(share: Floats, *, clamp: bool = False) -> Floats:
        return low + (np.clip(share, 0.0, 1.0) if clamp else share) * (high - low)

    first, last = float(rule.minimum or 0), float(rule.maximum or 0)
    reference = float(rule.reference or 0)
    match rule.method:
        case NormaliseMethod.NONE:
            return signed
        case NormaliseMethod.GOALPOSTS:
            share = (values - first if sign > 0 else last - values) / (last - first)
            return between(share, clamp=rule.clamp)
        case NormaliseMethod.EFFICACY:
            share = (values - first if sign > 0 else last - values) / (last - first)
            share = np.clip(share, 0.0, 1.0) if rule.clamp else share
            return float(rule.base) + float(rule.span) * share
        case NormaliseMethod.MIN_MAX | NormaliseMethod.DISTANCE_TO_MAX:
            least, most = kept("minimum", _least), kept("maximum", _most)
            return between((signed - least) / (most - least), clamp=rule.clamp)
        case NormaliseMethod.Z_SCORE:
            mean = kept("mean", _mean)
            deviation = kept("deviation", lambda x: np.nanstd(x, axis=0, ddof=0 if rule.population else 1))
            return np.asarray(float(rule.mean) + (signed - mean) / deviation * float(rule.deviation))
        case NormaliseMethod.NORMAL_SCORE:
            mean = kept("mean", _mean)
            deviation = kept("deviation", lambda x: np.nanstd(x, axis=0, ddof=0 if rule.population else 1))
            return between(_normal_share((signed - mean) / deviation))
        case NormaliseMethod.FRACTION_OF_MAX:
            return between(_fraction(values, kept("maximum", _most) * sign, sign))
        case NormaliseMethod.FRACTION_OF_MEAN:
            return between(_fraction(values, kept("mean", _mean) * sign, sign))
        case NormaliseMethod.DISTANCE_TO_REFERENCE:
            short, longest = reference * sign - signed, reference * sign - kept("minimum", _least)
            reached = np.where(np.isnan(values), np.nan, 1.0)
            share = np.where(longest > 0, 1 - short / longest, reached)
            return between(np.minimum(share, 1.0) if rule.clamp else share)
        case NormaliseMethod.RATIO_TO_REFERENCE:
            return between(values / reference if sign > 0 else reference / values)
        case NormaliseMethod.SCALED:
            return between((values - first if sign > 0 else last - values) / (last - first))
        case NormaliseMethod.VECTOR:
            return np.asarray(signed / kept("norm", lambda x: np.sqrt(np.nansum(x * x, axis=0))))
        case NormaliseMethod.SHARE:
            return np.asarray(signed / np.abs(kept("total", lambda x: np.nansum(x, axis=0))))
        case NormaliseMethod.LOOKUP:
            return _looked_up(rule, values)
        case _:
            raise AssertionError("ranks are taken of an order")


def _fraction(values: Floats, against: Any, sign: float) -> Floats:
    """As the official engine divides; a divisor that is not above 0 is refused here, too, for an alternative method."""
    if np.any(np.asarray(against) <= 0) or (sign < 0 and np.any(values <= 0)):
        zh, en = (
            "占最大值或平均值之比须各数值大于0",
            "a fraction of the maximum or the mean needs figures above 0",
        )
        raise StepNotPossible.at("robustness", "divisor-positive", zh, en)
    return np.asarray(values / against if sign > 0 else against / values)


def _normal_share(values: Floats) -> Floats:
    return np.asarray(np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2)), otypes=[float])(values))


def _least(values: Floats) -> Any:
    return np.nanmin(values, axis=0)


def _most(values: Floats) -> Any:
    return np.nanmax(values, axis=0)


def _mean(values: Floats) -> Any:
    return np.nanmean(values, axis=0)


def _exact_order(table: Table, leaf: Leaf, *, data_year: int) -> Floats:
    """Equal official values get equal numbers, greater ones greater; NaN where there is none."""
    exact: list[Any] = list(table.stages["transformed"].get(leaf.code, ())) or [
        measured(leaf, unit, data_year=data_year) for unit in table.units
    ]
    distinct = sorted({value for value in exact if not isinstance(value, Absent)})
    numbers = {value: float(index) for index, value in enumerate(distinct)}
    return np.array([np.nan if isinstance(value, Absent) else numbers[value] for value in exact])


def _ranked(rule: Normalise, order: Floats) -> Floats:
    """Ascending ranks along the first axis; equal values share the smallest, and what lies within a float's error of
    its neighbour is its equal.
    """
    place = np.argsort(order, axis=0)  # who has no value comes last
    ordered = np.take_along_axis(order, place, axis=0)
    present = ~np.isnan(order)
    near = NEIGHBOURS * max(
        1.0, float(np.abs(order, where=present, out=np.zeros_like(order)).max(initial=0.0))
    )
    numbers = np.arange(len(order)).reshape(-1, *(1,) * (order.ndim - 1))
    first = np.zeros(order.shape, dtype=np.int64)
    first[1:] = np.where(ordered[1:] - ordered[:-1] > near, numbers[1:], 0)
    np.maximum.accumulate(first, axis=0, out=first)
    below = np.empty(order.shape)
    np.put_along_axis(below, place, first.astype(np.float64), axis=0)
    if rule.method is NormaliseMethod.RANK:
        below += 1
    elif rule.method is NormaliseMethod.PERCENTILE_RANK:
        others = present.sum(axis=0) - 1
        share = np.where(others > 0, below / np.maximum(others, 1), 1.0)
        below = float(rule.low) + share * (float(rule.high) - float(rule.low))
    return _limited(rule, np.where(present, below, np.nan))


def _limited(rule: Normalise, values: Floats) -> Floats:
    if rule.lowest is None and rule.highest is None:
        return values
    lowest = -np.inf if rule.lowest is None else float(rule.lowest)
    return np.asarray(np.clip(values, lowest, np.inf if rule.highest is None else float(rule.highest)))


def _looked_up(rule: Normalise, values: Floats) -> Floats:
    result = np.full(values.shape, np.nan)
    for step in reversed(rule.steps):
        result = np.where(values >= float(step.at_least) - 1e-12, float(step.value), result)
    return np.where(np.isnan(values), np.nan, result)
