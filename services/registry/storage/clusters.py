"""Clusters."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.clusters import Cluster
from services.registry.storage.tables.decisions import cluster_name, designation_decision
from services.registry.storage.tables.programme import cluster
from services.registry.storage.tables.reference import division
from shared.data.business_clock import utc_now


def name_of_cluster(on: date | None = None) -> sa.ColumnElement[str]:
    """The name that a cluster of the table has on a day, or since the last approved decision."""
    renamed = (
        sa.select(cluster_name.c.name)
        .join(designation_decision, designation_decision.c.code == cluster_name.c.decision)
        .where(
            cluster_name.c.cluster_code == cluster.c.code,
            designation_decision.c.state == "approved",
            sa.true() if on is None else designation_decision.c.effective_from <= on,
        )
        .order_by(designation_decision.c.effective_from.desc(), designation_decision.c.running.desc())
        .limit(1)
        .correlate(cluster)
    )
    return sa.func.coalesce(renamed.scalar_subquery(), cluster.c.name)


def _clusters(on: date | None = None) -> sa.Select[tuple[Any, ...]]:
    return sa.select(
        cluster.c.code,
        cluster.c.county_code,
        name_of_cluster(on).label("name"),
        cluster.c.leading_industry,
        cluster.c.class_51020,
        cluster.c.industry_codes,
        cluster.c.in_focus,
        cluster.c.waiver_reason,
    )


async def lock_county(session: AsyncSession, county_code: str) -> None:
    """Lets two registrations in one county take turns, so that caps and running numbers hold."""
    await session.execute(sa.select(division.c.code).where(division.c.code == county_code).with_for_update())


async def clusters_of_counties(session: AsyncSession, counties: Collection[str]) -> list[Cluster]:
    """All clusters of these counties, in the order of their codes."""
    rows = await session.execute(
        _clusters().where(cluster.c.county_code.in_(counties)).order_by(cluster.c.code)
    )
    return [_cluster(row) for row in rows]


async def add_cluster(
    session: AsyncSession, new: Cluster, *, registered_by: str, registered_on: date
) -> None:
    await session.execute(
        insert(cluster).values(
            code=new.code,
            county_code=new.county_code,
            name=new.name,
            leading_industry=new.leading_industry,
            class_51020=new.class_51020,
            industry_codes=list(new.industry_codes),
            in_focus=new.in_focus,
            waiver_reason=new.waiver_reason,
            registered_by=registered_by,
            registered_on=registered_on,
            recorded_at=utc_now(),
        )
    )


async def get_cluster(session: AsyncSession, code: str) -> Cluster | None:
    row = (await session.execute(_clusters().where(cluster.c.code == code))).one_or_none()
    return None if row is None else _cluster(row)


async def get_clusters(
    session: AsyncSession, codes: Sequence[str], *, on: date | None = None
) -> dict[str, Cluster]:
    """By their codes, with the names that they have on a day."""
    rows = await session.execute(_clusters(on).where(cluster.c.code.in_(codes)))
    return {row.code: _cluster(row) for row in rows}


async def counties_of_clusters(session: AsyncSession) -> dict[str, str]:
    """Every cluster's county."""
    rows = await session.execute(sa.select(cluster.c.code, cluster.c.county_code))
    return {row.code: row.county_code for row in rows}


async def list_clusters(
    session: AsyncSession,
    *,
    counties: Sequence[str] | None,
    after: str | None,
    limit: int,
    registered_by: date | None = None,
) -> list[Cluster]:
    """Clusters in order of their code; ``counties`` limits them to a division's counties, ``registered_by`` to
    those that were registered on that day or before.
    """
    statement = _clusters().order_by(cluster.c.code).limit(limit)
    if after is not None:
        statement = statement.where(cluster.c.code > after)
    if counties is not None:
        statement = statement.where(cluster.c.county_code.in_(counties))
    if registered_by is not None:
        statement = statement.where(cluster.c.registered_on <= registered_by)
    return [_cluster(row) for row in await session.execute(statement)]


def _cluster(row: sa.Row[*tuple[Any, ...]]) -> Cluster:
    return Cluster(
        code=row.code,
        county_code=row.county_code,
        name=row.name,
        leading_industry=row.leading_industry,
        class_51020=row.class_51020,
        industry_codes=tuple(row.industry_codes),
        in_focus=row.in_focus,
        waiver_reason=row.waiver_reason,
    )
