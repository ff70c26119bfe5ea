"""Payments for the county, its city and the province."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.payments import RecordedPayment
from services.funding.domain.payments.wanted import PaymentsWanted
from services.funding.storage.ledger.reports import holders_within
from services.funding.storage.payments.payments import find_payments, list_payments
from services.funding.use_cases.payments.listing import check_order, number_before
from shared.data.division_recodes import read_recodes
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest
from shared.web.principals import Principal


async def show_payments(
    session: AsyncSession, principal: Principal, wanted: PaymentsWanted, page: PageRequest
) -> Listed[RecordedPayment]:
    """In the order of recording, so that what is recorded meanwhile comes on a later page."""
    check_order(wanted.paid_from, wanted.paid_to)
    check_order(wanted.recorded_from, wanted.recorded_to)
    found = await list_payments(
        session,
        replace(
            wanted,
            county=wanted.county and (await read_recodes(session)).kept(wanted.county),
            after=number_before(page, wanted.after),
        ),
        counties=await holders_within(session, principal),
        limit=page.limit + 1,
    )
    return Listed.cut(found, page, lambda payment: [payment.number])


async def show_payment(session: AsyncSession, principal: Principal, bank_serial: str) -> RecordedPayment:
    found = await find_payments(session, principal.division, [bank_serial])
    if not found:
        raise NotFound("支付", "payment")
    return found[0]
