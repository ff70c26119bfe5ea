"""Appropriations to read, for those whose budget they are."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.appropriations import Appropriation, AppropriationNow, as_of_now
from services.funding.storage.ledger.accounts import balances_by_purpose
from services.funding.storage.rounds.appropriations import (
    corrections_of,
    find_appropriation,
    list_appropriations,
)
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def show_appropriations(
    session: AsyncSession, principal: Principal, page: PageRequest, *, fiscal_year: int | None
) -> Listed[AppropriationNow]:
    found = await list_appropriations(
        session,
        division_code=principal.division,
        fiscal_year=fiscal_year,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    lines = Listed.cut(found, page, lambda line: [line.code])
    return Listed(await _as_of_now(session, lines.rows), lines.next)


async def show_appropriation(session: AsyncSession, principal: Principal, code: str) -> AppropriationNow:
    found = await find_appropriation(session, code)
    if found is None or not principal.covers([found.division_code]):
        raise NotFound("预算安排", "appropriation")
    return (await _as_of_now(session, [found]))[0]


async def _as_of_now(session: AsyncSession, lines: Sequence[Appropriation]) -> list[AppropriationNow]:
    codes = [line.code for line in lines]
    held, corrections = await balances_by_purpose(session, codes), await corrections_of(session, codes)
    return [as_of_now(line, held[line.code], corrections[line.code]) for line in lines]
