"""Another person approves or rejects fund orders, one or many; approval moves the money. All of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.checks import reasons_against
from services.funding.domain.orders.facts import OrderFacts
from services.funding.domain.orders.kinds import (
    FundOrder,
    OrderState,
    PassDown,
    Variation,
    event_of,
    lines_of,
    posting_of,
)
from services.funding.domain.orders.orders import (
    DECISIONS,
    KeptOrder,
    amount_of,
    decided_reasons,
    deductions_made,
    state_reasons,
)
from services.funding.domain.orders.review_levels import ReviewLevels
from services.funding.domain.refusals import FundOrderNotPossible
from services.funding.storage.ledger.postings import lock_accounts, post
from services.funding.storage.orders.deductions import add_deduction, add_deductions_made
from services.funding.storage.orders.finance_divisions import keep_notice_codes
from services.funding.storage.orders.fund_orders import add_order_step, lock_budgets, lock_orders, move_order
from services.funding.use_cases.orders.order_facts import facts_of, kept_line
from services.funding.use_cases.rounds.advance_round import advance_round
from shared.data.events import append_event
from shared.errors import Item, MakerCannotCheck, NotFound
from shared.web.fields import Note
from shared.web.principals import Principal

OrderNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{6}-[0-9]{4,9}$")]


class FundOrderReview(BaseModel):
    model_config = ConfigDict(extra="forbid")

    orders: Annotated[list[OrderNumber], Field(min_length=1, max_length=200)]
    decision: Literal["approve", "reject"]
    minutes: Note


@dataclass(frozen=True, slots=True)
class ReviewedOrders:
    orders: Sequence[KeptOrder]


async def review_fund_orders(
    session: AsyncSession,
    principal: Principal,
    review: FundOrderReview,
    levels: ReviewLevels,
    *,
    today: date,
) -> ReviewedOrders:
    """In the order of their numbers, each judged after the ones before it; every reason of every order is given."""
    numbers = sorted(set(review.orders))
    orders = await _own_orders(session, principal, numbers)
    _check_checker(principal, orders)
    await lock_budgets(session, [kept.budget_division for kept in orders])
    if review.decision == "approve":
        await _lock_accounts(session, orders)
    reasons: list[Item] = []
    for kept in orders:
        reasons += await _review(session, principal, review, levels, kept, today=today)
    if reasons:
        _refuse_repetition(reasons)
        raise FundOrderNotPossible(
            f"有{len(reasons)}处不符合条件,全部资金单均未处理",
            f"There are {len(reasons)} reason(s) against it; none of the orders was touched",
            items=reasons,
        )
    return ReviewedOrders(await lock_orders(session, numbers))


def _refuse_repetition(reasons: Sequence[Item]) -> None:
    """Where nothing but the reviewer's own earlier decision stands against it, the answer says so by its name."""
    for refusal, zh, en in DECISIONS.values():
        if all(reason.rule == refusal.code for reason in reasons):
            names = [reason.field for reason in reasons]
            raise refusal(
                f"本人已{zh}:{'、'.join(names)};未作任何变动",
                f"You {en} {', '.join(names)} already; nothing was changed",
                items=reasons,
            )


async def _own_orders(
    session: AsyncSession, principal: Principal, numbers: Sequence[str]
) -> Sequence[KeptOrder]:
    found = await lock_orders(session, numbers)
    if len(found) != len(numbers) or any(kept.division_code != principal.division for kept in found):
        raise NotFound("资金单", "fund order")
    return found


async def _lock_accounts(session: AsyncSession, orders: Sequence[KeptOrder]) -> None:
    """All accounts of the bundle at once: order by order, two bundles (or a payment) could wait in a circle."""
    accounts = [
        account
        for kept in orders
        for account in lines_of(kept.order, kept.books, maker_division=kept.division_code)
    ]
    await lock_accounts(session, accounts)


def _check_checker(principal: Principal, orders: Sequence[KeptOrder]) -> None:
    own = [kept.number for kept in orders if kept.made_by(principal.person)]
    if own:
        raise MakerCannotCheck(
            f"本人已参与的资金单不能由本人审核:{'、'.join(own)};全部均未处理",
            f"You took part in {', '.join(own)} and cannot review it; none of the orders was touched",
        )


async def _review(
    session: AsyncSession,
    principal: Principal,
    review: FundOrderReview,
    levels: ReviewLevels,
    kept: KeptOrder,
    *,
    today: date,
) -> list[Item]:
    not_proposed = decided_reasons(kept, principal.person) or state_reasons(kept)
    if not_proposed:
        return [replace(item, field=kept.number) for item in not_proposed]
    if review.decision == "reject":
        await _step(session, principal, kept.number, "rejected", review.minutes, today=today)
        await move_order(session, kept.number, OrderState.REJECTED)
        return []
    order = kept.order
    facts = await facts_of(
        session,
        order,
        await kept_line(session, kept.appropriation),
        maker_division=kept.division_code,
        today=today,
        number=kept.number,
        grant_path=kept.division_path,
    )
    reasons = reasons_against(order, facts)
    if reasons:
        return [replace(item, field=f"{kept.number}.{item.field}") for item in reasons]
    await _step(session, principal, kept.number, "approved", review.minutes, today=today)
    if kept.approvals + 1 >= levels.reviews_needed(amount_of(order)):
        await _take_effect(session, principal, kept, order, facts, today=today)
    return []


async def _step(
    session: AsyncSession, principal: Principal, number: str, action: str, minutes: str, *, today: date
) -> None:
    await add_order_step(session, number, action, actor=principal, note=minutes, on=today)
    await append_event(session, f"fund_order.{action}", subject=number, actor=principal.actor)


async def _take_effect(
    session: AsyncSession,
    principal: Principal,
    kept: KeptOrder,
    order: FundOrder,
    facts: OrderFacts,
    *,
    today: date,
) -> None:
    line = facts.line
    posting = posting_of(
        order, line.books, number=kept.number, maker_division=kept.division_code, on=order.document_date
    )
    transfer_id = None
    if posting is not None:
        transfer_id = (await post(session, posting, actor=principal.actor)).transfer_id
    match order:
        case Variation(method="deduct_next_year"):
            await add_deduction(
                session,
                kept.number,
                cluster=order.cluster,
                fiscal_year=line.fiscal_year,
                amount_fen=order.amount_fen,
            )
        case PassDown():
            await add_deductions_made(session, kept.number, deductions_made(order, facts.owed))
            await keep_notice_codes(session, kept.number, {entry.to_division for entry in order.lines})
        case _:
            pass
    await move_order(session, kept.number, OrderState.APPROVED, transfer_id=transfer_id)
    await append_event(
        session,
        event_of(order),
        subject=kept.number,
        actor=principal.actor,
        data={"appropriation": line.code, "document_number": order.document_number},
    )
    await advance_round(session, principal, line.code, today=today)
