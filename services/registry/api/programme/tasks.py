"""Tasks of a programme: responsible units, progress, what is late."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.registry.api.dependencies import TaskReader, TaskReporter
from services.registry.api.models.programme.tasks import ProgressIn, TaskDetailOut, TaskNoteOut, TaskOut
from services.registry.api.paths import PathCode, QueryCode
from services.registry.use_cases.tasks.note_progress import note_progress
from services.registry.use_cases.tasks.show_tasks import list_task_notes, list_tasks, show_task
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/tasks", tags=["tasks"])


@router.get("", summary="任务列表 · Tasks of a programme, by unit, or what is late")
async def get_tasks(
    programme: QueryCode,
    reader: TaskReader,
    session: Session,
    today: Today,
    page: Paging,
    answer: AnswerPage,
    unit: Annotated[
        str | None, Query(max_length=200, description="a unit that leads or joins, as the programme names it")
    ] = None,
    late: Annotated[bool | None, Query(description="only what is late, or only what is not")] = None,
) -> Page[TaskOut]:
    found = await list_tasks(session, page, programme, unit=unit, late=late, today=today, actor=reader)
    return answer.of(TaskOut, found)


@router.get("/{programme}/{code}", summary="任务 · A task with its last progress notes")
async def get_task(
    programme: PathCode, code: PathCode, reader: TaskReader, session: Session, today: Today
) -> TaskDetailOut:
    return TaskDetailOut.of(await show_task(session, programme, code, today=today, actor=reader))


@router.get("/{programme}/{code}/notes", summary="进展记录 · All progress notes of a task")
async def get_task_notes(
    programme: PathCode,
    code: PathCode,
    reader: TaskReader,
    session: Session,
    today: Today,
    page: Paging,
    answer: AnswerPage,
) -> Page[TaskNoteOut]:
    found = await list_task_notes(session, page, programme, code, today=today, actor=reader)
    return answer.of(TaskNoteOut, found)


@router.post("/{programme}/{code}/notes", status_code=201, summary="报告进展 · Report how far a task is")
async def post_task_note(
    programme: PathCode,
    code: PathCode,
    body: ProgressIn,
    reporter: TaskReporter,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> TaskNoteOut:
    """By a department that is named for the task, or by the province's officer. A note is never changed.

    What a joint unit reports is of its own part: it does not finish the task.
    """
    return await command.once(
        session,
        TaskNoteOut,
        lambda: note_progress(session, programme, code, body.progress(), today=today, actor=reporter),
    )
