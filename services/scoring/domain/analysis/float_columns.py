"""The columns of a run once more in float64, from the raw values on: independent of the decimal steps.

Only the winsorisation bounds and the order of values for ranks are taken from the official run, since a limit or
a tie that is met to the last digit may be missed in floats.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.columns import Table, measured, members_of
from services.scoring.domain.measures import Absent, plain_of
from services.scoring.domain.normalising import BY_RANK
from services.scoring.domain.scheme import Direction, Leaf, Scheme
from services.scoring.domain.steps import (
    Impute,
    ImputeMethod,
    LeafSteps,
    Normalise,
    NormaliseMethod,
    Transform,
    TransformMethod,
)
from services.scoring.domain.working import to_quantum

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]


def float_column(
    scheme: Scheme, table: Table, leaf: Leaf, *, data_year: int, alternative: Normalise | None = None
) -> Floats:
    """One leaf's normalised column, NaN where there is no value; `alternative` replaces its normalisation."""
    values = _raw(table, leaf, data_year=data_year)
    steps = leaf.steps or LeafSteps(
        normalise=Normalise(NormaliseMethod.GOALPOSTS, minimum=leaf.minimum, maximum=leaf.maximum)
    )
    if steps.denominator is not None:
        below = np.array([_float(plain_of(u, steps.denominator.indicator, data_year)) for u in table.units])
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.where(below > 0, values / below * float(steps.denominator.per), np.nan)
    if steps.impute.method is not ImputeMethod.NONE:
        values = _imputed(scheme, table, leaf, steps.impute, values)
    bounds = {k: float(v) for k, v in table.parameters.get(leaf.code, {}).items()}
    values = np.clip(values, bounds.get("treat.lower", -np.inf), bounds.get("treat.upper", np.inf))
    for transform in steps.transforms:
        values = _transformed(transform, values)
    sign = -1.0 if leaf.direction is Direction.COST else 1.0
    inside = np.array(members_of(scheme.cohort, table.units))
    held = {k.removeprefix("normalise."): v for k, v in bounds.items()} if scheme.cohort.frozen else {}
    rule = alternative or steps.normalise
    if rule.method in BY_RANK:
        return _ranks(rule.method, _exact_order(table, leaf, data_year=data_year) * sign)
    return normalise_floats(alternative or steps.normalise, values, sign, inside, {} if alternative else held)


def _raw(table: Table, leaf: Leaf, *, data_year: int) -> Floats:
    return np.array([_float(measured(leaf, unit, data_year=data_year)) for unit in table.units])


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
    inside = np.array(members_of(scheme.cohort, table.units))
    names = np.array([u.groups.get(rule.group, "") if rule.group else "all" for u in table.units])
    of_middle = rule.method in (ImputeMethod.MEDIAN, ImputeMethod.GROUP_MEDIAN)
    held = table.parameters.get(leaf.code, {}) if scheme.cohort.frozen else {}
    for name in set(names[missing]):
        chosen = values[(names == name) & inside & ~np.isnan(values)]
        filler = np.median(chosen) if of_middle and chosen.size else chosen.mean() if chosen.size else np.nan
        filled[missing & (names == name)] = float(held.get(f"impute.{name}", Decimal(repr(float(filler)))))
    return filled


def _transformed(rule: Transform, values: Floats) -> Floats:
    if rule.method is TransformMethod.ROUND:
        with np.errstate(invalid="ignore"):
            return np.array(
                [
                    v
                    if np.isnan(v)
                    else float(to_quantum(Decimal(repr(round(v, 12))), rule.digits, rule.mode))
                    for v in values
                ]
            )
    shifted = values + float(rule.offset)
    if rule.method is TransformMethod.LINEAR:
        return float(rule.scale) * shifted
    if rule.method is TransformMethod.LOG:
        base = np.log(float(rule.base)) if rule.base is not None else 1.0
        return np.asarray(float(rule.scale) * np.log(shifted) / base)
    return np.asarray(float(rule.scale) * np.power(shifted, float(rule.exponent)))


def normalise_floats(  # noqa: PLR0911, PLR0912 - one case per method
    rule: Normalise, values: Floats, sign: float, inside: NDArray[np.bool_], held: Mapping[str, float]
) -> Floats:
    signed = values * sign
    cohort = signed[inside & ~np.isnan(signed)]
    low, high = float(rule.low), float(rule.high)

    def kept(name: str, fit: Callable[[Floats], object]) -> float:
        return held[name] if name in held else float(fit(cohort))  # type: ignore[arg-type]

    def spread(share: Floats) -> Floats:
        return low + (np.clip(share, 0.0, 1.0) if rule.clamp else share) * (high - low)

    match rule.method:
        case NormaliseMethod.NONE:
            return signed
        case NormaliseMethod.RANK | NormaliseMethod.BORDA | NormaliseMethod.PERCENTILE_RANK:
            raise AssertionError("ranks are taken of exact values")
        case NormaliseMethod.GOALPOSTS | NormaliseMethod.EFFICACY:
            first, last = float(rule.minimum or 0), float(rule.maximum or 0)
            share = (values - first if sign > 0 else last - values) / (last - first)
            share = np.clip(share, 0.0, 1.0) if rule.clamp else share
            if rule.method is NormaliseMethod.EFFICACY:
                return float(rule.base) + float(rule.span) * share
            return low + share * (high - low)
        case NormaliseMethod.MIN_MAX | NormaliseMethod.DISTANCE_TO_MAX:
            first, last = kept("minimum", np.min), kept("maximum", np.max)
            return spread((signed - first) / (last - first))
        case NormaliseMethod.Z_SCORE:
            mean, deviation = kept("mean", np.mean), kept("deviation", lambda x: np.std(x, ddof=1))
            return float(rule.mean) + (signed - mean) / deviation * float(rule.deviation)
        case NormaliseMethod.FRACTION_OF_MAX:
            return signed / kept("maximum", np.max)
        case NormaliseMethod.DISTANCE_TO_REFERENCE:
            reference, worst = float(rule.reference or 0) * sign, kept("minimum", np.min)
            share = 1 - (reference - signed) / (reference - worst)
            return low + (np.minimum(share, 1.0) if rule.clamp else share) * (high - low)
        case NormaliseMethod.RATIO_TO_REFERENCE:
            reference = float(rule.reference or 0)
            return values / reference if sign > 0 else reference / values
        case NormaliseMethod.SCALED:
            first, last = float(rule.minimum or 0), float(rule.maximum or 0)
            return low + (signed - first) / (last - first) * (high - low)
        case NormaliseMethod.VECTOR:
            return signed / kept("norm", lambda x: np.sqrt(np.sum(x * x)))
        case NormaliseMethod.SHARE:
            return signed / abs(kept("total", np.sum))
        case NormaliseMethod.LOOKUP:
            return _looked_up(rule, values)


def _exact_order(table: Table, leaf: Leaf, *, data_year: int) -> Floats:
    """Equal official values get equal numbers, greater ones greater; NaN where there is none."""
    exact: list[Any] = list(table.stages["transformed"].get(leaf.code, ())) or [
        measured(leaf, unit, data_year=data_year) for unit in table.units
    ]
    distinct = sorted({value for value in exact if not isinstance(value, Absent)})
    numbers = {value: float(index) for index, value in enumerate(distinct)}
    return np.array([np.nan if isinstance(value, Absent) else numbers[value] for value in exact])


def _ranks(method: NormaliseMethod, signed: Floats) -> Floats:
    present = ~np.isnan(signed)
    result = np.full(signed.shape, np.nan)
    known = signed[present]
    below = np.searchsorted(np.sort(known), known, side="left").astype(np.float64)
    if method is NormaliseMethod.RANK:
        below += 1
    elif method is NormaliseMethod.PERCENTILE_RANK:
        below = below / (len(known) - 1) if len(known) > 1 else np.ones(len(known))
    result[present] = below
    return result


def _looked_up(rule: Normalise, values: Floats) -> Floats:
    result = np.full(values.shape, np.nan)
    for step in reversed(rule.steps):
        result = np.where(values >= float(step.at_least) - 1e-12, float(step.value), result)
    return np.where(np.isnan(values), np.nan, result)
