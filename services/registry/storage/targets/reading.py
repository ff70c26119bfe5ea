"""Reads a line: the sums of its units in several years, and one page of them; one statement each."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.programme.measures import (
    ClusterCoverage,
    ClustersAbove,
    CountyClusters,
    CountyEntries,
    CountyRatio,
    Designations,
    EntriesOfClusters,
    Firms,
    FirmShare,
    Measure,
    ParkRatioGrowth,
)
from services.registry.domain.targets.figures import Sums
from services.registry.domain.targets.units import Unit
from services.registry.storage.targets import clusters, entries
from services.registry.storage.targets.rows import Rows, YearOfLine
from shared.data.rows import columns_of, read_all

_STATED_LIMIT: Final = 20
State = Literal["counted", "not_counted", "unknown"]


async def sums_of(session: AsyncSession, measure: Measure, years: Sequence[YearOfLine]) -> dict[int, Sums]:
    """What the units add up to in each year that has any."""
    selects = []
    for of in years:
        own = _units(measure, of).subquery()
        selects.append(sa.select(sa.literal(of.asked.year, sa.Integer).label("year"), own))
    units = sa.union_all(*selects).subquery()
    counts, known = units.c.state == "counted", units.c.state != "unknown"
    stated: sa.ColumnElement[Any] = sa.cast(sa.null(), ARRAY(sa.Text))
    if isinstance(measure, CountyRatio):
        stated = sa.func.array_agg(sa.distinct(units.c.reference)).filter(known)
    rows = await session.execute(
        sa.select(
            units.c.year,
            sa.func.count().filter(counts).label("counted"),
            sa.func.count().filter(units.c.state == "not_counted").label("not_counted"),
            sa.func.count().filter(~known).label("unknown"),
            sa.func.coalesce(sa.func.sum(units.c.part).filter(counts), 0).label("total"),
            sa.func.coalesce(sa.func.sum(units.c.part).filter(known), 0).label("part"),
            sa.func.coalesce(sa.func.sum(units.c.whole).filter(known), 0).label("whole"),
            stated.label("stated"),
        ).group_by(units.c.year)
    )
    return {
        row.year: Sums(
            row.year,
            row.counted,
            row.not_counted,
            row.unknown,
            Decimal(row.total),
            Decimal(row.part),
            Decimal(row.whole),
            tuple(sorted(row.stated or ())[:_STATED_LIMIT]),
        )
        for row in rows
    }


async def page_of_units(
    session: AsyncSession,
    measure: Measure,
    of: YearOfLine,
    *,
    state: State | None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Unit]:
    """Units in the order of kind and code, from after a page key."""
    units = _units(measure, of).subquery()
    kind, code = units.c.kind.collate("C"), units.c.code.collate("C")
    statement = sa.select(*columns_of(Unit, units)).order_by(kind, code).limit(limit)
    if state is not None:
        statement = statement.where(units.c.state == state)
    if after is not None:
        statement = statement.where(
            sa.tuple_(kind, code) > sa.tuple_(sa.literal(after[0]), sa.literal(after[1]))
        )
    return await read_all(session, Unit, statement)


def _units(measure: Measure, of: YearOfLine) -> Rows:  # noqa: PLR0911 - one for each kind of measure
    match measure:
        case Designations():
            return clusters.designated(of)
        case ClustersAbove():
            return clusters.clusters_above(measure, of)
        case Firms():
            return clusters.firms(measure, of)
        case FirmShare():
            return clusters.firm_share(measure, of)
        case ClusterCoverage():
            return clusters.coverage(measure, of)
        case ParkRatioGrowth():
            return clusters.parks(measure, of)
        case EntriesOfClusters():
            return entries.entries(measure, of)
        case CountyRatio():
            return entries.county_share(measure, of)
        case CountyEntries():
            return entries.county_entries(measure, of)
        case CountyClusters():
            return entries.county_clusters(measure, of)
