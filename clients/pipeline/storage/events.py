"""What happened to a cycle, from the table of events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.events import event
from shared.data.rows import columns_of, read_all


@dataclass(frozen=True, slots=True)
class CycleEvent:
    id: UUID
    kind: str
    subject: str
    actor: str
    data: Mapping[str, Any]
    recorded_at: datetime


async def events_of(session: AsyncSession, code: str, *, after: UUID | None, limit: int) -> list[CycleEvent]:
    """Of this cycle and its stages, in the order of recording (their ids are)."""
    of_cycle = sa.or_(event.c.subject == code, event.c.subject.startswith(f"{code}/", autoescape=True))
    statement = sa.select(*columns_of(CycleEvent, event)).where(of_cycle)
    if after is not None:
        statement = statement.where(event.c.id > after)
    return await read_all(session, CycleEvent, statement.order_by(event.c.id).limit(limit))
