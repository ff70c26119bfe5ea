"""From the rows of a table to candidates; everything wrong is named with row, column and rule.

`unit` is needed. `rank`, `score`, `grade`, `group`, `county`, `name`, `removed` have their meaning; any other column is
a measure where the rules read it as a number, and a word where they test it or group by it.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from services.funding.domain.inputs.candidates import NO, YES, Candidate
from services.funding.domain.refusals import RankingInvalid
from services.funding.domain.rules.reward import RewardRules
from services.funding.domain.rules.vocabulary import OutcomeTest
from shared.errors import Item
from shared.tables.cells import cell_problem, number_of

ITEMS_LIMIT: Final = 100
UNITS_LIMIT: Final = 100_000
UNIT_LENGTH: Final = 200
NAMED: Final = ("rank", "score")


def read_ranking(
    reward: RewardRules, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """The candidates in the order of the table, and the columns that nothing reads.

    The header is row 1; an empty row is passed over and counted.
    """
    needed = columns_read(reward)
    items = [
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
    reader = _Reader(tuple(header), sorted(c for c, number in needed.items() if number), items)
    candidates = [reader.read(number, row) for number, row in enumerate(rows, start=2) if row]
    _refuse(items)
    known = {"unit", "rank", "score", "name", "removed", *needed}
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
    if reward.ranks_by_score:
        return found | {"score": True}
    return found | ({"rank": True} if reward.needs_ranks else {})


class _Reader:
    def __init__(self, header: tuple[str, ...], numbers: list[str], items: list[Item]) -> None:
        self._header, self._items = header, items
        self._numbers = [column for column in numbers if column not in (*NAMED, "unit")]
        self._seen: set[str] = set()

    def read(self, number: int, row: Sequence[str]) -> Candidate | None:
        if len(row) != len(self._header):
            zh, en = f"有{len(row)}列,应为{len(self._header)}列", f"{len(row)} cells, not {len(self._header)}"
            self._items.append(cell_problem(number, "", "row-length", zh, en))
            return None
        held = {column: cell.strip() for column, cell in zip(self._header, row, strict=True)}
        unit = held["unit"]
        if not 0 < len(unit) <= UNIT_LENGTH or unit in self._seen:
            zh, en = (
                f"单位代码为空、过长或重复: {unit[:40]}",
                f"the unit is empty, too long or twice: {unit[:40]}",
            )
            self._items.append(cell_problem(number, "unit", "unit-code", zh, en))
            return None
        self._seen.add(unit)
        score = self._number(number, "score", held["score"]) if held.get("score") else None
        measures = {
            column: value
            for column in self._numbers
            if (value := self._number(number, column, held[column])) is not None
        }
        for outcome in OutcomeTest:
            self._check_flag(number, outcome.value, held.get(outcome.value, ""))
        return Candidate(
            unit=unit,
            name=held.get("name", unit),
            county_code=held.get("county", ""),
            county_name=held.get("county_name", ""),
            division_path=(),
            rank=self._rank(number, held.get("rank", "")),
            removed=_reason(held.get("removed", "")),
            score=None if score is None else Decimal(held["score"]),
            contributions={},
            measures=measures,
            words=held,
        )

    def _check_flag(self, number: int, column: str, word: str) -> None:
        """The named outcomes of a release say yes or no; a word that is neither is caught as such."""
        if word.lower() not in YES | NO:
            self._items.append(
                cell_problem(number, column, "flag-expected", "应为 yes 或 no", "must be yes or no")
            )

    def _rank(self, number: int, text: str) -> int | None:
        if not text:
            return None
        if text.isascii() and text.isdecimal() and 0 < len(text) <= 9 and int(text) > 0:
            return int(text)
        zh, en = f"不是名次: {text[:20]}", f"no rank (a whole number from 1): {text[:20]}"
        self._items.append(cell_problem(number, "rank", "rank-expected", zh, en))
        return None

    def _number(self, number: int, column: str, text: str) -> Fraction | None:
        value = number_of(text)
        if value is None:
            zh, en = f"不是数字: {text[:40]!r}", f"no number that can be computed with: {text[:40]!r}"
            self._items.append(cell_problem(number, column, "number-expected", zh, en))
        return value


def _reason(text: str) -> str | None:
    """Why a unit was removed after notice; a plain no is no removal."""
    return None if text.lower() in NO else text


def _refuse(items: list[Item]) -> None:
    if items:
        raise RankingInvalid("名单数据有误", "The ranking's table has errors", items=items[:ITEMS_LIMIT])
