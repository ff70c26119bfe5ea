"""Filings and their steps: prepared, signed off, recommended, confirmed, accepted, or sent back."""

from typing import Annotated

from fastapi import Header, Query, Response

from services.registry.api.dependencies import (
    CityReviewer,
    CountyPreparer,
    CountySigner,
    FilingReader,
    ProvinceOfficer,
    Reviewer,
    SourceDepartment,
)
from services.registry.api.etags import etag_of, version_of
from services.registry.api.filings.kinds import FilingRoutes, Kind
from services.registry.api.models.filing_bodies import (
    CodesIn,
    ContentIn,
    FilingIn,
    RecommendationIn,
    RestatementIn,
    SendBackIn,
    SignOffIn,
)
from services.registry.api.models.filings import FilingOut, FilingSummaries, FilingSummary, StepList, StepOut
from services.registry.api.paths import PathCode
from services.registry.domain.filings.filing import FilingState
from services.registry.use_cases.filings.accept_filings import accept_filings
from services.registry.use_cases.filings.confirm_indicators import confirm_indicators
from services.registry.use_cases.filings.list_filings import list_filings
from services.registry.use_cases.filings.load_filing import load_filing, load_steps
from services.registry.use_cases.filings.prepare_filing import prepare_filing, revise_filing
from services.registry.use_cases.filings.recommend_filing import recommend_filing
from services.registry.use_cases.filings.restate_filing import restate_filing
from services.registry.use_cases.filings.send_back_filing import send_back_filing
from services.registry.use_cases.filings.sign_off_filing import sign_off_filing
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

routes = FilingRoutes()


@routes.post("", status_code=201, name="prepare_{kind}", summary="填写{zh} · Prepare an {en}")
async def prepare(
    kind: Kind,
    body: FilingIn,
    preparer: CountyPreparer,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> FilingOut:
    """Errors in the values are reported as findings; they stop the sign-off, not the saving."""
    return await command.once(
        session,
        FilingOut,
        lambda: prepare_filing(
            session,
            kind=kind,
            round_code=body.round,
            cluster_code=body.cluster,
            content=body.content(),
            today=today,
            actor=preparer,
        ),
        etag=lambda answer: etag_of(answer.version),
    )


@routes.put("/{code}/content", name="revise_{kind}", summary="修改{zh} · Revise an {en}")
async def revise(
    kind: Kind,
    code: PathCode,
    body: ContentIn,
    preparer: CountyPreparer,
    session: Session,
    today: Today,
    response: Response,
    if_match: Annotated[str, Header(max_length=50, description="`ETag` of the version that was edited")],
) -> FilingOut:
    """Replaces the whole content and voids a sign-off."""
    version, content = version_of(if_match), body.content()
    found = await revise_filing(
        session, code, kind=kind, version=version, content=content, today=today, actor=preparer
    )
    response.headers["ETag"] = etag_of(found.filing.version)
    return FilingOut.model_validate(found, from_attributes=True)


@routes.get("", name="list_{kind}s", summary="{zh}列表 · List the own division's")
async def list_all(
    kind: Kind,
    reader: FilingReader,
    session: Session,
    page: Paging,
    answer: AnswerPage,
    round_code: Annotated[str | None, Query(alias="round", max_length=64)] = None,
    state: FilingState | None = None,
) -> Page[FilingSummary]:
    found = await list_filings(session, page, kind=kind, round_code=round_code, state=state, actor=reader)
    return answer.of(FilingSummary, found)


@routes.get("/{code}", name="get_{kind}", summary="{zh}内容 · An {en} with its findings")
async def get_one(
    kind: Kind, code: PathCode, reader: FilingReader, session: Session, response: Response
) -> FilingOut:
    found = await load_filing(session, code, kind=kind, actor=reader)
    response.headers["ETag"] = etag_of(found.filing.version)
    return FilingOut.model_validate(found, from_attributes=True)


@routes.get("/{code}/steps", name="get_{kind}_steps", summary="{zh}经过 · Its whole history")
async def get_steps(kind: Kind, code: PathCode, reader: FilingReader, session: Session) -> StepList:
    steps = await load_steps(session, code, kind=kind, actor=reader)
    return StepList(steps=[StepOut.of(step) for step in steps])


@routes.post("/{code}/sign-off", name="sign_off_{kind}", summary="审核盖章 · A second person answers for it")
async def sign_off(
    kind: Kind,
    code: PathCode,
    body: SignOffIn,
    signer: CountySigner,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> FilingSummary:
    return await command.once(
        session,
        FilingSummary,
        lambda: sign_off_filing(
            session, code, kind=kind, content_hash=body.content_hash, today=today, actor=signer
        ),
    )


@routes.post(
    "/{code}/recommendation", name="recommend_{kind}", summary="审核推荐 · The city verifies and endorses"
)
async def recommend(
    kind: Kind,
    code: PathCode,
    body: RecommendationIn,
    reviewer: CityReviewer,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> FilingSummary:
    return await command.once(
        session,
        FilingSummary,
        lambda: recommend_filing(
            session,
            code,
            kind=kind,
            note=body.note,
            content_hash=body.content_hash,
            today=today,
            actor=reviewer,
        ),
    )


@routes.post(
    "/{code}/send-back", name="send_back_{kind}", summary="退回修改 · Send back with reasons per field"
)
async def send_back(
    kind: Kind,
    code: PathCode,
    body: SendBackIn,
    reviewer: Reviewer,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> FilingSummary:
    return await command.once(
        session,
        FilingSummary,
        lambda: send_back_filing(
            session,
            code,
            kind=kind,
            note=body.note,
            reasons=body.field_reasons(),
            today=today,
            actor=reviewer,
        ),
    )


@routes.post(
    "/{code}/restatements", name="restate_{kind}", summary="更正 · Restate accepted values, with reason"
)
async def restate(
    kind: Kind,
    code: PathCode,
    body: RestatementIn,
    officer: ProvinceOfficer,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> FilingOut:
    return await command.once(
        session,
        FilingOut,
        lambda: restate_filing(
            session,
            code,
            kind=kind,
            values=body.filed_values(),
            facts=body.facts,
            reason=body.reason,
            today=today,
            actor=officer,
        ),
    )


@routes.post(
    "/confirmations", name="confirm_{kind}s", summary="部门确认 · Confirm the own indicators of several"
)
async def confirm(
    kind: Kind,
    body: CodesIn,
    department: SourceDepartment,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> FilingSummaries:
    return await command.once(
        session,
        FilingSummaries,
        lambda: confirm_indicators(session, body.codes, kind=kind, today=today, actor=department),
    )


@routes.post("/acceptances", name="accept_{kind}s", summary="省级审核通过 · Accept several, all or none")
async def accept(
    kind: Kind,
    body: CodesIn,
    officer: ProvinceOfficer,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> FilingSummaries:
    return await command.once(
        session,
        FilingSummaries,
        lambda: accept_filings(session, body.codes, kind=kind, today=today, actor=officer),
    )
