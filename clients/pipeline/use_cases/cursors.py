"""The keys by which the lists of the pipeline are continued."""

from uuid import UUID

from shared.web.pagination import CursorInvalid

_MAX_YEAR = 32_767


def cursor_id(after: list[str | int] | None) -> UUID | None:
    """Of a list in the order of its ids."""
    match after:
        case None:
            return None
        case [str(text)]:
            try:
                return UUID(text)
            except ValueError:
                pass
    raise _invalid()


def cursor_programme_and_year(after: list[str | int] | None) -> tuple[str, int] | None:
    match after:
        case None:
            return None
        case [str(programme), int(year)] if 0 <= year <= _MAX_YEAR:
            return programme, year
    raise _invalid()


def _invalid() -> CursorInvalid:
    return CursorInvalid("页码标记无效,请从第一页开始", "The cursor is not valid; start at the first page")
