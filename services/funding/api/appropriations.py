"""Routes of appropriations."""

from fastapi import APIRouter, Request, Response

from services.funding.api.dependencies import BudgetReader, FinanceMaker, FiscalYear, PathCode
from services.funding.use_cases.answers import AppropriationOut
from services.funding.use_cases.ledger.record_appropriation import AppropriationIn, record_appropriation
from services.funding.use_cases.rounds.show_rounds import show_appropriation, show_appropriations
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import Page, Paging, link_next

router = APIRouter(prefix="/appropriations", tags=["appropriations"])


@router.post("", status_code=201, summary="登记预算安排 · Record an appropriation")
async def post_appropriation(
    session: Session, principal: FinanceMaker, command: KeyedCommand, order: AppropriationIn, today: Today
) -> AppropriationOut:
    return await command.once(
        session,
        order,
        AppropriationOut,
        lambda: record_appropriation(session, principal, order, today=today),
    )


@router.get("", summary="预算安排列表 · Appropriations of the own budget")
async def get_appropriations(
    request: Request,
    response: Response,
    session: Session,
    principal: BudgetReader,
    page: Paging,
    fiscal_year: FiscalYear = None,
) -> Page[AppropriationOut]:
    shown = await show_appropriations(session, principal, page, fiscal_year=fiscal_year)
    link_next(request, response, shown.next)
    return shown


@router.get("/{code}", summary="预算安排 · An appropriation")
async def get_appropriation(session: Session, principal: BudgetReader, code: PathCode) -> AppropriationOut:
    return await show_appropriation(session, principal, code)
