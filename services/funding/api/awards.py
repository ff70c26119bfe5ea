"""Routes of awards and issued award lists."""

from fastapi import APIRouter, Response

from services.funding.api.dependencies import BudgetReader, FiscalYear, OwnReader, PathCode
from services.funding.api.models.rounds import AwardListOut, IssuedAwardOut, ListNumbersOut
from services.funding.use_cases.award_lists.show_award_lists import (
    show_award_list,
    show_award_list_document,
    show_award_lists,
    show_list_numbers,
)
from services.funding.use_cases.rounds.show_rounds import show_awards
from shared.contracts.award_list import AwardList
from shared.web.dependencies import Session
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(tags=["awards"])


@router.get("/awards", summary="奖励 · Awards of the own division")
async def get_awards(
    session: Session,
    principal: OwnReader,
    page: Paging,
    answer: AnswerPage,
    fiscal_year: FiscalYear = None,
) -> Page[IssuedAwardOut]:
    """Counties and cities see their own, once issued; finance and audit see all."""
    return answer.of(IssuedAwardOut, await show_awards(session, principal, page, fiscal_year=fiscal_year))


@router.get("/award-lists", summary="奖励名单列表 · Issued award lists")
async def get_award_lists(
    session: Session,
    principal: BudgetReader,
    page: Paging,
    answer: AnswerPage,
    fiscal_year: FiscalYear = None,
) -> Page[AwardListOut]:
    return answer.of(AwardListOut, await show_award_lists(session, principal, page, fiscal_year=fiscal_year))


@router.get("/award-lists/{list_number}", summary="奖励名单 · An issued list, its hash and document number")
async def get_award_list(session: Session, principal: BudgetReader, list_number: PathCode) -> AwardListOut:
    return AwardListOut.model_validate(await show_award_list(session, principal, list_number))


@router.get(
    "/award-lists/{list_number}/document",
    summary="奖励名单原文 · The canonical bytes that were hashed",
    response_model=AwardList,
    response_class=Response,
)
async def get_award_list_document(
    session: Session, principal: BudgetReader, list_number: PathCode
) -> Response:
    content = await show_award_list_document(session, principal, list_number)
    return Response(content, media_type="application/json")


@router.get(
    "/award-lists/{list_number}/document-numbers", summary="名单文号 · Every number that the list had"
)
async def get_document_numbers(
    session: Session, principal: BudgetReader, list_number: PathCode
) -> ListNumbersOut:
    """The latest one counts; each was written back by an approved fund order (`award_list_number`)."""
    return ListNumbersOut.model_validate(
        {"numbers": await show_list_numbers(session, principal, list_number)}
    )
