"""A case note of the actor's division; everything else is as if it did not exist."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.case_notes import CaseNote
from services.registry.storage import case_notes
from shared.errors import NotFound
from shared.web.principals import Principal


async def case_note_of(session: AsyncSession, code: str, *, actor: Principal, lock: bool = False) -> CaseNote:
    """``lock``: to change it."""
    found = await case_notes.get_case_note(session, code, lock=lock)
    if found is None or not actor.covers(found.division_path):
        raise NotFound("典型经验", "case note")
    return found
