"""Appropriations to read, for those whose budget they are."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.appropriations import Appropriation
from services.funding.storage.rounds.appropriations import find_appropriation, list_appropriations
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def show_appropriations(
    session: AsyncSession, principal: Principal, page: PageRequest, *, fiscal_year: int | None
) -> Listed[Appropriation]:
    found = await list_appropriations(
        session,
        division_code=principal.division,
        fiscal_year=fiscal_year,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    return Listed.cut(found, page, lambda line: [line.code])


async def show_appropriation(session: AsyncSession, principal: Principal, code: str) -> Appropriation:
    found = await find_appropriation(session, code)
    if found is None or not principal.covers([found.division_code]):
        raise NotFound("预算安排", "appropriation")
    return found
