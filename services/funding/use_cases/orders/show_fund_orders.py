"""Fund orders for the desk that made them and for the budget whose money they move."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.orders import KeptOrder, QuotaNotice, may_see, notices_of
from services.funding.domain.orders.record_orders import FinanceDivision
from services.funding.storage.orders.finance_divisions import list_finance_divisions, notice_codes
from services.funding.storage.orders.fund_orders import find_order, list_orders, passed_down_to
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def show_fund_order(session: AsyncSession, principal: Principal, number: str) -> KeptOrder:
    found = await find_order(session, number)
    if found is None or not may_see(principal, found):
        raise NotFound("资金单", "fund order")
    return found


async def show_finance_divisions(session: AsyncSession, principal: Principal) -> list[FinanceDivision]:
    return await list_finance_divisions(session, desk=principal.division)


async def show_fund_orders(
    session: AsyncSession,
    principal: Principal,
    page: PageRequest,
    *,
    state: str | None,
    kind: str | None,
    appropriation: str | None,
) -> Listed[KeptOrder]:
    found = await list_orders(
        session,
        division_code=principal.division,
        state=state,
        kind=kind,
        appropriation_code=appropriation,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    return Listed.cut(found, page, lambda kept: [kept.number])


async def show_quota_notices(
    session: AsyncSession, principal: Principal, page: PageRequest
) -> Listed[QuotaNotice]:
    """What was passed down to the reader's division; a page is a page of orders, whole."""
    division = principal.division
    found = await passed_down_to(session, division, after=cursor_text(page.after), limit=page.limit + 1)
    orders = Listed.cut(found, page, lambda kept: [kept.number])
    codes = await notice_codes(session, [kept.number for kept in orders.rows], division)
    notices = [
        notice
        for kept in orders.rows
        for notice in notices_of(kept, division=division, finance_code=codes.get(kept.number))
    ]
    return Listed(notices, orders.next)
