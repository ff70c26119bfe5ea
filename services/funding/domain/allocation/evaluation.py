"""What a quantity is for each unit: exact, or refused with the units that have no figure."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Final, NoReturn

from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.refusals import QuantityUndefined
from services.funding.domain.rules.figures import shown
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
#: So many words of a table are named.
WORDS_SHOWN: Final = 20


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
            case Column(name, at):
                values = self._column(name, at)
            case Folded(kind, parts):
                values = [_FOLDS[kind](row) for row in zip(*(self.of(part) for part in parts), strict=True)]
            case Difference(left, right):
                values = [a - b for a, b in zip(self.of(left), self.of(right), strict=True)]
            case Quotient(top, bottom, at):
                values = self._quotient(self.of(top), self.of(bottom), at)
            case Over(kind, of, at):
                values = self._statistic(kind, self.of(of), at, of)
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
            case Lookup(of, steps, otherwise, at):
                keys = self.of(of)
                lowest = shown(steps[-1][0]) if steps else ""
                return self._pick(
                    [next((i for i, (bound, _) in enumerate(steps) if key >= bound), -1) for key in keys],
                    [value for _, value in steps],
                    otherwise,
                    [
                        (f"{shown(k)} 低于最低一级 {lowest}", f"{shown(k)} is below the lowest step {lowest}")
                        for k in keys
                    ],
                    at,
                )
            case Match(column, values, otherwise, at):
                words, codes = [unit.word(column) for unit in self.units], list(values)
                known = ", ".join(codes[:WORDS_SHOWN]) + (", ..." if len(codes) > WORDS_SHOWN else "")
                return self._pick(
                    [codes.index(word) if word in values else -1 for word in words],
                    list(values.values()),
                    otherwise,
                    [
                        (
                            f"{column} 为「{w[:40]}」,规则只有 {known}",
                            f"{column} is {w[:40]!r}; the rules have {known}",
                        )
                        for w in words
                    ],
                    at,
                )
            case Brackets(of, rates):
                return [_progressive(value, rates) for value in self.of(of)]
            case Rounded(of, digits, mode):
                scale = 10**digits
                return [Fraction(rounded(value * scale, mode), scale) for value in self.of(of)]

    def _column(self, name: str, at: str) -> Values:
        if name == POOL:
            return [self.pool] * len(self.units)
        if name == COUNT:
            return [Fraction(len(self.units))] * len(self.units)
        found = [unit.figure(name) for unit in self.units]
        told = [(f"{name} 没有数值", f"{name} has no figure")] * len(found)
        self._refuse("figure-missing", at, told, [value is None for value in found])
        return [value for value in found if value is not None]

    def _quotient(self, tops: Values, bottoms: Values, at: str) -> Values:
        told = [(f"{shown(top)} 不能除以 0", f"{shown(top)} cannot be divided by 0") for top in tops]
        self._refuse("division-by-zero", at, told, [value == 0 for value in bottoms])
        return [a / b for a, b in zip(tops, bottoms, strict=True)]

    def _statistic(self, kind: Statistic, values: Values, at: str, of: Quantity) -> Values:
        if not values:
            return []
        total = sum(values, Fraction(0))
        if kind is Statistic.SHARE:
            if total == 0:
                self._no_shares(at, of)
            return [value / total for value in values]
        one = {
            Statistic.TOTAL: total,
            Statistic.MEAN: total / len(values),
            Statistic.LARGEST: max(values),
            Statistic.SMALLEST: min(values),
        }[kind]
        return [one] * len(values)

    def _no_shares(self, at: str, of: Quantity) -> NoReturn:
        """One fault of the list as a whole, and none of a unit."""
        name = f" {of.name}" if isinstance(of, Column) else ""
        number = len(self.units)
        zh = f"{number}个单位的{name}合计为0,不能计算占比({at})"
        en = f"of {number} unit(s) the total{' of' if name else ''}{name} is 0: there are no shares of it ({at})"
        raise QuantityUndefined(zh, en, items=[Item(at, "total-is-zero", zh, en)])

    def _pick(
        self,
        chosen: Sequence[int],
        options: Sequence[Quantity],
        otherwise: Quantity | None,
        told: Sequence[tuple[str, str]],
        at: str,
    ) -> Values:
        if otherwise is None:
            self._refuse("no-row-for-value", at, told, [index < 0 for index in chosen])
        columns = [self.of(option) for option in options]
        rest = self.of(otherwise) if otherwise is not None else []
        return [columns[index][i] if index >= 0 else rest[i] for i, index in enumerate(chosen)]

    def _refuse(self, rule: str, at: str, told: Sequence[tuple[str, str]], wrong: Sequence[bool]) -> None:
        """Names the unit with its row, what was found there, and the place in the rules."""
        found = [(unit, reason) for unit, reason, bad in zip(self.units, told, wrong, strict=True) if bad]
        if found:
            items = [
                Item(unit.unit, rule, f"{unit.told_zh}:{zh}({at})", f"{unit.told_en}: {en} ({at})", unit.row)
                for unit, (zh, en) in found
            ]
            raise QuantityUndefined(
                f"有{len(found)}个单位无法计算 {at}",
                f"{at} cannot be computed for {len(found)} unit(s)",
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
