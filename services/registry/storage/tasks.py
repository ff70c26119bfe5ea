"""Progress notes on tasks: appended, numbered within their task, never changed."""

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.programme.tasks import Standing, TaskNote
from services.registry.storage.tables.tasks import task_note
from shared.data.locks import lock_texts
from shared.data.rows import columns_of, read_all

_TASK_LOCK = 0x7A5
_NOTE = columns_of(TaskNote, task_note)


async def newest_notes(session: AsyncSession, programme: str) -> list[TaskNote]:
    """Of each task the last note of its lead or the province: of the latest day, then the one written last."""
    statement = (
        sa.select(*_NOTE)
        .where(task_note.c.programme == programme, task_note.c.standing != Standing.JOINT.value)
        .ext(distinct_on(task_note.c.task))
        .order_by(task_note.c.task, task_note.c.noted_on.desc(), task_note.c.number.desc())
    )
    return await read_all(session, TaskNote, statement)


async def list_notes(
    session: AsyncSession, programme: str, task: str, *, before: int | None, limit: int
) -> list[TaskNote]:
    """All notes of a task, the one written last first."""
    statement = (
        sa.select(*_NOTE)
        .where(task_note.c.programme == programme, task_note.c.task == task)
        .order_by(task_note.c.number.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(task_note.c.number < before)
    return await read_all(session, TaskNote, statement)


async def lock_task(session: AsyncSession, programme: str, task: str) -> int:
    """Two who report on one task take turns; returns the number of the next note."""
    await lock_texts(session, _TASK_LOCK, [f"{programme}/{task}"])
    last = await session.scalar(
        sa.select(sa.func.max(task_note.c.number)).where(
            task_note.c.programme == programme, task_note.c.task == task
        )
    )
    return int(last or 0) + 1


async def add_note(session: AsyncSession, programme: str, note: TaskNote) -> None:
    await session.execute(insert(task_note).values(programme=programme, **asdict(note)))
