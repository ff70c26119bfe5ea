"""The versions of a cycle's plan, and its pauses."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.plan import Plan
from clients.pipeline.domain.reading import read_plan
from clients.pipeline.storage.tables import pause, plan
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one
from shared.text.identifiers import new_id


@dataclass(frozen=True, slots=True)
class PlanRow:
    version: str
    sha256: str
    content: Any
    state: str
    proposed_by: str
    recorded_at: datetime

    def read(self) -> Plan:
        """What is kept was read when it came; stages that this version of the code cannot do any more still count."""
        codes = {entry["stage"] for entry in self.content["stages"]}
        return read_plan(self.content, known=codes)


_COLUMNS = columns_of(PlanRow, plan)


async def add_plan(session: AsyncSession, cycle_id: UUID, document: Plan, *, state: str, by: str) -> None:
    await session.execute(
        sa.insert(plan).values(
            cycle_id=cycle_id, version=document.version, sha256=document.sha256, content=document.content, state=state,
            proposed_by=by, recorded_at=utc_now(),
        )
    )  # fmt: skip


async def find_plan(session: AsyncSession, cycle_id: UUID, version: str) -> PlanRow | None:
    statement = sa.select(*_COLUMNS).where(plan.c.cycle_id == cycle_id, plan.c.version == version)
    return await read_one(session, PlanRow, statement)


async def list_plans(session: AsyncSession, cycle_id: UUID) -> list[PlanRow]:
    statement = sa.select(*_COLUMNS).where(plan.c.cycle_id == cycle_id).order_by(plan.c.recorded_at)
    return await read_all(session, PlanRow, statement)


async def plans_in_use(session: AsyncSession, cycle_id: UUID, versions: Collection[str]) -> dict[str, Plan]:
    """The plans by which stages were begun, and the one in force."""
    statement = sa.select(*_COLUMNS).where(plan.c.cycle_id == cycle_id, plan.c.version.in_(sorted(versions)))
    return {row.version: row.read() for row in await read_all(session, PlanRow, statement)}


async def set_plan_state(session: AsyncSession, cycle_id: UUID, version: str, state: str) -> None:
    await session.execute(
        sa.update(plan).where(plan.c.cycle_id == cycle_id, plan.c.version == version).values(state=state)
    )


@dataclass(frozen=True, slots=True)
class Pause:
    id: UUID
    kind: str
    by: str
    reason: str
    from_at: datetime
    to_at: datetime | None
    ended_by: str | None


async def add_pause(session: AsyncSession, cycle_id: UUID, kind: str, *, by: str, reason: str) -> None:
    await session.execute(
        sa.insert(pause).values(
            id=new_id(), cycle_id=cycle_id, kind=kind, by=by, reason=reason, from_at=utc_now()
        )
    )


async def list_pauses(session: AsyncSession, cycle_id: UUID) -> list[Pause]:
    statement = sa.select(*columns_of(Pause, pause)).where(pause.c.cycle_id == cycle_id)
    return await read_all(session, Pause, statement.order_by(pause.c.from_at))


async def end_pauses(session: AsyncSession, cycle_id: UUID, *, by: str) -> None:
    await session.execute(
        sa.update(pause)
        .where(pause.c.cycle_id == cycle_id, pause.c.to_at.is_(None))
        .values(to_at=utc_now(), ended_by=by)
    )
