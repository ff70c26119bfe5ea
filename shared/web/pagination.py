"""Keyset pages: a page starts after the last key of the one before it, so inserts never shift rows between pages."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar
from urllib.parse import quote

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.datastructures import URL

from shared.errors import Refusal
from shared.web.state import plumbing_of

MAX_LIMIT = 1000
#: What stands in a path as it is (RFC 3986, section 3.3).
_PATH_CHARACTERS: Final = "/:@!$&'()*+,;=~-._"
Row = TypeVar("Row")
Answer = TypeVar("Answer", bound=BaseModel)


class CursorInvalid(Refusal):
    code = "cursor-invalid"


class Page(BaseModel, Generic[Row]):
    """A page of a list; ``next`` continues it and is null on the last page."""

    items: list[Row]
    next: str | None = Field(description="cursor of the following page; also in the `Link` header")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What page is asked for: at most ``limit`` rows after ``after``."""

    limit: int
    after: list[str | int] | None


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """What a use case gives of a list: the rows of one page, and the cursor of the following one."""

    rows: Sequence[Row]
    next: str | None

    @classmethod
    def cut(
        cls, found: Sequence[Row], page: PageRequest, key: Callable[[Row], Sequence[str | int]]
    ) -> "Listed[Row]":
        """From ``limit + 1`` rows: the last one only tells that there is a following page."""
        rows = found[: page.limit]
        return cls(rows, encode_cursor(key(rows[-1])) if len(found) > page.limit else None)


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """Turns what was listed into the answer, with the ``Link`` header to the following page."""

    request: Request
    response: Response

    def of(self, model: type[Answer], listed: Listed[Row]) -> Page[Answer]:
        link_next(self.request, self.response, listed.next)
        items = [model.model_validate(row, from_attributes=True) for row in listed.rows]
        return Page(items=items, next=listed.next)


async def get_page_answer(request: Request, response: Response) -> PageAnswer:
    return PageAnswer(request, response)


async def get_page(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="rows in a page")] = 100,
    cursor: Annotated[str | None, Query(max_length=500, description="`next` of the page before")] = None,
) -> PageRequest:
    return PageRequest(limit, None if cursor is None else decode_cursor(cursor))


Paging = Annotated[PageRequest, Depends(get_page)]
AnswerPage = Annotated[PageAnswer, Depends(get_page_answer)]


def encode_cursor(key: Sequence[str | int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(key), ensure_ascii=False).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[str | int]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise _cursor_invalid() from error
    if not isinstance(key, list) or not all(
        isinstance(part, str | int) and not isinstance(part, bool) for part in key
    ):
        raise _cursor_invalid()
    if any(isinstance(part, str) and "\0" in part for part in key):
        raise _cursor_invalid()
    return key


def cursor_text(after: list[str | int] | None) -> str | None:
    """The key of a list that is sorted by one text column."""
    if after is None:
        return None
    if len(after) != 1 or not isinstance(after[0], str):
        raise _cursor_invalid()
    return after[0]


def cursor_text_pair(after: list[str | int] | None) -> tuple[str, str] | None:
    """The key of a list that is sorted by two texts."""
    if after is None:
        return None
    match after:
        case [str(first), str(second)]:
            return first, second
    raise _cursor_invalid()


def cursor_number(after: list[str | int] | None) -> int | None:
    """The key of a list that is sorted by one whole number."""
    if after is None:
        return None
    if len(after) != 1 or not isinstance(after[0], int) or abs(after[0]) >= 2**63:
        raise _cursor_invalid()
    return after[0]


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Sets the ``Link`` header (RFC 8288) to the next page: below the configured address, else the path alone.

    Never to what ``Host`` says: that is whatever the caller, or somebody between, has written.
    """
    if cursor is not None:
        query = URL(scope=request.scope).include_query_params(cursor=cursor).query
        base = plumbing_of(request).settings.public_url or ""
        path = quote(request.url.path, safe=_PATH_CHARACTERS)
        response.headers["Link"] = f'<{base}{path}?{query}>; rel="next"'


def _cursor_invalid() -> CursorInvalid:
    return CursorInvalid("页码标记无效,请从第一页开始", "The cursor is not valid; start at the first page")
