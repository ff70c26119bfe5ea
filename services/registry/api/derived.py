"""Indicators that follow from the registers, and aggregates that departments attest."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.registry.api.dependencies import FilingReader, SourceDepartment
from services.registry.api.models.derived import AttestedIn, AttestedOut, DerivedTableOut
from services.registry.use_cases.derived.attest_aggregate import attest_aggregate
from services.registry.use_cases.derived.derive_indicators import derived_table
from shared.web.dependencies import Session, Today
from shared.web.fields import BusinessDate, Code
from shared.web.idempotency import KeyedCommand

router = APIRouter()


@router.post(
    "/attested-aggregates",
    status_code=201,
    tags=["annual-returns"],
    summary="部门出具汇总数 · A department's attested aggregate",
)
async def post_attested(
    body: AttestedIn, department: SourceDepartment, command: KeyedCommand, session: Session
) -> AttestedOut:
    """Instead of figures of single firms, which statistical law keeps apart."""
    return await command.once(
        session, AttestedOut, lambda: attest_aggregate(session, body.aggregate(), actor=department)
    )


@router.get(
    "/derived-indicators", tags=["registers"], summary="推算指标 · Indicators that follow from the registers"
)
async def get_derived(
    reader: FilingReader,
    session: Session,
    today: Today,
    programme: Code,
    data_year: Annotated[int, Query(ge=2000, le=2199)],
    as_of: Annotated[
        BusinessDate | None, Query(description="day of the designations; default: the business date")
    ] = None,
) -> DerivedTableOut:
    """For the clusters of the own division, with sums over those that are designated on the day `as_of`."""
    found = await derived_table(session, programme, data_year=data_year, as_of=as_of or today, actor=reader)
    return DerivedTableOut.model_validate(found, from_attributes=True)
