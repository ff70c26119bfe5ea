"""Rounds, their allocation step by step, and awards, each for those who may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.rounds.round import KeptAward, Round, RoundStep
from services.funding.domain.rounds.second_reward import EarlierReward
from services.funding.domain.rounds.states import State
from services.funding.domain.rules.vocabulary import Disposition
from services.funding.storage.rounds.allocations import (
    AwardOfRound,
    awards_of,
    awards_within,
    find_allocation,
)
from services.funding.storage.rounds.rounds import list_rounds, steps_of
from services.funding.use_cases.cursors import cursor_text_and_int32
from services.funding.use_cases.readers import WHOLE_BUDGET
from services.funding.use_cases.rounds.earlier_rounds import earlier_than
from services.funding.use_cases.rounds.find_round import own_round
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class RoundDetail(Round):
    """With the steps that people took, and the rounds that rewarded the same results before."""

    steps: Sequence[RoundStep]
    earlier_rewards: Sequence[EarlierReward]


@dataclass(frozen=True, slots=True)
class RoundAllocation:
    """Why each got what: ``steps`` with their numbers."""

    round: str
    state: State
    pool_fen: int
    reserve_fen: int
    awarded_fen: int
    unallocated_fen: int
    unallocated_disposition: Disposition
    awards: Sequence[KeptAward]
    steps: Sequence[Mapping[str, object]]


async def show_rounds(session: AsyncSession, principal: Principal, page: PageRequest) -> Listed[Round]:
    found = await list_rounds(
        session, division_code=principal.division, after=cursor_text(page.after), limit=page.limit + 1
    )
    return Listed.cut(found, page, lambda round_: [round_.code])


async def show_round(session: AsyncSession, principal: Principal, code: str) -> RoundDetail:
    found = await own_round(session, principal, code)
    kept = {field.name: getattr(found, field.name) for field in fields(Round)}
    return RoundDetail(
        **kept, steps=await steps_of(session, code), earlier_rewards=await earlier_than(session, found)
    )


async def show_allocation(session: AsyncSession, principal: Principal, code: str) -> RoundAllocation:
    found = await own_round(session, principal, code)
    made = await find_allocation(session, code)
    if made is None:
        raise NotFound("分配结果(该轮次尚未分配)", "allocation of this round yet")
    return RoundAllocation(
        round=code,
        state=found.state,
        pool_fen=found.pool_fen,
        reserve_fen=made.reserve_fen,
        awarded_fen=made.awarded_fen,
        unallocated_fen=made.unallocated_fen,
        unallocated_disposition=made.disposition,
        awards=await awards_of(session, code),
        steps=made.steps,
    )


async def show_awards(
    session: AsyncSession, principal: Principal, page: PageRequest, *, fiscal_year: int | None
) -> Listed[AwardOfRound]:
    """A county sees its own awards once they are issued; its path at the time of the release decides."""
    found = await awards_within(
        session,
        divisions=principal.divisions,
        budget=principal.division,
        own_before_issue=principal.has(*WHOLE_BUDGET),
        fiscal_year=fiscal_year,
        after=cursor_text_and_int32(page.after),
        limit=page.limit + 1,
    )
    return Listed.cut(found, page, lambda award: [award.round, award.serial])
