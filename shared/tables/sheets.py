"""Rows of a table that was sent as bytes: the only filled sheet of a workbook, or a CSV in UTF-8 or GB18030.

Cells come as texts, as a person wrote them: a number in full, a day as 2024-12-31. What is computed, merged or shown as
percent is refused with its cell, since what the file says there is not what a person sees.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from shared.documents.canonical import decimal_text
from shared.tables.archive import SheetMarks, WorkbookUnreadable, has_workbook, inspect, readable

Row = tuple[int, list[str]]
_ENCODINGS: Final = ("utf-8-sig", "gb18030")


def read_rows(content: bytes, *, limit: int) -> list[Row]:
    """Rows that hold something, with their numbers in the file; at most ``limit``. Raises `WorkbookUnreadable`."""
    found: list[Row] = []
    for number, cells in _workbook(content) if has_workbook(io.BytesIO(content)) else _csv(content):
        if not any(cells):
            continue
        if len(found) == limit:
            raise WorkbookUnreadable(
                "too-many-rows",
                f"最多{limit}行（含表头）",
                f"there are at most {limit} rows, the heading included",
            )
        found.append((number, cells))
    return found


def _csv(content: bytes) -> Iterator[Row]:
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise WorkbookUnreadable(
            "encoding",
            "文件须为 xlsx，或 UTF-8、GB18030 编码的 CSV",
            "the file is xlsx, or CSV in UTF-8 or GB18030",
        )
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise WorkbookUnreadable(
            "csv",
            f"第{reader.line_num}行附近不是规范的 CSV",
            f"line {reader.line_num} is not sound CSV: {error}",
        ) from error


def _workbook(content: bytes) -> Iterator[Row]:
    marks = inspect(io.BytesIO(content))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = _only_filled(book, marks)
        _refuse_marked(marks[name])
        yield from _rows_of(book.get_sheet_by_name(name))
    except BaseException as error:
        # a panic inside the library is no Exception, and nothing else of that kind may be kept from going on
        if isinstance(error, CalamineError) or type(error).__name__ == "PanicException":
            raise WorkbookUnreadable(
                "damaged", "文件已损坏或有密码", "the file is damaged or locked"
            ) from error
        raise


def _only_filled(book: CalamineWorkbook, marks: dict[str, SheetMarks]) -> str:
    filled = [
        name
        for name in book.sheet_names
        if name in marks and readable(name, marks) and book.get_sheet_by_name(name).start is not None
    ]
    if len(filled) != 1:
        zh, en = "应只有一张有内容的工作表", "exactly one sheet holds something"
        raise WorkbookUnreadable("one-sheet", f"{zh}，现有{len(filled)}张", f"{en}, not {len(filled)}")
    return filled[0]


def _rows_of(page: CalamineSheet) -> Iterator[Row]:
    top, left = page.start or (0, 0)
    blanks = [""] * left
    # rows come from the first one of the sheet on, cells from the first column that holds anything
    first = 1 if page.start is None else top + 1
    for number, cells in enumerate(page.iter_rows(), start=first):
        yield number, blanks + [_text(cell) for cell in cells]


def _refuse_marked(marks: SheetMarks) -> None:
    merged = [place for area in marks.merged for place in area[:1]]
    for places, rule, zh, en in (
        (marks.formulas, "formula", "是公式，请粘贴为数值", "is a formula; paste its value"),
        (marks.percent, "percent-cell", "是百分比格式", "is in percent format"),
        (merged, "merged", "是合并单元格，请取消合并", "is a merged cell; unmerge it"),
    ):
        for row, column in sorted(places):
            raise WorkbookUnreadable(rule, f"第{row}行第{column}列{zh}", f"row {row}, column {column} {en}")


def _text(cell: object) -> str:
    """A number is kept by the calculator's own digits: 7000000.5 is that, never 7000000.499…"""
    match cell:
        case bool():
            return "1" if cell else "0"
        case int():
            return str(cell)
        case float():
            return decimal_text(Decimal(repr(cell)))
        case datetime():
            return (
                cell.date().isoformat()
                if cell == datetime.combine(cell.date(), datetime.min.time())
                else str(cell)
            )
        case date():
            return cell.isoformat()
        case _:
            return str(cell).strip()
