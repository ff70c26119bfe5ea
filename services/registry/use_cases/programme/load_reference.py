"""Loads and lists reference data: divisions with their history, and the industries of GB/T 4754."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.divisions import DivisionRecord, Level, check_divisions
from services.registry.domain.industries import Industry
from services.registry.storage import reference
from shared.data.events import append_event
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def load_divisions(
    session: AsyncSession, divisions: Sequence[DivisionRecord], *, actor: Principal
) -> int:
    """Adds and updates divisions after checking the list as a whole; returns how many it holds."""
    check_divisions(divisions)
    await reference.replace_divisions(session, divisions)
    data = {"rows": len(divisions)}
    await append_event(session, "divisions.loaded", subject="divisions", actor=actor.actor, data=data)
    return len(divisions)


async def load_industries(session: AsyncSession, industries: Sequence[Industry], *, actor: Principal) -> int:
    await reference.replace_industries(session, industries)
    data = {"rows": len(industries)}
    await append_event(session, "industries.loaded", subject="industries", actor=actor.actor, data=data)
    return len(industries)


async def list_divisions(
    session: AsyncSession, page: PageRequest, *, level: Level | None
) -> Listed[DivisionRecord]:
    """All divisions in the order of their codes, past ones included."""
    rows = await reference.list_divisions(
        session, after=cursor_text(page.after), limit=page.limit + 1, level=level
    )
    return Listed.cut(rows, page, lambda row: [row.code])
