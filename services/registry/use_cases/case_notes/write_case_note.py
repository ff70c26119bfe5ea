"""A county or city writes a case note about a cluster of its own, and rewrites it until it is published."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.case_notes import CaseNote, CaseNoteContent, CaseNoteState
from services.registry.storage import case_notes
from services.registry.use_cases.case_notes.find_case_note import case_note_of
from services.registry.use_cases.places import placed_cluster
from shared.data.events import append_event
from shared.documents.canonical import Json
from shared.web.principals import Principal


async def write_case_note(
    session: AsyncSession, cluster_code: str, content: CaseNoteContent, *, actor: Principal
) -> CaseNote:
    """It waits for its review by the province from now on."""
    cluster, path = await placed_cluster(session, cluster_code, actor=actor)
    number = await case_notes.next_number(session, cluster.code)
    new = CaseNote(
        code=f"{cluster.code}.{number}",
        cluster_code=cluster.code,
        division_path=path,
        state=CaseNoteState.SUBMITTED,
        version=1,
        content=content,
        makers=(actor.actor,),
        unit=actor.unit,
    )
    await case_notes.add_case_note(session, new, number=number)
    await _tell(session, "case_note.submitted", new, actor)
    return new


async def revise_case_note(
    session: AsyncSession, code: str, content: CaseNoteContent, *, version: int, actor: Principal
) -> CaseNote:
    found = await case_note_of(session, code, actor=actor, lock=True)
    changed = found.revised(content, version=version, by=actor)
    await case_notes.save_case_note(session, changed)
    await _tell(session, "case_note.revised", changed, actor)
    return changed


async def _tell(session: AsyncSession, event: str, note: CaseNote, actor: Principal) -> None:
    data: dict[str, Json] = {"version": note.version, "content_hash": note.content_hash}
    await append_event(session, event, subject=note.code, actor=actor.actor, data=data)
