"""Designations: recorded on a signed final release, told as of a day."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.registry.api.dependencies import DesignationReader, ProvinceDecider, ReleaseKeysDep
from services.registry.use_cases.record_designations import designation_set, record_designations
from shared.contracts.designation_set import DesignationSet
from shared.contracts.release import Release
from shared.web.dependencies import Session
from shared.web.fields import BusinessDate, Code, DocumentNumber
from shared.web.idempotency import KeyedCommand

router = APIRouter(tags=["designations"])


class DesignationsIn(BaseModel, extra="forbid"):
    """The signed final release as scoring gave it, and the designation document."""

    programme: Code
    release: Release
    signature: Annotated[
        str, Field(min_length=20, max_length=2000, description="compact JWS over the release's hash")
    ]
    document_number: DocumentNumber
    effective_from: BusinessDate


class DesignationsOut(BaseModel):
    release_sha256: str
    designation_set_sha256: str
    counts: dict[str, int] = Field(description="number of clusters in each status")


@router.post("/designations", status_code=201, summary="认定 · Record designations on a signed release")
async def post_designations(
    body: DesignationsIn,
    keys: ReleaseKeysDep,
    decider: ProvinceDecider,
    command: KeyedCommand,
    session: Session,
) -> DesignationsOut:
    """Verifies the release's hash and signature; refuses one that is not final. One decision for each release."""
    trusted = await keys.keys()

    async def record() -> DesignationsOut:
        recorded = await record_designations(
            session,
            programme=body.programme,
            release=body.release,
            signature=body.signature,
            keys=trusted,
            document_number=body.document_number,
            effective_from=body.effective_from,
            actor=decider,
        )
        counts: dict[str, int] = {}
        for entry in recorded.designations:
            counts[entry.status] = counts.get(entry.status, 0) + 1
        return DesignationsOut(
            release_sha256=body.release.sha256, designation_set_sha256=recorded.sha256, counts=counts
        )

    return await command.once(session, body, DesignationsOut, record)


@router.get(
    "/designation-sets/{programme}",
    summary="认定名单 · Who holds what status on a day",
    response_model=DesignationSet,
    response_class=Response,
)
async def get_designation_set(
    programme: Code,
    _reader: DesignationReader,
    session: Session,
    as_of: Annotated[BusinessDate, Query(description="the day, such as 2024-09-20")],
) -> Response:
    """Canonical bytes, so that their hash can be kept with what is decided on them."""
    found = await designation_set(session, programme, as_of=as_of)
    return Response(found.canonical(), media_type="application/json")
