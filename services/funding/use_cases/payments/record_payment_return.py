"""Money that the bank sent back: the county holds it as quota again."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import Books, least_from
from services.funding.domain.payments.postings import Quota
from services.funding.domain.refusals import PaymentsRefused
from services.funding.storage.ledger.postings import lock_accounts, movements_after, post
from services.funding.storage.payments.budget_projects import (
    add_return,
    find_budget_projects,
    find_payments,
    find_return,
    lock_county,
)
from services.funding.storage.rounds.rounds import budget_divisions
from services.funding.use_cases.payment_answers import PaymentOut
from services.funding.use_cases.payments.import_payments import BankSerial
from shared.data.events import append_event
from shared.errors import Item, NotFound
from shared.text.money import show_wan
from shared.web.fields import BusinessDate, Note, PositiveFen
from shared.web.principals import Principal


class PaymentReturn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    return_serial: BankSerial = Field(description="the bank's serial number of the money coming back")
    amount_fen: PositiveFen
    returned_on: BusinessDate
    reason: Note


async def record_payment_return(
    session: AsyncSession, principal: Principal, bank_serial: str, given: PaymentReturn, *, today: date
) -> PaymentOut:
    """Never more comes back than was paid; a return serial is recorded once."""
    county = principal.division
    await lock_county(session, county)
    found = await find_payments(session, county, [bank_serial])
    if not found:
        raise NotFound("支付", "payment")
    (project,) = await find_budget_projects(session, county, [found[0].budget_project])
    divisions = await budget_divisions(session, [project.appropriation])
    quota = Quota(Books(divisions[project.appropriation], project.appropriation), county, project.cluster)
    balance = (await lock_accounts(session, [quota.held, quota.paid]))[quota.paid]
    moved = await movements_after(session, [quota.paid.code], given.returned_on)
    paid = least_from(given.returned_on, balance=balance, movements=moved[quota.paid.code])
    (payment,) = await find_payments(session, county, [bank_serial])
    known = await find_return(session, county, given.return_serial)
    reasons = list(_reasons_against(given, payment.actual_fen - payment.returned_fen, paid, today))
    if given.returned_on < payment.paid_on:
        zh, en = "退回早于支付", "it came back before it was paid"
        reasons.append(Item("returned_on", "after-payment", zh, en))
    if known is not None:
        zh, en = (
            f"退回流水号 {given.return_serial} 已登记",
            f"the return {given.return_serial} is recorded already",
        )
        reasons.append(Item("return_serial", "serial-once", zh, en))
    if reasons:
        raise PaymentsRefused("退回不能登记", "The return cannot be recorded", items=reasons)
    posting = quota.take_back(
        given.amount_fen, bank_serial=bank_serial, return_serial=given.return_serial, on=given.returned_on
    )
    posted = await post(session, posting, actor=principal.actor)
    await add_return(
        session,
        {
            **given.model_dump(),
            "county_code": county,
            "bank_serial": bank_serial,
            "transfer_id": posted.transfer_id,
        },
    )
    await append_event(
        session,
        "treasury_payment.returned",
        subject=f"{county}:{bank_serial}",
        actor=principal.actor,
        data={"amount_fen": given.amount_fen},
    )
    (after,) = await find_payments(session, county, [bank_serial])
    return PaymentOut.model_validate(after)


def _reasons_against(given: PaymentReturn, left: int, paid: int, today: date) -> list[Item]:
    reasons = []
    if given.amount_fen > left:
        zh = f"最多可退回 {show_wan(left)}"
        en = f"at most {show_wan(left)} of this payment can come back"
        reasons.append(Item("amount_fen", "within-payment", zh, en))
    elif given.amount_fen > paid:
        zh, en = "已列入结算扣减,不能再退回", "it is to be deducted at settlement already"
        reasons.append(Item("amount_fen", "not-recovered", zh, en))
    if given.returned_on > today:
        zh, en = "退回日期晚于今天", "the day of return is yet to come"
        reasons.append(Item("returned_on", "date-to-come", zh, en))
    return reasons
