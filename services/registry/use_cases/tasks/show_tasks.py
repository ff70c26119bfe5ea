"""Tasks of a programme: who leads, who joins, how far each is, what is late; and what was reported of one."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.programme.tasks import Task, TaskNote, names_unit, tasks_of
from services.registry.storage import tasks
from services.registry.use_cases.cursors import cursor_int16, cursor_int32
from services.registry.use_cases.programme.show_programmes import newest_programme
from services.registry.use_cases.scope import require_own_programme
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest
from shared.web.principals import Principal

#: So many of the last notes come with a task.
_LATEST = 20


@dataclass(frozen=True, slots=True)
class TaskWithNotes:
    task: Task
    latest: list[TaskNote]


async def list_tasks(
    session: AsyncSession,
    page: PageRequest,
    programme: str,
    *,
    unit: str | None,
    late: bool | None,
    today: date,
    actor: Principal,
) -> Listed[Task]:
    """In the order of the document; those that a unit leads or joins, those that are late (or are not)."""
    found = [
        task
        for task in await _tasks(session, programme, today=today, actor=actor)
        if (unit is None or names_unit(task.rule, unit)) and (late is None or task.is_late is late)
    ]
    after = cursor_int16(page.after) or 0
    rows = [task for task in found if task.place > after][: page.limit + 1]
    return Listed.cut(rows, page, lambda row: [row.place])


async def show_task(
    session: AsyncSession, programme: str, code: str, *, today: date, actor: Principal
) -> TaskWithNotes:
    """A task with its last notes."""
    found = await _task(session, programme, code, today=today, actor=actor)
    return TaskWithNotes(found, await tasks.list_notes(session, programme, code, before=None, limit=_LATEST))


async def list_task_notes(
    session: AsyncSession, page: PageRequest, programme: str, code: str, *, today: date, actor: Principal
) -> Listed[TaskNote]:
    """All notes of a task, the one written last first."""
    await _task(session, programme, code, today=today, actor=actor)
    rows = await tasks.list_notes(
        session, programme, code, before=cursor_int32(page.after), limit=page.limit + 1
    )
    return Listed.cut(rows, page, lambda row: [row.number])


async def _task(session: AsyncSession, programme: str, code: str, *, today: date, actor: Principal) -> Task:
    for task in await _tasks(session, programme, today=today, actor=actor):
        if task.code == code:
            return task
    raise NotFound("任务", "task")


async def _tasks(session: AsyncSession, programme: str, *, today: date, actor: Principal) -> list[Task]:
    await require_own_programme(session, programme, actor)
    document = await newest_programme(session, programme)
    return tasks_of(document, await tasks.newest_notes(session, programme), today=today)
