"""Applications (申报) and annual returns (年度填报): the same routes under two names."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

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
from services.registry.api.models import filings as models
from services.registry.api.programmes import PathCode
from services.registry.domain.filings.filing import FilingKind, FilingState
from services.registry.storage.filings import filings
from services.registry.use_cases.filings import (
    accept_filings,
    advance_filing,
    load_filing,
    prepare_filing,
    restate_filing,
)
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import Page, Paging, cursor_text, encode_cursor, link_next

WORDS = {
    FilingKind.APPLICATION: ("applications", "申报", "application"),
    FilingKind.ANNUAL_RETURN: ("annual-returns", "年度填报", "annual return"),
}


def filing_router(kind: FilingKind) -> APIRouter:
    """All routes of one kind of filing. Route names carry the kind, so operation ids stay unique."""
    path, zh, en = WORDS[kind]
    router = APIRouter(prefix=f"/{path}", tags=[path])
    name = kind.value

    @router.post("", status_code=201, name=f"prepare_{name}", summary=f"填写{zh} · Prepare an {en}")
    async def prepare(
        body: models.FilingIn,
        preparer: CountyPreparer,
        command: KeyedCommand,
        session: Session,
        today: Today,
        response: Response,
    ) -> models.FilingOut:
        """Errors in the values are reported as findings; they stop the sign-off, not the saving."""

        async def create() -> models.FilingOut:
            return models.filing_out(
                await prepare_filing.prepare_filing(
                    session,
                    kind=kind,
                    round_code=body.round,
                    cluster_code=body.cluster,
                    content=body.content(),
                    today=today,
                    actor=preparer,
                )
            )

        answer = await command.once(session, body, models.FilingOut, create)
        response.headers["ETag"] = etag_of(answer.version)
        return answer

    @router.put("/{code}/content", name=f"revise_{name}", summary=f"修改{zh} · Revise an {en}")
    async def revise(
        code: PathCode,
        body: models.ContentIn,
        preparer: CountyPreparer,
        session: Session,
        today: Today,
        response: Response,
        if_match: Annotated[str, Header(max_length=50, description="`ETag` of the version that was edited")],
    ) -> models.FilingOut:
        """Replaces the whole content and voids a sign-off."""
        found = await prepare_filing.revise_filing(
            session,
            code,
            kind=kind,
            version=version_of(if_match),
            content=body.content(),
            today=today,
            actor=preparer,
        )
        response.headers["ETag"] = etag_of(found.filing.version)
        return models.filing_out(found)

    @router.get("", name=f"list_{name}s", summary=f"{zh}列表 · List the own division's")
    async def list_all(
        reader: FilingReader,
        session: Session,
        page: Paging,
        request: Request,
        response: Response,
        round_code: Annotated[str | None, Query(alias="round", max_length=64)] = None,
        state: FilingState | None = None,
    ) -> Page[models.FilingSummary]:
        rows = await filings.list_filings(
            session,
            kind=kind,
            division=reader.division,
            round_code=round_code,
            state=state,
            after=cursor_text(page.after),
            limit=page.limit + 1,
        )
        shown = [models.summary(row) for row in rows[: page.limit]]
        following = encode_cursor([shown[-1].code]) if len(rows) > page.limit else None
        link_next(request, response, following)
        return Page(items=shown, next=following)

    @router.get("/{code}", name=f"get_{name}", summary=f"{zh}内容 · An {en} with its findings")
    async def get_one(
        code: PathCode, reader: FilingReader, session: Session, response: Response
    ) -> models.FilingOut:
        found = await load_filing.load_filing(session, code, kind=kind, actor=reader)
        response.headers["ETag"] = etag_of(found.filing.version)
        return models.filing_out(found)

    @router.get("/{code}/steps", name=f"get_{name}_steps", summary=f"{zh}经过 · Its whole history")
    async def get_steps(code: PathCode, reader: FilingReader, session: Session) -> models.StepList:
        rows = await load_filing.filing_steps(session, code, kind=kind, actor=reader)
        return models.StepList(
            steps=[models.StepOut.model_validate(row, from_attributes=True) for row in rows]
        )

    @router.post(
        "/{code}/sign-off", name=f"sign_off_{name}", summary="审核盖章 · A second person answers for it"
    )
    async def sign_off(
        code: PathCode,
        body: models.SignOffIn,
        signer: CountySigner,
        command: KeyedCommand,
        session: Session,
        today: Today,
    ) -> models.FilingSummary:
        async def sign() -> models.FilingSummary:
            found = await advance_filing.sign_off_filing(
                session, code, kind=kind, content_hash=body.content_hash, today=today, actor=signer
            )
            return models.summary(found.filing)

        return await command.once(session, body, models.FilingSummary, sign)

    @router.post(
        "/{code}/recommendation",
        name=f"recommend_{name}",
        summary="审核推荐 · The city verifies and endorses",
    )
    async def recommend(
        code: PathCode,
        body: models.RecommendationIn,
        reviewer: CityReviewer,
        command: KeyedCommand,
        session: Session,
        today: Today,
    ) -> models.FilingSummary:
        async def endorse() -> models.FilingSummary:
            found = await advance_filing.recommend_filing(
                session,
                code,
                kind=kind,
                note=body.note,
                content_hash=body.content_hash,
                today=today,
                actor=reviewer,
            )
            return models.summary(found.filing)

        return await command.once(session, body, models.FilingSummary, endorse)

    @router.post(
        "/{code}/send-back", name=f"send_back_{name}", summary="退回修改 · Send back with reasons per field"
    )
    async def send_back(
        code: PathCode,
        body: models.SendBackIn,
        reviewer: Reviewer,
        command: KeyedCommand,
        session: Session,
        today: Today,
    ) -> models.FilingSummary:
        async def return_it() -> models.FilingSummary:
            found = await advance_filing.send_back_filing(
                session,
                code,
                kind=kind,
                note=body.note,
                reasons=[reason.model_dump() for reason in body.reasons],
                today=today,
                actor=reviewer,
            )
            return models.summary(found.filing)

        return await command.once(session, body, models.FilingSummary, return_it)

    @router.post(
        "/{code}/restatements", name=f"restate_{name}", summary="更正 · Restate accepted values, with reason"
    )
    async def restate(
        code: PathCode,
        body: models.RestatementIn,
        officer: ProvinceOfficer,
        command: KeyedCommand,
        session: Session,
        today: Today,
    ) -> models.FilingOut:
        async def correct() -> models.FilingOut:
            found = await restate_filing.restate_filing(
                session,
                code,
                kind=kind,
                values=models.filed_values(body.values),
                facts=dict(body.facts),
                reason=body.reason,
                today=today,
                actor=officer,
            )
            return models.filing_out(found)

        return await command.once(session, body, models.FilingOut, correct)

    @router.post(
        "/confirmations", name=f"confirm_{name}s", summary="部门确认 · Confirm the own indicators of several"
    )
    async def confirm(
        body: models.CodesIn,
        department: SourceDepartment,
        command: KeyedCommand,
        session: Session,
        today: Today,
    ) -> models.FilingSummaries:
        async def confirm_all() -> models.FilingSummaries:
            changed = await accept_filings.confirm_indicators(
                session, body.codes, kind=kind, today=today, actor=department
            )
            return models.FilingSummaries(filings=[models.summary(entry) for entry in changed])

        return await command.once(session, body, models.FilingSummaries, confirm_all)

    @router.post("/acceptances", name=f"accept_{name}s", summary="省级受理 · Accept several, all or none")
    async def accept(
        body: models.CodesIn, officer: ProvinceOfficer, command: KeyedCommand, session: Session, today: Today
    ) -> models.FilingSummaries:
        async def accept_all() -> models.FilingSummaries:
            changed = await accept_filings.accept_filings(
                session, body.codes, kind=kind, today=today, actor=officer
            )
            return models.FilingSummaries(filings=[models.summary(entry) for entry in changed])

        return await command.once(session, body, models.FilingSummaries, accept_all)

    return router
