"""Looks into an Excel file before any library opens it: size when unpacked, formulas, merged cells, percent cells.

A zip bomb is found by unpacking with a limit, not by trusting the sizes in its directory.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final
from xml.etree import ElementTree

from shared.tables.references import Fault, References, fault_of_shared_strings

MAX_UNPACKED_BYTES: Final = 256 * 1024 * 1024
MAX_MEMBERS: Final = 500
_CHUNK: Final = 1024 * 1024
#: More than the longest text of a cell (32,767 characters) takes.
_MAX_TAG_BYTES: Final = 256 * 1024
_ENTITY_BYTES: Final = 16
_FORMULA: Final = re.compile(rb'<c [^>]*?r="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<f[ />]')
_MERGED: Final = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})"')
_STYLED_NUMBER: Final = re.compile(rb"<c ([^>]*[^>/])>\s*<v>")
_ATTRIBUTE: Final = re.compile(rb'\b(r|s|t)="([^"]*)"')
_PERCENT_FORMATS: Final = frozenset({"9", "10"})  # 0% and 0.00%
_CELL: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION_ID: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MARKED_CELLS: Final = 100_000


class WorkbookUnreadable(Exception):
    """The file is no workbook that can be read; ``rule`` names why."""

    def __init__(self, rule: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.rule, self.zh, self.en = rule, zh, en


@dataclass(slots=True)
class SheetMarks:
    """Cells of one sheet, as (row, column) from 1, that hold formulas or numbers shown as percent, merged
    ranges, and what is wrong with its references.
    """

    formulas: set[tuple[int, int]] = field(default_factory=set)
    percent: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    references: References = field(default_factory=References)


def has_workbook(path: Path | BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def inspect(path: Path | BinaryIO) -> dict[str, SheetMarks]:
    """Unpacks everything once within limits; returns the marks of each sheet by its name."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = _marks_by_file(archive)
            if styles := _percent_styles(archive):
                for file, marks in found.items():
                    _mark_percent(archive, file, styles, marks)
            names = {file: name for name, file in _sheet_files(archive).items()}
            for file, marks in found.items():
                if marks.references.fault is not None:
                    raise _unreadable_sheet(names.get(file, file), marks.references.fault)
            return {names[file]: marks for file, marks in found.items() if file in names}
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        KeyError,
        SyntaxError,
    ) as error:
        raise WorkbookUnreadable("damaged", "文件已损坏或有密码", "the file is damaged or locked") from error


def readable(sheet: str, marks: dict[str, SheetMarks]) -> SheetMarks:
    """The marks of the sheet that is to be read; refuses one whose cells lie too far apart."""
    if sheet not in marks:
        raise WorkbookUnreadable(
            "damaged", f"“{sheet[:31]}”不是工作表", f"{sheet[:31]} is not a sheet with cells"
        )
    if (fault := marks[sheet].references.beyond) is not None:
        raise _unreadable_sheet(sheet, fault)
    return marks[sheet]


def _unreadable_sheet(sheet: str, fault: Fault) -> WorkbookUnreadable:
    place_zh, place_en = (f"的单元格 {fault.cell}", f", cell {fault.cell}") if fault.cell else ("", "")
    return WorkbookUnreadable(
        fault.rule, f"工作表“{sheet[:31]}”{place_zh} {fault.zh}", f"sheet {sheet[:31]}{place_en} {fault.en}"
    )


def _marks_by_file(archive: zipfile.ZipFile) -> dict[str, SheetMarks]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise _bomb()
    if len({member.filename.lower() for member in members}) < len(members):
        raise ValueError("two members of one name")
    total, spread = 0, 0
    found: dict[str, SheetMarks] = {}
    for member in members:
        marks = SheetMarks(references=References(spread_cells=spread))
        folder = member.filename.lower().rpartition("/")[0]
        for piece, fresh in _pieces(archive, member):
            total += fresh
            if total > MAX_UNPACKED_BYTES:
                raise _bomb()
            _read_piece(piece, folder, marks)
        if folder in {"xl/worksheets", "xl/tables"}:
            found[member.filename] = marks
        spread = marks.references.spread_cells
    return found


def _read_piece(piece: bytes, folder: str, marks: SheetMarks) -> None:
    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
        raise WorkbookUnreadable("entities", "文件含有不允许的 XML 实体", "the file declares XML entities")
    if folder == "xl/worksheets":
        marks.references.read(piece)
        _mark(piece, marks)
    elif folder == "xl/tables":
        marks.references.read(piece)
    elif (fault := fault_of_shared_strings(piece)) is not None:
        raise WorkbookUnreadable(fault.rule, fault.zh, fault.en)


def _sheet_files(archive: zipfile.ZipFile) -> dict[str, str]:
    """Each sheet's name with the file that holds it; what declares entities was refused before."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    files = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    found: dict[str, str] = {}
    for sheet in book.iter(_MAIN + "sheet"):
        target = files.get(sheet.get(_RELATION_ID), "")
        if sheet.get("name", "") in found:
            raise ValueError("two sheets of one name")
        found[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """A member in pieces, each with its number of new bytes.

    Where tags are read, no piece cuts one in two, nor a cell's tag from what follows it.
    """
    if member.is_dir():
        return
    name = member.filename.lower()
    has_tags = name.startswith(("xl/worksheets/", "xl/tables/")) or name == "xl/sharedstrings.xml"
    with archive.open(member) as stream:
        kept = b""
        while fresh := stream.read(_CHUNK):
            piece = kept + fresh
            cut = _end_of_tags(piece) if has_tags else len(piece)
            kept = piece[cut:] if has_tags else piece[-_ENTITY_BYTES:]
            yield piece[:cut], len(fresh)
        if has_tags:
            yield kept, 0


def _end_of_tags(piece: bytes) -> int:
    """Where to cut: before the last cell or, if that is far back, before the last tag."""
    for mark in (b"<c ", b"<"):
        cut = piece.rfind(mark)
        if cut > 0 and len(piece) - cut <= _MAX_TAG_BYTES:
            return cut
    if b"<" not in piece:
        return len(piece)
    if len(piece) <= _MAX_TAG_BYTES:
        return 0
    raise ValueError("a tag or text that is too long for any sheet")


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[bytes]:
    """The numbers of the cell styles that show a fraction as percent."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    sheet = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 - no entities, see above
    formats = {
        entry.get("numFmtId", "")
        for entry in sheet.iter(_MAIN + "numFmt")
        if "%" in re.sub(r'"[^"]*"', "", entry.get("formatCode", ""))
    } | _PERCENT_FORMATS
    styles = sheet.findall(f"{_MAIN}cellXfs/{_MAIN}xf")
    return frozenset(str(n).encode() for n, style in enumerate(styles) if style.get("numFmtId") in formats)


def _mark_percent(archive: zipfile.ZipFile, file: str, styles: frozenset[bytes], marks: SheetMarks) -> None:
    for chunk, _ in _pieces(archive, archive.getinfo(file)):
        for match in _STYLED_NUMBER.finditer(chunk):
            about = dict(_ATTRIBUTE.findall(match[1]))
            number = about.get(b"t", b"n") == b"n" and about.get(b"s") in styles
            if number and len(marks.percent) < _MARKED_CELLS:
                marks.percent.add(_place(about[b"r"].decode()))


def _mark(chunk: bytes, marks: SheetMarks) -> None:
    for match in _FORMULA.finditer(chunk):
        if len(marks.formulas) < _MARKED_CELLS:
            marks.formulas.add(_place(match[1].decode()))
    for match in _MERGED.finditer(chunk):
        if len(marks.merged) < _MARKED_CELLS:
            marks.merged.append((_place(match[1].decode()), _place(match[2].decode())))


def _place(reference: str) -> tuple[int, int]:
    match = _CELL.fullmatch(reference)
    if match is None:  # pragma: no cover - the patterns above admit nothing else
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _bomb() -> WorkbookUnreadable:
    size = MAX_UNPACKED_BYTES // 1024 // 1024
    return WorkbookUnreadable(
        "too-large-unpacked",
        f"解压后超过 {size} MiB 或文件数过多,疑似压缩炸弹",
        f"it unpacks to more than {size} MiB or too many files: a zip bomb?",
    )
