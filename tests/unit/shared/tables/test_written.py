"""Tables as CSV, as a workbook and on a screen: exact, quoted, and never a formula."""

import csv
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from shared.tables.written import Table, as_text, inert, write_tables

ROWS: Table = [["unit", "amount"], ['甲,"一"', Decimal("700.5")], ["=1+1", 3], ["-5", 0]]
TABLES = {"amounts": ROWS, "steps": [["step"], ["cut"]]}


def test_a_csv_is_read_back_as_it_was_but_for_formulas(tmp_path: Path) -> None:
    write_tables(TABLES, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    assert rows == [["unit", "amount"], ['甲,"一"', "700.5"], ["'=1+1", "3"], ["-5", "0"]]


def test_a_folder_holds_a_csv_for_each_table(tmp_path: Path) -> None:
    write_tables(TABLES, tmp_path / "deep" / "folder")
    assert sorted(path.name for path in (tmp_path / "deep" / "folder").iterdir()) == [
        "amounts.csv",
        "steps.csv",
    ]


def test_a_workbook_holds_every_table_with_numbers_as_numbers_and_texts_as_texts(tmp_path: Path) -> None:
    write_tables(TABLES, tmp_path / "out.XLSX")
    book = openpyxl.load_workbook(tmp_path / "out.XLSX")
    assert book.sheetnames == ["amounts", "steps"]
    cells = [[(cell.value, cell.data_type) for cell in row] for row in book["amounts"].iter_rows()]
    assert cells == [
        [("unit", "s"), ("amount", "s")],
        [('甲,"一"', "s"), (700.5, "n")],
        [("=1+1", "s"), (3, "n")],
        [("-5", "s"), (0, "n")],
    ]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=A1", "'=A1"),
        ("+x", "'+x"),
        ("@x", "'@x"),
        ("-x", "'-x"),
        ("-5.2", "-5.2"),
        ("a=b", "a=b"),
        (-5, -5),
    ],
)
def test_what_a_spreadsheet_would_run_stays_a_text(cell: str | int, written: str | int) -> None:
    assert inert(cell) == written


def test_chinese_characters_are_two_wide_on_a_screen() -> None:
    assert as_text([["曾都", 1], ["a", 22]]) == "曾都  1\na     22"
