"""Another person approves or rejects fund orders, one or many; approval moves the money. All of them, or none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import Books
from services.funding.domain.orders.checks import OrderFacts, Owed, reasons_against
from services.funding.domain.orders.kinds import (
    FundOrder,
    OrderState,
    PassDown,
    Variation,
    event_of,
    lines_of,
    posting_of,
)
from services.funding.domain.orders.review_levels import ReviewLevels
from services.funding.domain.refusals import FundOrderNotPossible
from services.funding.storage.ledger.postings import lock_accounts, post
from services.funding.storage.orders.fund_orders import (
    add_deduction,
    add_deductions_made,
    add_order_step,
    lock_budgets,
    lock_orders,
    move_order,
    steps_of_orders,
)
from services.funding.use_cases.fund_order_answers import FundOrderList
from services.funding.use_cases.orders.order_facts import facts_of, line_of
from services.funding.use_cases.orders.show_fund_orders import order_of, orders_out
from services.funding.use_cases.rounds.advance_round import advance_round
from shared.data.events import append_event
from shared.errors import Item, MakerCannotCheck, NotFound
from shared.web.fields import Note
from shared.web.principals import Principal, person_of

OrderNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{6}-[0-9]{4,9}$")]


class FundOrderReview(BaseModel):
    model_config = ConfigDict(extra="forbid")

    orders: Annotated[list[OrderNumber], Field(min_length=1, max_length=200)]
    decision: Literal["approve", "reject"]
    minutes: Note


async def review_fund_orders(
    session: AsyncSession,
    principal: Principal,
    review: FundOrderReview,
    levels: ReviewLevels,
    *,
    today: date,
) -> FundOrderList:
    """In the order of their numbers, each judged after the ones before it; every reason of every order is given."""
    numbers = sorted(set(review.orders))
    rows = await _own_orders(session, principal, numbers)
    steps = await steps_of_orders(session, numbers)
    _check_checker(principal, steps)
    await lock_budgets(session, [row.budget_division for row in rows])
    if review.decision == "approve":
        await _lock_accounts(session, rows)
    reasons: list[Item] = []
    for row in rows:
        reasons += await _review(session, principal, review, levels, row, steps[row.number], today=today)
    if reasons:
        raise FundOrderNotPossible(
            f"有{len(reasons)}处不符合条件,全部资金单均未处理",
            f"There are {len(reasons)} reason(s) against it; none of the orders was touched",
            items=reasons,
        )
    return FundOrderList(orders=await orders_out(session, await lock_orders(session, numbers)))


async def _own_orders(session: AsyncSession, principal: Principal, numbers: Sequence[str]) -> Sequence[Any]:
    rows = await lock_orders(session, numbers)
    if len(rows) != len(numbers) or any(row.division_code != principal.division for row in rows):
        raise NotFound("资金单", "fund order")
    return rows


async def _lock_accounts(session: AsyncSession, rows: Sequence[Any]) -> None:
    """All accounts of the bundle at once: order by order, two bundles (or a payment) could wait in a circle."""
    accounts = [
        account
        for row in rows
        for account in lines_of(
            order_of(row.body),
            Books(row.budget_division, row.appropriation),
            maker_division=row.division_code,
        )
    ]
    await lock_accounts(session, accounts)


def _check_checker(principal: Principal, steps: Mapping[str, list[Any]]) -> None:
    own = [
        number
        for number, taken in steps.items()
        if any(person_of(step.subject) == principal.person for step in taken)
    ]
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
    row: Any,
    steps: Sequence[Any],
    *,
    today: date,
) -> list[Item]:
    if row.state != OrderState.PROPOSED.value:
        zh, en = f"资金单处于 {row.state}", f"the order is {row.state}"
        return [Item(row.number, "proposed", zh, en)]
    if review.decision == "reject":
        await _step(session, principal, row.number, "rejected", review.minutes, today=today)
        await move_order(session, row.number, OrderState.REJECTED)
        return []
    order = order_of(row.body)
    line = await line_of(session, row.appropriation)
    if line is None:  # pragma: no cover - a foreign key holds it
        raise RuntimeError("the line of an order is missing")
    facts = await facts_of(
        session, order, line, maker_division=row.division_code, today=today, number=row.number
    )
    reasons = reasons_against(order, facts)
    if reasons:
        return [replace(item, field=f"{row.number}.{item.field}") for item in reasons]
    await _step(session, principal, row.number, "approved", review.minutes, today=today)
    approvals = 1 + sum(step.action == "approved" for step in steps)
    if approvals >= levels.reviews_needed(_amount(order)):
        await _take_effect(session, principal, row, order, facts, today=today)
    return []


async def _step(
    session: AsyncSession, principal: Principal, number: str, action: str, minutes: str, *, today: date
) -> None:
    await add_order_step(session, number, action, actor=principal, note=minutes, on=today)
    await append_event(session, f"fund_order.{action}", subject=number, actor=principal.actor)


async def _take_effect(
    session: AsyncSession, principal: Principal, row: Any, order: FundOrder, facts: OrderFacts, *, today: date
) -> None:
    line = facts.line
    posting = posting_of(
        order, line.books, number=row.number, maker_division=row.division_code, on=order.document_date
    )
    transfer_id = None
    if posting is not None:
        transfer_id = (await post(session, posting, actor=principal.actor)).transfer_id
    match order:
        case Variation(method="deduct_next_year"):
            await add_deduction(
                session,
                row.number,
                cluster=order.cluster,
                fiscal_year=line.fiscal_year,
                amount_fen=order.amount_fen,
            )
        case PassDown():
            await add_deductions_made(session, row.number, _deducted(order, facts.owed))
        case _:
            pass
    await move_order(session, row.number, OrderState.APPROVED, transfer_id=transfer_id)
    await append_event(
        session,
        event_of(order),
        subject=row.number,
        actor=principal.actor,
        data={"appropriation": line.code, "document_number": order.document_number},
    )
    await advance_round(session, principal, line.code, today=today)


def _amount(order: FundOrder) -> int:
    return sum(line.amount_fen for line in order.lines) if isinstance(order, PassDown) else order.amount_fen


def _deducted(order: PassDown, owed: Sequence[Owed]) -> dict[str, int]:
    """The oldest deductions first, as far as the order deducts."""
    left = Counter[str]()
    for line in order.lines:
        left[line.cluster] += line.deducted_fen
    made = {}
    for entry in owed:
        taken = min(entry.amount_fen, left[entry.cluster])
        if taken:
            made[entry.deduction] = taken
            left[entry.cluster] -= taken
    return made
