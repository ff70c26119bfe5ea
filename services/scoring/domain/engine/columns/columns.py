"""One indicator over all units: every step of its column, each stage kept for the trace.

What is taken from the units themselves (a mean, a maximum, a bound) is a *parameter*: fitted on the scheme's
cohort, or read from its `frozen` section, where nothing is fitted any more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from services.scoring.domain.engine.columns.goalposts import normaliser
from services.scoring.domain.engine.columns.normalisation import fit_normalise, normalise_column
from services.scoring.domain.engine.columns.transforms import transformed, with_posts
from services.scoring.domain.engine.working import (
    WORK,
    computing,
    kept,
    mean,
    median,
    quantile,
    shape,
    working,
)
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.measures import (
    Absent,
    CategoryUnknown,
    Cell,
    UnitData,
    measure_of,
    plain_of,
)
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.sections import Cohort
from services.scoring.domain.scheme.steps import (
    FITTED_IMPUTATIONS,
    Denominator,
    Impute,
    ImputeMethod,
    LeafSteps,
    Normalise,
    OutlierMethod,
    Outliers,
)
from services.scoring.domain.scheme.tree import Direction, Leaf, leaves_of

Column: TypeAlias = list[Decimal | Absent]
Values: TypeAlias = dict[str, Decimal | Absent]
Parameters: TypeAlias = dict[str, Decimal]
STAGES = ("raw", "denominated", "imputed", "treated", "transformed", "normalised")


@dataclass(slots=True)
class Table:
    """All columns of a run, the stages they went through, the parameters that were used, and what to look at."""

    units: tuple[UnitData, ...]
    stages: dict[str, dict[str, Column]] = field(default_factory=lambda: {stage: {} for stage in STAGES})
    parameters: dict[str, Parameters] = field(default_factory=dict)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def values_of(self, index: int) -> Values:
        return {code: column[index] for code, column in self.stages["normalised"].items()}


def table_of(scheme: Scheme, units: Sequence[UnitData], *, data_year: int, trace: bool = False) -> Table:
    """The normalised columns of all leaves. `trace` keeps the earlier stages also for fixed goalposts."""
    table = Table(tuple(units))
    for leaf in leaves_of(scheme.root):
        if leaf.steps is None:
            _fixed_column(table, leaf, scheme.quantum_digits, data_year=data_year, trace=trace)
        else:
            with computing(leaf.code):
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


def inside_of(scheme: Scheme, table: Table, column: Column) -> list[Decimal]:
    """The values of the cohort."""
    inside = members_of(scheme.cohort, table.units)
    return [v for v, member in zip(column, inside, strict=True) if member and not isinstance(v, Absent)]


def parameters_of(
    cohort: Cohort, table: Table, code: str, prefix: str, fit: Callable[[Parameters], None]
) -> Parameters:
    """From the frozen section where there is one, else fitted now; either way kept under the leaf or node."""
    held = table.parameters.setdefault(code, {})
    fitted: Parameters = {}
    if cohort.frozen is None:
        fit(fitted)
    else:
        frozen = cohort.frozen.get(code, {})
        fitted.update({k.removeprefix(prefix): v for k, v in frozen.items() if k.startswith(prefix)})
    held.update({prefix + key: value for key, value in fitted.items()})
    return fitted


def normalised(scheme: Scheme, table: Table, code: str, rule: Normalise, column: Column, sign: int) -> Column:
    """A leaf's or node's column by a rule, rounded to the quantum."""
    parameters = parameters_of(
        scheme.cohort,
        table,
        code,
        "normalise.",
        lambda fitted: fit_normalise(rule, inside_of(scheme, table, column), sign, fitted, code),
    )
    values = normalise_column(rule, column, sign, parameters, code)
    return [v if isinstance(v, Absent) else kept(code, v, scheme.quantum_digits) for v in values]


def _fixed_column(table: Table, leaf: Leaf, digits: int, *, data_year: int, trace: bool) -> None:
    cells = [measured(leaf, unit, data_year=data_year) for unit in table.units]
    if trace:
        plain: Column = [_decimal(cell) for cell in cells]
        for stage in STAGES[:-1]:
            table.stages[stage][leaf.code] = plain
    table.stages["normalised"][leaf.code] = list(map(normaliser(leaf, quantum_digits=digits), cells))


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
                v if isinstance(v, Absent) else transformed(transform, v, code=leaf.code) for v in column
            ]
        column = self._keep("transformed", column)
        sign = -1 if leaf.direction is Direction.COST else 1
        rule = with_posts(steps.normalise, steps.transforms, code=leaf.code)
        self._keep("normalised", normalised(self.scheme, self.table, leaf.code, rule, column, sign))

    def _keep(self, stage: str, column: Column) -> Column:
        self.table.stages[stage][self.leaf.code] = column
        return column

    def _imputed(self, column: Column, rule: Impute) -> Column:
        missing = [index for index, value in enumerate(column) if value is Absent.MISSING]
        if rule.method is ImputeMethod.NONE:
            return column
        means = parameters_of(
            self.scheme.cohort,
            self.table,
            self.leaf.code,
            "impute.",
            lambda fitted: self._fit_means(column, rule, fitted),
        )
        if not missing:
            return column
        share = Decimal(len(missing)) / len(column)
        if share > rule.maximum_share:
            zh = f"缺失{len(missing)}/{len(column)},超过可填补比例{rule.maximum_share}"
            en = f"{len(missing)} of {len(column)} are missing: more than the share {rule.maximum_share}"
            raise StepNotPossible.at(self.leaf.code, "impute-too-many", zh, en)
        if rule.method is ImputeMethod.LAST_YEAR:
            return self._from_last_year(column)
        filled = list(column)
        inside = members_of(self.scheme.cohort, self.table.units)
        for index in missing:
            unit = self.table.units[index]
            if not inside[index] and rule.method in FITTED_IMPUTATIONS and _group(unit, rule) not in means:
                continue  # nobody of the cohort is in its group: it stays without a value, and stops nobody
            filled[index] = self._filler(rule, unit, means)
        return filled

    def _fit_means(self, column: Column, rule: Impute, fitted: Parameters) -> None:
        if rule.method not in FITTED_IMPUTATIONS:
            return
        inside = members_of(self.scheme.cohort, self.table.units)
        groups: dict[str, list[Decimal]] = {}
        for unit, value, member in zip(self.table.units, column, inside, strict=True):
            name = _group(unit, rule)
            if member and name and not isinstance(value, Absent):
                groups.setdefault(name, []).append(value)
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
        if rule.method is OutlierMethod.CLIP:
            given = dict(_given_bounds(rule))
            held = {f"treat.{name}": bound for name, bound in given.items()}
            self.table.parameters.setdefault(self.leaf.code, {}).update(held)
            return [v if isinstance(v, Absent) else _clip(v, given) for v in column]
        bounds = parameters_of(
            self.scheme.cohort,
            self.table,
            self.leaf.code,
            "treat.",
            lambda fitted: _fit_bounds(inside_of(self.scheme, self.table, column), rule, fitted),
        )
        return [v if isinstance(v, Absent) else _clip(v, bounds) for v in column]


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
    else:
        fitted["lower"] = quantile(values, rule.lower or Decimal(0))
        fitted["upper"] = quantile(values, Decimal(1) if rule.upper is None else rule.upper)


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
