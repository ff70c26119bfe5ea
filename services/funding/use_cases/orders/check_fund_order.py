"""Whether an order could be approved now by whoever asks, and every reason against it."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.checks import reasons_against
from services.funding.domain.orders.kinds import OrderState
from services.funding.storage.orders.fund_orders import find_order, steps_of_orders
from services.funding.use_cases.fund_order_answers import PrerequisitesOut
from services.funding.use_cases.orders.order_facts import facts_of, line_of
from services.funding.use_cases.orders.show_fund_orders import may_see, order_of
from shared.errors import Item, NotFound
from shared.web.principals import Principal, Role, person_of


async def check_fund_order(
    session: AsyncSession, principal: Principal, number: str, *, today: date
) -> PrerequisitesOut:
    row = await find_order(session, number)
    line = None if row is None else await line_of(session, row.appropriation)
    if row is None or line is None or not may_see(principal, row):
        raise NotFound("资金单", "fund order")
    reasons = []
    if row.state != OrderState.PROPOSED.value:
        reasons.append(Item("state", "proposed", f"资金单处于 {row.state}", f"the order is {row.state}"))
    steps = (await steps_of_orders(session, [number]))[number]
    if any(person_of(step.subject) == principal.person for step in steps):
        zh, en = "本人已参与此单", "you took part in this order"
        reasons.append(Item("reviewer", "maker-cannot-check", zh, en))
    if not principal.has(Role.FINANCE_REVIEWER) or row.division_code != principal.division:
        zh, en = "不是本级财政审核岗", "you are not a finance reviewer of this desk"
        reasons.append(Item("reviewer", "role-not-permitted", zh, en))
    if row.state == OrderState.PROPOSED.value:
        order = order_of(row.body)
        facts = await facts_of(
            session,
            order,
            line,
            maker_division=row.division_code,
            today=today,
            number=number,
            reading=True,
        )
        reasons += reasons_against(order, facts)
    return PrerequisitesOut.of(number, "approve", reasons)
