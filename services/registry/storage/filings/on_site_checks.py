"""Figures that an evaluator checked on the spot."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.on_site import OnSiteCheck
from services.registry.storage.tables.filings import on_site_check
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all


async def add_on_site_check(session: AsyncSession, new: OnSiteCheck) -> None:
    await session.execute(insert(on_site_check).values(**asdict(new), recorded_at=utc_now()))


async def on_site_checks(session: AsyncSession, codes: Collection[str]) -> Sequence[OnSiteCheck]:
    """All checks of these filings, oldest first."""
    statement = (
        sa.select(*columns_of(OnSiteCheck, on_site_check))
        .where(on_site_check.c.filing_code.in_(codes))
        .order_by(on_site_check.c.recorded_at, on_site_check.c.id)
    )
    return await read_all(session, OnSiteCheck, statement)
