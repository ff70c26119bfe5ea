"""Locks on names that last until the end of the transaction, taken in one order by everybody."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession


async def lock_texts(session: AsyncSession, space: int, texts: Collection[str]) -> None:
    """One lock for each text within ``space``, in one statement."""
    named = sa.literal(sorted(set(texts)), ARRAY(sa.Text))
    await lock_keys(session, space, sa.select(sa.func.hashtext(sa.func.unnest(named)).label("key")))


async def lock_keys(session: AsyncSession, space: int, keys: sa.Select[tuple[int]]) -> None:
    """One lock for each different number that the statement yields as ``key``."""
    different = keys.subquery()
    ordered = sa.select(different.c.key).distinct().order_by(different.c.key).subquery()
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(space, ordered.c.key)))
