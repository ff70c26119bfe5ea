"""Another person approves or rejects fund orders, one or many; approval takes effect. All of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.bundle import Bundle
from services.funding.domain.orders.order import OrderState
from services.funding.domain.orders.orders import ANOTHER_UNIT, DECISIONS, KeptOrder
from services.funding.domain.orders.review import Decision, Outcome, review_orders
from services.funding.domain.orders.review_levels import ReviewLevels
from services.funding.domain.refusals import FundOrderNotPossible
from services.funding.storage.orders.fund_orders import (
    add_order_steps,
    lock_budgets,
    lock_orders,
    move_orders,
)
from services.funding.use_cases.orders.order_facts import read_bundle
from services.funding.use_cases.orders.take_effect import take_effect
from services.funding.use_cases.orders.who_reviews import who_reviews
from shared.data.events import Happened, append_events
from shared.errors import Item, MakerCannotCheck, NotFound
from shared.web.fields import Note
from shared.web.principals import Principal

OrderNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{6}-[0-9]{4,9}$")]


class FundOrderReview(BaseModel):
    model_config = ConfigDict(extra="forbid")

    orders: Annotated[list[OrderNumber], Field(min_length=1, max_length=200)]
    decision: Decision
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
    """What is asked of the database does not grow with the orders."""
    numbers = sorted(set(review.orders))
    orders = await _own_orders(session, principal, numbers)
    await lock_budgets(session, {kept.budget_division for kept in orders})
    asked = [kept.asked for kept in orders if kept.state is OrderState.PROPOSED]
    approving = review.decision == "approve"
    bundle = await read_bundle(session, asked, today=today) if approving else Bundle(today)
    outcome = review_orders(
        orders,
        review.decision,
        bundle,
        levels,
        reviewer=principal,
        reviewed_by=await who_reviews(session, orders),
    )
    if outcome.reasons:
        raise _refusal(outcome.reasons)
    await _store(session, principal, review, orders, outcome, today=today)
    return ReviewedOrders(await lock_orders(session, numbers))


async def _own_orders(
    session: AsyncSession, principal: Principal, numbers: Sequence[str]
) -> Sequence[KeptOrder]:
    found = await lock_orders(session, numbers)
    if len(found) != len(numbers) or any(kept.division_code != principal.division for kept in found):
        raise NotFound("资金单", "fund order")
    return found


def _refusal(reasons: Sequence[Item]) -> Exception:
    """Who made an order cannot review it, and who reviewed it has done so; that hides no other reason."""
    own = [reason.field for reason in reasons if reason.rule == MakerCannotCheck.code]
    if own:
        return MakerCannotCheck(
            f"本人已参与的资金单不能由本人审核:{'、'.join(own)};全部均未处理",
            f"You took part in {', '.join(own)} and cannot review it; none of the orders was touched",
            items=reasons,
        )
    own = [reason.field for reason in reasons if reason.rule == ANOTHER_UNIT]
    if own:
        return MakerCannotCheck(
            f"本计划资金的资金单须由另一单位审核:{'、'.join(own)};全部均未处理",
            f"Fund orders of this programme are reviewed by another unit than the maker's: {', '.join(own)}; "
            "none of the orders was touched",
            items=reasons,
        )
    for repeated, zh, en in DECISIONS.values():
        if all(reason.rule == repeated.code for reason in reasons):
            names = [reason.field for reason in reasons]
            return repeated(
                f"本人已{zh}:{'、'.join(names)};未作任何变动",
                f"You {en} {', '.join(names)} already; nothing was changed",
                items=reasons,
            )
    return FundOrderNotPossible(
        f"有{len(reasons)}处不符合条件,全部资金单均未处理",
        f"There are {len(reasons)} reason(s) against it; none of the orders was touched",
        items=reasons,
    )


async def _store(
    session: AsyncSession,
    principal: Principal,
    review: FundOrderReview,
    orders: Sequence[KeptOrder],
    outcome: Outcome,
    *,
    today: date,
) -> None:
    action = "approved" if review.decision == "approve" else "rejected"
    steps = [(kept.number, len(kept.steps)) for kept in orders]
    await add_order_steps(session, steps, action, actor=principal, note=review.minutes, on=today)
    said = [Happened(f"fund_order.{action}", kept.number) for kept in orders]
    await append_events(session, said, actor=principal.actor)
    if review.decision == "reject":
        rejected = {kept.number: OrderState.REJECTED for kept in orders}
        await move_orders(session, rejected, transfers={})
    else:
        await take_effect(session, principal, outcome.effects, today=today)
