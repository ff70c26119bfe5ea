"""Routes of treasury payments, reconciliation and spending progress."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query

from services.funding.api.dependencies import (
    CountyFinance,
    OptionalCode,
    OwnReader,
    PaymentReader,
)
from services.funding.api.models.payments import (
    PaymentBatchOut,
    PaymentOut,
    ReconciliationOut,
    SpendingList,
)
from services.funding.domain.payments.payments import PaymentFile, PaymentReturn
from services.funding.use_cases.ledger.report_ledger import show_spending
from services.funding.use_cases.payments.import_payments import import_payments
from services.funding.use_cases.payments.reconcile_payments import reconcile_payments, show_reconciliation
from services.funding.use_cases.payments.record_payment_return import record_payment_return
from services.funding.use_cases.payments.show_payments import (
    show_payment,
    show_payments,
)
from shared.web.dependencies import Session, Today
from shared.web.fields import BankSerial, BusinessDate
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(tags=["payments"])

PathSerial = Annotated[BankSerial, Path()]


@router.post(
    "/treasury-payments", status_code=201, summary="导入国库支付 · Import a file of treasury payments"
)
async def post_treasury_payments(
    session: Session, principal: CountyFinance, command: KeyedCommand, file: PaymentFile, today: Today
) -> PaymentBatchOut:
    """With control totals; all of it, or nothing. A bank serial is recorded once, whatever file it comes in."""
    return await command.once(
        session, PaymentBatchOut, lambda: import_payments(session, principal, file, today=today)
    )


@router.get("/treasury-payments", summary="国库支付列表 · Payments of the own treasury")
async def get_treasury_payments(
    session: Session,
    principal: CountyFinance,
    page: Paging,
    answer: AnswerPage,
) -> Page[PaymentOut]:
    return answer.of(PaymentOut, await show_payments(session, principal, page))


@router.get("/treasury-payments/{bank_serial}", summary="国库支付 · A payment of the own treasury")
async def get_treasury_payment(
    session: Session, principal: CountyFinance, bank_serial: PathSerial
) -> PaymentOut:
    return PaymentOut.model_validate(await show_payment(session, principal, bank_serial))


@router.post(
    "/treasury-payments/{bank_serial}/returns",
    status_code=201,
    summary="登记退回 · Record that the bank sent money back",
)
async def post_payment_return(
    session: Session,
    principal: CountyFinance,
    command: KeyedCommand,
    bank_serial: PathSerial,
    given: PaymentReturn,
    today: Today,
) -> PaymentOut:
    return await command.once(
        session,
        PaymentOut,
        lambda: record_payment_return(session, principal, bank_serial, given, today=today),
    )


@router.post(
    "/reconciliations", status_code=201, summary="对账 · Reconcile payments with the treasury's own list"
)
async def post_reconciliation(
    session: Session,
    principal: CountyFinance,
    from_day: Annotated[BusinessDate, Query()],
    to_day: Annotated[BusinessDate, Query()],
    content: Annotated[
        bytes,
        Body(
            media_type="text/csv",
            description="columns 流水号,金额(元),支付日期 (bank_serial,amount_yuan,paid_on)",
        ),
    ],
) -> ReconciliationOut:
    """What does not match is listed; nothing is corrected by itself. UTF-8 or GB18030."""
    return ReconciliationOut.model_validate(
        await reconcile_payments(session, principal, content, from_day=from_day, to_day=to_day)
    )


@router.get("/reconciliations/{reconciliation}", summary="对账结果 · A reconciliation")
async def get_reconciliation(
    session: Session, principal: PaymentReader, reconciliation: Annotated[UUID, Path()]
) -> ReconciliationOut:
    return ReconciliationOut.model_validate(await show_reconciliation(session, principal, reconciliation))


@router.get("/spending", summary="支出进度 · What arrived, is planned and is paid, by division and cluster")
async def get_spending(
    session: Session, principal: OwnReader, appropriation: OptionalCode = None
) -> SpendingList:
    return SpendingList.model_validate(
        {"lines": await show_spending(session, principal, appropriation=appropriation)}
    )
