"""Appropriations, rounds, their allocation step by step, and awards, each for those who may see it."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.rounds.rounds import (
    awards_of,
    awards_within,
    find_allocation,
    find_appropriation,
    list_appropriations,
    list_rounds,
    steps_of,
)
from services.funding.use_cases.answers import (
    AllocationOut,
    AppropriationOut,
    AwardOut,
    IssuedAwardOut,
    RoundDetailOut,
    RoundOut,
    RoundStepOut,
)
from services.funding.use_cases.rounds.find_round import own_round
from shared.errors import NotFound
from shared.web.pagination import CursorInvalid, Page, PageRequest, cursor_text, encode_cursor
from shared.web.principals import Principal, Role

#: Who sees rounds, money and lists of the own budget; everybody else sees issued awards of the own division.
WHOLE_BUDGET = (
    Role.PROVINCE_OFFICER,
    Role.PROVINCE_DECIDER,
    Role.FINANCE_MAKER,
    Role.FINANCE_REVIEWER,
    Role.AUDITOR,
    Role.PIPELINE,
    Role.SERVICE,
)


async def show_appropriations(
    session: AsyncSession, principal: Principal, page: PageRequest, *, fiscal_year: int | None
) -> Page[AppropriationOut]:
    rows = await list_appropriations(
        session,
        division_code=principal.division,
        fiscal_year=fiscal_year,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    items = [AppropriationOut.model_validate(row) for row in rows[: page.limit]]
    return Page(items=items, next=encode_cursor([items[-1].code]) if len(rows) > page.limit else None)


async def show_appropriation(session: AsyncSession, principal: Principal, code: str) -> AppropriationOut:
    row = await find_appropriation(session, code)
    if row is None or not principal.covers([row.division_code]):
        raise NotFound("预算安排", "appropriation")
    return AppropriationOut.model_validate(row)


async def show_rounds(session: AsyncSession, principal: Principal, page: PageRequest) -> Page[RoundOut]:
    rows = await list_rounds(
        session, division_code=principal.division, after=cursor_text(page.after), limit=page.limit + 1
    )
    items = [RoundOut.model_validate(row) for row in rows[: page.limit]]
    return Page(items=items, next=encode_cursor([items[-1].code]) if len(rows) > page.limit else None)


async def show_round(session: AsyncSession, principal: Principal, code: str) -> RoundDetailOut:
    row = await own_round(session, principal, code)
    steps = [RoundStepOut.model_validate(step) for step in await steps_of(session, code)]
    return RoundDetailOut(**RoundOut.model_validate(row).model_dump(), steps=steps)


async def show_allocation(session: AsyncSession, principal: Principal, code: str) -> AllocationOut:
    """Why each got what: every step with its numbers."""
    row = await own_round(session, principal, code)
    made = await find_allocation(session, code)
    if made is None:
        raise NotFound("分配结果(该轮次尚未分配)", "allocation of this round yet")
    return AllocationOut(
        round=code,
        state=row.state,
        pool_fen=row.pool_fen,
        reserve_fen=made.reserve_fen,
        awarded_fen=made.awarded_fen,
        unallocated_fen=made.unallocated_fen,
        unallocated_disposition=made.disposition,
        awards=[AwardOut.model_validate(award) for award in await awards_of(session, code)],
        steps=made.steps,
    )


async def show_awards(
    session: AsyncSession, principal: Principal, page: PageRequest, *, fiscal_year: int | None
) -> Page[IssuedAwardOut]:
    """A county sees its own awards once they are issued; its path at the time of the release decides."""
    rows = await awards_within(
        session,
        division=principal.division,
        own_before_issue=principal.has(*WHOLE_BUDGET),
        fiscal_year=fiscal_year,
        after=_round_and_serial(page.after),
        limit=page.limit + 1,
    )
    items = [IssuedAwardOut.model_validate(row) for row in rows[: page.limit]]
    following = encode_cursor([items[-1].round, items[-1].serial]) if len(rows) > page.limit else None
    return Page(items=items, next=following)


def _round_and_serial(after: list[str | int] | None) -> tuple[str, int] | None:
    match after:
        case None:
            return None
        case [str(code), int(serial)] if abs(serial) < 2**31:
            return code, serial
    raise CursorInvalid("页码标记无效,请从第一页开始", "The cursor is not valid; start at the first page")
