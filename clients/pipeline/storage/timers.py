"""Timers, which fire once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.timers import Fired, Timer, TimerKind
from clients.pipeline.storage.tables import timer
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all


@dataclass(frozen=True, slots=True)
class TimerRow:
    stage: str
    turn: int
    kind: TimerKind
    place: int
    day: date
    fired_for: date | None
    is_collapsed: bool

    @property
    def timer(self) -> Timer:
        return Timer(self.stage, self.kind, self.place, self.day)


async def set_timers(
    session: AsyncSession, cycle_id: UUID, stage: str, turn: int, timers: Sequence[Timer]
) -> None:
    """These wait for the stage, and none of those that waited before; what fired stays as it is."""
    await drop_waiting(session, cycle_id, [stage])
    if timers:
        rows = [
            {
                "cycle_id": cycle_id, "stage": stage, "turn": turn, "kind": entry.kind, "place": entry.place,
                "day": entry.day, "is_collapsed": False,
            }
            for entry in timers
        ]  # fmt: skip
        await session.execute(insert(timer).values(rows).on_conflict_do_nothing())


async def drop_waiting(session: AsyncSession, cycle_id: UUID, stages: Collection[str]) -> None:
    await session.execute(
        sa.delete(timer).where(
            timer.c.cycle_id == cycle_id, timer.c.stage.in_(sorted(stages)), timer.c.fired_for.is_(None)
        )
    )


async def list_timers(session: AsyncSession, cycle_id: UUID, *, waiting_only: bool = False) -> list[TimerRow]:
    statement = sa.select(*columns_of(TimerRow, timer)).where(timer.c.cycle_id == cycle_id)
    if waiting_only:
        statement = statement.where(timer.c.fired_for.is_(None))
    return await read_all(session, TimerRow, statement.order_by(timer.c.day, timer.c.stage, timer.c.kind))


async def mark_fired(session: AsyncSession, cycle_id: UUID, fired: Fired, *, today: date) -> None:
    entry = fired.timer
    await session.execute(
        sa.update(timer)
        .where(
            timer.c.cycle_id == cycle_id,
            timer.c.stage == entry.stage,
            timer.c.kind == entry.kind,
            timer.c.place == entry.place,
            timer.c.day == entry.day,
            timer.c.fired_for.is_(None),
        )
        .values(fired_for=today, is_collapsed=fired.is_collapsed, fired_at=utc_now())
    )
