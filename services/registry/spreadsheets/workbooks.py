"""Templates, exports and error workbooks: one look for all registers and returns."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from services.registry.domain.registers.fields import Field, Kind
from services.registry.domain.registers.problems import Problem
from services.registry.domain.registers.register import Register
from shared.tables.written import inert

ABOUT_SHEET: Final = "填写说明"
_HEAD: Final = PatternFill("solid", fgColor="DDE7F3")
_WRONG: Final = PatternFill("solid", fgColor="F8C7C4")
_DOUBTFUL: Final = PatternFill("solid", fgColor="FBE8B0")
_TEMPLATE_ROWS: Final = 5000


def register_template(register: Register) -> bytes:
    """An empty workbook with headings, choices as drop-down lists, and a sheet that explains each column."""
    book = Workbook()
    page = book.active
    if page is None:  # pragma: no cover - a new workbook has a sheet
        raise LookupError("sheet")
    page.title = register.zh[:31]
    for number, spec in enumerate(register.fields, start=1):
        cell = page.cell(1, number, spec.heading)
        cell.font, cell.fill, cell.alignment = Font(bold=True), _HEAD, Alignment(wrap_text=True)
        letter = get_column_letter(number)
        page.column_dimensions[letter].width = max(12, 2 * len(spec.heading) + 2)
        if spec.kind not in {Kind.INTEGER, Kind.DECIMAL, Kind.YEAR}:
            page.column_dimensions[letter].number_format = "@"
        _add_list(page, spec, letter)
    page.freeze_panes = "A2"
    _add_about(book, register)
    return _bytes(book)


def register_csv_template(register: Register) -> bytes:
    """The headings as CSV in UTF-8 with a BOM, which Excel opens as it should."""
    return csv_bytes([[spec.heading for spec in register.fields]])


def csv_bytes(rows: Iterable[Sequence[Any]], *, bom: bool = True) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[inert(value) for value in row] for row in rows])
    return (b"\xef\xbb\xbf" if bom else b"") + buffer.getvalue().encode()


def workbook_bytes(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A list as a workbook; texts stay texts, also where they begin like a formula."""
    book = Workbook(write_only=True)
    page = book.create_sheet(title[:31])
    head = []
    for heading in headings:
        cell = WriteOnlyCell(page, heading)
        cell.font, cell.fill = Font(bold=True), _HEAD
        head.append(cell)
    page.append(head)
    for row in rows:
        page.append([inert(value) for value in row])
    return _bytes(book)


def marked_workbook(path: Path, sheet: str, problems: Sequence[Problem], columns: Mapping[str, int]) -> bytes:
    """The uploaded workbook with its wrong cells coloured and explained, and a sheet that lists all problems."""
    with path.open("rb") as handle:
        book = load_workbook(handle)
    page = book[sheet] if sheet in book.sheetnames else book.active
    notes: dict[tuple[int, int], list[Problem]] = {}
    for problem in problems:
        if problem.row and problem.field in columns:
            notes.setdefault((problem.row, columns[problem.field] + 1), []).append(problem)
    if page is not None:
        for (row, column), found in notes.items():
            _mark(page, row, column, found)
    _add_problem_sheet(book, problems)
    return _bytes(book)


def problem_workbook(
    sheet: str, rows: Iterable[Sequence[Any]], problems: Sequence[Problem], columns: Mapping[str, int]
) -> bytes:
    """The same for an uploaded CSV: its rows as a workbook, marked."""
    book = Workbook()
    page = book.active
    if page is None:  # pragma: no cover - a new workbook has a sheet
        raise LookupError("sheet")
    page.title = sheet[:31]
    for row in rows:
        page.append([inert(value) for value in row])
    for problem in problems:
        if problem.row and problem.field in columns:
            _mark(page, problem.row, columns[problem.field] + 1, [problem])
    _add_problem_sheet(book, problems)
    return _bytes(book)


PROBLEM_HEADINGS: Final = ("行 row", "列 column", "类别 severity", "规则 rule", "问题", "problem")


def problem_rows(problems: Iterable[Problem]) -> Iterable[Sequence[Any]]:
    for problem in problems:
        severity = "错误 error" if problem.severity == "error" else "提示 warning"
        yield (problem.row or "", problem.column, severity, problem.rule, problem.zh, problem.en)


def _mark(page: Any, row: int, column: int, problems: Sequence[Problem]) -> None:
    cell = page.cell(row, column)
    if not hasattr(cell, "comment") or type(cell).__name__ == "MergedCell":
        return
    serious = any(problem.severity == "error" for problem in problems)
    cell.fill = _WRONG if serious else _DOUBTFUL
    before = f"{cell.comment.text}\n" if cell.comment else ""
    cell.comment = Comment(
        before + "\n".join(f"{p.zh}\n{p.en}" for p in problems), "registry", width=320, height=120
    )


def _add_problem_sheet(book: Workbook, problems: Sequence[Problem]) -> None:
    page = book.create_sheet("问题清单")
    page.append(list(PROBLEM_HEADINGS))
    for row in problem_rows(problems):
        page.append([inert(value) for value in row])


def _add_list(page: Any, spec: Field, letter: str) -> None:
    names = [choice.zh for choice in spec.choices] or (["是", "否"] if spec.kind is Kind.BOOLEAN else [])
    quoted = ",".join(names)
    if names and len(quoted) <= 255:
        rule = DataValidation(type="list", formula1=f'"{quoted}"', allow_blank=True)
        page.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{_TEMPLATE_ROWS}")


def _add_about(book: Workbook, register: Register) -> None:
    page = book.create_sheet(ABOUT_SHEET)
    page.append([f"{register.zh} / {register.en}", register.clause, register.note])
    page.append(["列 column", "代码 code", "必填 required", "类型 kind", "可选值 choices", "说明 help"])
    for spec in register.fields:
        choices = "、".join(choice.zh for choice in spec.choices)
        page.append(
            [
                spec.zh,
                spec.code,
                "是" if spec.required else "否",
                spec.kind.value,
                choices,
                f"{spec.en}. {spec.help}",
            ]
        )


def _bytes(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
