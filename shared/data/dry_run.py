"""A dry run is the run: the same statements in a savepoint, and what the commit would check, then taken back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession


@asynccontextmanager
async def attempt(session: AsyncSession, *, keep: bool) -> AsyncIterator[None]:
    """Does the block in a savepoint. Without ``keep`` deferred constraints are checked, and all of it is undone.

    What the block raises undoes it in both cases.
    """
    savepoint = await session.begin_nested()
    try:
        yield
        if not keep:
            await session.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
    except BaseException:
        await savepoint.rollback()
        raise
    if keep:
        await savepoint.commit()
    else:
        await savepoint.rollback()
