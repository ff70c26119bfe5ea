"""Figures that an evaluator checked on the spot."""

from collections.abc import Collection
from dataclasses import asdict, fields

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.on_site import OnSiteCheck
from services.registry.storage.tables.filings import on_site_check
from shared.data.business_clock import utc_now

_COLUMNS = [on_site_check.c[field.name] for field in fields(OnSiteCheck)]


async def add_on_site_check(session: AsyncSession, new: OnSiteCheck) -> None:
    await session.execute(insert(on_site_check).values(**asdict(new), recorded_at=utc_now()))


async def on_site_checks(session: AsyncSession, codes: Collection[str]) -> list[OnSiteCheck]:
    """All checks of these filings, oldest first."""
    rows = await session.execute(
        sa.select(*_COLUMNS)
        .where(on_site_check.c.filing_code.in_(codes))
        .order_by(on_site_check.c.recorded_at, on_site_check.c.id)
    )
    return [OnSiteCheck(*row) for row in rows]
