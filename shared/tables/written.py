"""Tables that commands write: as text on a screen, as CSV, as a workbook.

A table is a list of rows, the first its headings. Decimals and whole numbers are written as numbers, and exactly; a
text that a spreadsheet would run as a formula stays a text.
"""

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeAlias

Cell: TypeAlias = str | int | Decimal
Table: TypeAlias = Sequence[Sequence[Cell]]

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def write_tables(tables: Mapping[str, Table], out: Path) -> None:
    """Into one workbook where ``out`` ends in .xlsx, the first table into one file where it ends in .csv, else each
    into a CSV of its own in the folder ``out``.
    """
    kind = out.suffix.lower()
    if kind in (".xlsx", ".csv"):
        out.parent.mkdir(parents=True, exist_ok=True)
    if kind == ".xlsx":
        _write_workbook(tables, out)
    elif kind == ".csv":
        write_csv(next(iter(tables.values())), out)
    else:
        out.mkdir(parents=True, exist_ok=True)
        for name, rows in tables.items():
            write_csv(rows, out / f"{name}.csv")


def write_csv(rows: Table, path: Path) -> None:
    """UTF-8 with a mark by which Excel knows it; a cell with a comma, a quote or a line break is quoted."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([[inert(cell) for cell in row] for row in rows])


def as_text(rows: Table) -> str:
    """Columns in line, a Chinese character being two wide."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(cells[0]))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    )


def inert(cell: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula, with a mark by which it stays a text; a number as it is."""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) and not _is_number(cell):
        return "'" + cell
    return cell


def _write_workbook(tables: Mapping[str, Table], path: Path) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, needed here only
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    for name, rows in tables.items():
        page = book.create_sheet(name[:31])
        for row in rows:
            cells = []
            for value in row:
                cell = WriteOnlyCell(page)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
                cells.append(cell)
            page.append(cells)
    book.save(path)


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdecimal()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
