"""Administrative divisions (GB/T 2260) with their history: codes change, and a retired code holds no more.

A division's path (province, city if any, county) is what scope and grouping use; a code's prefix tells
nothing: ``4290`` is no city, and 421071 is a functional zone, not a county.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from shared.errors import Item, Kind, Refusal


class Level(StrEnum):
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Division:
    """One code while it held: from ``valid_from`` on, until the day before ``valid_to`` (null: still)."""

    code: str
    name: str
    level: Level
    kind: str
    parent_code: str | None
    valid_from: date | None
    valid_to: date | None
    successor_code: str | None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


@dataclass(frozen=True, slots=True)
class DivisionRecord(Division):
    """A division with what lists and maps show of it."""

    pinyin: str
    longitude: Decimal | None
    latitude: Decimal | None
    area_km2: int | None


class DivisionNotKnown(Refusal):
    """The code is not in GB/T 2260: often a functional zone, such as 421071 (荆州开发区)."""

    code = "division-not-known"


class DivisionCodeRetired(Refusal):
    code = "division-code-retired"


class DivisionNotCounty(Refusal):
    code = "division-not-county"


class DivisionsInconsistent(Refusal):
    """The list of divisions contradicts itself; each item names a row."""

    kind = Kind.INVALID
    code = "divisions-inconsistent"


class Divisions:
    """All divisions by code.

    ``kept``: of a county that was recoded, the code under which its things are kept; ``recorded_at``: when the recode
    of a retired code was entered. A recode is entered on its day or later, so what a county is called now is known.
    """

    def __init__(
        self,
        divisions: Iterable[Division],
        *,
        kept: Mapping[str, str] | None = None,
        recorded_at: Mapping[str, datetime] | None = None,
    ) -> None:
        self._by_code: Mapping[str, Division] = {division.code: division for division in divisions}
        self._kept = kept or {}
        self._recorded_at = recorded_at or {}

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Division]:
        return iter(self._by_code.values())

    def get(self, code: str) -> Division | None:
        return self._by_code.get(code)

    def successors(self, day: date) -> dict[str, str]:
        """Codes that hold no more on the day, with the code that follows each."""
        return {
            entry.code: entry.successor_code
            for entry in self
            if entry.successor_code is not None and not entry.holds_on(day)
        }

    def county(self, code: str, *, on: date) -> Division:
        """The county of this code; refuses a code that is unknown, retired on the day, or no county."""
        division = self._by_code.get(code)
        if division is None:
            raise DivisionNotKnown(
                f"{code} 不是 GB/T 2260 的县级区划代码(开发区等功能区不能作为县填报)",
                f"{code} is no county code of GB/T 2260 (functional zones cannot file as counties)",
                items=[_item(code, "division-not-known", "没有这个区划代码", "no such division code")],
            )
        if not division.holds_on(on):
            successor = self._by_code.get(division.successor_code or "")
            hint_zh = f",请改用 {successor.code} {successor.name}" if successor else ""
            hint_en = f"; use {successor.code} {successor.name}" if successor else ""
            raise DivisionCodeRetired(
                f"{code} {division.name} 在 {on} 已不使用{hint_zh}",
                f"{code} {division.name} did not hold on {on}{hint_en}",
                items=[
                    _item(code, "division-code-retired", "区划代码已停用" + hint_zh, "retired code" + hint_en)
                ],
            )
        if division.level is not Level.COUNTY:
            raise DivisionNotCounty(
                f"{code} {division.name} 不是县级区划",
                f"{code} {division.name} is not a county-level division",
                items=[_item(code, "division-not-county", "不是县级区划", "not a county-level division")],
            )
        return division

    def counties_on(self, day: date) -> dict[str, Division]:
        """The counties of a day, by the code under which each is kept."""
        return {
            self.kept(entry.code): entry
            for entry in self
            if entry.level is Level.COUNTY and entry.holds_on(day)
        }

    def is_county(self, code: str, *, on: date) -> bool:
        division = self._by_code.get(code)
        return division is not None and division.holds_on(on) and division.level is Level.COUNTY

    def path(self, code: str) -> tuple[str, ...]:
        """Codes from the province down to this division. A province-run unit has no city between."""
        path = [code]
        while (parent := self._by_code[path[0]].parent_code) is not None:
            path.insert(0, parent)
        return tuple(path)

    def kept(self, code: str) -> str:
        """The code under which things of this county are kept: its own, unless it was recoded."""
        return self._kept.get(code, code)

    @property
    def kept_codes(self) -> Mapping[str, str]:
        """By the code of a recoded county that holds now: the one under which its things are kept."""
        return {code: kept for code, kept in self._kept.items() if self._by_code[code].successor_code is None}

    @property
    def recoded(self) -> frozenset[str]:
        """The codes whose recode was entered here."""
        return frozenset(self._recorded_at)

    def codes_of(self, code: str) -> list[str]:
        """A county's code with those that followed it, the one that holds now last."""
        codes = [code]
        while (successor := self._by_code[codes[-1]].successor_code) is not None:
            codes.append(successor)
        return codes

    def on(self, code: str, day: date, *, known_at: datetime | None = None) -> Division:
        """The county of a kept code as it was called on a day, by the recodes that were known at a moment."""
        found = self._by_code[code]
        while (
            found.successor_code is not None
            and found.valid_to is not None
            and found.valid_to <= day
            and (known_at is None or self._recorded_at.get(found.code, known_at) <= known_at)
        ):
            found = self._by_code[found.successor_code]
        return found

    def now(self, code: str) -> Division:
        """What the county of this code is called now."""
        return self._by_code[self.codes_of(code)[-1]]

    def scope(self, code: str) -> tuple[str, ...]:
        """The divisions whose people deal with things of this county: the path of the code that holds now, and the
        codes before it, by which the same county may still be named."""
        *before, current = self.codes_of(code)
        return (*self.path(current), *before)

    def counties_within(self, code: str) -> list[str]:
        """Codes of all counties, past ones included, that lie in a division now, or are it."""
        return [
            entry.code
            for entry in self._by_code.values()
            if entry.level is Level.COUNTY and code in self.scope(entry.code)
        ]

    def name(self, code: str) -> str:
        return self._by_code[code].name


def check_divisions(divisions: Iterable[Division]) -> None:
    """Refuses a list with a double code, an unknown parent, or a retired code that nothing of its level follows."""
    rows = list(divisions)
    by_code = {division.code: division for division in rows}
    items: list[Item] = []

    def wrong(row: int, field: str, rule: str, zh: str, en: str) -> None:
        items.append(Item(field=field, rule=rule, zh=zh, en=en, row=row))

    for row, division in enumerate(rows, start=1):
        if by_code[division.code] is not division:
            wrong(row, "code", "unique", f"代码 {division.code} 重复", f"code {division.code} appears twice")
        if (division.parent_code is None) != (division.level is Level.PROVINCE):
            wrong(row, "parent_code", "parent", "只有省没有上级", "only a province has no parent")
        elif division.parent_code is not None and not _is_above(by_code.get(division.parent_code), division):
            wrong(
                row,
                "parent_code",
                "parent",
                f"上级 {division.parent_code} 不对",
                f"wrong parent {division.parent_code}",
            )
        if division.successor_code is not None:
            for rule, zh, en in _against_successor(division, by_code.get(division.successor_code)):
                wrong(row, "successor_code", rule, zh, en)
    if items:
        raise DivisionsInconsistent(
            f"区划表有 {len(items)} 处错误", f"The list of divisions has {len(items)} error(s)", items=items
        )


def _against_successor(division: Division, successor: Division | None) -> Iterator[tuple[str, str, str]]:
    """A successor holds when the code ends: so no chain of them comes back to its beginning."""
    if successor is None:
        yield "successor", "没有这个继任代码", "no such successor code"
    elif division.valid_to is None:
        yield "successor-of-valid", "仍有效的代码不能有继任代码", "a code that still holds has no successor"
    elif successor.level is not division.level:
        yield "successor-level", "继任代码须为同级区划", "the successor is of another level"
    elif not successor.holds_on(division.valid_to) or successor is division:
        yield (
            "successor-not-valid",
            f"继任代码 {successor.code} 在 {division.valid_to} 无效",
            f"the successor {successor.code} does not hold on {division.valid_to}",
        )


_ORDER = {Level.PROVINCE: 0, Level.PREFECTURE: 1, Level.COUNTY: 2}


def _is_above(parent: Division | None, child: Division) -> bool:
    return parent is not None and _ORDER[parent.level] < _ORDER[child.level]


def _item(code: str, rule: str, zh: str, en: str) -> Item:
    return Item(field="county_code", rule=rule, zh=f"{code}:{zh}", en=f"{code}: {en}")
