"""The province publishes a case note, sends it back with a reason, or withdraws a published one."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.case_notes import CaseNote
from services.registry.storage import case_notes
from services.registry.use_cases.case_notes.find_case_note import case_note_of
from shared.data.events import append_event
from shared.documents.canonical import Json
from shared.web.principals import Principal


async def publish_case_note(
    session: AsyncSession, code: str, *, content_hash: str, today: date, actor: Principal
) -> CaseNote:
    """By another person than its writers, who has read this content."""
    found = await case_note_of(session, code, actor=actor, lock=True)
    changed = found.published(content_hash=content_hash, by=actor, today=today)
    return await _keep(session, "case_note.published", changed, actor)


async def send_back_case_note(session: AsyncSession, code: str, *, reason: str, actor: Principal) -> CaseNote:
    found = await case_note_of(session, code, actor=actor, lock=True)
    return await _keep(session, "case_note.sent_back", found.sent_back(reason=reason, by=actor), actor)


async def withdraw_case_note(session: AsyncSession, code: str, *, reason: str, actor: Principal) -> CaseNote:
    """From now on the public does not find it."""
    found = await case_note_of(session, code, actor=actor, lock=True)
    return await _keep(session, "case_note.withdrawn", found.withdrawn(reason=reason, by=actor), actor)


async def _keep(session: AsyncSession, event: str, changed: CaseNote, actor: Principal) -> CaseNote:
    await case_notes.save_case_note(session, changed)
    data: dict[str, Json] = {
        "version": changed.version,
        "content_hash": changed.content_hash,
        "reason": changed.reason,
    }
    await append_event(session, event, subject=changed.code, actor=actor.actor, data=data)
    return changed
