"""Cells of a spreadsheet of before the system; everything wrong is named with row, column and rule."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from services.funding.domain.refusals import OpeningInvalid
from shared.errors import Item
from shared.tables.cells import cell_problem
from shared.text.document_number import folded
from shared.text.hygiene import UnfitCharacter, compared, key, stored

PROBLEMS_LIMIT: Final = 100
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DAY: Final = re.compile(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}")
_NAME_LENGTH: Final = 200
_NUMBER_LENGTH: Final = 100

#: By their numbers in the file, the heading first.
Rows = Sequence[tuple[int, Sequence[str]]]
#: The heading: the Chinese name of each column by the English one; either language, in any order.
Columns = Mapping[str, str]


def read_heading(rows: Rows, columns: Columns) -> list[str]:
    """The English name of each column."""
    if not rows:
        raise OpeningInvalid("文件没有内容", "The file is empty")
    cells = rows[0][1]
    names = {key(name): en for en, zh in columns.items() for name in (zh, en)}
    found = []
    for cell in cells:
        try:
            found.append(names.get(key(cell), ""))
        except UnfitCharacter:
            found.append("")
    items = [
        cell_problem(1, en, "column-missing", f"缺少列“{zh}”", f"the column {en} is missing")
        for en, zh in columns.items()
        if en not in found
    ]
    items += [
        cell_problem(1, cell[:50], "column-unknown", "没有这一列", "there is no such column")
        for cell, name in zip(cells, found, strict=True)
        if cell and not name
    ]
    items += [
        cell_problem(1, en, "column-twice", "列名重复", "the column occurs twice")
        for en in columns
        if found.count(en) > 1
    ]
    if items:
        expected = ", ".join(f"{zh} {en}" for en, zh in columns.items())
        raise OpeningInvalid(f"表头应为：{expected}", f"The heading must be: {expected}", items=items)
    return found


def codes_named(rows: Rows, columns: Columns, column: str) -> set[str]:
    """What stands in a column and may be a code."""
    heading = read_heading(rows, columns)
    cells = (dict(zip(heading, cells, strict=False)).get(column, "") for _, cells in rows[1:])
    return {code for cell in cells if CODE.fullmatch(code := _plain(cell))}


def refuse_if_wrong(items: Sequence[Item]) -> None:
    if items:
        raise OpeningInvalid(
            f"文件有{len(items)}处错误，未作任何变动",
            f"The file has {len(items)} error(s); nothing was changed",
            items=items[:PROBLEMS_LIMIT],
        )


def _plain(cell: str) -> str:
    try:
        return compared(cell)
    except UnfitCharacter:
        return ""


@dataclass(slots=True)
class Row:
    """A row's cells by column, and where its problems are told."""

    number: int
    cells: Mapping[str, str]
    items: list[Item] = field(default_factory=list)

    def check_beside(self, heading: Sequence[str], cells: Sequence[str]) -> None:
        """What stands beside the columns would not be read."""
        for place, cell in enumerate(cells, start=1):
            if cell and (place > len(heading) or not heading[place - 1]):
                zh, en = f"第{place}列没有表头", f"column {place} has no heading"
                self.wrong(f"{place}", "cell-without-column", zh, en)

    def code(self, column: str, form: re.Pattern[str], zh: str, en: str) -> str:
        text = self.text(column)
        if form.fullmatch(text):
            return text
        self.wrong(column, "code", zh, en)
        return ""

    def name(self, column: str) -> str:
        try:
            name = stored(self.cells.get(column, "")).text
        except UnfitCharacter as unfit:
            self.wrong(column, unfit.rule, unfit.zh, unfit.en)
            return ""
        if not 0 < len(name) <= _NAME_LENGTH:
            zh, en = f"应为1至{_NAME_LENGTH}个字符", f"1 to {_NAME_LENGTH} characters are expected"
            self.wrong(column, "name", zh, en)
        return name

    def document_number(self) -> str:
        """Its form is asked for when the order is proposed."""
        try:
            number = folded(self.cells.get("document_number", ""))
        except UnfitCharacter as unfit:
            self.wrong("document_number", unfit.rule, unfit.zh, unfit.en)
            return ""
        if not 1 < len(number) <= _NUMBER_LENGTH:
            zh, en = "应为文号", "a document number is expected"
            self.wrong("document_number", "document-number", zh, en)
        return number

    def day(self, column: str) -> date:
        text = self.text(column)
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        zh, en = "应为日期，如 2023-11-05", "must be a date such as 2023-11-05"
        self.wrong(column, "date", zh, en)
        return date.min

    def text(self, column: str) -> str:
        try:
            return compared(self.cells.get(column, ""))
        except UnfitCharacter as unfit:
            self.wrong(column, unfit.rule, unfit.zh, unfit.en)
            return ""

    def wrong(self, column: str, rule: str, zh: str, en: str) -> None:
        self.items.append(cell_problem(self.number, column, rule, zh, en))
