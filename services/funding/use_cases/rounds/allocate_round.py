"""Allocates a round's pool by its rules and holds the money."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.allocation.result import Allocation
from services.funding.domain.ledger.appropriations import can_be_passed_down, not_in_effect
from services.funding.domain.refusals import LineNotPassable, MoneyNotAvailable
from services.funding.domain.rounds.round import Round
from services.funding.domain.rounds.states import Action
from services.funding.storage.ledger.postings import post
from services.funding.storage.rounds.allocations import add_allocation
from services.funding.storage.rounds.appropriations import kept_appropriation
from services.funding.storage.rounds.rounds import add_step, move_round
from services.funding.storage.rules import KeptRules, kept_rules
from services.funding.use_cases.evidence.round_evidence import candidates_for, past_of
from services.funding.use_cases.rounds.find_round import lock_own_round
from services.funding.use_cases.rounds.show_rounds import RoundAllocation, show_allocation
from shared.data.events import append_event
from shared.web.principals import Principal


async def allocate_round(
    session: AsyncSession, principal: Principal, code: str, *, today: date
) -> RoundAllocation:
    """The rule chain on the documents that the round keeps; the whole pool is reserved by one transfer."""
    round_, state = await lock_own_round(session, principal, code, Action.ALLOCATE)
    line = await kept_appropriation(session, round_.appropriation)
    early = not_in_effect(line, today=today)
    if early:
        raise MoneyNotAvailable(early[0].zh, early[0].en, items=early)
    lacking = can_be_passed_down(line)
    if lacking:
        raise LineNotPassable(
            f"预算安排 {line.code} 尚不能下达,不能据以分配;请先更正预算安排",
            f"The appropriation {line.code} cannot be passed down yet, so nothing is awarded from it; correct it first",
            items=lacking,
        )
    made, kept = await recompute(session, round_)
    await add_allocation(session, code, made, clauses=kept.rules.award_clauses())
    posting = round_.books.reserve(round_.pool_fen, round_code=code, on=today)
    posted = await post(session, posting, actor=principal.actor)
    await move_round(session, code, state, reserve_transfer=posted.transfer_id)
    await add_step(session, code, Action.ALLOCATE, actor=principal, note=None, on=today)
    await append_event(
        session,
        "round.allocated",
        subject=code,
        actor=principal.actor,
        data={
            "awards": len(made.awards),
            "awarded_fen": made.awarded_fen,
            "unallocated_fen": made.unallocated_fen,
        },
    )
    return await show_allocation(session, principal, code)


async def recompute(session: AsyncSession, round_: Round) -> tuple[Allocation, KeptRules]:
    """The allocation from the kept documents: the same bytes, the same awards, at any time."""
    kept = await kept_rules(session, round_.incentive, round_.incentive_version)
    candidates = await candidates_for(session, round_, await past_of(session, round_))
    return allocate(kept.rules.reward, candidates, pool_fen=round_.pool_fen), kept
