"""A table that was sent is read as a person sees it, or refused with the cell."""

import io
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from shared.tables.archive import WorkbookUnreadable
from shared.tables.sheets import read_rows


def book(*rows: list[Any], sheets: int = 1) -> tuple[Workbook, bytes]:
    made = Workbook()
    for number in range(sheets):
        page = made.active if number == 0 else made.create_sheet()
        assert page is not None
        for row in rows:
            page.append(row)
    return made, saved(made)


def saved(made: Workbook) -> bytes:
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def refused(content: bytes, *, limit: int = 100) -> str:
    with pytest.raises(WorkbookUnreadable) as unreadable:
        read_rows(content, limit=limit)
    assert unreadable.value.zh
    assert str(unreadable.value)
    return unreadable.value.rule


def test_cells_of_a_workbook_are_texts_as_they_were_written() -> None:
    _, content = book(
        ["集群", "金额", "日期"],
        [" 421303-01 ", 7000000.5, datetime(2024, 12, 31)],  # noqa: DTZ001 - a cell has no zone
        [None, None, None],
        [12, 0.07, date(2024, 1, 2)],
    )
    assert read_rows(content, limit=3) == [
        (1, ["集群", "金额", "日期"]),
        (2, ["421303-01", "7000000.5", "2024-12-31"]),
        (4, ["12", "0.07", "2024-01-02"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_either_encoding_is_the_same(encoding: str) -> None:
    content = "集群,金额\r\n\r\n421303-01, 7000000.50 \r\n".encode(encoding)
    assert read_rows(content, limit=2) == [(1, ["集群", "金额"]), (3, ["421303-01", "7000000.50"])]


def test_an_empty_sheet_beside_the_filled_one_does_not_matter_and_two_filled_ones_are_refused() -> None:
    made, _ = book(["a"])
    made.create_sheet()
    assert read_rows(saved(made), limit=1) == [(1, ["a"])]
    assert refused(book(["a"], sheets=2)[1]) == "one-sheet"
    assert refused(book()[1]) == "one-sheet"


def test_what_is_not_what_a_person_sees_is_refused() -> None:
    assert refused(book(["a"], ["=1+1"])[1]) == "formula"
    made, _ = book(["a", "b"], [1, 2])
    assert made.active is not None
    made.active["A2"].number_format = "0%"
    assert refused(saved(made)) == "percent-cell"
    made, _ = book(["a", "b"], ["x", None])
    assert made.active is not None
    made.active.merge_cells("A2:B2")
    assert refused(saved(made)) == "merged"


def test_unreadable_files_are_told_apart() -> None:
    assert refused(b"\x81") == "encoding"
    assert refused(b'a,"b\n') == "csv"
    assert refused(book(["a"])[1][:-40]) in {"damaged", "encoding", "csv"}
    assert refused(b"a\nb\nc\n", limit=2) == "too-many-rows"
