"""Reconciliation: a treasury's own list of payments, and of what came back of them, against the recorded ones.

A row of the list with a negative amount is money that came back (退回 by the bank, 退款 by who was paid), under a
serial of its own; such rows are compared with the recorded returns, and the net sums of both sides are told.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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

_AMOUNT = re.compile(r"(-?)((?:0|[1-9][0-9]{0,13})(?:\.[0-9]{1,2})?)")
_SERIAL = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


Kind = Literal["only_in_file", "only_here", "amount_differs", "day_differs"]
Entry = Literal["payment", "return"]


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment, or money that came back, as a file or the record has it; ``row`` counts the heading as row 1.

    ``bank_serial`` and ``paid_on`` are those of the entry itself: of a return, its own serial and day; the amount is
    positive either way.
    """

    bank_serial: str
    amount_fen: int
    paid_on: date
    row: int | None = None
    entry: Entry = "payment"

    @property
    def key(self) -> tuple[str, Entry]:
        return self.bank_serial, self.entry


@dataclass(frozen=True, slots=True)
class Sums:
    """What was paid, what came back, and what is left of it: the net amount."""

    paid_fen: int
    returned_fen: int

    @property
    def net_fen(self) -> int:
        return self.paid_fen - self.returned_fen


def sums_of(entries: Iterable[Paid]) -> Sums:
    totals = {"payment": 0, "return": 0}
    for paid in entries:
        totals[paid.entry] += paid.amount_fen
    return Sums(totals["payment"], totals["return"])


@dataclass(frozen=True, slots=True)
class Difference:
    bank_serial: str
    entry: Entry
    kind: Kind
    file: Paid | None
    recorded: Paid | None


@dataclass(frozen=True, slots=True)
class ListedDifference:
    """A difference as it is kept; ``row`` of the file, its heading being row 1."""

    bank_serial: str
    entry: Entry
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
            entry=difference.entry,
            kind=difference.kind,
            row=None if file is None else file.row,
            file_fen=None if file is None else file.amount_fen,
            recorded_fen=None if recorded is None else recorded.amount_fen,
            file_day=None if file is None else file.paid_on,
            recorded_day=None if recorded is None else recorded.paid_on,
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of comparing a treasury's list of some days with what is recorded; the recorded sums are of these
    days, by the day of payment and of return."""

    id: UUID
    county_code: str
    from_day: date
    to_day: date
    file_sha256: str
    matched: int
    file_paid_fen: int
    file_returned_fen: int
    recorded_paid_fen: int
    recorded_returned_fen: int
    difference_count: int

    @property
    def file(self) -> Sums:
        return Sums(self.file_paid_fen, self.file_returned_fen)

    @property
    def recorded(self) -> Sums:
        return Sums(self.recorded_paid_fen, self.recorded_returned_fen)

    @property
    def net_difference_fen(self) -> int:
        return self.file.net_fen - self.recorded.net_fen


@dataclass(frozen=True, slots=True)
class KeptComparison(Comparison):
    """``number``: its place in the order of recording, over all counties."""

    number: int
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Reconciliation(KeptComparison):
    """With every difference."""

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
    read: dict[tuple[str, Entry], Paid] = {}
    for number, cells in rows[1:]:
        paid, found = _read_row(number, cells)
        if paid is not None and paid.key in read:
            found = [
                Item("bank_serial", "serial-once", "流水号重复", "the serial is listed twice", row=number)
            ]
        if paid is not None:
            read[paid.key] = paid
        problems += found
    if problems:
        raise PaymentFileInvalid(
            f"文件有{len(problems)}处错误",
            f"The file has {len(problems)} error(s)",
            items=problems[:MAX_PROBLEMS],
        )
    sums = sums_of(read.values())
    if max(sums.paid_fen, sums.returned_fen) > MAX_FEN:
        raise PaymentFileInvalid("金额合计超出系统限额", "The amounts add up to more than the system's limit")
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
    written = _AMOUNT.fullmatch(amount)
    fen = int(Decimal(written[2]) * FEN_PER_YUAN) if written else 0
    if not 0 < fen <= MAX_FEN:
        zh = "金额应为不等于 0 的数,如 700000.00;退回、退款为负数,如 -700000.00"
        en = "an amount is a number other than 0 such as 700000.00, negative (-700000.00) where money came back"
        problems.append(Item("amount_yuan", "amount", zh, en, row=number))
    paid_on = _day(day)
    if paid_on is None:
        problems.append(
            Item("paid_on", "date", "应为日期,如 2024-11-05", "must be a date such as 2024-11-05", row=number)
        )
    if serial is None or paid_on is None or problems:
        return None, problems
    return Paid(serial, fen, paid_on, number, "return" if written and written[1] else "payment"), []


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def differences_between(file: Iterable[Paid], recorded: Iterable[Paid]) -> tuple[int, list[Difference]]:
    """How many agree, and everything that does not, in the order of serials; payments with payments, returns with
    returns."""
    listed, known = {paid.key: paid for paid in file}, {paid.key: paid for paid in recorded}
    matched, differences = 0, []
    for serial, entry in sorted(listed.keys() | known.keys()):
        there, here = listed.get((serial, entry)), known.get((serial, entry))
        if here is None:
            differences.append(Difference(serial, entry, "only_in_file", there, here))
        elif there is None:
            differences.append(Difference(serial, entry, "only_here", there, here))
        elif there.amount_fen != here.amount_fen:
            differences.append(Difference(serial, entry, "amount_differs", there, here))
        elif there.paid_on != here.paid_on:
            differences.append(Difference(serial, entry, "day_differs", there, here))
        else:
            matched += 1
    return matched, differences
