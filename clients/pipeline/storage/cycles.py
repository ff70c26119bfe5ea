"""Cycles and their leases. A worker claims a cycle for a while by the database's clock; each claim has a higher fence,
and whatever a worker writes has its fence: one that was overtaken writes nothing more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.states import CycleState
from clients.pipeline.storage.tables import cycle
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one
from shared.text.identifiers import new_id

#: For so long a claim holds; every guarded transaction renews it.
LEASE_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Cycle:
    id: UUID
    programme: str
    assessment_year: int
    division: str
    plan_version: str
    state: CycleState
    fence: int
    lease_holder: str | None
    lease_until: datetime | None
    ticked_at: datetime | None
    ticked_for: date | None
    trouble: Any
    started_by: str
    started_on: date
    recorded_at: datetime

    @property
    def code(self) -> str:
        return f"{self.programme}:{self.assessment_year}"


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a cycle."""

    cycle_id: UUID
    fence: int


class LeaseLost(Exception):
    """Another worker has claimed the cycle meanwhile, and goes on from what is in the rows."""


class CycleHeld(Exception):
    """The cycle was paused, stopped or closed meanwhile: nothing new is begun."""


_COLUMNS = columns_of(Cycle, cycle)


def _in_seconds(seconds: float) -> sa.ColumnElement[datetime]:
    """By the database's clock, of this moment and not of the transaction's beginning."""
    return sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)


async def add_cycle(
    session: AsyncSession,
    *,
    programme: str,
    year: int,
    division: str,
    plan_version: str,
    by: str,
    today: date,
) -> Cycle:
    values = {
        "id": new_id(), "programme": programme, "assessment_year": year, "division": division,
        "plan_version": plan_version, "state": CycleState.OPEN, "fence": 0, "started_by": by, "started_on": today,
        "recorded_at": utc_now(),
    }  # fmt: skip
    added = await read_one(session, Cycle, sa.insert(cycle).values(values).returning(*_COLUMNS))
    assert added is not None  # noqa: S101 - it was just added
    return added


async def find_cycle(
    session: AsyncSession, programme: str, year: int, *, for_update: bool = False
) -> Cycle | None:
    statement = sa.select(*_COLUMNS).where(cycle.c.programme == programme, cycle.c.assessment_year == year)
    return await read_one(session, Cycle, statement.with_for_update() if for_update else statement)


async def list_cycles(
    session: AsyncSession, divisions: frozenset[str], *, after: tuple[str, int] | None, limit: int
) -> list[Cycle]:
    """Cycles of these divisions' programmes, by programme and year."""
    key = (cycle.c.programme, cycle.c.assessment_year)
    statement = sa.select(*_COLUMNS).where(cycle.c.division.in_(sorted(divisions)))
    if after is not None:
        statement = statement.where(sa.tuple_(*key) > sa.tuple_(*after))
    return await read_all(session, Cycle, statement.order_by(*key).limit(limit))


async def claim(
    session: AsyncSession, *, worker: str, lease_seconds: float = LEASE_SECONDS, only: UUID | None = None
) -> Claim | None:
    """The open cycle that has waited longest for a tick, where nobody holds it; ``only`` this one, at once."""
    now = sa.func.clock_timestamp()
    free = sa.or_(cycle.c.lease_until.is_(None), cycle.c.lease_until < now)
    wanted = (
        [cycle.c.id == only]
        if only is not None
        else [sa.or_(cycle.c.tick_at.is_(None), cycle.c.tick_at <= now)]
    )
    chosen = (
        sa.select(cycle.c.id)
        .where(cycle.c.state == CycleState.OPEN, free, *wanted)
        .order_by(cycle.c.ticked_at.asc().nulls_first())
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    statement = (
        sa.update(cycle)
        .where(cycle.c.id == chosen)
        .values(fence=cycle.c.fence + 1, lease_holder=worker, lease_until=_in_seconds(lease_seconds))
        .returning(cycle.c.id, cycle.c.fence)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else Claim(row.id, row.fence)


async def guard(
    session: AsyncSession,
    held: Claim,
    *,
    also_held_up: bool = False,
    lease_seconds: float = LEASE_SECONDS,
) -> Cycle:
    """Locks the cycle for this transaction and renews the lease; raises where the claim counts no longer.

    ``also_held_up``: what was begun before a pause is still recorded.
    """
    found = await read_one(
        session,
        Cycle,
        sa.update(cycle)
        .where(cycle.c.id == held.cycle_id, cycle.c.fence == held.fence)
        .values(lease_until=_in_seconds(lease_seconds))
        .returning(*_COLUMNS),
    )
    if found is None:
        raise LeaseLost
    if found.state is not CycleState.OPEN and not also_held_up:
        raise CycleHeld
    return found


async def renew(session: AsyncSession, held: Claim, *, lease_seconds: float = LEASE_SECONDS) -> bool:
    """Holds the cycle longer while a stage reads; false where another worker has it."""
    statement = (
        sa.update(cycle)
        .where(cycle.c.id == held.cycle_id, cycle.c.fence == held.fence)
        .values(lease_until=_in_seconds(lease_seconds))
        .returning(cycle.c.id)
    )
    return (await session.execute(statement)).one_or_none() is not None


async def let_go(
    session: AsyncSession,
    held: Claim,
    *,
    today: date | None,
    again_in_seconds: float,
    trouble: Mapping[str, str] | None,
) -> None:
    """Ends a tick: the next worker may have the cycle after this time."""
    values: dict[str, Any] = {
        "lease_holder": None,
        "lease_until": None,
        "ticked_at": sa.func.clock_timestamp(),
        "tick_at": _in_seconds(again_in_seconds),
        "trouble": trouble,
    }
    if today is not None:
        values["ticked_for"] = today
    await session.execute(
        sa.update(cycle).where(cycle.c.id == held.cycle_id, cycle.c.fence == held.fence).values(values)
    )


async def set_state(session: AsyncSession, cycle_id: UUID, state: CycleState) -> None:
    await session.execute(sa.update(cycle).where(cycle.c.id == cycle_id).values(state=state, tick_at=None))


async def set_plan(session: AsyncSession, cycle_id: UUID, version: str) -> None:
    await session.execute(
        sa.update(cycle).where(cycle.c.id == cycle_id).values(plan_version=version, tick_at=None)
    )


async def wake(session: AsyncSession, cycle_id: UUID) -> None:
    """Somebody did something: the next worker looks at once."""
    await session.execute(sa.update(cycle).where(cycle.c.id == cycle_id).values(tick_at=None))
