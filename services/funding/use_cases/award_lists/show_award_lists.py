"""Issued award lists to read: what they are, and their canonical bytes."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.rounds.award_lists import award_list_bytes, find_award_list, list_award_lists
from services.funding.use_cases.answers import AwardListOut
from shared.errors import NotFound
from shared.web.pagination import Page, PageRequest, cursor_text, encode_cursor
from shared.web.principals import Principal


async def show_award_lists(
    session: AsyncSession, principal: Principal, page: PageRequest, *, fiscal_year: int | None
) -> Page[AwardListOut]:
    rows = await list_award_lists(
        session,
        division_code=principal.division,
        fiscal_year=fiscal_year,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    items = [AwardListOut.model_validate(row) for row in rows[: page.limit]]
    return Page(items=items, next=encode_cursor([items[-1].list_number]) if len(rows) > page.limit else None)


async def show_award_list(session: AsyncSession, principal: Principal, list_number: str) -> AwardListOut:
    row = await find_award_list(session, list_number, division_code=principal.division)
    if row is None:
        raise _not_found()
    return AwardListOut.model_validate(row)


async def show_award_list_document(session: AsyncSession, principal: Principal, list_number: str) -> bytes:
    await show_award_list(session, principal, list_number)
    found = await award_list_bytes(session, list_number)
    if found is None:  # pragma: no cover - it was found a moment ago and is never deleted
        raise _not_found()
    return found


def _not_found() -> NotFound:
    return NotFound("奖励名单", "award list")
