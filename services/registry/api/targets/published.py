"""Targets for everybody: the whole programme's figures of years that are over, without a token."""

from datetime import date
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.registry.api.dependencies import PublicMaxAge
from services.registry.api.models.decimals import Figure
from services.registry.api.paths import PathCode
from services.registry.api.targets.answers import (
    DefinitionOut,
    JudgementOut,
    PopulationOut,
    ReasonOut,
    TargetOut,
    ToleranceOut,
    YearOut,
)
from services.registry.use_cases.targets.show_targets import TargetTable, published_targets
from shared.web.dependencies import Session, Today
from shared.web.public import NOT_MODIFIED, PUBLIC, cacheable

router = APIRouter(prefix="/published-targets", tags=["targets"])


class PublishedTargetOut(BaseModel):
    """A line with its figure: without the list behind it, its sums and where it may lead."""

    model_config = ConfigDict(from_attributes=True)

    kind: Literal["target", "county_line"]
    code: str
    zh: str
    en: str
    clause: str | None
    label: str
    unit: str
    comparison: str
    target_year: int | None = Field(description="null: in every year")
    target: Figure
    tolerance: ToleranceOut | None
    definition: DefinitionOut | None
    population: PopulationOut | None
    value: Figure | None
    reason: ReasonOut | None = Field(description="why there is no figure")
    on_the_way: JudgementOut = Field(description="against what is expected of this year")
    against_target: JudgementOut
    path: list[YearOut] = Field(description="each year from the base year on")
    path_label: str | None


class PublishedTargetTableOut(BaseModel):
    programme: str
    version: str
    document_number: str
    year: int
    as_of: date
    items: list[PublishedTargetOut]

    @classmethod
    def of(cls, found: TargetTable) -> Self:
        return cls(
            programme=found.programme,
            version=found.version,
            document_number=found.document_number,
            year=found.year,
            as_of=found.as_of,
            items=[PublishedTargetOut.model_validate(TargetOut.of(line, found)) for line in found.lines],
        )


@router.get(
    "/{programme}",
    summary="目标进展公开 · Target lines of a year that is over, open to all",
    response_model=PublishedTargetTableOut,
    responses=NOT_MODIFIED,
    openapi_extra=PUBLIC,
)
async def get_published_targets(
    programme: PathCode,
    request: Request,
    session: Session,
    today: Today,
    max_age: PublicMaxAge,
    year: Annotated[
        int | None, Query(ge=2000, le=2199, description="the data year; default: the last one that is over")
    ] = None,
) -> Response:
    """Of the whole programme. A share or growth of fewer than three firms or parks is not told."""
    table = await published_targets(session, programme, year=year, today=today)
    return cacheable(request, PublishedTargetTableOut.of(table), max_age=max_age)
