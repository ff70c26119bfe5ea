"""Routes of appropriations."""

from fastapi import APIRouter

from services.funding.api.dependencies import BudgetReader, FiscalYear, PathCode
from services.funding.api.models.appropriations import AppropriationOut
from services.funding.use_cases.ledger.show_appropriations import show_appropriation, show_appropriations
from shared.web.dependencies import Session
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/appropriations", tags=["appropriations"])


@router.get("", summary="预算安排列表 · Appropriations of the own budget")
async def get_appropriations(
    session: Session,
    principal: BudgetReader,
    page: Paging,
    answer: AnswerPage,
    fiscal_year: FiscalYear = None,
) -> Page[AppropriationOut]:
    return answer.of(
        AppropriationOut, await show_appropriations(session, principal, page, fiscal_year=fiscal_year)
    )


@router.get("/{code}", summary="预算安排 · An appropriation")
async def get_appropriation(session: Session, principal: BudgetReader, code: PathCode) -> AppropriationOut:
    return AppropriationOut.model_validate(await show_appropriation(session, principal, code))
