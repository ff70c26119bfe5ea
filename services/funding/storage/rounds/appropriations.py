"""Appropriations."""

from collections.abc import Collection, Mapping
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.appropriations import Appropriation
from services.funding.storage.tables.rounds import appropriation
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one

_APPROPRIATION = sa.select(*columns_of(Appropriation, appropriation))


async def add_appropriation(session: AsyncSession, new: Appropriation, *, recorded_by: str) -> None:
    await session.execute(
        insert(appropriation).values(**asdict(new), recorded_by=recorded_by, recorded_at=utc_now())
    )


async def find_appropriation(session: AsyncSession, code: str) -> Appropriation | None:
    return await read_one(session, Appropriation, _APPROPRIATION.where(appropriation.c.code == code))


async def budget_divisions(session: AsyncSession, codes: Collection[str]) -> Mapping[str, str]:
    """Whose budget each line belongs to."""
    rows = await session.execute(
        sa.select(appropriation.c.code, appropriation.c.division_code).where(appropriation.c.code.in_(codes))
    )
    return {row.code: row.division_code for row in rows}


async def list_appropriations(
    session: AsyncSession, *, division_code: str, fiscal_year: int | None, after: str | None, limit: int
) -> list[Appropriation]:
    statement = (
        _APPROPRIATION.where(appropriation.c.division_code == division_code)
        .order_by(appropriation.c.code)
        .limit(limit)
    )
    if fiscal_year is not None:
        statement = statement.where(appropriation.c.fiscal_year == fiscal_year)
    if after is not None:
        statement = statement.where(appropriation.c.code > after)
    return await read_all(session, Appropriation, statement)


async def kept_appropriation(session: AsyncSession, code: str) -> Appropriation:
    """A line that a foreign key holds."""
    found = await find_appropriation(session, code)
    if found is None:  # pragma: no cover - a foreign key holds it
        raise RuntimeError(f"the appropriation {code} is missing")
    return found
