"""One indicator over all units: every step of its column, each stage kept for the trace.

What is taken from the units themselves (a mean, a maximum, a bound) is a *parameter*: fitted on the scheme's
cohort, or read from its `frozen` section, where nothing is fitted any more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from services.scoring.domain.measures import Absent, CategoryUnknown, Cell, UnitData, measure_of, plain_of
from services.scoring.domain.normalising import fit_normalise, normalise_column
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme import Direction, Leaf, Scheme, leaves_of
from services.scoring.domain.steps import (
    Cohort,
    Denominator,
    Impute,
    ImputeMethod,
    LeafSteps,
    OutlierMethod,
    Outliers,
    Transform,
    TransformMethod,
)
from services.scoring.domain.tree_scoring import Values, normalise
from services.scoring.domain.working import (
    WORK,
    mean,
    median,
    power,
    quantile,
    shape,
    to_quantum,
    working,
)

Column: TypeAlias = list[Decimal | Absent]
Parameters: TypeAlias = dict[str, Decimal]
STAGES = ("raw", "denominated", "imputed", "treated", "transformed", "normalised")


@dataclass(slots=True)
class Table:
    """All columns of a run, the stages they went through, and the parameters that were used."""

    units: tuple[UnitData, ...]
    stages: dict[str, dict[str, Column]] = field(default_factory=lambda: {stage: {} for stage in STAGES})
    parameters: dict[str, Parameters] = field(default_factory=dict)

    def values_of(self, index: int) -> Values:
        return {code: column[index] for code, column in self.stages["normalised"].items()}


def table_of(scheme: Scheme, units: Sequence[UnitData], *, data_year: int, trace: bool = False) -> Table:
    """The normalised columns of all leaves. `trace` keeps the earlier stages also for fixed goalposts."""
    table = Table(tuple(units))
    for leaf in leaves_of(scheme.root):
        if leaf.steps is None:
            _fixed_column(table, leaf, scheme.quantum_digits, data_year=data_year, trace=trace)
        else:
            _Stepper(table, leaf, leaf.steps, scheme, data_year).run()
    return table


def members_of(cohort: Cohort, units: Sequence[UnitData]) -> tuple[bool, ...]:
    if cohort.group is None:
        return (True,) * len(units)
    return tuple(unit.groups.get(cohort.group, "") in cohort.members for unit in units)


def measured(leaf: Leaf, unit: UnitData, *, data_year: int) -> Cell:
    try:
        return measure_of(leaf.measure, unit, data_year=data_year)
    except CategoryUnknown as error:
        zh, en = f"量表没有该取值({error})", f"the scale has no such word ({error})"
        raise StepNotPossible.at(leaf.code, "category-unknown", zh, en) from error


def _fixed_column(table: Table, leaf: Leaf, digits: int, *, data_year: int, trace: bool) -> None:
    cells = [measured(leaf, unit, data_year=data_year) for unit in table.units]
    if trace:
        plain: Column = [_decimal(cell) for cell in cells]
        for stage in STAGES[:-1]:
            table.stages[stage][leaf.code] = plain
    table.stages["normalised"][leaf.code] = [normalise(leaf, cell, quantum_digits=digits) for cell in cells]


@dataclass(slots=True)
class _Stepper:
    table: Table
    leaf: Leaf
    steps: LeafSteps
    scheme: Scheme
    data_year: int

    def run(self) -> None:
        units, leaf, steps = self.table.units, self.leaf, self.steps
        raw: Column = [_decimal(measured(leaf, unit, data_year=self.data_year)) for unit in units]
        column = self._keep("raw", raw)
        if steps.denominator is not None:
            column = _denominated(column, steps.denominator, units, self.data_year)
        column = self._keep("denominated", column)
        column = self._keep("imputed", self._imputed(column, steps.impute))
        column = self._keep("treated", self._treated(column, steps.outliers))
        for transform in steps.transforms:
            column = [
                value if isinstance(value, Absent) else self._apply(transform, value) for value in column
            ]
        column = self._keep("transformed", column)
        sign = -1 if leaf.direction is Direction.COST else 1
        parameters = self._parameters(
            lambda fitted: fit_normalise(steps.normalise, self._inside(column), sign, fitted, leaf.code),
            "normalise.",
        )
        normalised = normalise_column(steps.normalise, column, sign, parameters, leaf.code)
        digits = self.scheme.quantum_digits
        self._keep("normalised", [v if isinstance(v, Absent) else to_quantum(v, digits) for v in normalised])

    def _keep(self, stage: str, column: Column) -> Column:
        self.table.stages[stage][self.leaf.code] = column
        return column

    def _inside(self, column: Column) -> list[Decimal]:
        inside = members_of(self.scheme.cohort, self.table.units)
        return [v for v, member in zip(column, inside, strict=True) if member and not isinstance(v, Absent)]

    def _parameters(self, fit: Callable[[Parameters], None], prefix: str) -> Parameters:
        """From the frozen section where there is one, else fitted now; either way kept under the leaf."""
        kept = self.table.parameters.setdefault(self.leaf.code, {})
        frozen = self.scheme.cohort.frozen
        fitted: Parameters = {}
        if frozen is None:
            fit(fitted)
        else:
            held = frozen.get(self.leaf.code, {})
            fitted.update({k.removeprefix(prefix): v for k, v in held.items() if k.startswith(prefix)})
        kept.update({prefix + key: value for key, value in fitted.items()})
        return fitted

    def _imputed(self, column: Column, rule: Impute) -> Column:
        missing = [index for index, value in enumerate(column) if value is Absent.MISSING]
        if rule.method is ImputeMethod.NONE or not missing:
            return column
        share = Decimal(len(missing)) / len(column)
        if share > rule.maximum_share:
            zh = f"缺失{len(missing)}/{len(column)},超过可填补比例{rule.maximum_share}"
            en = f"{len(missing)} of {len(column)} are missing: more than the share {rule.maximum_share}"
            raise StepNotPossible.at(self.leaf.code, "impute-too-many", zh, en)
        if rule.method is ImputeMethod.LAST_YEAR:
            return self._from_last_year(column)
        means = self._parameters(lambda fitted: self._fit_means(column, rule, fitted), "impute.")
        filled = list(column)
        for index in missing:
            filled[index] = self._filler(rule, self.table.units[index], means)
        return filled

    def _fit_means(self, column: Column, rule: Impute, fitted: Parameters) -> None:
        if rule.method in (ImputeMethod.ZERO, ImputeMethod.FLOOR):
            return
        inside = members_of(self.scheme.cohort, self.table.units)
        groups: dict[str, list[Decimal]] = {}
        for unit, value, member in zip(self.table.units, column, inside, strict=True):
            if member and not isinstance(value, Absent):
                groups.setdefault(_group(unit, rule), []).append(value)
        of_middle = rule.method in (ImputeMethod.MEDIAN, ImputeMethod.GROUP_MEDIAN)
        for name, values in sorted(groups.items()):
            fitted[name] = median(values) if of_middle else mean(values)

    def _filler(self, rule: Impute, unit: UnitData, means: Mapping[str, Decimal]) -> Decimal:
        if rule.method is ImputeMethod.ZERO:
            return Decimal(0)
        if rule.method is ImputeMethod.FLOOR:
            return rule.value or Decimal(0)
        name = _group(unit, rule)
        if name not in means:
            zh, en = (
                f"{unit.unit}所在组“{name}”无值可用",
                f"nobody in group {name!r} of {unit.unit} has a value",
            )
            raise StepNotPossible.at(self.leaf.code, "impute-empty-group", zh, en)
        return means[name]

    def _from_last_year(self, column: Column) -> Column:
        filled = list(column)
        for index, value in enumerate(column):
            if value is Absent.MISSING:
                unit = self.table.units[index]
                before: Column = [_decimal(measured(self.leaf, unit, data_year=self.data_year - 1))]
                if self.steps.denominator is not None:
                    before = _denominated(before, self.steps.denominator, (unit,), self.data_year - 1)
                filled[index] = before[0]
        return filled

    def _treated(self, column: Column, rule: Outliers) -> Column:
        if rule.method is OutlierMethod.NONE:
            return column
        bounds = self._parameters(lambda fitted: _fit_bounds(self._inside(column), rule, fitted), "treat.")
        return [v if isinstance(v, Absent) else _clip(v, bounds) for v in column]

    def _apply(self, rule: Transform, value: Decimal) -> Decimal:
        if rule.method is TransformMethod.ROUND:
            return to_quantum(value, rule.digits, rule.mode)
        shifted = WORK.add(value, rule.offset)
        if rule.method is TransformMethod.LINEAR:
            return WORK.multiply(rule.scale, shifted)
        if rule.method is TransformMethod.LOG:
            self._refuse_below(shifted <= 0, "log-of-nothing", value, "对数", "a logarithm")
            result = WORK.ln(shifted)
            result = WORK.divide(result, WORK.ln(rule.base)) if rule.base is not None else result
            return WORK.multiply(rule.scale, result)
        whole = rule.exponent == rule.exponent.to_integral_value()
        self._refuse_below(
            (shifted < 0 and not whole) or (shifted == 0 and rule.exponent < 0),
            "power-of-nothing",
            value,
            "幂",
            "this power",
        )
        return WORK.multiply(rule.scale, power(shifted, rule.exponent))

    def _refuse_below(self, wrong: bool, rule: str, value: Decimal, zh: str, en: str) -> None:
        if wrong:
            raise StepNotPossible.at(
                self.leaf.code, rule, f"{value}不能取{zh}", f"{value:g} has no value under {en}"
            )


def _group(unit: UnitData, rule: Impute) -> str:
    return unit.groups.get(rule.group, "") if rule.group is not None else "all"


def _decimal(cell: Cell) -> Decimal | Absent:
    return cell if isinstance(cell, Absent) else working(cell)


def _denominated(column: Column, rule: Denominator, units: Sequence[UnitData], data_year: int) -> Column:
    """A denominator that is absent leaves its state; one of zero or less gives no value: missing."""
    result: Column = []
    for value, unit in zip(column, units, strict=True):
        below = plain_of(unit, rule.indicator, data_year)
        if isinstance(value, Absent) or isinstance(below, Absent):
            result.append(value if isinstance(value, Absent) else below)  # type: ignore[arg-type]
        elif below <= 0:
            result.append(Absent.MISSING)
        else:
            result.append(WORK.multiply(WORK.divide(value, working(below)), rule.per))
    return result


def _fit_bounds(values: list[Decimal], rule: Outliers, fitted: Parameters) -> None:
    if not values:
        return
    if rule.method is OutlierMethod.WINSORISE:
        fitted["lower"], fitted["upper"] = _winsorised(values, rule)
    elif rule.method is OutlierMethod.PERCENTILE:
        fitted["lower"] = quantile(values, rule.lower or Decimal(0))
        fitted["upper"] = quantile(values, Decimal(1) if rule.upper is None else rule.upper)
    else:
        fitted.update(_given_bounds(rule))


def _given_bounds(rule: Outliers) -> Iterator[tuple[str, Decimal]]:
    if rule.lower is not None:
        yield "lower", rule.lower
    if rule.upper is not None:
        yield "upper", rule.upper


def _winsorised(values: list[Decimal], rule: Outliers) -> tuple[Decimal, Decimal]:
    """One point more is moved to its next neighbour on the side of the skew, until one limit is kept."""
    ordered = sorted(values)
    low, high = 0, len(ordered) - 1
    for _ in range(rule.maximum_points):
        current = [min(max(value, ordered[low]), ordered[high]) for value in ordered]
        if len(current) < 4 or current[0] == current[-1]:
            break
        skewness, kurtosis = shape(current)
        if abs(skewness) <= rule.skewness or kurtosis <= rule.kurtosis:
            break
        low, high = (low, high - 1) if skewness > 0 else (low + 1, high)
        if low >= high:
            break
    return ordered[low], ordered[high]


def _clip(value: Decimal, bounds: Mapping[str, Decimal]) -> Decimal:
    if "lower" in bounds:
        value = max(value, bounds["lower"])
    if "upper" in bounds:
        value = min(value, bounds["upper"])
    return value
