"""Whether an order could be approved now by whoever asks, and every reason against it."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.checks import reasons_against
from services.funding.domain.orders.order import OrderState
from services.funding.domain.orders.orders import reviewer_reasons, state_reasons
from services.funding.use_cases.orders.order_facts import read_bundle
from services.funding.use_cases.orders.show_fund_orders import show_fund_order
from services.funding.use_cases.orders.who_reviews import who_reviews
from services.funding.use_cases.prerequisites import Prerequisites
from shared.web.principals import Principal


async def check_fund_order(
    session: AsyncSession, principal: Principal, number: str, *, today: date
) -> Prerequisites:
    kept = await show_fund_order(session, principal, number)
    reviewed_by = await who_reviews(session, [kept])
    reasons = [*state_reasons(kept), *reviewer_reasons(kept, principal, reviewed_by[number])]
    if kept.state is OrderState.PROPOSED:
        asked = kept.asked
        bundle = await read_bundle(session, [asked], today=today, reading=True)
        reasons += reasons_against(bundle.facts_of(asked))
    return Prerequisites(number, "approve", reasons)
