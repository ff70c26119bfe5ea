"""Targets of a programme: figures by year and as of a day, and the units behind each."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from services.registry.api.dependencies import TargetReader
from services.registry.api.paths import PathCode, QueryCode
from services.registry.api.targets.answers import TargetTableOut, UnitOut
from services.registry.domain.targets.view import Wish
from services.registry.use_cases.targets.list_units import list_units
from services.registry.use_cases.targets.show_targets import show_target, show_targets
from shared.web.dependencies import Session, Today
from shared.web.fields import BusinessDate, Moment
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/targets", tags=["targets"])


async def get_wish(
    year: Annotated[int, Query(ge=2000, le=2199, description="the data year")],
    as_of: Annotated[
        BusinessDate | None,
        Query(
            description="day whose designations count; default: the last of the year, or the business date if earlier"
        ),
    ] = None,
    known_at: Annotated[Moment | None, Query(description="as the registry knew it at this moment")] = None,
    division: Annotated[
        str | None,
        Query(max_length=6, description="a division of one's own; default: the own division as a whole"),
    ] = None,
) -> Wish:
    """Of when and of whom, the same for the figures and for the list behind each."""
    return Wish(year=year, as_of=as_of, known_at=known_at, division=division)


Wished = Annotated[Wish, Depends(get_wish)]


@router.get("", summary="目标进展 · All target lines of a programme against actual figures")
async def get_targets(
    programme: QueryCode, wished: Wished, reader: TargetReader, session: Session, today: Today
) -> TargetTableOut:
    """Each with its population, definition, way so far and projection; no figure is null with the reason."""
    return TargetTableOut.of(await show_targets(session, programme, wished, today=today, actor=reader))


@router.get("/{programme}/{code}", summary="一项目标 · One line against actual figures")
async def get_target(
    programme: PathCode, code: PathCode, wished: Wished, reader: TargetReader, session: Session, today: Today
) -> TargetTableOut:
    return TargetTableOut.of(await show_target(session, programme, code, wished, today=today, actor=reader))


@router.get(
    "/{programme}/{code}/units",
    summary="目标明细 · Clusters, firms, brands, parks or counties behind a figure",
)
async def get_units(
    programme: PathCode,
    code: PathCode,
    wished: Wished,
    reader: TargetReader,
    session: Session,
    today: Today,
    page: Paging,
    answer: AnswerPage,
    state: Annotated[
        Literal["counted", "not_counted", "unknown"] | None,
        Query(
            description="those that count, those that do not (such as counties that lack it), or those without a figure"
        ),
    ] = None,
) -> Page[UnitOut]:
    """The rows that the figure is the sum of. What another division keeps is named by its code only."""
    listed = await list_units(session, programme, code, wished, page, state=state, today=today, actor=reader)
    return answer.of(UnitOut, listed)
