"""Clusters."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.clusters import Cluster, LeadingIndustry
from services.registry.storage.registers.facts import live, text_of
from services.registry.storage.tables.decisions import cluster_name, designation_decision
from services.registry.storage.tables.programme import cluster
from services.registry.storage.tables.reference import division
from services.registry.storage.tables.registers import register_fact as fact
from shared.data.business_clock import utc_now
from shared.data.rows import read_all

#: The register of which clusters name an entry.
LEADING_INDUSTRIES: Final = "leading-industries"


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


def _industry_key() -> sa.ColumnElement[str]:
    """The key that the leading industry of a cluster has in the register."""
    return cluster.c.county_code + "|" + sa.func.replace(cluster.c.leading_industry, "|", "\uff5c")


def _class_51020() -> sa.ColumnElement[Any]:
    """As the register has it; else what was said of the cluster before the register alone said it."""
    said = (
        sa.select(text_of(fact, "class_51020"))
        .where(
            fact.c.register == LEADING_INDUSTRIES,
            fact.c.key == _industry_key(),
            live(fact),
            fact.c.valid_to.is_(None),
        )
        .correlate(cluster)
        .scalar_subquery()
    )
    return sa.func.coalesce(said, cluster.c.class_51020).label("class_51020")


async def leading_industries(session: AsyncSession, counties: Collection[str]) -> list[LeadingIndustry]:
    """Those that the register has of these counties now."""
    statement = sa.select(fact.c.name, text_of(fact, "class_51020").label("class_51020")).where(
        fact.c.register == LEADING_INDUSTRIES,
        fact.c.county_code.in_(counties),
        live(fact),
        fact.c.valid_to.is_(None),
    )
    return await read_all(session, LeadingIndustry, statement.order_by(fact.c.key))


async def has_cluster_of_industry(session: AsyncSession, key: str) -> bool:
    """Whether a cluster names the leading industry of this key."""
    return bool(await session.scalar(sa.select(sa.exists().where(_industry_key() == key))))


def _clusters(on: date | None = None) -> sa.Select[tuple[Any, ...]]:
    return sa.select(
        cluster.c.code,
        cluster.c.county_code,
        name_of_cluster(on).label("name"),
        cluster.c.leading_industry,
        _class_51020(),
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
