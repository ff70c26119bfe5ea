"""Allocates a round's pool by its rules and holds the money."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.allocation.result import Allocation
from services.funding.domain.ledger.books import Books
from services.funding.domain.refusals import MoneyNotAvailable
from services.funding.domain.rounds.states import Action
from services.funding.domain.rules.incentive import IncentiveRules
from services.funding.storage.ledger.postings import post
from services.funding.storage.rounds.rounds import add_allocation, add_step, find_appropriation, move_round
from services.funding.storage.rules import find_rules, rules_of
from services.funding.use_cases.answers import AllocationOut
from services.funding.use_cases.evidence.round_evidence import candidates_for, past_of
from services.funding.use_cases.rounds.find_round import lock_own_round
from services.funding.use_cases.rounds.show_rounds import show_allocation
from shared.data.events import append_event
from shared.errors import Item
from shared.web.principals import Principal


async def allocate_round(
    session: AsyncSession, principal: Principal, code: str, *, today: date
) -> AllocationOut:
    """The rule chain on the documents that the round keeps; the whole pool is reserved by one transfer."""
    row, state = await lock_own_round(session, principal, code, Action.ALLOCATE)
    early = await line_not_in_effect(session, row, today=today)
    if early:
        raise MoneyNotAvailable(early[0].zh, early[0].en, items=early)
    made, rules = await recompute(session, row)
    await add_allocation(session, code, made, clauses=rules.award_clauses())
    posting = Books(row.division_code, row.appropriation).reserve(row.pool_fen, round_code=code, on=today)
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


async def line_not_in_effect(session: AsyncSession, row: Any, *, today: date) -> list[Item]:
    """Money of a day to come cannot be held today."""
    line = await find_appropriation(session, row.appropriation)
    if line is None or line.effective_at <= today:
        return []
    zh = f"预算安排 {line.code} 自 {line.effective_at} 起生效,现在不能预留"
    en = (
        f"the appropriation {line.code} is in effect from {line.effective_at} on: nothing can be reserved now"
    )
    return [Item("appropriation", "line-in-effect", zh, en)]


async def recompute(session: AsyncSession, row: Any) -> tuple[Allocation, IncentiveRules]:
    """The allocation from the kept documents: the same bytes, the same awards, at any time."""
    kept = await find_rules(session, row.incentive, row.incentive_version)
    if kept is None:  # pragma: no cover - a foreign key holds it
        raise RuntimeError("the rules of a round are missing")
    rules = rules_of(kept.document)
    candidates = await candidates_for(session, row, await past_of(session, row))
    return allocate(rules.reward, candidates, pool_fen=row.pool_fen), rules
