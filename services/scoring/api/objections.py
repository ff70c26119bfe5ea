"""Routes of objections."""

from fastapi import APIRouter, Depends, Request, Response

from services.scoring.api.dependencies import (
    AssessmentId,
    CalendarDep,
    ObjectionNumber,
    ObjectionReader,
    Officer,
    RegistryDep,
    SignerDep,
)
from services.scoring.use_cases.answers import ObjectionOut, ObjectionReceipt
from services.scoring.use_cases.file_objection import ObjectionFiling, file_objection
from services.scoring.use_cases.rule_on_objection import Ruling, rule_on_objection
from services.scoring.use_cases.show_objections import show_objections
from shared.web.auth import SignedIn
from shared.web.dependencies import ClockDep, DatabaseDep, Session
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import Page, Paging, link_next
from shared.web.refusal_audit import unnamed

router = APIRouter(prefix="/assessments/{assessment_id}/objections", tags=["objections"])


@router.post(
    "",
    status_code=201,
    summary="提出异议 · Object within the notice days",
    dependencies=[Depends(unnamed)],
)
async def object_to(
    session: Session,
    principal: SignedIn,
    command: KeyedCommand,
    clock: ClockDep,
    calendar: CalendarDep,
    assessment_id: AssessmentId,
    filing: ObjectionFiling,
) -> ObjectionReceipt:
    return await command.once(
        session,
        filing,
        ObjectionReceipt,
        lambda: file_objection(session, principal, clock, calendar, assessment_id, filing),
    )


@router.get("", summary="异议列表 · List objections and their rulings")
async def list_objections(
    request: Request,
    response: Response,
    session: Session,
    principal: ObjectionReader,
    assessment_id: AssessmentId,
    page: Paging,
) -> Page[ObjectionOut]:
    shown = await show_objections(session, principal, assessment_id, page)
    link_next(request, response, shown.next)
    return shown


@router.post("/{number}/ruling", summary="处理异议 · Rule on an objection")
async def rule(
    database: DatabaseDep,
    registry: RegistryDep,
    signer: SignerDep,
    principal: Officer,
    command: KeyedCommand,
    clock: ClockDep,
    assessment_id: AssessmentId,
    number: ObjectionNumber,
    ruling: Ruling,
) -> ObjectionOut:
    return await rule_on_objection(
        database,
        registry,
        signer,
        principal,
        clock,
        command,
        assessment_id=assessment_id,
        number=number,
        ruling=ruling,
    )
