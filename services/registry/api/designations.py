"""Designations: recorded on a signed final release, told as of a day."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.registry.api.dependencies import DesignationReader, ProgrammeDecider, ReleaseKeysDep
from services.registry.api.models.designations import DesignationsIn, DesignationsOut
from services.registry.use_cases.record_designations import designation_set, record_designations
from shared.contracts.designation_set import DesignationSet
from shared.web.dependencies import Session
from shared.web.fields import BusinessDate, Code
from shared.web.idempotency import KeyedCommand

router = APIRouter(tags=["designations"])


@router.post("/designations", status_code=201, summary="认定 · Record designations on a signed release")
async def post_designations(
    body: DesignationsIn,
    keys: ReleaseKeysDep,
    decider: ProgrammeDecider,
    command: KeyedCommand,
    session: Session,
) -> DesignationsOut:
    """Verifies the release's hash and signature; refuses one that is not final. One decision for each release."""
    trusted = await keys.keys()
    return await command.once(
        session,
        DesignationsOut,
        lambda: record_designations(
            session,
            programme=body.programme,
            release=body.release,
            signature=body.signature,
            keys=trusted,
            document_number=body.document_number,
            effective_from=body.effective_from,
            actor=decider,
        ),
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
) -> Response:
    """Canonical bytes, so that their hash can be kept with what is decided on them."""
    found = await designation_set(session, programme, as_of=as_of, actor=reader)
    return Response(found.canonical(), media_type="application/json")
