"""Reference data: divisions with their history, and industries (GB/T 4754)."""

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.divisions import DivisionRecord, Divisions, Level
from services.registry.domain.industries import Industry
from services.registry.storage.tables.reference import division, industry
from shared.data.rows import columns_of, read_all

_DIVISION = columns_of(DivisionRecord, division)


async def load_divisions(session: AsyncSession) -> Divisions:
    return Divisions(await read_all(session, DivisionRecord, sa.select(*_DIVISION)))


async def list_divisions(
    session: AsyncSession, *, after: str | None, limit: int, level: Level | None
) -> list[DivisionRecord]:
    statement = sa.select(*_DIVISION).order_by(division.c.code).limit(limit)
    if after is not None:
        statement = statement.where(division.c.code > after)
    if level is not None:
        statement = statement.where(division.c.level == level.value)
    return await read_all(session, DivisionRecord, statement)


async def replace_divisions(session: AsyncSession, divisions: Sequence[DivisionRecord]) -> None:
    """Adds divisions and updates those that exist; none is ever deleted, since filings refer to them."""
    await session.execute(
        _upsert(division), [{**asdict(entry), "level": entry.level.value} for entry in divisions]
    )


async def replace_industries(session: AsyncSession, industries: Sequence[Industry]) -> None:
    await session.execute(_upsert(industry), [asdict(entry) for entry in industries])


async def known_industries(session: AsyncSession, codes: Sequence[str]) -> set[str]:
    return set(await session.scalars(sa.select(industry.c.code).where(industry.c.code.in_(codes))))


async def all_industries(session: AsyncSession) -> frozenset[str]:
    return frozenset(await session.scalars(sa.select(industry.c.code)))


def _upsert(table: sa.Table) -> Insert:
    statement = insert(table)
    values = {column.name: statement.excluded[column.name] for column in table.c if column.name != "code"}
    return statement.on_conflict_do_update(index_elements=[table.c.code], set_=values)
