"""Keys of pages that are sorted by something else than one text or one large number."""

import re
from datetime import date
from typing import Final

from shared.web.pagination import CursorInvalid, cursor_number

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def cursor_int16(after: list[str | int] | None) -> int | None:
    """The key of a list that is sorted by a small whole number, such as a version's or a place."""
    number = cursor_number(after)
    if number is not None and abs(number) >= 2**15:
        raise _invalid()
    return number


def cursor_int32(after: list[str | int] | None) -> int | None:
    number = cursor_number(after)
    if number is not None and abs(number) >= 2**31:
        raise _invalid()
    return number


def cursor_text_and_int16(after: list[str | int] | None) -> tuple[str, int] | None:
    """The key of a list that is sorted by a text and a small whole number, such as a year."""
    match after:
        case None:
            return None
        case [str(text), int(number)] if abs(number) < 2**15:
            return text, number
    raise _invalid()


def cursor_day_and_text(after: list[str | int] | None) -> tuple[date, str] | None:
    """The key of a list that is sorted by a day and a text."""
    match after:
        case None:
            return None
        case [str(day), str(text)] if _DAY.fullmatch(day):
            try:
                return date.fromisoformat(day), text
            except ValueError as error:
                raise _invalid() from error
    raise _invalid()


def _invalid() -> CursorInvalid:
    return CursorInvalid("页码标记无效,请从第一页开始", "The cursor is not valid; start at the first page")
