"""A responsible unit, or the province's officer, reports how far a task is."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.programme.tasks import Progress, TaskNote, check_noted_on, standing_of
from services.registry.storage import tasks
from services.registry.use_cases.programme.show_programmes import newest_programme
from services.registry.use_cases.scope import require_own_programme
from shared.data.business_clock import utc_now
from shared.data.events import append_event
from shared.errors import NotFound
from shared.web.principals import Principal


async def note_progress(
    session: AsyncSession, programme: str, code: str, progress: Progress, *, today: date, actor: Principal
) -> TaskNote:
    """Appends a note; nothing that was reported is ever changed."""
    await require_own_programme(session, programme, actor)
    document = await newest_programme(session, programme)
    rule = next((entry for entry in document.responsibilities if entry.code == code), None)
    if rule is None:
        raise NotFound("任务", "task")
    standing = standing_of(actor, rule)
    check_noted_on(progress.noted_on, document, today=today)
    note = TaskNote(
        task=code,
        number=await tasks.lock_task(session, programme, code),
        noted_on=progress.noted_on,
        text=progress.text,
        percent=progress.percent,
        state=progress.state,
        standing=standing,
        unit=actor.department or actor.unit,
        written_by=actor.actor,
        recorded_at=utc_now(),
    )
    await tasks.add_note(session, programme, note)
    await append_event(
        session,
        "task.noted",
        subject=f"{programme}/{code}",
        actor=actor.actor,
        data={"number": note.number, "standing": standing.value, "state": note.says.value},
    )
    return note
