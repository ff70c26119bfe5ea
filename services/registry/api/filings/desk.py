"""Beside a filing: comparisons of versions and of figures, checks on the spot, evidence."""

from typing import Annotated

from fastapi import Query

from services.registry.api.dependencies import EvidenceGiver, FilingReader, ThirdPartyEvaluator
from services.registry.api.filings.kinds import FilingRoutes, Kind
from services.registry.api.models.derived import Comparison
from services.registry.api.models.evidence import (
    EvidenceIn,
    EvidenceList,
    EvidenceOut,
    OnSiteCheckIn,
    OnSiteCheckList,
    OnSiteCheckOut,
)
from services.registry.api.models.filings import ChangeList
from services.registry.api.paths import PathCode
from services.registry.use_cases.evidence.attach_evidence import attach_evidence, evidence_of
from services.registry.use_cases.evidence.check_on_site import check_on_site, checks_of
from services.registry.use_cases.filings.compare_filing import compare_filing
from services.registry.use_cases.filings.compare_versions import compare_versions
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand

routes = FilingRoutes()

Version = Annotated[int, Query(ge=1, le=10**9)]


@routes.get(
    "/{code}/differences",
    name="compare_{kind}_versions",
    summary="版本差异 · What changed between versions",
)
async def get_differences(
    kind: Kind, code: PathCode, reader: FilingReader, session: Session, before: Version, after: Version
) -> ChangeList:
    return ChangeList.of(
        await compare_versions(session, code, kind=kind, before=before, after=after, actor=reader)
    )


@routes.get(
    "/{code}/comparison",
    name="compare_{kind}",
    summary="填报与推算对照 · Reported beside derived figures",
)
async def get_comparison(kind: Kind, code: PathCode, reader: FilingReader, session: Session) -> Comparison:
    return Comparison.of(await compare_filing(session, code, kind=kind, actor=reader))


@routes.post(
    "/{code}/on-site-checks",
    status_code=201,
    name="check_{kind}_on_site",
    summary="现场核查 · Original and confirmed value",
)
async def post_check(
    kind: Kind,
    code: PathCode,
    body: OnSiteCheckIn,
    evaluator: ThirdPartyEvaluator,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> OnSiteCheckOut:
    return await command.once(
        session,
        OnSiteCheckOut,
        lambda: check_on_site(session, code, body.found(), kind=kind, today=today, actor=evaluator),
    )


@routes.get("/{code}/on-site-checks", name="get_{kind}_checks", summary="核查记录 · Checks on the spot")
async def get_checks(kind: Kind, code: PathCode, reader: FilingReader, session: Session) -> OnSiteCheckList:
    return OnSiteCheckList.of(await checks_of(session, code, kind=kind, actor=reader))


@routes.post(
    "/{code}/evidence", status_code=201, name="attach_{kind}_evidence", summary="附材料 · Attach evidence"
)
async def post_evidence(
    kind: Kind,
    code: PathCode,
    body: EvidenceIn,
    giver: EvidenceGiver,
    command: KeyedCommand,
    session: Session,
) -> EvidenceOut:
    return await command.once(
        session,
        EvidenceOut,
        lambda: attach_evidence(session, code, body.evidence(), kind=kind, actor=giver),
    )


@routes.get("/{code}/evidence", name="get_{kind}_evidence", summary="材料列表 · Evidence of a filing")
async def get_evidence_list(
    kind: Kind, code: PathCode, reader: FilingReader, session: Session
) -> EvidenceList:
    return EvidenceList.of(await evidence_of(session, code, kind=kind, actor=reader))
