"""Numbers in the order in which rows become visible, so that a reader who goes on after the last one misses none.

A running number that is drawn early belongs to a transaction that may commit late: a reader who saw a higher number
would never come back for it. So numbers are drawn under a lock that lasts until the commit: whoever sees a number sees
all lower ones. The lock is taken last in a transaction, and nothing else is waited for under it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.wanted import Recorded
from shared.data.business_clock import utc_now

_LOCK_SPACE = 0x0D4E4


@dataclass(frozen=True, slots=True)
class Place:
    """The first free number, and a moment of recording that is not before any that a lower number has."""

    number: int
    recorded_at: datetime


async def next_place(session: AsyncSession, table: sa.Table) -> Place:
    """Of a table with the columns ``number`` and ``recorded_at``; who asks next waits for this transaction's end."""
    key = sa.func.hashtext(table.name)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_SPACE, key)))
    last: Any = (
        await session.execute(
            sa.select(table.c.number, table.c.recorded_at).order_by(table.c.number.desc()).limit(1)
        )
    ).one_or_none()
    now = utc_now()
    return Place(1, now) if last is None else Place(last.number + 1, max(now, last.recorded_at))


def wanted_rows(table: sa.Table, wanted: Recorded, counties: Collection[str]) -> list[sa.ColumnElement[bool]]:
    """What a reader asks for, of these counties only."""
    conditions = [table.c.county_code.in_(counties), table.c.number > (wanted.after or 0)]
    if wanted.county is not None:
        conditions.append(table.c.county_code == wanted.county)
    if wanted.recorded_from is not None:
        conditions.append(table.c.recorded_at >= wanted.recorded_from)
    if wanted.recorded_to is not None:
        conditions.append(table.c.recorded_at <= wanted.recorded_to)
    return conditions
