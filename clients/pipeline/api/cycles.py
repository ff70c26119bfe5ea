"""Routes of cycles: start, look, tick, hold up, send back, waive."""

from fastapi import APIRouter

from clients.pipeline.api.dependencies import (
    Guardian,
    Officer,
    PipelineDep,
    Programme,
    Reader,
    StageCode,
    Ticker,
    Year,
)
from clients.pipeline.api.models import (
    CycleOut,
    CycleRow,
    DoneOut,
    EffectOut,
    EventOut,
    PlanChangeIn,
    PlanChangesOut,
    PlanIn,
    ReasonIn,
    SentBackOut,
    StageReasons,
    TickOut,
    WaiverOut,
    WhyOut,
)
from clients.pipeline.use_cases.advance_cycle import advance_cycle
from clients.pipeline.use_cases.change_plan import propose_plan
from clients.pipeline.use_cases.go_back import go_back, try_again
from clients.pipeline.use_cases.hold_up import hold_up, resume
from clients.pipeline.use_cases.show_cycle import (
    show_cycle,
    show_cycles,
    show_effects,
    show_timeline,
    show_why,
)
from clients.pipeline.use_cases.start_cycle import plan_of_own_programme, start_cycle
from clients.pipeline.use_cases.waive import propose_waiver
from shared.web.dependencies import DatabaseDep, Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/cycles", tags=["cycles"])
CYCLE = "/{programme}/{assessment_year}"


@router.get("", summary="年度流程列表 · Cycles of your programmes, the newest year first")
async def list_cycles(
    session: Session, principal: Reader, page: Paging, answer: AnswerPage
) -> Page[CycleRow]:
    return answer.of(CycleRow, await show_cycles(session, principal, page))


@router.post("", status_code=201, summary="启动年度流程 · Start the cycle of a year by its plan")
async def start(
    database: DatabaseDep, principal: Officer, command: KeyedCommand, pipeline: PipelineDep, body: PlanIn
) -> CycleRow:
    today = await pipeline.today()
    return await command.once_with_calls(
        database,
        CycleRow,
        lambda: plan_of_own_programme(pipeline.services, principal, body.plan, known=pipeline.stages.keys()),
        lambda session, plan: start_cycle(session, principal, plan, today=today),
    )


@router.get(CYCLE, summary="年度流程 · A cycle: its stages, open gates and pauses")
async def get_cycle(
    session: Session, principal: Reader, today: Today, programme: Programme, assessment_year: Year
) -> CycleOut:
    shown = await show_cycle(session, principal, programme, assessment_year, today=today)
    return CycleOut.model_validate(shown)


@router.get(
    CYCLE + "/reasons", summary="为何未办 · Why not yet: every reason of every stage that is not behind"
)
async def get_reasons(
    session: Session, principal: Reader, today: Today, programme: Programme, assessment_year: Year
) -> WhyOut:
    stages = await show_why(session, principal, programme, assessment_year, today=today)
    return WhyOut(
        stages=[
            StageReasons.model_validate(
                {"stage": stage.code, "zh": stage.zh, "en": stage.en, "reasons": stage.reasons}
            )
            for stage in stages
        ]
    )


@router.get(CYCLE + "/timeline", summary="经过 · What happened in the cycle, in order")
async def get_timeline(
    session: Session,
    principal: Reader,
    programme: Programme,
    assessment_year: Year,
    page: Paging,
    answer: AnswerPage,
) -> Page[EventOut]:
    return answer.of(EventOut, await show_timeline(session, principal, programme, assessment_year, page))


@router.get(
    CYCLE + "/effects", summary="已发指令 · Commands that were sent to the services, with their answers"
)
async def get_effects(
    session: Session,
    principal: Reader,
    programme: Programme,
    assessment_year: Year,
    page: Paging,
    answer: AnswerPage,
) -> Page[EffectOut]:
    return answer.of(EffectOut, await show_effects(session, principal, programme, assessment_year, page))


@router.post(CYCLE + "/ticks", summary="推进 · Take every step that can be taken now")
async def tick(
    database: DatabaseDep,
    principal: Ticker,
    pipeline: PipelineDep,
    programme: Programme,
    assessment_year: Year,
) -> TickOut:
    outcome = await advance_cycle(database, pipeline, principal, programme, assessment_year)
    return TickOut(outcome=outcome.name.lower(), exit_code=outcome.value)


@router.post(CYCLE + "/pause", summary="暂停 · Pause: nothing new is begun")
async def pause(
    session: Session,
    principal: Guardian,
    command: KeyedCommand,
    programme: Programme,
    assessment_year: Year,
    body: ReasonIn,
) -> DoneOut:
    return await command.once(
        session,
        DoneOut,
        lambda: hold_up(
            session, principal, programme, assessment_year, reason=body.reason, is_emergency=False
        ),
    )


@router.post(CYCLE + "/stop", summary="紧急停止 · Stop in an emergency; another person lets it go on")
async def stop(
    session: Session,
    principal: Guardian,
    command: KeyedCommand,
    programme: Programme,
    assessment_year: Year,
    body: ReasonIn,
) -> DoneOut:
    return await command.once(
        session,
        DoneOut,
        lambda: hold_up(
            session, principal, programme, assessment_year, reason=body.reason, is_emergency=True
        ),
    )


@router.post(CYCLE + "/resumption", summary="恢复 · Let a cycle that was held up go on")
async def let_go_on(
    session: Session, principal: Guardian, command: KeyedCommand, programme: Programme, assessment_year: Year
) -> DoneOut:
    return await command.once(
        session, DoneOut, lambda: resume(session, principal, programme, assessment_year)
    )


@router.post(CYCLE + "/plans", status_code=201, summary="调整方案 · Propose a new version of the plan")
async def change_plan(
    session: Session,
    principal: Officer,
    command: KeyedCommand,
    today: Today,
    pipeline: PipelineDep,
    programme: Programme,
    assessment_year: Year,
    body: PlanChangeIn,
) -> PlanChangesOut:
    return await command.once(
        session,
        PlanChangesOut,
        lambda: propose_plan(
            session, principal, programme, assessment_year, body.plan, known=pipeline.stages.keys(),
            reason=body.reason, today=today,
        ),
    )  # fmt: skip


@router.post(CYCLE + "/stages/{stage}/waiver", status_code=201, summary="申请豁免 · Propose to waive a stage")
async def waive(
    session: Session,
    principal: Guardian,
    command: KeyedCommand,
    today: Today,
    programme: Programme,
    assessment_year: Year,
    stage: StageCode,
    body: ReasonIn,
) -> WaiverOut:
    return await command.once(
        session,
        WaiverOut,
        lambda: propose_waiver(
            session, principal, programme, assessment_year, stage, reason=body.reason, today=today
        ),
    )


@router.post(
    CYCLE + "/stages/{stage}/send-back", summary="退回 · Do a stage again, and all that come after it"
)
async def send_back(
    session: Session,
    principal: Guardian,
    command: KeyedCommand,
    today: Today,
    pipeline: PipelineDep,
    programme: Programme,
    assessment_year: Year,
    stage: StageCode,
    body: ReasonIn,
) -> SentBackOut:
    irrevocable = [code for code, known in pipeline.stages.items() if known.irrevocable]
    return await command.once(
        session,
        SentBackOut,
        lambda: go_back(
            session, principal, programme, assessment_year, stage, reason=body.reason, irrevocable=irrevocable,
            today=today,
        ),
    )  # fmt: skip


@router.post(CYCLE + "/stages/{stage}/retry", summary="重试 · Try a stage again that failed or was rejected")
async def retry(
    session: Session,
    principal: Guardian,
    command: KeyedCommand,
    today: Today,
    programme: Programme,
    assessment_year: Year,
    stage: StageCode,
) -> DoneOut:
    return await command.once(
        session,
        DoneOut,
        lambda: try_again(session, principal, programme, assessment_year, stage, today=today),
    )
