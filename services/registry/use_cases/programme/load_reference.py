"""Loads and lists reference data: divisions with their history, and the industries of GB/T 4754."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.divisions import DivisionRecord, Divisions, Level, check_divisions
from services.registry.domain.industries import Industry
from services.registry.domain.recodes import NewRecode, recodes_of
from services.registry.storage import reference
from shared.data.division_recodes import Recode, take_over_recode
from shared.data.events import append_event
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def load_divisions(
    session: AsyncSession, divisions: Sequence[DivisionRecord], *, today: date, actor: Principal
) -> int:
    """Adds and updates divisions after checking the list as a whole; returns how many it holds.

    What it retires of codes that held before are recodes: from then on the new code answers for what is kept.
    """
    check_divisions(divisions)
    await reference.lock_divisions(session)
    before = await reference.load_divisions(session)
    recodes = recodes_of(before, divisions, recorded=before.recoded, today=today)
    await reference.replace_divisions(session, divisions)
    after = Divisions(divisions)
    for recode in recodes:
        await _enter(session, recode, before, after, actor=actor)
    data = {"rows": len(divisions)}
    await append_event(session, "divisions.loaded", subject="divisions", actor=actor.actor, data=data)
    return len(divisions)


async def _enter(
    session: AsyncSession, new: NewRecode, before: Divisions, after: Divisions, *, actor: Principal
) -> None:
    recode = Recode(
        code=new.code,
        successor_code=new.successor_code,
        kept_code=new.kept_code,
        holds_from=new.holds_from,
        path_before=before.path(new.code),
        path_after=after.path(new.successor_code),
    )
    await take_over_recode(session, recode, actor=actor.actor)


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
