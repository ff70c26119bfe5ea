"""Routes of assessments: run, decide, notice, final."""

from fastapi import APIRouter

from services.scoring.api.dependencies import (
    AssessmentId,
    CalendarDep,
    Decider,
    Officer,
    RegistryDep,
    Runner,
    SignerDep,
    WholeReader,
)
from services.scoring.api.models.assessments import AssessmentOut, AssessmentRow
from services.scoring.use_cases.assessments.finalise_release import finalise_release
from services.scoring.use_cases.assessments.record_decision import DecisionRecord, record_decision
from services.scoring.use_cases.assessments.run_assessment import (
    AssessmentOrder,
    prepare_assessment,
    run_assessment,
)
from services.scoring.use_cases.assessments.show_assessments import show_assessment, show_assessments
from services.scoring.use_cases.assessments.withdraw_assessment import Withdrawal, withdraw_assessment
from services.scoring.use_cases.notices.open_public_notice import open_public_notice
from shared.web.dependencies import ClockDep, DatabaseDep, Session
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/assessments", tags=["assessments"])


@router.post("", status_code=201, summary="运行评估 · Run an assessment on a snapshot")
async def run(
    database: DatabaseDep,
    registry: RegistryDep,
    signer: SignerDep,
    principal: Runner,
    calendar: CalendarDep,
    command: KeyedCommand,
    order: AssessmentOrder,
) -> AssessmentOut:
    return await command.once_with_calls(
        database,
        AssessmentOut,
        lambda: prepare_assessment(database, registry, principal, order),
        lambda session, prepared: run_assessment(session, signer, principal, calendar, order, *prepared),
    )


@router.get("", summary="评估列表 · List assessments")
async def list_assessments(
    session: Session, principal: WholeReader, page: Paging, answer: AnswerPage
) -> Page[AssessmentRow]:
    return answer.of(AssessmentRow, await show_assessments(session, principal, page))


@router.get("/{assessment_id}", summary="查看评估 · Show an assessment and what it waits for")
async def get_assessment(
    session: Session, principal: WholeReader, calendar: CalendarDep, assessment_id: AssessmentId
) -> AssessmentOut:
    return AssessmentOut.model_validate(await show_assessment(session, principal, calendar, assessment_id))


@router.post("/{assessment_id}/withdrawal", summary="撤回评估 · Withdraw an assessment before its decision")
async def withdraw(
    session: Session,
    principal: Officer,
    command: KeyedCommand,
    calendar: CalendarDep,
    assessment_id: AssessmentId,
    withdrawal: Withdrawal,
) -> AssessmentOut:
    return await command.once(
        session,
        AssessmentOut,
        lambda: withdraw_assessment(session, principal, calendar, assessment_id, withdrawal),
    )


@router.post("/{assessment_id}/decision", summary="审定 · Decide the proposed lists, with minutes")
async def decide(
    session: Session,
    principal: Decider,
    command: KeyedCommand,
    clock: ClockDep,
    calendar: CalendarDep,
    assessment_id: AssessmentId,
    decision: DecisionRecord,
) -> AssessmentOut:
    return await command.once(
        session,
        AssessmentOut,
        lambda: record_decision(session, principal, clock, calendar, assessment_id, decision),
    )


@router.post("/{assessment_id}/public-notice", summary="开始公示 · Open the public notice")
async def open_notice(
    session: Session,
    principal: Runner,
    command: KeyedCommand,
    clock: ClockDep,
    calendar: CalendarDep,
    assessment_id: AssessmentId,
) -> AssessmentOut:
    return await command.once(
        session,
        AssessmentOut,
        lambda: open_public_notice(session, principal, clock, calendar, assessment_id),
    )


@router.post("/{assessment_id}/finalisation", summary="公布 · Make the release final after the notice")
async def finalise(
    session: Session,
    signer: SignerDep,
    principal: Runner,
    command: KeyedCommand,
    clock: ClockDep,
    calendar: CalendarDep,
    assessment_id: AssessmentId,
) -> AssessmentOut:
    return await command.once(
        session,
        AssessmentOut,
        lambda: finalise_release(session, signer, principal, clock, calendar, assessment_id),
    )
