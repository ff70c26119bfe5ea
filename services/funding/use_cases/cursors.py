"""Keys of lists that are sorted by more, or by something else, than one text or one large number."""

from shared.web.pagination import CursorInvalid, cursor_number


def cursor_int32(after: list[str | int] | None) -> int | None:
    number = cursor_number(after)
    if number is not None and abs(number) >= 2**31:
        raise _invalid()
    return number


def cursor_text_and_int32(after: list[str | int] | None) -> tuple[str, int] | None:
    match after:
        case None:
            return None
        case [str(text), int(number)] if abs(number) < 2**31:
            return text, number
    raise _invalid()


def cursor_two_texts(after: list[str | int] | None) -> tuple[str, str] | None:
    match after:
        case None:
            return None
        case [str(first), str(second)]:
            return first, second
    raise _invalid()


def _invalid() -> CursorInvalid:
    return CursorInvalid("页码标记无效,请从第一页开始", "The cursor is not valid; start at the first page")
