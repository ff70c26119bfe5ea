"""From the rows of a table to candidates; everything wrong is named with row, column and rule.

`unit` is needed. `rank`, `score`, `grade`, `group`, `county`, `name`, `removed`, `removal_reason` have their meaning;
any other column is a measure where the rules read it as a number, and a word where they test it or group by it. A cell
is read as people see it: without invisible characters, in narrow forms where it is a number or a yes or no.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from services.funding.domain.inputs.candidates import YES_NO_EN, YES_NO_ZH, Candidate, yes_or_no
from services.funding.domain.refusals import RankingInvalid
from services.funding.domain.rules.reward import FlagTest, RewardRules
from services.funding.domain.rules.vocabulary import OutcomeTest
from shared.errors import Item
from shared.tables.cells import cell_problem, number_of
from shared.text.hygiene import UnfitCharacter, compared, key, stored

ITEMS_LIMIT: Final = 100
UNITS_LIMIT: Final = 100_000
UNIT_LENGTH: Final = 200
NAMED: Final = ("rank", "score")
#: What sheets call their sums.
TOTALS: Final = frozenset({"合计", "总计", "小计", "共计", "total", "subtotal"})


def read_ranking(
    reward: RewardRules, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """The candidates in the order of the table, and the columns that nothing reads.

    The header is row 1; an empty row is passed over and counted.
    """
    needed = columns_read(reward)
    items: list[Item] = []
    header = _as_named(
        needed, [_text(1, f"{place}", cell, items) for place, cell in enumerate(header, start=1)]
    )
    items += [
        cell_problem(1, column, "column-twice", "列名重复", "the column occurs twice")
        for column in sorted({column for column in header if header.count(column) > 1})
    ]
    for column in sorted({"unit", *needed} - set(header)):
        zh, en = "缺少该列(规则要读取)", "there is no such column, and the rules read it"
        items.append(cell_problem(1, column, "column-missing", zh, en))
    if not 0 < sum(bool(row) for row in rows) <= UNITS_LIMIT:
        zh, en = f"应有1至{UNITS_LIMIT}个单位", f"1 to {UNITS_LIMIT} units are expected"
        items.append(cell_problem(1, "unit", "no-units", zh, en))
    _refuse(items)
    numbers = sorted(column for column, number in needed.items() if number)
    reader = _Reader(tuple(header), numbers, ("removed", *flags_read(reward)), items)
    candidates = [reader.read(number, row) for number, row in enumerate(rows, start=2) if row]
    _refuse(items)
    known = {"unit", "rank", "score", "name", "removed", "removal_reason", *needed}
    return tuple(c for c in candidates if c is not None), tuple(c for c in header if c not in known)


def columns_read(reward: RewardRules) -> dict[str, bool]:
    """Every column that the rules read; true where a number is read of it."""
    found = dict(reward.columns)
    for test in (*reward.entry.tests, *reward.entry.vetoes):
        column = getattr(test.condition, "column", None)
        if column is not None:
            found.setdefault(column, False)
    if reward.strata is not None:
        found.setdefault(reward.strata.column, False)
    for cap in reward.group_caps:
        found.setdefault(cap.column, False)
    if reward.cut is not None:
        found |= {"score": True} if reward.cut.score_at_least is not None else {}
        found |= {"grade": False} if reward.cut.grades is not None else {}
    if reward.ranks_by_score:  # ranks are made, and no column of the table
        return {column: number for column, number in found.items() if column != "rank"} | {"score": True}
    return found | ({"rank": True} if reward.needs_ranks else {})


def flags_read(reward: RewardRules) -> list[str]:
    """The columns that say yes or no: the outcomes of a release, and whatever the rules test as a flag."""
    tested = {
        test.condition.column
        for test in (*reward.entry.tests, *reward.entry.vetoes)
        if isinstance(test.condition, FlagTest)
    }
    return sorted(tested | {outcome.value for outcome in OutcomeTest})


def _as_named(needed: Iterable[str], header: Sequence[str]) -> list[str]:
    """The headings as the rules spell them: width makes no other column, so brackets of either kind are found."""
    spelled = {compared(name): name for name in sorted(needed)}
    return [spelled.get(compared(column), column) for column in header]


class _Reader:
    def __init__(
        self, header: tuple[str, ...], numbers: list[str], flags: tuple[str, ...], items: list[Item]
    ) -> None:
        self._header, self._flags, self._items = header, flags, items
        self._numbers = [column for column in numbers if column not in (*NAMED, "unit")]
        self._seen: dict[str, int] = {}

    def read(self, number: int, row: Sequence[str]) -> Candidate | None:
        if len(row) != len(self._header):
            zh, en = f"有{len(row)}列,应为{len(self._header)}列", f"{len(row)} cells, not {len(self._header)}"
            self._items.append(cell_problem(number, "", "row-length", zh, en))
            return None
        held = {
            column: _text(number, column, cell, self._items)
            for column, cell in zip(self._header, row, strict=True)
        }
        unit = held["unit"]
        if not self._is_new(number, unit):
            return None
        score = self._number(number, "score", held["score"]) if held.get("score") else None
        measures = {
            column: value
            for column in self._numbers
            if (value := self._number(number, column, held[column])) is not None
        }
        said = {column: self._flag(number, column, held.get(column, "")) for column in self._flags}
        reason = held.get("removal_reason") or "已取消"
        return Candidate(
            unit=unit,
            name=held.get("name", unit),
            county_code=held.get("county", ""),
            county_name=held.get("county_name", ""),
            division_path=(),
            rank=self._rank(number, held.get("rank", "")),
            removed=reason if said["removed"] else None,
            score=None if score is None else Decimal(compared(held["score"])),
            contributions={},
            measures=measures,
            words=held,
            row=number,
        )

    def _is_new(self, number: int, unit: str) -> bool:
        """Once each, however it is typed; a row of totals is no unit."""
        if not 0 < len(unit) <= UNIT_LENGTH:
            zh = f"单位代码应有1至{UNIT_LENGTH}个字符,现有{len(unit)}个"
            en = f"the unit has 1 to {UNIT_LENGTH} characters, not {len(unit)}"
            self._items.append(cell_problem(number, "unit", "unit-code", zh, en))
            return False
        named = key(unit)
        if named in TOTALS:
            zh, en = f"「{unit}」是合计行,请删除该行", f"{unit!r} is a row of totals; remove the row"
            self._items.append(cell_problem(number, "unit", "row-of-totals", zh, en))
            return False
        first = self._seen.setdefault(named, number)
        if first != number:
            zh = f"单位「{unit[:40]}」与第{first}行重复(不计大小写、全半角和空白)"
            en = f"the unit {unit[:40]!r} is that of row {first} (case, width and blanks aside)"
            self._items.append(cell_problem(number, "unit", "unit-code", zh, en))
        return first == number

    def _flag(self, number: int, column: str, word: str) -> bool:
        """Yes or no; a word that is neither is caught as such."""
        said = yes_or_no(word)
        if said is None:
            zh, en = f"为「{word[:40]}」,{YES_NO_ZH}", f"{word[:40]!r}; {YES_NO_EN}"
            self._items.append(cell_problem(number, column, "flag-expected", zh, en))
        return bool(said)

    def _rank(self, number: int, text: str) -> int | None:
        text = compared(text)
        if not text:
            return None
        if text.isascii() and text.isdecimal() and 0 < len(text) <= 9 and int(text) > 0:
            return int(text)
        zh, en = f"不是名次(从1起的整数): {text[:20]}", f"no rank (a whole number from 1): {text[:20]}"
        self._items.append(cell_problem(number, "rank", "rank-expected", zh, en))
        return None

    def _number(self, number: int, column: str, text: str) -> Fraction | None:
        value = number_of(compared(text))
        if value is None:
            zh, en = f"不是数字: {text[:40]!r}", f"no number that can be computed with: {text[:40]!r}"
            self._items.append(cell_problem(number, column, "number-expected", zh, en))
        return value


def _text(number: int, column: str, cell: str, items: list[Item]) -> str:
    """A cell (or a heading) as it is kept; what no text may hold is a problem of its place."""
    try:
        return stored(cell).text
    except UnfitCharacter as unfit:
        items.append(cell_problem(number, column, unfit.rule, unfit.zh, unfit.en))
        return ""


def _refuse(items: list[Item]) -> None:
    if items:
        raise RankingInvalid("名单数据有误", "The ranking's table has errors", items=items[:ITEMS_LIMIT])
