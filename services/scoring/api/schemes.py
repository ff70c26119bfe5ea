"""Routes of scheme versions."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.scoring.api.dependencies import Decider, Officer, RegistryDep
from services.scoring.api.models.schemes import SchemeVersionOut, SchemeVersionWithDocument
from services.scoring.use_cases.schemes.draft_scheme_version import (
    SchemeDraft,
    draft_scheme_version,
    prepare_scheme_version,
)
from services.scoring.use_cases.schemes.publish_scheme_version import publish_scheme_version
from services.scoring.use_cases.schemes.retire_scheme_version import retire_scheme_version
from services.scoring.use_cases.schemes.show_scheme_versions import show_scheme_version, show_scheme_versions
from shared.web.auth import SignedIn
from shared.web.dependencies import ClockDep, DatabaseDep, Session
from shared.web.fields import Code
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/scheme-versions", tags=["schemes"])

SchemeId = Annotated[Code, Path(description="the scheme's id")]
Version = Annotated[Code, Path(description="the scheme's version")]


@router.post("", status_code=201, summary="起草评估方案 · Draft a scheme version")
async def draft_scheme(
    database: DatabaseDep,
    registry: RegistryDep,
    principal: Officer,
    command: KeyedCommand,
    draft: SchemeDraft,
) -> SchemeVersionOut:
    """For a programme of the own division, as the registry has it."""
    return await command.once_with_calls(
        database,
        SchemeVersionOut,
        lambda: prepare_scheme_version(registry, principal, draft),
        lambda session, prepared: draft_scheme_version(session, principal, prepared),
    )


@router.get("", summary="方案版本列表 · List scheme versions")
async def list_schemes(
    session: Session, principal: SignedIn, page: Paging, answer: AnswerPage
) -> Page[SchemeVersionOut]:
    return answer.of(SchemeVersionOut, await show_scheme_versions(session, principal, page))


@router.get("/{scheme}/{version}", summary="查看方案 · Show a scheme version with its document")
async def get_scheme(
    session: Session, principal: SignedIn, scheme: SchemeId, version: Version
) -> SchemeVersionWithDocument:
    stored = await show_scheme_version(session, principal, scheme, version)
    return SchemeVersionWithDocument.model_validate(stored)


@router.post("/{scheme}/{version}/publication", summary="发布方案 · Publish a scheme version")
async def publish_scheme(
    session: Session,
    principal: Decider,
    command: KeyedCommand,
    clock: ClockDep,
    scheme: SchemeId,
    version: Version,
) -> SchemeVersionOut:
    return await command.once(
        session,
        SchemeVersionOut,
        lambda: publish_scheme_version(session, principal, clock, scheme=scheme, version=version),
    )


@router.post("/{scheme}/{version}/retirement", summary="停用方案 · Retire a scheme version")
async def retire_scheme(
    session: Session,
    principal: Decider,
    command: KeyedCommand,
    clock: ClockDep,
    scheme: SchemeId,
    version: Version,
) -> SchemeVersionOut:
    return await command.once(
        session,
        SchemeVersionOut,
        lambda: retire_scheme_version(session, principal, clock, scheme=scheme, version=version),
    )
