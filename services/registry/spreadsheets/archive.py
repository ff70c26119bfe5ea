"""Looks into an Excel file before any library opens it: size when unpacked, formulas, merged cells, percent cells.

A zip bomb is found by unpacking with a limit, not by trusting the sizes in its directory.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

MAX_UNPACKED_BYTES: Final = 256 * 1024 * 1024
MAX_MEMBERS: Final = 500
_CHUNK: Final = 1024 * 1024
_OVERLAP: Final = 400
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
    """Cells of one sheet, as (row, column) from 1, that hold formulas or numbers shown as percent, and merged
    ranges by their first cell.
    """

    formulas: set[tuple[int, int]] = field(default_factory=set)
    percent: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


def has_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def inspect(path: Path) -> dict[str, SheetMarks]:
    """Unpacks everything once within limits; returns the marks of each sheet by its name."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise _bomb()
            total = 0
            found: dict[str, SheetMarks] = {}
            for member in members:
                marks = SheetMarks()
                is_sheet = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
                for chunk in _chunks(archive, member):
                    total += len(chunk)
                    if total > MAX_UNPACKED_BYTES:
                        raise _bomb()
                    if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                        raise WorkbookUnreadable(
                            "entities", "文件含有不允许的 XML 实体", "the file declares XML entities"
                        )
                    if is_sheet:
                        _mark(chunk, marks)
                if is_sheet:
                    found[member.filename] = marks
            if styles := _percent_styles(archive):
                for file, marks in found.items():
                    _mark_percent(archive, file, styles, marks)
            return {name: found.get(file, SheetMarks()) for name, file in _sheet_files(archive).items()}
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


def _sheet_files(archive: zipfile.ZipFile) -> dict[str, str]:
    """Each sheet's name with the file that holds it; what declares entities was refused before."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    files = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    found = {}
    for sheet in book.iter(_MAIN + "sheet"):
        target = files.get(sheet.get(_RELATION_ID), "")
        found[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Pieces of a member, each beginning with the end of the one before, so that no tag is cut in two."""
    if member.is_dir():
        return
    with archive.open(member) as stream:
        tail = b""
        while piece := stream.read(_CHUNK):
            yield tail + piece
            tail = piece[-_OVERLAP:]


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
    for chunk in _chunks(archive, archive.getinfo(file)):
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
            area = (_place(match[1].decode()), _place(match[2].decode()))
            if area not in marks.merged[-50:]:
                marks.merged.append(area)


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
