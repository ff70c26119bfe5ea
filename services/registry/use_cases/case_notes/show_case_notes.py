"""Case notes of the actor's division, and the published ones for everybody."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.case_notes import CaseNote, CaseNoteState, PublishedCaseNote
from services.registry.storage import case_notes, reference
from services.registry.use_cases.cursors import cursor_day_and_text
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def list_case_notes(
    session: AsyncSession,
    page: PageRequest,
    *,
    cluster: str | None,
    state: CaseNoteState | None,
    actor: Principal,
) -> Listed[CaseNote]:
    rows = await case_notes.list_case_notes(
        session,
        divisions=actor.divisions,
        cluster_code=cluster,
        state=state,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    return Listed.cut(rows, page, lambda row: [row.code])


async def list_published_case_notes(session: AsyncSession, page: PageRequest) -> Listed[PublishedCaseNote]:
    """The ones published last first."""
    rows = await case_notes.list_published(
        session, after=cursor_day_and_text(page.after), limit=page.limit + 1
    )
    divisions = await reference.load_divisions(session)
    listed = Listed.cut(rows, page, lambda row: [row.published_on.isoformat(), row.code])
    return Listed([row.called_now(divisions) for row in listed.rows], listed.next)


async def show_published_case_note(session: AsyncSession, code: str) -> PublishedCaseNote:
    """One that is not published is as if it did not exist."""
    found = await case_notes.get_published(session, code)
    if found is None:
        raise NotFound("典型经验", "case note")
    return found.called_now(await reference.load_divisions(session))
