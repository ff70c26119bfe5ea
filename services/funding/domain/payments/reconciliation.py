"""Reconciliation: a treasury's own list of payments against the recorded ones, row by row."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, Self
from uuid import UUID

from services.funding.domain.refusals import PaymentFileInvalid
from shared.errors import Item
from shared.text import hygiene
from shared.text.money import FEN_PER_YUAN, MAX_FEN

#: The heading of the file; either language.
COLUMNS: Final = (("流水号", "bank_serial"), ("金额(元)", "amount_yuan"), ("支付日期", "paid_on"))
MAX_ROWS: Final = 100_000
MAX_PROBLEMS: Final = 100

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,13})(\.[0-9]{1,2})?")
_SERIAL = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


Kind = Literal["only_in_file", "only_here", "amount_differs", "day_differs"]


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as a file or the record has it; ``row`` counts the heading as row 1."""

    bank_serial: str
    amount_fen: int
    paid_on: date
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    bank_serial: str
    kind: Kind
    file: Paid | None
    recorded: Paid | None


@dataclass(frozen=True, slots=True)
class ListedDifference:
    """A difference as it is kept; ``row`` of the file, its heading being row 1."""

    bank_serial: str
    kind: Kind
    row: int | None
    file_fen: int | None
    recorded_fen: int | None
    file_day: date | None
    recorded_day: date | None

    @classmethod
    def of(cls, difference: Difference) -> Self:
        file, recorded = difference.file, difference.recorded
        return cls(
            bank_serial=difference.bank_serial,
            kind=difference.kind,
            row=None if file is None else file.row,
            file_fen=None if file is None else file.amount_fen,
            recorded_fen=None if recorded is None else recorded.amount_fen,
            file_day=None if file is None else file.paid_on,
            recorded_day=None if recorded is None else recorded.paid_on,
        )


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The result of comparing a treasury's list of some days with what is recorded."""

    id: UUID
    county_code: str
    from_day: date
    to_day: date
    file_sha256: str
    matched: int
    differences: tuple[ListedDifference, ...]


def check_period(file: Sequence[Paid], *, from_day: date, to_day: date) -> None:
    """Every row lies within the days that are compared."""
    outside = [paid for paid in file if not from_day <= paid.paid_on <= to_day]
    if outside:
        raise PaymentFileInvalid(
            f"有{len(outside)}行不在所选期间内",
            f"{len(outside)} row(s) lie outside of the period",
            items=[
                Item("paid_on", "within-period", "不在期间内", "outside of the period", row=paid.row)
                for paid in outside[:MAX_PROBLEMS]
            ],
        )


def read_payments(content: bytes) -> list[Paid]:
    """CSV in UTF-8 or GB18030; every wrong cell is named, and nothing is guessed."""
    rows = _rows(content)
    if not rows or not _is_heading(rows[0][1]):
        expected = ",".join(en for _, en in COLUMNS)
        raise PaymentFileInvalid(
            f"第一行应为表头:{','.join(zh for zh, _ in COLUMNS)}", f"The first row must be {expected}"
        )
    if len(rows) - 1 > MAX_ROWS:
        raise PaymentFileInvalid(f"最多 {MAX_ROWS} 行", f"There are at most {MAX_ROWS} rows")
    problems: list[Item] = []
    read: dict[str, Paid] = {}
    for number, cells in rows[1:]:
        paid, found = _read_row(number, cells)
        if paid is not None and paid.bank_serial in read:
            found = [
                Item("bank_serial", "serial-once", "流水号重复", "the serial is listed twice", row=number)
            ]
        if paid is not None:
            read[paid.bank_serial] = paid
        problems += found
    if problems:
        raise PaymentFileInvalid(
            f"文件有{len(problems)}处错误",
            f"The file has {len(problems)} error(s)",
            items=problems[:MAX_PROBLEMS],
        )
    return list(read.values())


def _rows(content: bytes) -> list[tuple[int, list[str]]]:
    """Rows that hold something, with their numbers in the file."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise PaymentFileInvalid("文件须为 UTF-8 或 GB18030 编码", "The file must be UTF-8 or GB18030")
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        return [
            (number, [cell.strip() for cell in cells])
            for number, cells in enumerate(reader, start=1)
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise PaymentFileInvalid("文件不是有效的 CSV", f"The file is not a sound CSV: {error}") from error


def _is_heading(cells: Sequence[str]) -> bool:
    return len(cells) == len(COLUMNS) and all(
        cell in names for cell, names in zip(cells, COLUMNS, strict=True)
    )


def _serial(given: str) -> str | None:
    """In the form in which payments are recorded; none where it is not a serial."""
    try:
        serial = hygiene.serial(given)
    except hygiene.UnfitCharacter:
        return None
    return serial if _SERIAL.fullmatch(serial) else None


def _read_row(number: int, cells: Sequence[str]) -> tuple[Paid | None, list[Item]]:
    if len(cells) != len(COLUMNS):
        zh, en = f"应有{len(COLUMNS)}列", f"a row has {len(COLUMNS)} columns"
        return None, [Item("row", "columns", zh, en, row=number)]
    given, amount, day = cells
    problems = []
    serial = _serial(given)
    if serial is None:
        zh, en = "流水号应为字母、数字和连字符", "a serial is letters, digits and hyphens"
        problems.append(Item("bank_serial", "serial", zh, en, row=number))
    fen = int(Decimal(amount) * FEN_PER_YUAN) if _AMOUNT.fullmatch(amount) else 0
    if not 0 < fen <= MAX_FEN:
        zh, en = "金额应为正数,如 700000.00", "an amount is a positive number such as 700000.00"
        problems.append(Item("amount_yuan", "amount", zh, en, row=number))
    paid_on = _day(day)
    if paid_on is None:
        problems.append(
            Item("paid_on", "date", "应为日期,如 2024-11-05", "must be a date such as 2024-11-05", row=number)
        )
    if serial is None or paid_on is None or problems:
        return None, problems
    return Paid(serial, fen, paid_on, number), []


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def differences_between(file: Sequence[Paid], recorded: Mapping[str, Paid]) -> tuple[int, list[Difference]]:
    """How many agree, and everything that does not, in the order of serials."""
    listed = {paid.bank_serial: paid for paid in file}
    matched, differences = 0, []
    for serial in sorted(listed.keys() | recorded.keys()):
        there, here = listed.get(serial), recorded.get(serial)
        if here is None:
            differences.append(Difference(serial, "only_in_file", there, here))
        elif there is None:
            differences.append(Difference(serial, "only_here", there, here))
        elif there.amount_fen != here.amount_fen:
            differences.append(Difference(serial, "amount_differs", there, here))
        elif there.paid_on != here.paid_on:
            differences.append(Difference(serial, "day_differs", there, here))
        else:
            matched += 1
    return matched, differences
