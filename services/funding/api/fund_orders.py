"""Routes of fund orders, of quota passed down, and of finance's own division codes."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Query

from services.funding.api.dependencies import (
    BudgetReader,
    FinanceReviewer,
    LevelsDep,
    OptionalCode,
    OrderMaker,
    OrderReader,
    QuotaHolder,
    UpstreamDep,
)
from services.funding.api.models.orders import (
    FinanceDivisionList,
    FundOrderList,
    FundOrderOut,
    OrderKind,
    QuotaNoticeOut,
)
from services.funding.api.models.prerequisites import PrerequisitesOut
from services.funding.domain.orders.kinds import SentOrder
from services.funding.use_cases.orders.check_fund_order import check_fund_order
from services.funding.use_cases.orders.propose_fund_order import prepare_fund_order, propose_fund_order
from services.funding.use_cases.orders.review_fund_orders import (
    FundOrderReview,
    OrderNumber,
    review_fund_orders,
)
from services.funding.use_cases.orders.show_fund_orders import (
    show_finance_divisions,
    show_fund_order,
    show_fund_orders,
    show_quota_notices,
)
from services.funding.use_cases.orders.withdraw_fund_order import FundOrderWithdrawal, withdraw_fund_order
from shared.web.dependencies import ClockDep, DatabaseDep, Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(tags=["fund-orders"])

PathNumber = Annotated[OrderNumber, Path()]


@router.post("/fund-orders", status_code=201, summary="提出资金单 · Propose a fund order")
async def post_fund_order(
    database: DatabaseDep,
    upstream: UpstreamDep,
    principal: OrderMaker,
    command: KeyedCommand,
    order: Annotated[SentOrder, Body()],
    clock: ClockDep,
) -> FundOrderOut:
    """A new line, a correction of it, a list's document number, finance's division codes; changes of a line, passing
    down, variations, grants, recoveries, settlements, year-end, carry-over. Nothing takes effect yet.

    Programme, fiscal year and functional class are checked with the registry; a grant goes down to the county of its
    cluster by the division register.
    """
    return await command.once_with_calls(
        database,
        FundOrderOut,
        lambda: prepare_fund_order(database, upstream, principal, order),
        lambda session, asking: propose_fund_order(session, principal, order, asking, clock=clock),
    )


@router.get("/fund-orders", summary="资金单列表 · Fund orders of the own desk and of the own budget")
async def get_fund_orders(
    session: Session,
    principal: OrderReader,
    page: Paging,
    answer: AnswerPage,
    state: Annotated[Literal["proposed", "approved", "rejected", "withdrawn"] | None, Query()] = None,
    kind: Annotated[OrderKind | None, Query()] = None,
    appropriation: OptionalCode = None,
) -> Page[FundOrderOut]:
    return answer.of(
        FundOrderOut,
        await show_fund_orders(session, principal, page, state=state, kind=kind, appropriation=appropriation),
    )


@router.get("/fund-orders/{number}", summary="资金单 · A fund order with its steps")
async def get_fund_order(session: Session, principal: OrderReader, number: PathNumber) -> FundOrderOut:
    return FundOrderOut.model_validate(await show_fund_order(session, principal, number))


@router.get(
    "/fund-orders/{number}/prerequisites", summary="资金单前提检查 · Every reason against approving it now"
)
async def get_fund_order_prerequisites(
    session: Session, principal: OrderReader, number: PathNumber, today: Today
) -> PrerequisitesOut:
    return PrerequisitesOut.model_validate(await check_fund_order(session, principal, number, today=today))


@router.post("/fund-orders/{number}/withdrawal", summary="撤回资金单 · Withdraw a proposed order")
async def post_fund_order_withdrawal(
    session: Session,
    principal: OrderMaker,
    command: KeyedCommand,
    number: PathNumber,
    withdrawal: FundOrderWithdrawal,
    today: Today,
) -> FundOrderOut:
    return await command.once(
        session,
        FundOrderOut,
        lambda: withdraw_fund_order(session, principal, number, withdrawal, today=today),
    )


@router.post("/fund-order-reviews", summary="审核资金单 · Approve or reject orders, one or many, as a whole")
async def post_fund_order_review(
    session: Session,
    principal: FinanceReviewer,
    command: KeyedCommand,
    review: FundOrderReview,
    levels: LevelsDep,
    today: Today,
) -> FundOrderList:
    """By another person than the maker. If one cannot be approved, none is touched, and every reason is told."""
    return await command.once(
        session,
        FundOrderList,
        lambda: review_fund_orders(session, principal, review, levels, today=today),
    )


@router.get("/quota-notices", summary="下达指标 · Quota passed down to the own division")
async def get_quota_notices(
    session: Session,
    principal: QuotaHolder,
    page: Paging,
    answer: AnswerPage,
) -> Page[QuotaNoticeOut]:
    return answer.of(QuotaNoticeOut, await show_quota_notices(session, principal, page))


@router.get("/finance-divisions", summary="财政区划编码 · Finance's own codes of divisions")
async def get_divisions(session: Session, principal: BudgetReader) -> FinanceDivisionList:
    return FinanceDivisionList(divisions=await show_finance_divisions(session, principal))
