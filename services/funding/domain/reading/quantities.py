"""Reading a quantity: a column's name, a number, or one of the named forms."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from services.funding.domain.reading.fields import COLUMN_EN, COLUMN_ZH, Fields, column_name, number_from
from services.funding.domain.rules.quantities import (
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
    Rounding,
    Statistic,
)
from shared.errors import Item

DEPTH_LIMIT: Final = 12
PARTS_LIMIT: Final = 100
_ZERO: Final = Constant(Fraction(0))


def read_quantity(value: object, path: str, problems: list[Item], depth: int = 0) -> Quantity:
    """What cannot be read is reported with its path and read as zero."""
    number, name = number_from(value), column_name(value)
    if number is not None:
        return Constant(number)
    if name is not None:
        return Column(name, path)
    if depth >= DEPTH_LIMIT:
        return _wrong(
            problems, path, "depth-limit", f"嵌套超过{DEPTH_LIMIT}层", f"nested over {DEPTH_LIMIT} deep"
        )
    forms = [key for key in value if key in FORMS] if isinstance(value, Mapping) else []
    if len(forms) != 1:
        names = ", ".join(sorted(FORMS))
        zh, en = (
            f"应为列名({COLUMN_ZH})、数字或算式之一: {names}",
            f"a column's name ({COLUMN_EN}), a number or one of {names} is expected",
        )
        return _wrong(problems, path, "quantity-expected", zh, en)
    optional, read = FORMS[forms[0]]
    fields = Fields(value, path, problems, required=(forms[0],), optional=optional)
    return read(_Reader(fields, depth + 1), forms[0])


class _Reader:
    """The parts of one form."""

    def __init__(self, fields: Fields, depth: int) -> None:
        self.fields, self.depth = fields, depth

    def one(self, key: str) -> Quantity:
        return read_quantity(self.fields.raw(key), self.fields.at(key), self.fields.problems, self.depth)

    def maybe(self, key: str) -> Quantity | None:
        return self.one(key) if self.fields.has(key) else None

    def many(self, key: str, *, exactly: int | None = None) -> tuple[Quantity, ...]:
        def read(value: object, at: str) -> Quantity:
            return read_quantity(value, at, self.fields.problems, self.depth)

        limit, minimum = exactly or PARTS_LIMIT, exactly or 1
        return self.fields.each(key, read, limit=limit, minimum=minimum)

    def pair(self, key: str) -> tuple[Quantity, Quantity]:
        found = self.many(key, exactly=2)
        return (found[0], found[1]) if len(found) == 2 else (_ZERO, Constant(Fraction(1)))


def _fold(reader: _Reader, key: str) -> Quantity:
    parts = reader.many(key)
    return Folded(Fold(key), parts) if parts else _ZERO


def _column(reader: _Reader, key: str) -> Quantity:
    """A column whose heading looks like a number: 2023."""
    return Column(reader.fields.column(key, numeric=True), reader.fields.at(key))


def _difference(reader: _Reader, key: str) -> Quantity:
    return Difference(*reader.pair(key))


def _quotient(reader: _Reader, key: str) -> Quantity:
    return Quotient(*reader.pair(key), at=reader.fields.at(key))


def _statistic(reader: _Reader, key: str) -> Quantity:
    return Over(Statistic(key), reader.one(key), reader.fields.at(key))


def _percent(reader: _Reader, key: str) -> Quantity:
    """85 percent of a quantity."""
    _needs(reader, "of")
    return Folded(Fold.PRODUCT, (Constant(Fraction(1, 100)), reader.one(key), reader.one("of")))


def _above(reader: _Reader, key: str) -> Quantity:
    """What of a quantity lies above a base; nothing where it lies below."""
    _needs(reader, "of")
    return Bounded(Difference(reader.one("of"), reader.one(key)), _ZERO, None)


def _bounded(reader: _Reader, key: str) -> Quantity:
    if not (reader.fields.has("at_least") or reader.fields.has("at_most")):
        zh, en = "须有 at_least 或 at_most", "at_least or at_most is expected"
        reader.fields.report("bound-missing", zh, en)
    return Bounded(reader.one(key), reader.maybe("at_least"), reader.maybe("at_most"))


def _lookup(reader: _Reader, key: str) -> Quantity:
    _needs(reader, "steps")

    def step(value: object, at: str) -> tuple[Fraction, Quantity]:
        fields = Fields(value, at, reader.fields.problems, required=("at_least", "value"))
        return fields.number("at_least"), _Reader(fields, reader.depth).one("value")

    steps = reader.fields.each("steps", step, limit=PARTS_LIMIT, minimum=1)
    bounds = [bound for bound, _ in steps]
    if bounds != sorted(set(bounds), reverse=True):
        reader.fields.report("steps-fall", "各级须从高到低", "steps must fall from the top down", at="steps")
    return Lookup(reader.one(key), steps, reader.maybe("otherwise"), reader.fields.at(key))


def _match(reader: _Reader, key: str) -> Quantity:
    _needs(reader, "values")
    raw = reader.fields.raw("values")
    if not isinstance(raw, Mapping) or not 0 < len(raw) <= PARTS_LIMIT:
        zh, en = "应为“词:数值”的对应表", "a mapping from words to quantities is expected"
        reader.fields.report("mapping-expected", zh, en, at="values")
        raw = {}
    at, problems = reader.fields.at("values"), reader.fields.problems
    values = {str(w): read_quantity(v, f"{at}.{w}", problems, reader.depth) for w, v in raw.items()}
    return Match(reader.fields.column(key), values, reader.maybe("otherwise"), reader.fields.at(key))


def _brackets(reader: _Reader, key: str) -> Quantity:
    _needs(reader, "rates")

    def rate(value: object, at: str) -> tuple[Fraction | None, Fraction]:
        fields = Fields(value, at, reader.fields.problems, required=("rate",), optional=("up_to",))
        return (fields.number("up_to") if fields.has("up_to") else None), fields.number("rate")

    rates = reader.fields.each("rates", rate, limit=PARTS_LIMIT, minimum=1)
    bounds = [bound for bound, _ in rates[:-1]]
    known = [bound for bound in bounds if bound is not None]
    if len(known) != len(bounds) or known != sorted(set(known)) or (rates and rates[-1][0] is not None):
        zh = "各段上限须递增,最后一段不设上限"
        reader.fields.report("bounds-rise", zh, "bounds must rise; the last bracket has none", at="rates")
    return Brackets(reader.one(key), rates)


def _round(reader: _Reader, key: str) -> Quantity:
    digits = reader.fields.integer("digits", minimum=0, maximum=20) if reader.fields.has("digits") else 0
    mode = reader.fields.choice("mode", Rounding) if reader.fields.has("mode") else Rounding.HALF_UP
    return Rounded(reader.one(key), digits, mode)


def _needs(reader: _Reader, key: str) -> None:
    if not reader.fields.has(key):
        reader.fields.report("missing-key", f"缺少键: {key}", f"the key {key} is missing", at=key)


def _wrong(problems: list[Item], path: str, rule: str, zh: str, en: str) -> Quantity:
    problems.append(Item(path, rule, zh, en))
    return _ZERO


_Form = tuple[tuple[str, ...], Callable[[_Reader, str], Quantity]]
FORMS: Final[Mapping[str, _Form]] = {
    **{kind.value: ((), _fold) for kind in Fold},
    **{kind.value: ((), _statistic) for kind in Statistic},
    "column": ((), _column),
    "difference": ((), _difference),
    "quotient": ((), _quotient),
    "percent": (("of",), _percent),
    "above": (("of",), _above),
    "bounded": (("at_least", "at_most"), _bounded),
    "lookup": (("steps", "otherwise"), _lookup),
    "match": (("values", "otherwise"), _match),
    "brackets": (("rates",), _brackets),
    "round": (("digits", "mode"), _round),
}
