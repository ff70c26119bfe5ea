"""Notices that wait to be sent: an outbox. One is sent at least once, and by its id a reader knows it again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.storage.tables import cycle, notice
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one
from shared.text.identifiers import new_id


@dataclass(frozen=True, slots=True)
class Notice:
    id: UUID
    cycle_id: UUID
    stage: str | None
    kind: str
    roles: Sequence[str]
    zh: str
    en: str
    failures: int
    sent_at: datetime | None
    recorded_at: datetime


async def add_notice(
    session: AsyncSession,
    cycle_id: UUID,
    kind: str,
    *,
    stage: str | None,
    roles: Collection[str],
    zh: str,
    en: str,
) -> None:
    now = utc_now()
    await session.execute(
        sa.insert(notice).values(
            id=new_id(), cycle_id=cycle_id, stage=stage, kind=kind, roles=sorted(roles), zh=zh, en=en, failures=0,
            try_at=now, recorded_at=now,
        )
    )  # fmt: skip


async def list_notices(session: AsyncSession, cycle_id: UUID) -> list[Notice]:
    statement = sa.select(*columns_of(Notice, notice)).where(notice.c.cycle_id == cycle_id)
    return await read_all(session, Notice, statement.order_by(notice.c.recorded_at, notice.c.id))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice that somebody is about to send."""

    id: UUID
    kind: str
    roles: Sequence[str]
    zh: str
    en: str
    failures: int
    recorded_at: datetime
    programme: str
    assessment_year: int


async def take_notice(session: AsyncSession, *, for_seconds: float) -> Outgoing | None:
    """The one that has waited longest, taken for a while; whoever takes it and dies leaves it to the next."""
    now = sa.func.clock_timestamp()
    chosen = (
        sa.select(notice.c.id)
        .where(notice.c.sent_at.is_(None), notice.c.try_at <= now)
        .order_by(notice.c.try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    statement = (
        sa.update(notice)
        .where(notice.c.id == chosen, cycle.c.id == notice.c.cycle_id)
        .values(try_at=now + sa.func.make_interval(0, 0, 0, 0, 0, 0, for_seconds))
        .returning(*columns_of(Outgoing, notice, cycle))
    )
    return await read_one(session, Outgoing, statement)


async def mark_sent(session: AsyncSession, notice_id: UUID, *, recipients: int) -> None:
    """``recipients`` is 0 where nobody's address was known: it stands in the feed alone."""
    await session.execute(
        sa.update(notice).where(notice.c.id == notice_id).values(sent_at=utc_now(), recipients=recipients)
    )


async def mark_failed(session: AsyncSession, notice_id: UUID, *, again_in_seconds: float) -> None:
    later = sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, again_in_seconds)
    await session.execute(
        sa.update(notice).where(notice.c.id == notice_id).values(failures=notice.c.failures + 1, try_at=later)
    )
