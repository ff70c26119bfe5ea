"""Where a workbook says its cells are is checked before any library makes room for them."""

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import Workbook

from services.registry.spreadsheets.table_files import Table, open_table
from shared.tables import archive, references
from tests.support.raw_workbook import cell, packed, raw_workbook, row

FIRST = row(1, cell("A1"), cell("B1"))


@dataclass(frozen=True)
class Named:
    code: str
    zh: str
    en: str
    required: bool = False


COLUMNS = [Named("one", "1", "1"), Named("two", "2", "2")]


def opened(tmp_path: Path, content: bytes) -> Table:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    return open_table(path, "xlsx", sheet="企业", columns=COLUMNS)


def only_problem(tmp_path: Path, content: bytes) -> tuple[str, str, str]:
    table = opened(tmp_path, content)
    assert table.columns == []
    (problem,) = table.problems
    return problem.rule, problem.zh, problem.en


FAR = [
    (FIRST + row(1048576, cell("XFD1048576")), "too-many-rows", "XFD1048576"),
    (FIRST + row(200_001, cell("A200001")), "too-many-rows", "A200001"),
    (row(1, cell("XFD1")) + row(300, cell("A300")), "too-many-rows", "A300"),
    (FIRST + row(99999999999, cell("A99999999999")), "cell-reference", "A99999999999"),
    (FIRST + row(99999999999, "<c><v>1</v></c>"), "cell-reference", "A99999999999"),
    (FIRST + row(4294967295, "<c><v>1</v></c>"), "cell-reference", "A4294967295"),
    (FIRST + row(1048577, cell("A1048577")), "cell-reference", "A1048577"),
    (row(1, cell("XFE1")), "cell-reference", "XFE1"),
    (row(1, cell("AAAAAAAAAAAA1")), "cell-reference", "AAAAAAAAAAAA1"),
    (row(1, "<c><v>1</v></c>" * 16_385), "cell-reference", "XFE1"),
    (row(0, cell("A0")), "cell-reference", "A0"),
    (row(1, cell("A0")), "cell-reference", "A0"),
    (row(-1, cell("A1")), "cell-reference", "A-1"),
    (row(1, cell("A-1")), "cell-reference", "A-1"),
    (row(1, cell("")), "cell-reference", "“”"),
    (row(1, cell("1")), "cell-reference", " 1 "),
    (row(1, cell("A1:B2")), "cell-reference", "A1:B2"),
    (row(1, cell("&#65;1")), "cell-reference", "&#65;1"),
    (row(1, cell("A1"), cell("A1", "2")), "cell-order", "A1"),
    (row(1, cell("B1"), cell("A1")), "cell-order", "A1"),
    (row(1, cell("A1")) + row(1, cell("B1")), "cell-order", "A1"),
    (row(2, cell("A2")) + row(1, cell("A1")), "cell-order", "A1"),
    (row(1, cell("A2")), "cell-order", "A2"),
]


@pytest.mark.parametrize(("rows", "rule", "place"), FAR)
def test_a_reference_beyond_bounds_is_refused_by_sheet_and_cell(
    tmp_path: Path, rows: str, rule: str, place: str
) -> None:
    found, zh, en = only_problem(tmp_path, raw_workbook(rows))
    assert found == rule
    assert f"工作表“企业”的单元格 {place.strip()} " in zh
    assert f"sheet 企业, cell {place.strip()} " in en


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("padding", ["", ' s="1>2"', " " * 200_000])
def test_no_way_of_writing_a_tag_hides_a_reference(
    tmp_path: Path, quote: str, prefix: str, padding: str
) -> None:
    hidden = f"<{prefix}c{padding} r = {quote}XFD1048576{quote}><v>1</v></{prefix}c>"
    content = raw_workbook(FIRST + row(1048576, hidden))
    assert only_problem(tmp_path, content)[0] == "too-many-rows"


def test_a_reference_at_the_border_of_two_pieces_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = raw_workbook(FIRST + row(1048576, cell("XFD1048576")))
    for size in range(20, 60):
        monkeypatch.setattr(archive, "_CHUNK", size)
        assert only_problem(tmp_path, content)[0] == "too-many-rows"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (raw_workbook(FIRST, before='<dimension ref="A1:A99999999999"/>'), "cell-reference"),
        (raw_workbook(FIRST, before='<dimension ref="C9:A1"/>'), "cell-order"),
        (raw_workbook(FIRST, before='<dimension ref="A1:B2:C3"/>'), "cell-reference"),
        (raw_workbook(FIRST, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'), "range-too-large"),
        (raw_workbook(FIRST, after='<mergeCells><mergeCell ref="C3:A1"/></mergeCells>'), "cell-order"),
        (raw_workbook(FIRST, after='<mergeCells><mergeCell ref="A0:A1"/></mergeCells>'), "cell-reference"),
        (raw_workbook(FIRST, after='<mergeCell ref="A1:A60000"/>' * 2), "range-too-large"),
        (raw_workbook(FIRST, after='<hyperlinks><hyperlink ref="A1:XFD1048576"/></hyperlinks>'), "range-too-large"),
        (raw_workbook(FIRST, 说明=row(99999999999, cell("A99999999999"))), "cell-reference"),
        (raw_workbook(FIRST, shared='<sst count="4294967295"><si><t>x</t></si></sst>'), "damaged"),
        (raw_workbook(FIRST, shared='<sst uniqueCount="99999999999999999999"/>'), "damaged"),
        (raw_workbook(row(1, cell("A1", "-1", ' t="s"')), shared="<sst><si><t>x</t></si></sst>"), "damaged"),
        (raw_workbook(row(1, cell("A1", "999999999", ' t="s"')), shared="<sst><si><t>x</t></si></sst>"), "damaged"),
        (raw_workbook(row(1, f"<c {' ' * 2_000_000}r=\"XFD1\"><v>1</v></c>")), "damaged"),
        (raw_workbook(row(1, "<c r=A1><v>1</v></c>")), "damaged"),
    ],
)  # fmt: skip
def test_dimensions_merged_ranges_links_and_shared_texts_are_bounded(
    tmp_path: Path, content: bytes, rule: str
) -> None:
    assert only_problem(tmp_path, content)[0] == rule


def test_a_huge_dimension_or_column_format_on_the_sheet_takes_no_room(tmp_path: Path) -> None:
    wide = '<dimension ref="A1:XFD1048576"/><cols><col min="1" max="16384" width="9"/></cols>'
    empty = row(1048576, '<c r="XFD1048576" s="0"/>')
    text = ' t="str"'
    content = raw_workbook(
        row(1, cell("A1", "1", text), cell("B1", "2", text)) + row(2, cell("A2")) + empty, before=wide
    )
    table = opened(tmp_path, content)
    assert table.columns == ["one", "two"]
    assert [number for number, _ in table.rows] == [2]


def test_cells_without_references_follow_each_other(tmp_path: Path) -> None:
    rows = '<row><c t="str"><v>1</v></c><c t="str"><v>2</v></c></row>'
    rows += "<row><c><v>7</v></c><c><v>8</v></c></row>"
    table = opened(tmp_path, raw_workbook(rows))
    assert table.columns == ["one", "two"]
    assert [(number, list(cells)) for number, cells in table.rows] == [(2, [7.0, 8.0])]


def test_a_sheet_kept_elsewhere_or_under_two_names_is_refused(tmp_path: Path) -> None:
    far = "<worksheet><sheetData>" + row(1048576, cell("XFD1048576")) + "</sheetData></worksheet>"
    relations = '<R><R Id="a" Target="elsewhere/s.xml"/></R>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="企业" r:id="a"/></sheets></workbook>'
    files = {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": relations, "xl/elsewhere/s.xml": far}
    path = tmp_path / "book.xlsx"
    path.write_bytes(packed(files))
    assert archive.inspect(path) == {}
    with pytest.raises(archive.WorkbookUnreadable):
        archive.readable("企业", {})
    assert only_problem(tmp_path, packed({**files, "XL/WORKBOOK.XML": book}))[0] == "damaged"


def test_a_usual_workbook_of_200000_rows_less_its_heading_may_be_read() -> None:
    found = references.References()
    for number in range(1, 200_001):
        found.read(row(number, cell(f"A{number}"), cell(f"T{number}")).encode())
    assert (found.fault, found.beyond) == (None, None)
    found.read(row(200_001, cell("A200001")).encode())
    assert found.beyond is not None
    assert found.beyond.cell == "A200001"


def test_what_a_usual_program_writes_is_read(tmp_path: Path) -> None:
    book = Workbook()
    page = book.create_sheet("企业", 0)
    page.append(["1", "2"])
    page.append(["甲", "乙"])
    page.merge_cells("D4:F9")
    page["A2"].hyperlink = "https://example.org"
    buffer = io.BytesIO()
    book.save(buffer)
    table = opened(tmp_path, buffer.getvalue())
    assert [list(cells)[:2] for _, cells in table.rows] == [["甲", "乙"]]
