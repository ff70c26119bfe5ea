"""Money that the bank sent back: the county holds it as quota again."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import Books, least_from
from services.funding.domain.payments.payments import Payment, PaymentReturn, RecordedPayment
from services.funding.domain.payments.postings import Quota
from services.funding.domain.payments.return_checks import return_reasons
from services.funding.domain.refusals import PaymentsRefused
from services.funding.storage.ledger.accounts import movements_after
from services.funding.storage.ledger.postings import lock_accounts, post
from services.funding.storage.payments.budget_projects import find_budget_projects
from services.funding.storage.payments.payments import lock_county
from services.funding.storage.payments.returns import add_return, return_is_known
from services.funding.storage.rounds.appropriations import budget_divisions
from services.funding.use_cases.payments.show_payments import show_payment
from shared.data.events import append_event
from shared.web.principals import Principal


async def record_payment_return(
    session: AsyncSession, principal: Principal, bank_serial: str, given: PaymentReturn, *, today: date
) -> RecordedPayment:
    """Never more comes back than was paid; a return serial is recorded once."""
    county = principal.division
    await lock_county(session, county)
    payment = await show_payment(session, principal, bank_serial)
    quota = await _quota_of(session, payment)
    balance = (await lock_accounts(session, [quota.held, quota.paid]))[quota.paid]
    moved = await movements_after(session, [quota.paid.code], given.returned_on)
    reasons = list(
        return_reasons(
            given,
            payment,
            paid_fen=least_from(given.returned_on, balance=balance, movements=moved[quota.paid.code]),
            known=await return_is_known(session, county, given.return_serial),
            today=today,
        )
    )
    if reasons:
        raise PaymentsRefused("退回不能登记", "The return cannot be recorded", items=reasons)
    posting = quota.take_back(
        given.amount_fen, bank_serial=bank_serial, return_serial=given.return_serial, on=given.returned_on
    )
    posted = await post(session, posting, actor=principal.actor)
    await add_return(session, given, county=county, bank_serial=bank_serial, transfer_id=posted.transfer_id)
    await append_event(
        session,
        "treasury_payment.returned",
        subject=f"{county}:{bank_serial}",
        actor=principal.actor,
        data={"amount_fen": given.amount_fen},
    )
    return await show_payment(session, principal, bank_serial)


async def _quota_of(session: AsyncSession, payment: Payment) -> Quota:
    """The quota out of which the payment was made."""
    county = payment.county_code
    (project,) = await find_budget_projects(session, county, [payment.budget_project])
    line = project.appropriation
    divisions = await budget_divisions(session, [line])
    return Quota(Books(divisions[line], line), county, project.cluster)
