"""Routes of treasury payments, reconciliation and spending progress."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query

from services.funding.api.dependencies import (
    CountyFinance,
    OptionalCode,
    OwnReader,
    TreasuryReader,
)
from services.funding.api.models.payments import (
    PaymentBatchOut,
    PaymentOut,
    ReconciliationOut,
    ReconciliationSummaryOut,
    SpendingList,
)
from services.funding.domain.payments.payments import PaymentFile, PaymentReturn
from services.funding.domain.payments.wanted import PaymentsWanted, ReconciliationsWanted
from services.funding.use_cases.ledger.report_ledger import show_spending
from services.funding.use_cases.payments.import_payments import import_payments
from services.funding.use_cases.payments.reconcile_payments import reconcile_payments
from services.funding.use_cases.payments.record_payment_return import record_payment_return
from services.funding.use_cases.payments.show_payments import (
    show_payment,
    show_payments,
)
from services.funding.use_cases.payments.show_reconciliations import (
    show_reconciliation,
    show_reconciliations,
)
from shared.web.dependencies import Session, Today
from shared.web.fields import BankSerial, BusinessDate, DivisionCode, FileNumber, Moment
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(tags=["payments"])

PathSerial = Annotated[BankSerial, Path()]
County = Annotated[DivisionCode | None, Query(description="of one county below the reader's division")]
RecordedFrom = Annotated[Moment | None, Query(description="recorded at this moment or later")]
RecordedTo = Annotated[Moment | None, Query(description="recorded at this moment or before")]
After = Annotated[
    int | None, Query(ge=0, le=2**62, description="`number` of the last row already known: only later ones")
]


async def payments_wanted(
    county: County = None,
    file_number: Annotated[FileNumber | None, Query()] = None,
    budget_project: OptionalCode = None,
    paid_from: Annotated[BusinessDate | None, Query(description="first day of payment")] = None,
    paid_to: Annotated[BusinessDate | None, Query(description="last day of payment")] = None,
    recorded_from: RecordedFrom = None,
    recorded_to: RecordedTo = None,
    after: After = None,
) -> PaymentsWanted:
    return PaymentsWanted(
        county=county,
        file_number=file_number,
        budget_project=budget_project,
        paid_from=paid_from,
        paid_to=paid_to,
        recorded_from=recorded_from,
        recorded_to=recorded_to,
        after=after,
    )


async def reconciliations_wanted(
    county: County = None,
    from_day: Annotated[
        BusinessDate | None, Query(description="that look at this day or a later one")
    ] = None,
    to_day: Annotated[
        BusinessDate | None, Query(description="that look at this day or an earlier one")
    ] = None,
    recorded_from: RecordedFrom = None,
    recorded_to: RecordedTo = None,
    after: After = None,
) -> ReconciliationsWanted:
    return ReconciliationsWanted(
        county=county,
        from_day=from_day,
        to_day=to_day,
        recorded_from=recorded_from,
        recorded_to=recorded_to,
        after=after,
    )


Payments = Annotated[PaymentsWanted, Depends(payments_wanted)]
Reconciliations = Annotated[ReconciliationsWanted, Depends(reconciliations_wanted)]


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


@router.get("/treasury-payments", summary="国库支付列表 · Payments in the order of recording")
async def get_treasury_payments(
    session: Session, principal: TreasuryReader, wanted: Payments, page: Paging, answer: AnswerPage
) -> Page[PaymentOut]:
    """A county sees its own, a city and the province those of the counties below them.

    Rows that are recorded while somebody pages come at the end, and none is missed, however late its transaction
    ends; `after` goes on some day later.
    """
    return answer.of(PaymentOut, await show_payments(session, principal, wanted, page))


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
            description="columns 流水号,金额(元),支付日期 (bank_serial,amount_yuan,paid_on); a negative amount "
            "is money that came back, with its own serial and day",
        ),
    ],
) -> ReconciliationOut:
    """What does not match is listed; nothing is corrected by itself. UTF-8 or GB18030."""
    return ReconciliationOut.model_validate(
        await reconcile_payments(session, principal, content, from_day=from_day, to_day=to_day)
    )


@router.get("/reconciliations", summary="对账列表 · Reconciliations in the order of recording")
async def get_reconciliations(
    session: Session, principal: TreasuryReader, wanted: Reconciliations, page: Paging, answer: AnswerPage
) -> Page[ReconciliationSummaryOut]:
    """A county sees its own, a city and the province those of the counties below them."""
    return answer.of(ReconciliationSummaryOut, await show_reconciliations(session, principal, wanted, page))


@router.get("/reconciliations/{reconciliation}", summary="对账结果 · A reconciliation")
async def get_reconciliation(
    session: Session, principal: TreasuryReader, reconciliation: Annotated[UUID, Path()]
) -> ReconciliationOut:
    return ReconciliationOut.model_validate(await show_reconciliation(session, principal, reconciliation))


@router.get("/spending", summary="支出进度 · What arrived, is planned and is paid, by division and cluster")
async def get_spending(
    session: Session, principal: OwnReader, appropriation: OptionalCode = None
) -> SpendingList:
    return SpendingList.model_validate(
        {"lines": await show_spending(session, principal, appropriation=appropriation)}
    )
