"""Payments for the county that made them."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.payments import Payment
from services.funding.storage.payments.payments import find_payments, list_payments
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def show_payments(session: AsyncSession, principal: Principal, page: PageRequest) -> Listed[Payment]:
    found = await list_payments(
        session, county=principal.division, after=cursor_text(page.after), limit=page.limit + 1
    )
    return Listed.cut(found, page, lambda payment: [payment.bank_serial])


async def show_payment(session: AsyncSession, principal: Principal, bank_serial: str) -> Payment:
    found = await find_payments(session, principal.division, [bank_serial])
    if not found:
        raise NotFound("支付", "payment")
    return found[0]
