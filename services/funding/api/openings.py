"""Routes of openings: what was decided and paid before the system, entered once, and which projects had priority."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query

from services.funding.api.dependencies import BudgetReader, FinanceMaker, UpstreamDep
from services.funding.api.fund_orders import PathNumber
from services.funding.api.models.openings import OpeningOut
from services.funding.api.models.orders import FundOrderOut
from services.funding.use_cases.openings.propose_listings import (
    ListingsReversalWanted,
    prepare_listings,
    propose_listings,
    propose_listings_reversal,
)
from services.funding.use_cases.openings.propose_opening import (
    OpeningWanted,
    ReversalWanted,
    prepare_opening,
    propose_opening,
    propose_reversal,
)
from services.funding.use_cases.openings.show_openings import show_opening, show_openings
from shared.web.dependencies import ClockDep, DatabaseDep, Session
from shared.web.fields import BusinessDate, Code, DocumentNumber, Note
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/openings", tags=["openings"])
listings = APIRouter(prefix="/earlier-listings", tags=["openings"])


async def opening_wanted(
    appropriation: Annotated[Code, Query(description="the line, recorded and not used yet")],
    assessment_year: Annotated[int, Query(ge=2000, le=2199, description="whose results were rewarded")],
    purpose: Annotated[Code, Query(description="as in the incentive rules, such as `incentive`")],
    document_number: Annotated[DocumentNumber, Query(description="文号 by which the balances are confirmed")],
    document_date: Annotated[BusinessDate, Query(description="the day as of which they are")],
    reason: Annotated[Note, Query()],
) -> OpeningWanted:
    return OpeningWanted(
        appropriation=appropriation,
        assessment_year=assessment_year,
        purpose=purpose,
        document_number=document_number,
        document_date=document_date,
        reason=reason,
    )


@router.post("", status_code=201, summary="录入期初 · Enter what was awarded from a line before the system")
async def post_opening(
    database: DatabaseDep,
    upstream: UpstreamDep,
    principal: FinanceMaker,
    command: KeyedCommand,
    wanted: Annotated[OpeningWanted, Depends(opening_wanted)],
    content: Annotated[
        bytes,
        Body(
            media_type="application/octet-stream",
            description="an xlsx, or a CSV in UTF-8 or GB18030, with the columns cluster, name, county_code, "
            "county_name, document_number, document_date, awarded_yuan, not_passed_down_yuan, with_city_yuan, "
            "with_county_yuan, paid_yuan, returned_yuan, carried_over_yuan (or their Chinese names)",
        ),
    ],
    clock: ClockDep,
) -> FundOrderOut:
    """A fund order of the kind `opening`: another person approves it (`/v1/fund-order-reviews`), and only then it takes
    effect, out of what the line has available. Labelled as of before the system: no release, no round, no list."""
    return await command.once_with_calls(
        database,
        FundOrderOut,
        lambda: prepare_opening(upstream, principal, content),
        lambda session, sheet: propose_opening(session, principal, wanted, sheet, clock=clock),
    )


@router.get("", summary="期初列表 · What was entered of before the system, by line")
async def get_openings(
    session: Session, principal: BudgetReader, page: Paging, answer: AnswerPage
) -> Page[OpeningOut]:
    return answer.of(OpeningOut, await show_openings(session, principal, page))


@router.get("/{number}", summary="期初 · An opening with its awards")
async def get_opening(session: Session, principal: BudgetReader, number: PathNumber) -> OpeningOut:
    return OpeningOut.model_validate(await show_opening(session, principal, number))


@router.post("/{number}/reversal", status_code=201, summary="冲销期初 · Propose to reverse an opening")
async def post_reversal(
    session: Session,
    principal: FinanceMaker,
    command: KeyedCommand,
    number: PathNumber,
    wanted: ReversalWanted,
    clock: ClockDep,
) -> FundOrderOut:
    """As a whole, while nothing rests on the line; approved by another person. Then the line can be opened anew."""
    return await command.once(
        session,
        FundOrderOut,
        lambda: propose_reversal(session, principal, number, wanted, clock=clock),
    )


@listings.post(
    "",
    status_code=201,
    summary="录入以前的优先支持清单 · Enter which projects had priority before the system",
)
async def post_listings(
    database: DatabaseDep,
    upstream: UpstreamDep,
    principal: FinanceMaker,
    command: KeyedCommand,
    programme: Annotated[Code, Query(description="whose published rules have the instruments")],
    reason: Annotated[Note, Query()],
    content: Annotated[
        bytes,
        Body(
            media_type="application/octet-stream",
            description="an xlsx, or a CSV in UTF-8 or GB18030, with the columns project_code, instrument, "
            "document_number, document_date, valid_from, valid_to (or their Chinese names)",
        ),
    ],
    clock: ClockDep,
) -> FundOrderOut:
    """A fund order of the kind `earlier_listings`: another person approves it (`/v1/fund-order-reviews`), and only then
    it counts. `GET /v1/priority-lists/{instrument}` shows such projects apart, as of before the system."""
    return await command.once_with_calls(
        database,
        FundOrderOut,
        lambda: prepare_listings(upstream, principal, content, programme=programme, reason=reason),
        lambda session, prepared: propose_listings(session, principal, prepared, clock=clock),
    )


@listings.post(
    "/{number}/reversal",
    status_code=201,
    summary="撤销以前的优先支持清单 · Propose to reverse what was entered",
)
async def post_listings_reversal(
    session: Session,
    principal: FinanceMaker,
    command: KeyedCommand,
    number: PathNumber,
    wanted: ListingsReversalWanted,
    clock: ClockDep,
) -> FundOrderOut:
    """All listings of the order, approved by another person. Then they can be entered anew."""
    return await command.once(
        session,
        FundOrderOut,
        lambda: propose_listings_reversal(session, principal, number, wanted, clock=clock),
    )
