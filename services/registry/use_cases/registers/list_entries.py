"""Lists a register's entries, and shows one with its history, for those whose division holds them."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.declared import register_of
from services.registry.domain.registers.entries import Entry, PastEntry
from services.registry.domain.registers.wishes import ListQuery, Wish, list_query
from services.registry.storage import reference
from services.registry.storage.registers import entries
from services.registry.use_cases.places import called_now
from shared.errors import NotFound
from shared.web.pagination import CursorInvalid, Listed, PageRequest
from shared.web.principals import Principal


async def list_entries(
    session: AsyncSession, code: str, wish: Wish, page: PageRequest, *, today: date, actor: Principal
) -> Listed[Entry]:
    query = await query_of(session, code, wish, today=today, actor=actor)
    divisions = await reference.load_divisions(session)
    rows = await entries.list_entries(session, query, after=_page_key(page.after), limit=page.limit + 1)
    listed = Listed.cut(rows, page, lambda row: row.page_key)
    return Listed([called_now(row.entry, divisions) for row in listed.rows], listed.next)


async def query_of(
    session: AsyncSession, code: str, wish: Wish, *, today: date, actor: Principal
) -> ListQuery:
    """The wish, checked and limited to the actor's division."""
    register = register_of(code)
    divisions = await reference.load_divisions(session)
    counties = divisions.counties_within(actor.division)
    if wish.division is not None:
        if wish.division not in divisions:
            raise NotFound("区划", "division")
        counties = sorted(set(counties) & set(divisions.counties_within(wish.division)))
    return list_query(register, wish, counties=counties, kept=divisions.kept, today=today)


async def show_entry(
    session: AsyncSession, code: str, key: str, *, as_of: date, known_at: datetime | None, actor: Principal
) -> Entry:
    """One entry as of a day, as the registry knew it at a moment."""
    found = await entries.get_entry(session, register_of(code).code, key, as_of=as_of, known_at=known_at)
    divisions = await reference.load_divisions(session)
    if found is None or found.county_code not in divisions.counties_within(actor.division):
        raise NotFound("登记", "entry")
    return called_now(found, divisions)


async def show_history(session: AsyncSession, code: str, key: str, *, actor: Principal) -> list[PastEntry]:
    """All that was recorded under a key, for those who may see its last record; of an entry that was moved, what
    other counties recorded is not told."""
    found = await entries.history(session, register_of(code).code, key)
    divisions = await reference.load_divisions(session)
    counties = divisions.counties_within(actor.division)
    if not found or found[-1].county_code not in counties:
        raise NotFound("登记", "entry")
    return [called_now(entry, divisions) for entry in found if entry.county_code in counties]


def _page_key(after: list[str | int] | None) -> tuple[str, str] | None:
    if after is None:
        return None
    if len(after) != 2 or not all(isinstance(part, str) for part in after):
        raise CursorInvalid("页码标记无效,请从第一页开始", "The cursor is not valid; start at the first page")
    return str(after[0]), str(after[1])
