"""From the rows of a spreadsheet to awards of before the system; everything wrong is named with row, column and rule.

A row is an award with the parts that it has become; an empty part is nothing. One row may have no cluster: what of the
line was awarded to nobody, back in the budget or carried over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from services.funding.domain.orders.opening_orders import OpenedAward
from services.funding.domain.refusals import OpeningInvalid
from shared.errors import Item
from shared.tables.cells import cell_problem
from shared.text.document_number import folded
from shared.text.hygiene import UnfitCharacter, compared, key, stored
from shared.text.money import FEN_PER_YUAN, MAX_FEN

#: The heading by its English names; either language, in any order.
COLUMNS: Final = {
    "cluster": "集群编码",
    "name": "集群名称",
    "county_code": "县级编码",
    "county_name": "县级名称",
    "document_number": "奖励文号",
    "document_date": "奖励日期",
    "awarded_yuan": "奖励金额（元）",
    "not_passed_down_yuan": "未下达（元）",
    "with_city_yuan": "市级未转下（元）",
    "with_county_yuan": "县级未支付（元）",
    "paid_yuan": "已支付（元）",
    "returned_yuan": "已收回（元）",
    "carried_over_yuan": "已结转（元）",
}
ROWS_LIMIT: Final = 1_001
PROBLEMS_LIMIT: Final = 100
PARTS: Final = tuple(column for column in COLUMNS if column.endswith("_yuan"))
_OF_NOBODY: Final = ("returned_yuan", "carried_over_yuan")
_CLUSTER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DIVISION: Final = re.compile(r"[0-9]{6}")
_DAY: Final = re.compile(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}")
_YUAN: Final = re.compile(r"(?:0|[1-9][0-9]{0,13})(?:\.[0-9]{1,2})?")
_NAME_LENGTH: Final = 200
_NUMBER_LENGTH: Final = 100


#: By their numbers in the file, the heading first.
Rows = Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class OpenedSheet:
    """Awards in the order of the rows, and what was awarded to nobody."""

    awards: tuple[OpenedAward, ...]
    returned_fen: int
    carried_over_fen: int


def clusters_named(rows: Rows) -> set[str]:
    """What stands in the column of clusters and may be the code of one."""
    heading = _heading(rows)
    cells = (dict(zip(heading, cells, strict=False)).get("cluster", "") for _, cells in rows[1:])
    return {code for cell in cells if _CLUSTER.fullmatch(code := _plain(cell))}


def read_opening(
    rows: Rows, paths: Mapping[str, Sequence[str]], counties: Mapping[str, str | None]
) -> OpenedSheet:
    """``paths``: of each division, from the province down; ``counties``: that of each cluster, none where the registry
    knows no such cluster."""
    heading = _heading(rows)
    items: list[Item] = []
    awards: list[OpenedAward] = []
    of_nobody: list[_Row] = []
    for number, cells in rows[1:]:
        row = _Row(number, dict(zip(heading, cells, strict=False)), items)
        row.check_beside(heading, cells)
        if row.cells.get("cluster", ""):
            award = row.award(paths, counties)
            awards += [] if award is None else [award]
        else:
            row.check_of_nobody(is_first=not of_nobody)
            of_nobody.append(row)
    returned, carried = (sum(row.fen(column) for row in of_nobody[:1]) for column in _OF_NOBODY)
    if items:
        raise OpeningInvalid(
            f"文件有{len(items)}处错误，未作任何变动",
            f"The file has {len(items)} error(s); nothing was changed",
            items=items[:PROBLEMS_LIMIT],
        )
    return OpenedSheet(tuple(awards), returned, carried)


def _heading(rows: Rows) -> list[str]:
    """The English name of each column."""
    if not rows:
        raise OpeningInvalid("文件没有内容", "The file is empty")
    cells = rows[0][1]
    names = {key(name): en for en, zh in COLUMNS.items() for name in (zh, en)}
    found = []
    for cell in cells:
        try:
            found.append(names.get(key(cell), ""))
        except UnfitCharacter:
            found.append("")
    items = [
        cell_problem(1, en, "column-missing", f"缺少列“{zh}”", f"the column {en} is missing")
        for en, zh in COLUMNS.items()
        if en not in found
    ]
    items += [
        cell_problem(1, cell[:50], "column-unknown", "没有这一列", "there is no such column")
        for cell, name in zip(cells, found, strict=True)
        if cell and not name
    ]
    items += [
        cell_problem(1, en, "column-twice", "列名重复", "the column occurs twice")
        for en in COLUMNS
        if found.count(en) > 1
    ]
    if items:
        expected = ", ".join(f"{zh} {en}" for en, zh in COLUMNS.items())
        raise OpeningInvalid(f"表头应为：{expected}", f"The heading must be: {expected}", items=items)
    return found


def _plain(cell: str) -> str:
    try:
        return compared(cell)
    except UnfitCharacter:
        return ""


@dataclass(slots=True)
class _Row:
    number: int
    cells: Mapping[str, str]
    items: list[Item] = field(default_factory=list)

    def award(
        self, paths: Mapping[str, Sequence[str]], counties: Mapping[str, str | None]
    ) -> OpenedAward | None:
        """The row's award; none, with its reasons, where something is wrong."""
        before = len(self.items)
        county = self._code("county_code", _DIVISION, "应为六位区划编码", "a division code has six digits")
        path = tuple(paths.get(county, ()))
        if county and not path:
            self._wrong(
                "county_code", "known-division", "区划登记中没有该编码", "the register has no such division"
            )
        cluster = self._code("cluster", _CLUSTER, "不是集群编码", "this is not the code of a cluster")
        if cluster and counties.get(cluster) is None:
            self._wrong("cluster", "known-cluster", "没有登记该集群", "the registry has no such cluster")
        elif cluster and path and counties[cluster] != county:
            zh, en = f"集群 {cluster} 属于 {counties[cluster]}", f"{cluster} is of {counties[cluster]}"
            self._wrong("county_code", "county-of-cluster", zh, en)
        values = {
            "row": self.number,
            "cluster": cluster,
            "name": self._name("name"),
            "county_code": county,
            "county_name": self._name("county_name"),
            "division_path": path,
            "document_number": self._document_number(),
            "document_date": self._day(),
            **{column.replace("_yuan", "_fen"): self.fen(column) for column in PARTS},
        }
        if len(self.items) == before and not values["awarded_fen"]:
            self._wrong("awarded_yuan", "amount", "奖励金额须大于0", "an award is more than 0")
        return OpenedAward.model_validate(values) if len(self.items) == before else None

    def check_beside(self, heading: Sequence[str], cells: Sequence[str]) -> None:
        """What stands beside the columns would not be read."""
        for place, cell in enumerate(cells, start=1):
            if cell and (place > len(heading) or not heading[place - 1]):
                zh, en = f"第{place}列没有表头", f"column {place} has no heading"
                self._wrong(f"{place}", "cell-without-column", zh, en)

    def check_of_nobody(self, *, is_first: bool) -> None:
        """Without a cluster there is one row, and only what went back or was carried over."""
        if not is_first:
            zh, en = "没有集群的行只能有一行", "there is one row without a cluster at most"
            self._wrong("cluster", "one-row-without-cluster", zh, en)
        for column in [*COLUMNS][1:]:
            if column not in _OF_NOBODY and self.cells.get(column, ""):
                zh, en = (
                    "没有集群的行只填已收回、已结转",
                    "without a cluster money is only returned or carried over",
                )
                self._wrong(column, "without-cluster", zh, en)

    def fen(self, column: str) -> int:
        text = self._text(column)
        if not text:
            return 0
        fen = int(Decimal(text) * FEN_PER_YUAN) if _YUAN.fullmatch(text) else -1
        if not 0 <= fen <= MAX_FEN:
            zh, en = "金额应为元，如 7000000.00", "an amount is in yuan, such as 7000000.00"
            self._wrong(column, "amount", zh, en)
            return 0
        return fen

    def _code(self, column: str, form: re.Pattern[str], zh: str, en: str) -> str:
        text = self._text(column)
        if form.fullmatch(text):
            return text
        self._wrong(column, "code", zh, en)
        return ""

    def _name(self, column: str) -> str:
        try:
            name = stored(self.cells.get(column, "")).text
        except UnfitCharacter as unfit:
            self._wrong(column, unfit.rule, unfit.zh, unfit.en)
            return ""
        if not 0 < len(name) <= _NAME_LENGTH:
            zh, en = f"应为1至{_NAME_LENGTH}个字符", f"1 to {_NAME_LENGTH} characters are expected"
            self._wrong(column, "name", zh, en)
        return name

    def _document_number(self) -> str:
        """Its form is asked for with the order's own."""
        try:
            number = folded(self.cells.get("document_number", ""))
        except UnfitCharacter as unfit:
            self._wrong("document_number", unfit.rule, unfit.zh, unfit.en)
            return ""
        if not 1 < len(number) <= _NUMBER_LENGTH:
            zh, en = "应为奖励的文号", "the document number of the award is expected"
            self._wrong("document_number", "document-number", zh, en)
        return number

    def _day(self) -> date:
        text = self._text("document_date")
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        zh, en = "应为日期，如 2023-11-05", "must be a date such as 2023-11-05"
        self._wrong("document_date", "date", zh, en)
        return date.min

    def _text(self, column: str) -> str:
        try:
            return compared(self.cells.get(column, ""))
        except UnfitCharacter as unfit:
            self._wrong(column, unfit.rule, unfit.zh, unfit.en)
            return ""

    def _wrong(self, column: str, rule: str, zh: str, en: str) -> None:
        self.items.append(cell_problem(self.number, column, rule, zh, en))
