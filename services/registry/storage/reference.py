"""Reference data: divisions with their history, and industries (GB/T 4754)."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.divisions import Division, Divisions, Level
from services.registry.storage.tables.reference import division, industry
from shared.data.database import row_as_dict


async def load_divisions(session: AsyncSession) -> Divisions:
    rows = await session.execute(sa.select(division))
    return Divisions(
        Division(
            code=row.code,
            name=row.name,
            level=Level(row.level),
            kind=row.kind,
            parent_code=row.parent_code,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            successor_code=row.successor_code,
        )
        for row in rows
    )


async def list_divisions(
    session: AsyncSession, *, after: str | None, limit: int, level: str | None
) -> Sequence[Mapping[str, Any]]:
    statement = sa.select(division).order_by(division.c.code).limit(limit)
    if after is not None:
        statement = statement.where(division.c.code > after)
    if level is not None:
        statement = statement.where(division.c.level == level)
    return [row_as_dict(row) for row in await session.execute(statement)]


async def replace_divisions(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds divisions and updates those that exist; none is ever deleted, since filings refer to them."""
    await _upsert(session, division, rows)


async def replace_industries(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    await _upsert(session, industry, rows)


async def known_industries(session: AsyncSession, codes: Sequence[str]) -> set[str]:
    return set(await session.scalars(sa.select(industry.c.code).where(industry.c.code.in_(codes))))


async def all_industries(session: AsyncSession) -> frozenset[str]:
    return frozenset(await session.scalars(sa.select(industry.c.code)))


async def _upsert(session: AsyncSession, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    statement = insert(table)
    values = {column.name: statement.excluded[column.name] for column in table.c if column.name != "code"}
    await session.execute(
        statement.on_conflict_do_update(index_elements=[table.c.code], set_=values),
        [dict(row) for row in rows],
    )
