"""What people write into cells, read as they mean it, and said so.

Full-width digits, thousands separators, blanks around a value and Excel's day numbers are understood; each
is reported as a warning with the value as read, so that nobody is surprised. A formula or a merged cell is
refused where the file is read.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Final, Literal

from shared.text.hygiene import UnfitCharacter, compared, is_clean, stored

Severity = Literal["error", "warning"]


class Refused:
    """Stands for a cell that was refused where the file was read; nothing more is said about it."""


REFUSED: Final = Refused()
Cell = str | int | float | bool | date | datetime | Refused | None

#: As many decimals as a figure may have.
_DECIMALS: Final = 12
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,12})?")
_GROUPED: Final = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,12})?")
_DATE: Final = re.compile(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?")


@dataclass(frozen=True, slots=True)
class Remark:
    """What was found in one cell: which rule, how bad, and why in two languages."""

    rule: str
    severity: Severity
    zh: str
    en: str


class Unreadable(Exception):
    """The cell cannot be read as what it should be."""

    def __init__(self, rule: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.remark = Remark(rule, "error", zh, en)


def is_plain(text: str) -> bool:
    """Whether a short text is what it says: one printable line, composed, without blanks around it."""
    return len(text) <= 200 and is_clean(text)


def text_of(cell: Cell, remarks: list[Remark]) -> str:  # noqa: PLR0911 - one for each type of cell
    """The cell as text without blanks around it; numbers as Excel shows them."""
    if isinstance(cell, str):
        if cell.isascii() and cell.isprintable() and cell[:1] != " " and cell[-1:] != " ":
            return cell
        return _plain_text(cell, remarks)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        if cell.is_integer():
            if abs(cell) >= 2**53:
                raise Unreadable(
                    "number-too-long",
                    "长编码被 Excel 存成了数字,末位已丢失,请将单元格设为文本后重填",
                    "Excel stored this long code as a number and lost its last digits; format the cell as text",
                )
            return str(int(cell))
        return repr(cell)
    return str(cell)


def _plain_text(cell: str, remarks: list[Remark]) -> str:
    try:
        cleaned = stored(cell, lines=True)
    except UnfitCharacter as unfit:
        raise Unreadable("unprintable", unfit.zh, unfit.en) from None
    if cleaned.removed:
        remarks.append(_read_as("invisible-characters", cleaned.removed_zh, cleaned.removed_en, cleaned.text))
    elif cell.strip() != cell:
        remarks.append(
            _read_as("blanks-around", "首尾空格已去除", "blanks around it were removed", cleaned.text)
        )
    return cleaned.text


def narrow(text: str, remarks: list[Remark]) -> str:
    """Full-width digits, letters and signs as plain ones, for codes, numbers and dates."""
    if text.isascii():
        return text
    try:
        plain = compared(text)
    except UnfitCharacter as unfit:
        raise Unreadable("unprintable", unfit.zh, unfit.en) from None
    if plain != text:
        remarks.append(
            _read_as("full-width", "全角字符已按半角读取", "full-width characters were read as plain", plain)
        )
    return plain


def number_of(cell: Cell, remarks: list[Remark]) -> Decimal:
    """A decimal number; never through a binary float but the one that Excel itself stores."""
    if isinstance(cell, float) and isfinite(cell) and not cell.is_integer():
        return _as_excel_shows(cell, remarks)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        text = repr(cell)
    else:
        text = narrow(text_of(cell, remarks), remarks)
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
        remarks.append(
            _read_as("thousands-separator", "千分位逗号已去除", "thousands separators were removed", text)
        )
    if not _NUMBER.fullmatch(text) and not (isinstance(cell, float) and "e" in text):
        raise Unreadable("number", f"“{text[:40]}”不是数字", f"“{text[:40]}” is no number")
    try:
        value = Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern admits numbers only
        raise Unreadable("number", "不是数字", "is no number") from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 18:
        raise Unreadable("number", "数字过大", "the number is too large")
    return value


def _as_excel_shows(cell: float, remarks: list[Remark]) -> Decimal:
    """Excel computes with 15 digits; the file holds 17, so that 0.3 may stand there as 0.30000000000000004."""
    value = Decimal(f"{cell:.15g}")
    shorter = round(value, _DECIMALS)
    if shorter == value:
        return value
    remarks.append(
        _read_as(
            "rounded", f"已四舍五入到 {_DECIMALS} 位小数", f"rounded to {_DECIMALS} decimals", f"{shorter:f}"
        )
    )
    return shorter


def date_of(cell: Cell, remarks: list[Remark]) -> date:
    """A day: a date cell, ``2024-05-27``, ``2024/5/27``, ``2024年5月27日``, or Excel's day number."""
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    else:
        text = narrow(text_of(cell, remarks), remarks)
        found = _date_in(text, remarks)
    if not 1949 <= found.year <= 2199:
        raise Unreadable(
            "date", f"{found} 不在 1949 年至 2199 年之间", f"{found} is not between 1949 and 2199"
        )
    return found


def _date_in(text: str, remarks: list[Remark]) -> date:
    if match := _DATE.fullmatch(text):
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise Unreadable("date", f"没有“{text}”这一天", f"there is no day {text}") from None
    if text.isascii() and text.isdecimal() and 18_264 <= int(text) <= 109_575:
        found = _EXCEL_EPOCH + timedelta(days=int(text))
        remarks.append(
            _read_as(
                "date-as-number",
                "日期存成了数字,已换算",
                "a date stored as a number was converted",
                found.isoformat(),
            )
        )
        return found
    raise Unreadable(
        "date", f"“{text[:40]}”不是日期,请写作 2024-05-27", f"“{text[:40]}” is no date; write 2024-05-27"
    )


def _read_as(rule: str, zh: str, en: str, value: str) -> Remark:
    return Remark(rule, "warning", f"{zh}:{value}", f"{en}: {value}")
