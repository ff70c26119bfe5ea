"""What stands against a step of a round: every reason at once, for whoever asks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import Books, Purpose
from services.funding.domain.rounds.states import MOVES, Action, State, check_reviewer, next_state
from services.funding.storage.ledger.postings import balances_of, balances_of_line
from services.funding.storage.orders.fund_orders import list_orders
from services.funding.storage.rounds.award_lists import list_of_round
from services.funding.storage.rounds.rounds import find_allocation, taken_steps
from services.funding.use_cases.fund_order_answers import PrerequisitesOut
from services.funding.use_cases.rounds.allocate_round import line_not_in_effect, recompute
from services.funding.use_cases.rounds.find_round import own_round
from services.funding.use_cases.rounds.issue_award_list import two_paths
from shared.errors import Item, Refusal
from shared.text.money import show_wan
from shared.web.principals import Principal, Role

#: Who takes which step.
ROLES: Final[Mapping[Action, frozenset[Role]]] = {
    Action.ALLOCATE: frozenset({Role.PROVINCE_OFFICER}),
    Action.PROPOSE: frozenset({Role.PROVINCE_OFFICER, Role.FINANCE_MAKER}),
    Action.APPROVE: frozenset({Role.FINANCE_REVIEWER}),
    Action.ISSUE: frozenset({Role.FINANCE_MAKER}),
    Action.CLOSE: frozenset({Role.FINANCE_MAKER}),
    Action.WITHDRAW: frozenset({Role.PROVINCE_OFFICER}),
}

#: Accounts that must be empty before a round is closed.
_OPEN_ENDS: Final = (Purpose.AWARDED, Purpose.PASSED_DOWN, Purpose.SETTLEMENT_DUE)


async def check_round(
    session: AsyncSession, principal: Principal, code: str, action: Action, *, today: date
) -> PrerequisitesOut:
    row = await own_round(session, principal, code)
    reasons = []
    if not principal.has(*ROLES[action]):
        zh, en = "您的岗位不能进行这一步", "your role cannot take this step"
        reasons.append(Item("role", "role-not-permitted", zh, en))
    if action is Action.ALLOCATE:
        reasons += await line_not_in_effect(session, row, today=today)
    reasons += await reasons_against(session, principal, row, action)
    return PrerequisitesOut.of(code, action.value, reasons)


async def reasons_against(
    session: AsyncSession, principal: Principal, row: Any, action: Action
) -> Sequence[Item]:
    reasons = []
    try:
        next_state(State(row.state), action)
    except Refusal as refusal:
        reasons.append(Item("state", refusal.code, refusal.zh, refusal.en))
    match action:
        case Action.ALLOCATE:
            reasons += await _against_allocation(session, row)
        case Action.APPROVE:
            try:
                check_reviewer(
                    await taken_steps(session, row.code), subject=principal.person, unit=principal.unit
                )
            except Refusal as refusal:
                reasons.append(Item("reviewer", refusal.code, refusal.zh, refusal.en))
        case Action.ISSUE:
            if await find_allocation(session, row.code) is None:
                reasons.append(Item("allocation", "allocated", "尚未分配", "it is not allocated yet"))
            reasons += await two_paths(session, row)
        case Action.CLOSE:
            reasons += await _against_closing(session, row)
        case _:
            pass
    return reasons


async def _against_allocation(session: AsyncSession, row: Any) -> list[Item]:
    """Once the pool is held, it is no longer available: the money is asked for before that only."""
    reasons = []
    available = Books(row.division_code, row.appropriation).account(Purpose.AVAILABLE)
    held = (await balances_of(session, [available.code])).get(available.code, 0)
    from_states, _ = MOVES[Action.ALLOCATE]
    if State(row.state) in from_states and held < row.pool_fen:
        zh = f"可用 {show_wan(held)},不足资金池 {show_wan(row.pool_fen)}"
        en = f"{show_wan(held)} is available, not the pool of {show_wan(row.pool_fen)}"
        reasons.append(Item(available.code, "money-not-available", zh, en))
    try:
        await recompute(session, row)
    except Refusal as refusal:
        reasons += refusal.items or [Item("rules", refusal.code, refusal.zh, refusal.en)]
    return reasons


async def _against_closing(session: AsyncSession, row: Any) -> list[Item]:
    """Nothing may be left on its way: each account that still holds money, each open order, a missing 文号."""
    reasons = [
        Item(
            held.code,
            "nothing-left",
            f"尚有 {show_wan(held.balance)}",
            f"it still holds {show_wan(held.balance)}",
        )
        for held in await balances_of_line(session, row.appropriation, _OPEN_ENDS)
    ]
    open_orders = await list_orders(
        session,
        division_code=row.division_code,
        state="proposed",
        appropriation_code=row.appropriation,
        after=None,
        limit=1_000,
    )
    for order in open_orders:
        zh, en = f"资金单 {order.number} 尚未审核", f"the fund order {order.number} is not decided"
        reasons.append(Item(order.number, "orders-decided", zh, en))
    issued = await list_of_round(session, row.code)
    if issued is None or issued.document_number is None:
        zh, en = "奖励名单文号尚未登记", "the award list's document number is not written back"
        reasons.append(Item("document_number", "document-number-written-back", zh, en))
    return reasons
