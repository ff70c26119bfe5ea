"""Reference data: divisions with their history, and industries (GB/T 4754)."""

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.divisions import DivisionRecord, Divisions, Level
from services.registry.domain.industries import Industry
from services.registry.storage.tables.reference import division, industry
from shared.data.division_recodes import division_recode
from shared.data.locks import lock_texts
from shared.data.rows import columns_of, read_all

_REFERENCE_LOCK = 0x4EF
_DIVISION = columns_of(DivisionRecord, division)


async def load_divisions(session: AsyncSession) -> Divisions:
    rows = await session.execute(
        sa.select(*_DIVISION, division_recode.c.kept_code, division_recode.c.recorded_at).outerjoin(
            division_recode, division_recode.c.code == division.c.code
        )
    )
    found, kept, recorded_at = [], {}, {}
    for row in rows.mappings():
        fields = dict(row)
        kept_code, moment = fields.pop("kept_code"), fields.pop("recorded_at")
        entry = DivisionRecord(**{**fields, "level": Level(fields["level"])})
        found.append(entry)
        if kept_code is not None and entry.successor_code is not None:
            kept[entry.successor_code] = kept_code
            recorded_at[entry.code] = moment
    return Divisions(found, kept=kept, recorded_at=recorded_at)


async def lock_divisions(session: AsyncSession) -> None:
    """One list is loaded at a time."""
    await lock_texts(session, _REFERENCE_LOCK, ["divisions"])


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
