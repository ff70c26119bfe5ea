"""What stands against a step of a round: every reason at once, for whoever asks."""

from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.appropriations import can_be_passed_down, not_in_effect
from services.funding.domain.ledger.books import Purpose
from services.funding.domain.rounds.checks import (
    closing_reasons,
    money_reasons,
    path_reasons,
    reviewer_reasons,
    role_reasons,
    state_reasons,
)
from services.funding.domain.rounds.round import Round
from services.funding.domain.rounds.second_reward import second_reward_notes
from services.funding.domain.rounds.states import Action
from services.funding.storage.ledger.accounts import balances_of, balances_of_lines
from services.funding.storage.orders.fund_orders import grants_of, list_orders
from services.funding.storage.rounds.allocations import awards_of, find_allocation
from services.funding.storage.rounds.appropriations import kept_appropriation
from services.funding.storage.rounds.award_lists import list_of_round
from services.funding.storage.rounds.rounds import taken_steps
from services.funding.use_cases.prerequisites import Prerequisites
from services.funding.use_cases.rounds.allocate_round import recompute
from services.funding.use_cases.rounds.earlier_rounds import earlier_than
from services.funding.use_cases.rounds.find_round import own_round
from shared.data.division_recodes import read_recodes
from shared.errors import Item, Refusal
from shared.web.principals import Principal

#: Accounts that must be empty before a round is closed.
_OPEN_ENDS: Final = (Purpose.AWARDED, Purpose.PASSED_DOWN, Purpose.SETTLEMENT_DUE)


async def check_round(
    session: AsyncSession, principal: Principal, code: str, action: Action, *, today: date
) -> Prerequisites:
    round_ = await own_round(session, principal, code)
    reasons = role_reasons(principal, action)
    if action is Action.ALLOCATE:
        line = await kept_appropriation(session, round_.appropriation)
        reasons += [*not_in_effect(line, today=today), *can_be_passed_down(line)]
    reasons += state_reasons(round_.state, action)
    match action:
        case Action.ALLOCATE:
            reasons += await _against_allocation(session, round_)
        case Action.APPROVE:
            steps = await taken_steps(session, code)
            reasons += reviewer_reasons(steps, subject=principal.person, unit=principal.unit)
        case Action.ISSUE:
            if await find_allocation(session, code) is None:
                reasons.append(Item("allocation", "allocated", "尚未分配", "it is not allocated yet"))
            reasons += await two_paths(session, round_)
        case Action.CLOSE:
            reasons += await against_closing(session, round_)
        case _:
            pass
    notes = second_reward_notes(await earlier_than(session, round_), round_.second_reward_ground)
    return Prerequisites(code, action.value, reasons, notes)


async def two_paths(session: AsyncSession, round_: Round) -> list[Item]:
    granted = await grants_of(session, [round_.appropriation])
    kept = (await read_recodes(session)).kept
    return path_reasons(await awards_of(session, round_.code), granted[round_.appropriation], kept)


async def against_closing(session: AsyncSession, round_: Round) -> list[Item]:
    held = await balances_of_lines(session, [round_.appropriation], _OPEN_ENDS)
    open_orders = await list_orders(
        session,
        division_code=round_.division_code,
        state="proposed",
        appropriation_code=round_.appropriation,
        after=None,
        limit=1_000,
    )
    issued = await list_of_round(session, round_.code)
    return closing_reasons(
        {account.code: account.balance_fen for account in held},
        [order.number for order in open_orders],
        document_number=None if issued is None else issued.document_number,
    )


async def _against_allocation(session: AsyncSession, round_: Round) -> list[Item]:
    available = round_.books.account(Purpose.AVAILABLE).code
    balances = await balances_of(session, [available])
    reasons = money_reasons(round_, account=available, available_fen=balances.get(available, 0))
    try:
        await recompute(session, round_)
    except Refusal as refusal:
        reasons += refusal.items or [Item("rules", refusal.code, refusal.zh, refusal.en)]
    return reasons
