"""Keys of pages that are sorted by something else than one text or one large number."""

from shared.web.pagination import CursorInvalid, cursor_number


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


def _invalid() -> CursorInvalid:
    return CursorInvalid("页码标记无效,请从第一页开始", "The cursor is not valid; start at the first page")
