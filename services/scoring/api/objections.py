"""Routes of objections."""

from fastapi import APIRouter, Depends

from services.scoring.api.dependencies import (
    AssessmentId,
    CalendarDep,
    ObjectionNumber,
    ObjectionReader,
    Officer,
    RegistryDep,
    SignerDep,
)
from services.scoring.api.models.objections import ObjectionOut, ObjectionReceipt
from services.scoring.use_cases.notices.file_objection import ObjectionFiling, file_objection
from services.scoring.use_cases.notices.rule_on_objection import (
    Ruling,
    RulingAsked,
    prepare_ruling,
    rule_on_objection,
)
from services.scoring.use_cases.notices.show_objections import show_objections
from shared.web.auth import SignedIn
from shared.web.dependencies import ClockDep, DatabaseDep, Session
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging
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
        ObjectionReceipt,
        lambda: file_objection(session, principal, clock, calendar, assessment_id, filing),
    )


@router.get("", summary="异议列表 · List objections and their rulings")
async def list_objections(
    session: Session,
    principal: ObjectionReader,
    assessment_id: AssessmentId,
    page: Paging,
    answer: AnswerPage,
) -> Page[ObjectionOut]:
    return answer.of(ObjectionOut, await show_objections(session, principal, assessment_id, page))


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
    asked = RulingAsked(assessment_id, number, ruling)
    return await command.once_with_calls(
        database,
        ObjectionOut,
        lambda: prepare_ruling(database, registry, principal, asked),
        lambda session, prepared: rule_on_objection(session, signer, principal, clock, asked, prepared),
    )
