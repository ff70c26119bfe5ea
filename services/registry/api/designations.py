"""Designation decisions, proposed by one and approved by another; who holds what status on a day."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.registry.api.dependencies import (
    ClusterReader,
    DesignationReader,
    ProgrammeDecider,
    ProgrammeOfficer,
    PublicMaxAge,
    ReleaseKeysDep,
    Runner,
)
from services.registry.api.models.designations import (
    ApprovalIn,
    ClusterDecisionsOut,
    DecisionIn,
    DecisionOut,
    DecisionSummaryOut,
    DesignatedClustersOut,
    RejectionIn,
    WithdrawalIn,
)
from services.registry.api.paths import DecisionCode, PathCode, QueryCode
from services.registry.use_cases.decisions.decide_decision import (
    approve_decision,
    reject_decision,
    withdraw_decision,
)
from services.registry.use_cases.decisions.propose_decision import propose_decision
from services.registry.use_cases.decisions.show_decisions import decided_on, list_decisions, show_decision
from services.registry.use_cases.show_designations import designated_clusters, designation_set
from shared.contracts.designation_set import DesignationSet
from shared.web.dependencies import Session, Today
from shared.web.fields import BusinessDate, Code, Moment
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging
from shared.web.public import NOT_MODIFIED, PUBLIC, cacheable

router = APIRouter(tags=["designations"])


@router.post(
    "/designation-decisions", status_code=201, summary="提出认定名单 · Propose what each cluster gets"
)
async def post_decision(
    body: DecisionIn,
    keys: ReleaseKeysDep,
    runner: Runner,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> DecisionOut:
    """On signed final releases, by the programme's rules; holders without an accepted return are on the list, too.

    Verifies each release's hash and signature. A change of what the rules give takes a ground.
    """
    trusted = await keys.keys()
    return await command.once(
        session,
        DecisionOut,
        lambda: propose_decision(session, body.wish(), keys=trusted, today=today, actor=runner),
    )


@router.get("/designation-decisions", summary="认定决定列表 · Decisions of a programme")
async def get_decisions(
    programme: QueryCode, reader: DesignationReader, session: Session, page: Paging, answer: AnswerPage
) -> Page[DecisionSummaryOut]:
    return answer.of(DecisionSummaryOut, await list_decisions(session, programme, page, actor=reader))


@router.get("/designation-decisions/{code}", summary="认定决定 · A decision with reasons and steps")
async def get_decision(code: DecisionCode, reader: DesignationReader, session: Session) -> DecisionOut:
    return DecisionOut.model_validate(await show_decision(session, code, actor=reader), from_attributes=True)


@router.post(
    "/designation-decisions/{code}/approval",
    status_code=201,
    summary="审定 · Approve: it holds from its day on",
)
async def post_decision_approval(
    code: DecisionCode,
    body: ApprovalIn,
    decider: ProgrammeDecider,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> DecisionOut:
    """By another person than the one who proposed it, with minutes and document number."""
    return await command.once(
        session,
        DecisionOut,
        lambda: approve_decision(
            session,
            code,
            minutes=body.minutes,
            document_number=body.document_number,
            request_document_number=body.request_document_number,
            today=today,
            actor=decider,
        ),
    )


@router.post(
    "/designation-decisions/{code}/rejection", status_code=201, summary="不予审定 · Reject, with minutes"
)
async def post_decision_rejection(
    code: DecisionCode,
    body: RejectionIn,
    decider: ProgrammeDecider,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> DecisionOut:
    return await command.once(
        session,
        DecisionOut,
        lambda: reject_decision(session, code, minutes=body.minutes, today=today, actor=decider),
    )


@router.post(
    "/designation-decisions/{code}/withdrawal", status_code=201, summary="撤回认定名单 · Take a proposal back"
)
async def post_decision_withdrawal(
    code: DecisionCode,
    body: WithdrawalIn,
    officer: ProgrammeOfficer,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> DecisionOut:
    return await command.once(
        session,
        DecisionOut,
        lambda: withdraw_decision(session, code, reason=body.reason, today=today, actor=officer),
    )


@router.get(
    "/designation-sets/{programme}",
    summary="认定名单 · Who holds what status on a day",
    response_model=DesignationSet,
    response_class=Response,
)
async def get_designation_set(
    programme: Code,
    reader: DesignationReader,
    session: Session,
    as_of: Annotated[BusinessDate, Query(description="the day, such as 2024-09-20")],
    known_at: Annotated[
        Moment | None, Query(description="only by what was approved until this moment")
    ] = None,
) -> Response:
    """Canonical bytes, so that their hash can be kept with what is decided on them."""
    found = await designation_set(session, programme, as_of=as_of, known_at=known_at, actor=reader)
    return Response(found.canonical(), media_type="application/json")


@router.get("/clusters/{code}/designations", summary="集群认定情况 · What was decided on a cluster, and why")
async def get_cluster_designations(
    code: PathCode, reader: ClusterReader, session: Session
) -> ClusterDecisionsOut:
    return ClusterDecisionsOut.of(await decided_on(session, code, actor=reader))


@router.get(
    "/designated-clusters/{programme}",
    summary="公布名单 · The announced list: who is designated on a day",
    response_model=DesignatedClustersOut,
    responses=NOT_MODIFIED,
    openapi_extra=PUBLIC,
)
async def get_designated_clusters(
    programme: PathCode,
    request: Request,
    session: Session,
    today: Today,
    max_age: PublicMaxAge,
    as_of: Annotated[BusinessDate | None, Query(description="today, unless a day is given")] = None,
) -> Response:
    """Names, places and documents, without scores. Anybody may read it."""
    day = as_of or today
    levels, clusters = await designated_clusters(session, programme, as_of=day)
    found = DesignatedClustersOut.model_validate(
        {"programme": programme, "as_of": day, "levels": levels, "clusters": clusters}, from_attributes=True
    )
    return cacheable(request, found, max_age=max_age)
