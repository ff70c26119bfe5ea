"""Rows of an uploaded file, whatever it is: a workbook (calamine) or a CSV in UTF-8 or GB18030.

Headings are found by their Chinese or English name or their code, with or without unit and star; problems
of the file as a whole (wrong sheet, missing column, unreadable) are collected as rows of their own.
"""

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from python_calamine import CalamineError, load_workbook

from services.registry.domain.registers.cells import REFUSED, Cell
from services.registry.domain.registers.problems import Problem
from shared.tables.archive import SheetMarks, WorkbookUnreadable, inspect, readable
from shared.text.hygiene import UnfitCharacter, key

_HEADING_ROWS: Final = 10
_DECORATION: Final = re.compile(r"[(\uff08][^()\uff08\uff09]*[)\uff09]|[*\uff0a\s]")  # also full-width


class Column(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...
    @property
    def required(self) -> bool: ...


@dataclass(slots=True)
class Table:
    """A file as rows: field code of each column (None: not known), and the rows below the heading."""

    columns: list[str | None]
    rows: Iterator[tuple[int, Sequence[Cell]]]
    problems: list[Problem] = field(default_factory=list)

    def can_be_read(self, *, apart_from: Collection[str]) -> bool:
        """Whether there is a heading that has none of these problems."""
        return bool(self.columns) and not any(problem.rule in apart_from for problem in self.problems)


def open_table(path: Path, kind: str, *, sheet: str, columns: Sequence[Column]) -> Table:
    """Opens the file; a table without columns has only problems."""
    try:
        return _open_workbook(path, sheet, columns) if kind == "xlsx" else _open_csv(path, columns)
    except WorkbookUnreadable as error:
        return _only(Problem(0, "", "", error.rule, "error", error.zh, error.en))


def _open_workbook(path: Path, sheet: str, columns: Sequence[Column]) -> Table:
    marks = inspect(path)
    try:
        book = load_workbook(path)
        if sheet not in book.sheet_names:
            names = "、".join(book.sheet_names)
            return _only(
                Problem(
                    0,
                    "",
                    "",
                    "wrong-sheet",
                    "error",
                    f"没有名为“{sheet}”的工作表,只有:{names}",
                    f"there is no sheet named {sheet}; there are: {names}",
                )
            )
        found = readable(sheet, marks)
        page = book.get_sheet_by_name(sheet)
        top, left = page.start or (0, 0)
        rows = enumerate(page.iter_rows(), start=(0 if page.start is None else top) + 1)
        return _below_heading(_shifted(rows, left), columns, marks=found)
    except BaseException as error:
        # a panic inside the library is no Exception, and nothing else of that kind may be kept from going on
        if isinstance(error, CalamineError) or type(error).__name__ == "PanicException":
            raise WorkbookUnreadable(
                "damaged", "文件已损坏或有密码", "the file is damaged or locked"
            ) from error
        raise


def _shifted(rows: Iterator[tuple[int, Sequence[object]]], left: int) -> Iterator[tuple[int, list[Cell]]]:
    blanks: list[Cell] = [None] * left
    for number, cells in rows:
        yield number, blanks + [cell if cell != "" else None for cell in cells]  # type: ignore[misc]


def _open_csv(path: Path, columns: Sequence[Column]) -> Table:
    encoding = encoding_of(path)
    handle = path.open(encoding=encoding, newline="", errors="strict")

    def rows() -> Iterator[tuple[int, Sequence[Cell]]]:
        with handle:
            lines = csv.reader(handle, strict=True)
            try:
                yield from enumerate(lines, start=1)
            except csv.Error as error:
                raise WorkbookUnreadable(
                    "csv",
                    f"第 {lines.line_num} 行附近不是规范的 CSV(引号不成对?)",
                    f"line {lines.line_num}: {error}",
                ) from error

    return _below_heading(rows(), columns, marks=SheetMarks())


def encoding_of(path: Path) -> str:
    """UTF-8 with or without BOM, or GB18030: whichever decodes all of it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as handle:
                while text := handle.read(1 << 20):
                    if "\0" in text:
                        break
                else:
                    return encoding
        except UnicodeDecodeError:
            continue
    raise WorkbookUnreadable(
        "encoding",
        "编码既不是 UTF-8 也不是 GB18030,请另存为 CSV UTF-8",
        "the encoding is neither UTF-8 nor GB18030",
    )


def _below_heading(
    rows: Iterator[tuple[int, Sequence[Cell]]], columns: Sequence[Column], *, marks: SheetMarks
) -> Table:
    for number, cells in rows:
        found, unknown = _match(cells, columns)
        if sum(code is not None for code in found) >= min(2, len(columns)):
            problems = _heading_problems(number, cells, found, unknown, columns)
            if any(problem.severity == "error" for problem in problems):
                return Table(found, iter(()), problems)
            return Table(
                found,
                _filled(rows, found, marks, number),
                [*problems, *_marked(marks, found, columns, number)],
            )
        if number >= _HEADING_ROWS:
            break
    return _only(
        Problem(
            0,
            "",
            "",
            "no-heading",
            "error",
            "找不到表头行,请使用下载的模板",
            "there is no heading row; use the template",
        )
    )


def _match(cells: Sequence[Cell], columns: Sequence[Column]) -> tuple[list[str | None], list[int]]:
    names = {}
    for column in columns:
        names.update({_bare(column.zh): column.code, _bare(column.en): column.code, column.code: column.code})
    found = [names.get(_bare(str(cell))) if cell not in {None, ""} else None for cell in cells]
    unknown = [place for place, cell in enumerate(cells) if cell not in {None, ""} and found[place] is None]
    return found, unknown


def _bare(heading: str) -> str:
    """A heading as it is compared; line breaks in it are blanks."""
    try:
        return _DECORATION.sub("", key(" ".join(heading.split())))
    except UnfitCharacter:
        return heading


def _heading_problems(
    row: int, cells: Sequence[Cell], found: list[str | None], unknown: list[int], columns: Sequence[Column]
) -> list[Problem]:
    problems = [
        Problem(
            row,
            column.code,
            column.zh,
            "missing-column",
            "error",
            f"缺少列“{column.zh}”",
            f"the column {column.en} is missing",
        )
        for column in columns
        if column.required and column.code not in found
    ]
    for code in {code for code in found if code is not None and found.count(code) > 1}:
        problems.append(
            Problem(row, code, code, "column-twice", "error", "同一列出现两次", "the column appears twice")
        )
    problems += [
        Problem(
            row,
            "",
            str(cells[place])[:50],
            "unknown-column",
            "warning",
            f"未识别的列“{str(cells[place])[:50]}”,不读取",
            f"the column {str(cells[place])[:50]} is not known and not read",
        )
        for place in unknown
    ]
    return problems


def _marked(
    marks: SheetMarks, found: list[str | None], columns: Sequence[Column], heading: int
) -> list[Problem]:
    """Formulas, merged cells and percent cells among the data."""
    labels = {column.code: column.zh for column in columns}

    def problem(row: int, column: int, rule: str, zh: str, en: str) -> Problem | None:
        code = found[column - 1] if column <= len(found) else None
        if row <= heading or code is None:
            return None
        return Problem(row, code, labels[code], rule, "error", zh, en)

    made = [
        problem(row, column, "formula", "是公式,请粘贴为数值", "is a formula; paste its value")
        for row, column in sorted(marks.formulas)
    ]
    made += [
        problem(
            row,
            column,
            "percent-cell",
            "是百分比格式(82.5% 存为 0.825),请改为常规格式并填写 82.5",
            "is in percent format (82.5% is stored as 0.825); format it as a plain number and write 82.5",
        )
        for row, column in sorted(marks.percent)
    ]
    made += [
        problem(
            row,
            column,
            "merged",
            "是合并单元格,请取消合并后逐格填写",
            "is a merged cell; unmerge it and fill each",
        )
        for area in marks.merged
        for row, column in _cells_of(area)
    ]
    return [entry for entry in made if entry is not None]


def _filled(
    rows: Iterator[tuple[int, Sequence[Cell]]], found: list[str | None], marks: SheetMarks, heading: int
) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Rows that hold anything in a known column; a formula, a merged or a percent cell is refused."""
    known = [place for place, code in enumerate(found) if code is not None]
    refused: dict[int, set[int]] = {}
    for row, column in [
        *marks.formulas,
        *marks.percent,
        *(place for area in marks.merged for place in _cells_of(area)),
    ]:
        refused.setdefault(row, set()).add(column - 1)
    for number, cells in rows:
        if number <= heading:
            continue
        if bad := refused.get(number):
            yield number, [REFUSED if place in bad else cell for place, cell in enumerate(cells)]
        elif any(place < len(cells) and cells[place] not in {None, ""} for place in known):
            yield number, cells


def _cells_of(area: tuple[tuple[int, int], tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The cells of a merged range, of a very large one the first."""
    (row, column), (last_row, last_column) = area
    for r in range(row, min(last_row, row + 50) + 1):
        for c in range(column, min(last_column, column + 50) + 1):
            yield r, c


def _only(problem: Problem) -> Table:
    return Table([], iter(()), [problem])
