"""Routes of awards and issued award lists."""

from fastapi import APIRouter, Response

from services.funding.api.dependencies import BudgetReader, FinanceMaker, FiscalYear, OwnReader, PathCode
from services.funding.api.models.rounds import AwardListOut, IssuedAwardOut
from services.funding.use_cases.award_lists.show_award_lists import (
    show_award_list,
    show_award_list_document,
    show_award_lists,
)
from services.funding.use_cases.award_lists.write_back_document_number import (
    DocumentNumberIn,
    write_back_document_number,
)
from services.funding.use_cases.rounds.show_rounds import show_awards
from shared.contracts.award_list import AwardList
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand
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


@router.post(
    "/award-lists/{list_number}/document-number",
    status_code=201,
    summary="登记文号 · Write back the office's document number, once",
)
async def post_document_number(
    session: Session,
    principal: FinanceMaker,
    command: KeyedCommand,
    list_number: PathCode,
    given: DocumentNumberIn,
    today: Today,
) -> AwardListOut:
    return await command.once(
        session,
        AwardListOut,
        lambda: write_back_document_number(session, principal, list_number, given, today=today),
    )
