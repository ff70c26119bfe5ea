"""The desk that made a fund order takes it back before it is decided."""

from datetime import date

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.order import OrderState
from services.funding.domain.orders.orders import KeptOrder
from services.funding.domain.refusals import FundOrderNotProposed
from services.funding.storage.orders.fund_orders import add_order_steps, lock_orders, move_orders
from services.funding.use_cases.orders.show_fund_orders import show_fund_order
from shared.data.events import append_event
from shared.errors import NotFound
from shared.web.fields import Note
from shared.web.principals import Principal


class FundOrderWithdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Note


async def withdraw_fund_order(
    session: AsyncSession, principal: Principal, number: str, withdrawal: FundOrderWithdrawal, *, today: date
) -> KeptOrder:
    found = await lock_orders(session, [number])
    if not found or found[0].division_code != principal.division:
        raise NotFound("资金单", "fund order")
    state = found[0].state
    if state is not OrderState.PROPOSED:
        raise FundOrderNotProposed(
            f"资金单处于 {state.value},不能撤回", f"The order is {state.value}; it cannot be withdrawn"
        )
    steps = [(number, len(found[0].steps))]
    await add_order_steps(session, steps, "withdrawn", actor=principal, note=withdrawal.reason, on=today)
    await move_orders(session, {number: OrderState.WITHDRAWN}, transfers={})
    await append_event(session, "fund_order.withdrawn", subject=number, actor=principal.actor)
    return await show_fund_order(session, principal, number)
