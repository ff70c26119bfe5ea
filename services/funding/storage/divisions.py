"""Divisions as holders of money."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.tables.ledger import account
from services.funding.storage.tables.orders import finance_division


async def is_in_use(session: AsyncSession, code: str) -> bool:
    """Whether money ever came to the division, or finance gave it a code of its own."""
    holds = sa.select(account.c.id).where(account.c.holder == code, account.c.version > 0).exists()
    named = (
        sa.select(finance_division.c.division_code).where(finance_division.c.division_code == code).exists()
    )
    return bool(await session.scalar(sa.select(sa.or_(holds, named))))
