"""Effects: the intent before a call, its result after it; and attempts, the history of what workers did."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.storage.tables import attempt, effect
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one
from shared.text.identifiers import new_id


@dataclass(frozen=True, slots=True)
class Effect:
    key: str
    stage: str
    turn: int
    place: int
    service: str
    method: str
    path: str
    body_sha256: str
    intended_at: datetime
    sent: int
    status: int | None
    answer_sha256: str | None
    answered_at: datetime | None


_COLUMNS = columns_of(Effect, effect)


async def intend(session: AsyncSession, cycle_id: UUID, **values: str | int) -> Effect:
    """Writes the intent, or finds the one that is there; counts that it is about to be sent."""
    statement = (
        insert(effect)
        .values(cycle_id=cycle_id, intended_at=utc_now(), sent=1, **values)
        .on_conflict_do_update(index_elements=[effect.c.key], set_={"sent": effect.c.sent + 1})
        .returning(*_COLUMNS)
    )
    found = await read_one(session, Effect, statement)
    assert found is not None  # noqa: S101 - inserted or updated
    return found


async def record_answer(session: AsyncSession, key: str, *, status: int, answer_sha256: str) -> None:
    """The first answer stays: another worker may have recorded it."""
    await session.execute(
        sa.update(effect)
        .where(effect.c.key == key, effect.c.answered_at.is_(None))
        .values(status=status, answer_sha256=answer_sha256, answered_at=utc_now())
    )


async def forget_refused(session: AsyncSession, cycle_id: UUID, stage: str, turn: int) -> None:
    """What a service refused is sent again when somebody tries again: the service kept nothing."""
    await session.execute(
        sa.update(effect)
        .where(
            effect.c.cycle_id == cycle_id,
            effect.c.stage == stage,
            effect.c.turn == turn,
            effect.c.status >= 400,
        )
        .values(status=None, answer_sha256=None, answered_at=None)
    )


async def effects_of(
    session: AsyncSession, cycle_id: UUID, *, stage: str | None = None, turn: int | None = None
) -> list[Effect]:
    statement = sa.select(*_COLUMNS).where(effect.c.cycle_id == cycle_id)
    if stage is not None:
        statement = statement.where(effect.c.stage == stage, effect.c.turn == turn)
    return await read_all(session, Effect, statement.order_by(effect.c.intended_at, effect.c.place))


async def list_effects(
    session: AsyncSession, cycle_id: UUID, *, after: str | None, limit: int
) -> list[Effect]:
    """By their keys."""
    statement = sa.select(*_COLUMNS).where(effect.c.cycle_id == cycle_id)
    if after is not None:
        statement = statement.where(effect.c.key > after)
    return await read_all(session, Effect, statement.order_by(effect.c.key).limit(limit))


async def add_attempt(session: AsyncSession, cycle_id: UUID, **values: str | int) -> None:
    """One thing that a worker did to a stage, with its outcome."""
    await session.execute(
        sa.insert(attempt).values(id=new_id(), cycle_id=cycle_id, recorded_at=utc_now(), **values)
    )
