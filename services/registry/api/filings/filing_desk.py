"""Beside applications and annual returns: forms, proposals, comparisons, checks on the spot, evidence."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from services.registry.api.dependencies import (
    CountyPreparer,
    EvidenceGiver,
    FilingReader,
    LimitsDep,
    SourceDepartment,
    ThirdPartyEvaluator,
)
from services.registry.api.filings.filings import WORDS
from services.registry.api.models import filing_desk as models
from services.registry.api.models.registers import ImportOut, import_out
from services.registry.api.programmes import PathCode
from services.registry.domain.filings.filing import FilingKind
from services.registry.storage.filings import filing_desk
from services.registry.use_cases.derived import attest_aggregate, derive_indicators
from services.registry.use_cases.evidence import attach_evidence, check_on_site
from services.registry.use_cases.files import upload_files
from services.registry.use_cases.filings import compare_versions, load_filing, remind_counties
from services.registry.use_cases.forms import import_filing, prefill_filing
from shared.documents.canonical import decimal_text
from shared.web.dependencies import DatabaseDep, Session, Today
from shared.web.fields import Code
from shared.web.idempotency import KeyedCommand

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
QueryCode = Annotated[str, Query(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Version = Annotated[int, Query(ge=1, le=10**9)]

router = APIRouter()


def filing_desk_router(kind: FilingKind) -> APIRouter:
    """Stands before the routes of the filings themselves, so that `form` is not taken for a filing's code."""
    path, zh, _ = WORDS[kind]
    router = APIRouter(prefix=f"/{path}", tags=[path])
    name = kind.value

    @router.get(
        "/form",
        name=f"get_{name}_form",
        summary=f"{zh}表 · Prefilled form as a workbook",
        response_class=Response,
    )
    async def get_form(
        preparer: CountyPreparer,
        session: Session,
        round_code: Annotated[QueryCode, Query(alias="round")],
        cluster: QueryCode,
    ) -> Response:
        content = await import_filing.filing_form(session, round_code, cluster, actor=preparer)
        headers = {"Content-Disposition": f'attachment; filename="{round_code}.{cluster}.xlsx"'}
        return Response(content, media_type=XLSX, headers=headers)

    @router.get("/proposal", name=f"propose_{name}", summary=f"{zh}预填 · Values to start from")
    async def get_proposal(
        preparer: CountyPreparer,
        session: Session,
        round_code: Annotated[QueryCode, Query(alias="round")],
        cluster: QueryCode,
    ) -> models.ProposalOut:
        """What was accepted before about the same years, else what follows from the registers."""
        return models.proposal_out(
            await prefill_filing.prefill_filing(session, round_code, cluster, actor=preparer)
        )

    @router.post(
        "/imports",
        status_code=201,
        name=f"import_{name}",
        summary=f"导入{zh}表 · Check or keep a filled form",
    )
    async def post_import(
        body: models.FormImportIn,
        preparer: CountyPreparer,
        command: KeyedCommand,
        session: Session,
        today: Today,
        limits: LimitsDep,
    ) -> ImportOut:
        """`refused` where a cell cannot be read; findings of the rules are listed too and stop the sign-off."""

        async def run() -> ImportOut:
            found = await import_filing.import_filing(
                session,
                body.upload,
                kind=kind,
                round_code=body.round,
                cluster_code=body.cluster,
                version=body.version,
                mode=body.mode,
                today=today,
                actor=preparer,
                limits=limits,
            )
            return import_out(found)

        return await command.once(session, body, ImportOut, run)

    @router.get(
        "/{code}/differences",
        name=f"compare_{name}_versions",
        summary="版本差异 · What changed between versions",
    )
    async def get_differences(
        code: PathCode, reader: FilingReader, session: Session, before: Version, after: Version
    ) -> models.ChangeList:
        changes = await compare_versions.compare_versions(
            session, code, kind=kind, before=before, after=after, actor=reader
        )
        return models.ChangeList(changes=[models.change_out(change) for change in changes])

    @router.get(
        "/{code}/comparison",
        name=f"compare_{name}",
        summary="填报与推算对照 · Reported beside derived figures",
    )
    async def get_comparison(code: PathCode, reader: FilingReader, session: Session) -> models.Comparison:
        found = await load_filing.load_filing(session, code, kind=kind, actor=reader)
        lines = await derive_indicators.compare_filing(session, found)
        return models.Comparison(figures=[models.compared_out(line) for line in lines])

    @router.post(
        "/{code}/on-site-checks",
        status_code=201,
        name=f"check_{name}_on_site",
        summary="现场核查 · Original and confirmed value",
    )
    async def post_check(
        code: PathCode,
        body: models.OnSiteCheckIn,
        evaluator: ThirdPartyEvaluator,
        command: KeyedCommand,
        session: Session,
        today: Today,
    ) -> models.OnSiteCheckOut:
        async def check() -> models.OnSiteCheckOut:
            row = await check_on_site.check_on_site(
                session,
                code,
                kind=kind,
                indicator=body.indicator,
                data_year=body.data_year,
                confirmed=Decimal(body.confirmed),
                note=body.note,
                today=today,
                actor=evaluator,
            )
            return models.on_site_check_out(row)

        return await command.once(session, body, models.OnSiteCheckOut, check)

    @router.get("/{code}/on-site-checks", name=f"get_{name}_checks", summary="核查记录 · Checks on the spot")
    async def get_checks(code: PathCode, reader: FilingReader, session: Session) -> models.OnSiteCheckList:
        await load_filing.filing_steps(session, code, kind=kind, actor=reader)
        rows = await filing_desk.on_site_checks(session, [code])
        return models.OnSiteCheckList(checks=[models.on_site_check_out(row) for row in rows])

    @router.post(
        "/{code}/evidence",
        status_code=201,
        name=f"attach_{name}_evidence",
        summary="附材料 · Attach evidence",
    )
    async def post_evidence(
        code: PathCode,
        body: models.EvidenceIn,
        giver: EvidenceGiver,
        command: KeyedCommand,
        session: Session,
    ) -> models.EvidenceOut:
        async def attach() -> models.EvidenceOut:
            new = attach_evidence.NewEvidence(
                body.upload, body.kind, body.title, body.indicator, body.data_year
            )
            return models.evidence_out(
                await attach_evidence.attach_evidence(session, code, new, kind=kind, actor=giver)
            )

        return await command.once(session, body, models.EvidenceOut, attach)

    @router.get("/{code}/evidence", name=f"get_{name}_evidence", summary="材料列表 · Evidence of a filing")
    async def get_evidence_list(
        code: PathCode, reader: FilingReader, session: Session
    ) -> models.EvidenceList:
        await load_filing.filing_steps(session, code, kind=kind, actor=reader)
        rows = await filing_desk.list_evidence(session, code)
        return models.EvidenceList(evidence=[models.evidence_out(row) for row in rows])

    return router


@router.get(
    "/evidence/{evidence_id}/content",
    tags=["uploads"],
    summary="下载材料 · The file, for those who may see its filing",
    response_class=Response,
)
async def get_evidence_content(evidence_id: UUID, reader: FilingReader, database: DatabaseDep) -> Response:
    async with database.transaction() as session:
        row = await attach_evidence.see_evidence(session, evidence_id, actor=reader)
    headers = {
        "Content-Disposition": f'attachment; filename="{evidence_id}.{row["file_kind"]}"',
        "X-Content-Type-Options": "nosniff",
        "Digest": row["sha256"],
        "Content-Length": str(row["bytes"]),
    }
    chunks = upload_files.stream_file(database, row["upload_id"])
    return StreamingResponse(chunks, media_type="application/octet-stream", headers=headers)


@router.post(
    "/attested-aggregates",
    status_code=201,
    tags=["annual-returns"],
    summary="部门出具汇总数 · A department's attested aggregate",
)
async def post_attested(
    body: models.AttestedIn, department: SourceDepartment, command: KeyedCommand, session: Session
) -> models.AttestedOut:
    """Instead of figures of single firms, which statistical law keeps apart."""

    async def attest() -> models.AttestedOut:
        row = await attest_aggregate.attest_aggregate(
            session,
            round_code=body.round,
            cluster_code=body.cluster,
            indicator=body.indicator,
            data_year=body.data_year,
            value=Decimal(body.value),
            document_number=body.document_number,
            note=body.note,
            actor=department,
        )
        return models.AttestedOut(
            id=row["id"],
            cluster=row["cluster_code"],
            indicator=row["indicator"],
            data_year=row["data_year"],
            value=decimal_text(row["value"]),
            department=row["department"],
            document_number=row["document_number"],
        )

    return await command.once(session, body, models.AttestedOut, attest)


@router.get(
    "/derived-indicators", tags=["registers"], summary="推算指标 · Indicators that follow from the registers"
)
async def get_derived(
    reader: FilingReader,
    session: Session,
    programme: Code,
    data_year: Annotated[int, Query(ge=2000, le=2199)],
) -> models.DerivedTableOut:
    """For the clusters of the own division, with sums in which a firm that two clusters share counts once."""
    found = await derive_indicators.derived_table(session, programme, data_year=data_year, actor=reader)
    return models.derived_table_out(found, data_year=data_year)


@router.get(
    "/rounds/{code}/reminders",
    tags=["programmes"],
    summary="催报 · Who still has to file, and when to remind",
)
async def get_reminders(
    code: PathCode, reader: FilingReader, session: Session, today: Today
) -> models.RemindersOut:
    return models.reminders_out(
        await remind_counties.remind_counties(session, code, today=today, actor=reader)
    )
