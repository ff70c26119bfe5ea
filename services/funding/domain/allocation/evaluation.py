"""What a quantity is for each unit: exact, or refused with the units that have no figure."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Final

from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.refusals import QuantityUndefined
from services.funding.domain.rules.quantities import (
    COUNT,
    POOL,
    Bounded,
    Brackets,
    Column,
    Constant,
    Difference,
    Fold,
    Folded,
    Lookup,
    Match,
    Over,
    Quantity,
    Quotient,
    Rounded,
    Statistic,
    rounded,
)
from shared.errors import Item

Values = list[Fraction]


def evaluate(quantity: Quantity, units: Sequence[Candidate], *, pool: Fraction) -> Values:
    """One value for each unit; refuses a missing figure and a division by zero, naming the unit."""
    return _Evaluation(units, pool).of(quantity)


class _Evaluation:
    def __init__(self, units: Sequence[Candidate], pool: Fraction) -> None:
        self.units, self.pool = units, pool

    def of(self, quantity: Quantity) -> Values:
        match quantity:
            case Constant(value):
                values = [value] * len(self.units)
            case Column(name):
                values = self._column(name)
            case Folded(kind, parts):
                values = [_FOLDS[kind](row) for row in zip(*(self.of(part) for part in parts), strict=True)]
            case Difference(left, right):
                values = [a - b for a, b in zip(self.of(left), self.of(right), strict=True)]
            case Quotient(top, bottom):
                values = self._quotient(self.of(top), self.of(bottom))
            case Over(kind, of):
                values = self._statistic(kind, self.of(of))
            case Bounded(of, at_least, at_most):
                values = self._bounded(self.of(of), at_least, at_most)
            case _:
                values = self._table(quantity)
        return values

    def _bounded(self, values: Values, at_least: Quantity | None, at_most: Quantity | None) -> Values:
        if at_least is not None:
            values = [max(a, b) for a, b in zip(values, self.of(at_least), strict=True)]
        if at_most is not None:
            values = [min(a, b) for a, b in zip(values, self.of(at_most), strict=True)]
        return values

    def _table(self, quantity: Lookup | Match | Brackets | Rounded) -> Values:
        match quantity:
            case Lookup(of, steps, otherwise):
                keys = self.of(of)
                return self._pick(
                    [next((i for i, (bound, _) in enumerate(steps) if key >= bound), -1) for key in keys],
                    [value for _, value in steps],
                    otherwise,
                    "lookup",
                )
            case Match(column, values, otherwise):
                words, codes = [unit.word(column) for unit in self.units], list(values)
                return self._pick(
                    [codes.index(word) if word in values else -1 for word in words],
                    list(values.values()),
                    otherwise,
                    column,
                )
            case Brackets(of, rates):
                return [_progressive(value, rates) for value in self.of(of)]
            case Rounded(of, digits, mode):
                scale = 10**digits
                return [Fraction(rounded(value * scale, mode), scale) for value in self.of(of)]

    def _column(self, name: str) -> Values:
        if name == POOL:
            return [self.pool] * len(self.units)
        if name == COUNT:
            return [Fraction(len(self.units))] * len(self.units)
        found = [unit.figure(name) for unit in self.units]
        self._refuse(name, "figure-missing", "没有数值", "has no figure", [value is None for value in found])
        return [value for value in found if value is not None]

    def _quotient(self, tops: Values, bottoms: Values) -> Values:
        zeros = [value == 0 for value in bottoms]
        self._refuse("quotient", "division-by-zero", "除数为零", "is divided by zero", zeros)
        return [a / b for a, b in zip(tops, bottoms, strict=True)]

    def _statistic(self, kind: Statistic, values: Values) -> Values:
        if not values:
            return []
        total = sum(values, Fraction(0))
        if kind is Statistic.SHARE:
            self._refuse(
                "share", "total-is-zero", "合计为零", "is a share of zero", [total == 0] * len(values)
            )
            return [value / total for value in values]
        one = {
            Statistic.TOTAL: total,
            Statistic.MEAN: total / len(values),
            Statistic.LARGEST: max(values),
            Statistic.SMALLEST: min(values),
        }[kind]
        return [one] * len(values)

    def _pick(
        self, chosen: Sequence[int], options: Sequence[Quantity], otherwise: Quantity | None, what: str
    ) -> Values:
        if otherwise is None:
            lost = [index < 0 for index in chosen]
            self._refuse(what, "no-row-for-value", "没有对应的取值", "has no row in the table", lost)
        columns = [self.of(option) for option in options]
        rest = self.of(otherwise) if otherwise is not None else []
        return [columns[index][at] if index >= 0 else rest[at] for at, index in enumerate(chosen)]

    def _refuse(self, field: str, rule: str, zh: str, en: str, wrong: Sequence[bool]) -> None:
        units = [unit.unit for unit, bad in zip(self.units, wrong, strict=True) if bad]
        if units:
            items = [Item(unit, rule, f"{unit}:{field} {zh}", f"{unit}: {field} {en}") for unit in units]
            raise QuantityUndefined(
                f"有{len(units)}个单位无法计算 {field}",
                f"{field} cannot be computed for {len(units)} unit(s)",
                items=items[:100],
            )


def _progressive(value: Fraction, rates: Sequence[tuple[Fraction | None, Fraction]]) -> Fraction:
    counted, below = Fraction(0), Fraction(0)
    for up_to, rate in rates:
        top = value if up_to is None else min(value, up_to)
        if top > below:
            counted += (top - below) * rate
            below = top
    return counted


def _sum(row: Sequence[Fraction]) -> Fraction:
    """Over one common denominator: the fraction is reduced once."""
    bottom = lcm(*(value.denominator for value in row))
    return Fraction(sum(value.numerator * (bottom // value.denominator) for value in row), bottom)


def _product(row: Sequence[Fraction]) -> Fraction:
    """By numerators and denominators: the fraction is reduced once."""
    top = bottom = 1
    for value in row:
        top *= value.numerator
        bottom *= value.denominator
    return Fraction(top, bottom)


_FOLDS: Final[Mapping[Fold, Callable[[Sequence[Fraction]], Fraction]]] = {
    Fold.SUM: _sum,
    Fold.PRODUCT: _product,
    Fold.MAX: max,
    Fold.MIN: min,
}
