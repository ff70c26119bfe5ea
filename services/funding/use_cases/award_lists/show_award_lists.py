"""Issued award lists to read: what they are, and their canonical bytes."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.rounds.award_lists import (
    IssuedList,
    ListNumber,
    award_list_bytes,
    find_award_list,
    list_award_lists,
    numbers_of_list,
)
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def show_award_lists(
    session: AsyncSession, principal: Principal, page: PageRequest, *, fiscal_year: int | None
) -> Listed[IssuedList]:
    found = await list_award_lists(
        session,
        division_code=principal.division,
        fiscal_year=fiscal_year,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    return Listed.cut(found, page, lambda issued: [issued.list_number])


async def show_award_list(session: AsyncSession, principal: Principal, list_number: str) -> IssuedList:
    found = await find_award_list(session, list_number, division_code=principal.division)
    if found is None:
        raise _not_found()
    return found


async def show_award_list_document(session: AsyncSession, principal: Principal, list_number: str) -> bytes:
    await show_award_list(session, principal, list_number)
    found = await award_list_bytes(session, list_number)
    if found is None:  # pragma: no cover - it was found a moment ago and is never deleted
        raise _not_found()
    return found


async def show_list_numbers(
    session: AsyncSession, principal: Principal, list_number: str
) -> list[ListNumber]:
    """Every document number that the list had, the oldest first."""
    await show_award_list(session, principal, list_number)
    return await numbers_of_list(session, list_number)


def _not_found() -> NotFound:
    return NotFound("奖励名单", "award list")
