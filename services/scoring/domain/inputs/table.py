"""From the rows of a table to the units that a scheme reads; everything wrong is named with row and column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.scoring.domain.inputs.words import is_total, with_one_spelling, words_of
from services.scoring.domain.refusals import DataDoesNotFitScheme
from services.scoring.domain.scheme.conditions import AllOf, AnyOf, Condition, FactIn, NotThat
from services.scoring.domain.scheme.contents import conditions_of, measures_of
from services.scoring.domain.scheme.measures import Absent, Category, Cell, Growth, UnitData, indicators_of
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.steps import ImputeMethod
from services.scoring.domain.scheme.tree import leaves_of, nodes_of
from services.scoring.domain.scheme.words import WordKey, word_key
from shared.errors import Item
from shared.tables.cells import cell_problem, number_of
from shared.text import hygiene

ITEMS_LIMIT = 100
UNITS_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class ReadTable:
    """The units in the order of the table, and the columns that the scheme does not read."""

    units: tuple[UnitData, ...]
    unused: tuple[str, ...]


def read_table(scheme: Scheme, header: Sequence[str], rows: Sequence[Sequence[str]]) -> ReadTable:
    """`rows` without the header, which is row 1; an empty row is passed over and counted."""
    rules = scheme.data
    numbers, facts = numbers_of(scheme), facts_of(scheme)
    header = _as_named(scheme, header)
    needed = {rules.unit, *numbers, *facts, *groups_of(scheme), *([rules.year] if rules.year else [])}
    items = [
        *(
            cell_problem(1, column, "column-twice", "列名重复", "the column occurs twice")
            for column in _twice(header)
        ),
        *(
            cell_problem(1, column, "column-missing", "数据缺少该列", "the data has no such column")
            for column in sorted(needed - set(header))
        ),
    ]
    if not any(rows):
        items.append(cell_problem(1, rules.unit, "no-units", "数据中没有单位", "the data has no unit"))
    _refuse(items)
    reader = _Reader(scheme, tuple(header), sorted(numbers), sorted(facts), items)
    for number, row in enumerate(rows, 2):
        if row:
            reader.read(number, row)
    if not items and not reader.units():
        zh, en = f"没有{rules.data_year}年的数据行", f"no row is of the year {rules.data_year}"
        items.append(cell_problem(1, rules.year or rules.unit, "no-units", zh, en))
    _refuse(items)
    units = with_one_spelling(scheme, reader.units())
    return ReadTable(units, tuple(column for column in header if column not in needed))


def _as_named(scheme: Scheme, header: Sequence[str]) -> list[str]:
    """The headings as the scheme spells them: width and blanks make no other column."""
    rules = scheme.data
    named = {rules.unit, *numbers_of(scheme), *facts_of(scheme), *groups_of(scheme)} | (
        {rules.year} if rules.year else set()
    )
    spelled = {_compared(name): name for name in sorted(named)}
    return [spelled.get(_compared(column), column) for column in header]


def _compared(text: str) -> str:
    try:
        return hygiene.compared(text)
    except hygiene.UnfitCharacter:
        return text


def numbers_of(scheme: Scheme) -> set[str]:
    """The columns read as numbers."""
    found = {indicator for measure in measures_of(scheme) for indicator in indicators_of(measure)}
    found |= {
        leaf.steps.denominator.indicator
        for leaf in leaves_of(scheme.root)
        if leaf.steps is not None and leaf.steps.denominator is not None
    }
    return found | ({scheme.blend.indicator} if scheme.blend else set())


def facts_of(scheme: Scheme) -> set[str]:
    """The columns read as words: of categorical scales and of conditions."""
    found = {measure.fact for measure in measures_of(scheme) if isinstance(measure, Category)}
    for _, condition in conditions_of(scheme):
        found |= set(_facts_in(condition))
    return found


def groups_of(scheme: Scheme) -> set[str]:
    found = set(scheme.data.groups)
    found |= {scheme.peer_group} if scheme.peer_group else set()
    found |= {node.weight_group for node in nodes_of(scheme.root) if node.weight_group is not None}
    return found | ({scheme.cohort.group} if scheme.cohort.group else set())


def lookback_of(scheme: Scheme) -> int:
    """How many years before its own a unit is asked for."""
    offsets = [
        measure.year_offset - isinstance(measure, Growth)
        for measure in measures_of(scheme)
        if not isinstance(measure, Category)
    ]
    steps = [leaf.steps for leaf in leaves_of(scheme.root) if leaf.steps is not None]
    filled = any(step.impute.method is ImputeMethod.LAST_YEAR for step in steps)
    return filled - min([0, *offsets])


def _facts_in(condition: Condition) -> Iterator[str]:
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _facts_in(part)
        case NotThat(part=part):
            yield from _facts_in(part)
        case FactIn(fact=fact):
            yield fact


class _Reader:
    def __init__(
        self, scheme: Scheme, header: tuple[str, ...], numbers: list[str], facts: list[str], items: list[Item]
    ) -> None:
        self._scheme, self._header, self._items = scheme, header, items
        self._numbers, self._facts, self._groups = numbers, facts, sorted(groups_of(scheme))
        self._cells: dict[str, dict[tuple[str, int], Cell]] = {}
        self._words: dict[tuple[str, int], tuple[dict[str, str], dict[str, str]]] = {}
        self._seen: dict[tuple[WordKey, int], tuple[int, str]] = {}
        self._codes: dict[WordKey, str] = {}
        self._missing = {word_key(token) for token in scheme.data.missing}
        self._not_applicable = {word_key(token) for token in scheme.data.not_applicable}
        self._known_words = words_of(scheme)

    def read(self, number: int, row: Sequence[str]) -> None:
        rules = self._scheme.data
        if len(row) != len(self._header):
            zh, en = f"有{len(row)}列,应为{len(self._header)}列", f"{len(row)} cells, not {len(self._header)}"
            self._items.append(cell_problem(number, "", "row-length", zh, en))
            return
        held = dict(zip(self._header, row, strict=True))
        year = self._year(number, held)
        unit = self._unit(number, held[rules.unit], year)
        if unit is None:
            return
        cells = self._cells.setdefault(unit, {})
        for column in self._numbers:
            cells[(column, year)] = self._cell(number, column, held[column])
        facts, groups = self._words.setdefault((unit, year), ({}, {}))
        if rules.panel or year == rules.data_year:
            facts.update(
                {c: word for c in self._facts if (word := self._fact(number, c, held[c])) is not None}
            )
            groups.update(
                {c: held[c].strip() for c in self._groups if word_key(held[c]) not in self._missing}
            )

    def _unit(self, number: int, text: str, year: int) -> str | None:
        """The unit's code as its first row spells it; None where the row names nobody, a total, or somebody again."""
        column = self._scheme.data.unit
        try:
            unit = hygiene.stored(text).text
        except hygiene.UnfitCharacter as error:
            self._items.append(cell_problem(number, column, error.rule, error.zh, error.en))
            return None
        found = word_key(unit)
        before = self._seen.get((found, year))
        if not unit:
            zh, en = "单位代码为空", "the unit's code is empty"
        elif is_total(unit):
            zh, en = f"“{unit}”是汇总行,不是单位,请删除", f"{unit} is a row of totals and no unit: delete it"
        elif before is not None:
            zh = f"“{unit}”与第{before[0]}行“{before[1]}”是同一单位"
            en = f"{unit} is the same unit as {before[1]} in row {before[0]}"
        else:
            self._seen[(found, year)] = (number, unit)
            return self._codes.setdefault(found, unit)
        self._items.append(cell_problem(number, column, "unit-code", zh, en))
        return None

    def _fact(self, number: int, column: str, text: str) -> str | None:
        """The word as the scheme spells it; None where there is none."""
        found = word_key(text)
        if found in self._missing:
            return None
        words = self._known_words[column]
        if found not in words:
            zh = f"没有取值“{text.strip()[:40]}”,可用:{'、'.join(words.values())}"
            en = f"no such word: {text.strip()[:40]}; there is {', '.join(words.values())}"
            self._items.append(cell_problem(number, column, "unknown-word", zh, en))
            return None
        return words[found]

    def units(self) -> tuple[UnitData, ...]:
        """In the order of the table; of a panel each row as `unit year`, seen from its own year as the year 0."""
        if self._scheme.data.panel:
            years = range(-lookback_of(self._scheme), 1)
            return tuple(
                UnitData(f"{unit} {year}", facts, self._seen_from(unit, year, years), groups)
                for (unit, year), (facts, groups) in self._words.items()
            )
        year = self._scheme.data.data_year
        return tuple(
            UnitData(unit, self._words[(unit, year)][0], cells, self._words[(unit, year)][1])
            for unit, cells in self._cells.items()
            if (unit, year) in self._words
        )

    def _seen_from(self, unit: str, year: int, years: range) -> dict[tuple[str, int], Cell]:
        held = self._cells[unit]
        return {
            (column, back): held[(column, year + back)]
            for column in self._numbers
            for back in years
            if (column, year + back) in held
        }

    def _year(self, number: int, held: Mapping[str, str]) -> int:
        column = self._scheme.data.year
        if column is None:
            return self._scheme.data.data_year
        text = held[column].strip()
        if len(text) == 4 and text.isascii() and text.isdecimal():
            return int(text)
        self._items.append(
            cell_problem(number, column, "year-expected", f"不是年份: {text[:20]}", f"no year: {text[:20]}")
        )
        return 0

    def _cell(self, number: int, column: str, text: str) -> Cell:
        token = word_key(text)
        if token in self._missing:
            return Absent.MISSING
        if token in self._not_applicable:
            return Absent.NOT_APPLICABLE
        value = number_of(_compared(text))
        if value is None:
            zh, en = (
                f"不是数字: {text.strip()[:40]}",
                f"no number that can be computed with: {text.strip()[:40]}",
            )
            self._items.append(cell_problem(number, column, "number-expected", zh, en))
            return Absent.MISSING
        return value


def _twice(header: Sequence[str]) -> list[str]:
    return sorted({column for column in header if header.count(column) > 1})


def _refuse(items: list[Item]) -> None:
    if items:
        raise DataDoesNotFitScheme(
            "数据与评估方案不符", "The data does not fit the scheme", items=items[:ITEMS_LIMIT]
        )
