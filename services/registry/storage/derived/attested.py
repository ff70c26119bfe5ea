"""Aggregates that departments attest with a document, in place of figures of single firms."""

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.derived.figures import AttestedAggregate
from services.registry.storage.tables.registers import attested_aggregate
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all


async def add_attested(session: AsyncSession, new: AttestedAggregate) -> None:
    await session.execute(insert(attested_aggregate).values(**asdict(new), recorded_at=utc_now()))


async def newest_attested(
    session: AsyncSession, clusters: Sequence[str], years: Sequence[int]
) -> Sequence[AttestedAggregate]:
    """The newest attested aggregate for each cluster, indicator and year."""
    key = (attested_aggregate.c.cluster_code, attested_aggregate.c.indicator, attested_aggregate.c.data_year)
    statement = (
        sa.select(*columns_of(AttestedAggregate, attested_aggregate))
        .where(attested_aggregate.c.cluster_code.in_(clusters), attested_aggregate.c.data_year.in_(years))
        .ext(distinct_on(*key))
        .order_by(*key, attested_aggregate.c.recorded_at.desc())
    )
    return await read_all(session, AttestedAggregate, statement)
