"""Where a sheet says that its cells are, read before any library opens it.

Libraries make room for the whole area between the first and the last cell, and trust each number: one cell at
XFD1048576 asks for 549 GB. So every reference must lie on the sheet, in rising order, and the area that holds
cells must be one that can be read.
"""

import re
from dataclasses import dataclass
from typing import Final

MAX_SHEET_ROWS: Final = 200_000
MAX_SHEET_CELLS: Final = 4_000_000
#: Cells of merged ranges and links of a whole workbook: to mark errors, each is made anew.
MAX_SPREAD_CELLS: Final = 100_000
_MAX_SHARED_STRINGS: Final = 4 * MAX_SHEET_CELLS
LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384  # XFD

Place = tuple[int, int]  # row and column, from 1

_PREFIX: Final = rb"<(?:[A-Za-z_][\w.-]*:)?"
_ATTRIBUTES: Final = rb"((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*(/?>)"
#: Start tags that hold references; the last group is empty where the tag is not well-formed.
_TAG: Final = re.compile(
    _PREFIX + rb"(c|row|dimension|mergeCell|hyperlink|table)(?=[\s/>])(?:" + _ATTRIBUTES + rb"|)"
)
_SHARED_STRINGS: Final = re.compile(_PREFIX + rb"sst(?=[\s/>])(?:" + _ATTRIBUTES + rb"|)")
_COUNT: Final = re.compile(rb"\s(?:count|uniqueCount)\s*=\s*[\"']([^\"']*)[\"']")
#: A cell whose text stands elsewhere, by an index that is not one: it would be read as the first text.
_INDEX_NO_NUMBER: Final = re.compile(rb"<c [^<>]*\bt=\"s\"(?![^<>]*/>)[^<>]*>\s*<v>(?!\s*[0-9]{1,9}\s*</v>)")
_OWN: Final = re.compile(rb"\sr\s*=\s*[\"']([^\"']*)[\"']")
_RANGE: Final = re.compile(rb"\sref\s*=\s*[\"']([^\"']*)[\"']")
_CELL: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ROW: Final = re.compile(r"[0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sheet cannot be read: the rule, the cell as the file writes it, and words for both."""

    rule: str
    cell: str
    zh: str
    en: str


class References:
    """The references of one sheet, read piece by piece; ``fault`` is the first that makes it unreadable."""

    def __init__(self, *, spread_cells: int = 0) -> None:
        """``spread_cells``: how many cells the sheets before cover by merged ranges and links."""
        self.fault: Fault | None = None
        #: Why the area of its cells is more than can be read: a fault of a sheet that is to be read.
        self.beyond: Fault | None = None
        self.spread_cells = spread_cells
        self._row = self._column = 0
        self._first_row = self._last_row = self._last_column = 0

    def read(self, piece: bytes) -> None:
        """The start tags of a piece that cuts none of them in two."""
        if self.fault is not None:
            return
        try:
            for tag, attributes, end in _TAG.findall(piece):
                if not end:
                    raise _not_well_formed()
                if tag == b"c":
                    self._cell(attributes, holds_something=end == b">")
                elif tag == b"row":
                    self._begin_row(attributes)
                else:
                    self._range(tag, attributes)
            if b"\0" in piece or _INDEX_NO_NUMBER.search(piece):
                raise _not_well_formed()
        except _Faulty as faulty:
            self.fault = faulty.fault

    def _begin_row(self, attributes: bytes) -> None:
        row, written = self._row + 1, ""
        if match := _OWN.search(attributes):
            written = match[1].decode("utf-8", "replace")
            row = int(written) if _ROW.fullmatch(written) else 0
        if not 1 <= row <= LAST_ROW:
            raise _off_the_sheet(f"A{written or row}")
        if row <= self._row:
            raise _out_of_order(f"A{row}")
        self._row, self._column = row, 0

    def _cell(self, attributes: bytes, *, holds_something: bool) -> None:
        row, column = self._row, self._column + 1
        written = f"{column_letters(column)}{row}"
        if match := _OWN.search(attributes):
            written = match[1].decode("utf-8", "replace")
            row, column = _place(written)
        elif column > LAST_COLUMN or row < 1:
            raise _off_the_sheet(written)
        if row != self._row or column <= self._column:
            raise _out_of_order(written)
        self._column = column
        if holds_something:
            self._first_row = self._first_row or row
            self._last_row = row
            self._last_column = max(self._last_column, column)
            self.beyond = self.beyond or self._too_far(written)

    def _too_far(self, cell: str) -> Fault | None:
        rows = self._last_row - self._first_row + 1
        if rows <= MAX_SHEET_ROWS and rows * self._last_column <= MAX_SHEET_CELLS:
            return None
        return Fault(
            "too-many-rows",
            cell,
            f"太远:至该格共 {rows} 行 {self._last_column} 列,最多 {MAX_SHEET_ROWS} 行、"
            f"{MAX_SHEET_CELLS} 格;请删除它或多余的行列,或改用 CSV",
            f"is too far: there are {rows} rows and {self._last_column} columns up to it, at most "
            f"{MAX_SHEET_ROWS} rows and {MAX_SHEET_CELLS} cells can be read; remove it or the rows and "
            "columns that are not needed, or use CSV",
        )

    def _range(self, tag: bytes, attributes: bytes) -> None:
        match = _RANGE.search(attributes)
        if match is None:
            return
        written = match[1].decode("utf-8", "replace")
        first, _, last = written.partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        if bottom < top or right < left:
            raise _out_of_order(written)
        cells = (bottom - top + 1) * (right - left + 1)
        if tag in {b"mergeCell", b"hyperlink"}:
            self.spread_cells += cells
            self._refuse_more_than(MAX_SPREAD_CELLS, self.spread_cells, written)
        elif tag == b"table":
            self._refuse_more_than(MAX_SHEET_CELLS, cells, written)

    @staticmethod
    def _refuse_more_than(limit: int, cells: int, written: str) -> None:
        if cells > limit:
            raise _Faulty(
                "range-too-large",
                written,
                f"过大:合并单元格、链接或表格共 {cells} 格,最多 {limit} 格;请缩小或取消",
                f"is too large: merged cells, links or tables cover {cells} cells, at most {limit} are "
                "allowed; make it smaller or remove it",
            )


def fault_of_shared_strings(piece: bytes) -> Fault | None:
    """How many texts a workbook says to share: libraries make room for as many."""
    for attributes, end in _SHARED_STRINGS.findall(piece):
        counts = [count.decode("utf-8", "replace") for count in _COUNT.findall(attributes)]
        if not end or any(not re.fullmatch("[0-9]{1,9}", count) for count in counts):
            return _not_well_formed().fault
        if any(int(count) > _MAX_SHARED_STRINGS for count in counts):
            return _not_well_formed().fault
    return None


class _Faulty(Exception):
    def __init__(self, rule: str, cell: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.fault = Fault(rule, cell[:40], zh, en)


def _not_well_formed() -> _Faulty:
    return _Faulty(
        "damaged",
        "",
        "文件的标记不规范,请用 Excel 打开后另存",
        "its markup is not well-formed; open the file in Excel and save it anew",
    )


def column_letters(column: int) -> str:
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _place(written: str) -> Place:
    match = _CELL.fullmatch(written)
    if match is None:
        raise _off_the_sheet(written)
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    if not (1 <= row <= LAST_ROW and column <= LAST_COLUMN):
        raise _off_the_sheet(written)
    return row, column


def _off_the_sheet(written: str) -> _Faulty:
    return _Faulty(
        "cell-reference",
        written or "“”",
        "不在工作表内:行号应为 1 至 1048576,列应为 A 至 XFD;请用 Excel 打开后另存",
        "is not on a sheet: rows are numbered 1 to 1048576, columns A to XFD; open the file in Excel and save it anew",
    )


def _out_of_order(written: str) -> _Faulty:
    return _Faulty(
        "cell-order",
        written,
        "重复或次序不对;请用 Excel 打开后另存",
        "is repeated or out of order; open the file in Excel and save it anew",
    )
