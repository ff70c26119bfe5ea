"""Registered projects and priority lists to read: the province's desks see all, every other division its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.priority import PriorityEntry, Project, entries_of
from services.funding.storage.projects import find_projects, list_projects, results_of
from services.funding.use_cases.readers import sees_all, sees_county
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class PriorityList:
    instrument: str
    release_sha256: str
    entries: Sequence[PriorityEntry]


async def show_projects(session: AsyncSession, principal: Principal, page: PageRequest) -> Listed[Project]:
    found = await list_projects(
        session,
        county_code=None if sees_all(principal) else principal.division,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    return Listed.cut(found, page, lambda project: [project.code])


async def show_project(session: AsyncSession, principal: Principal, code: str) -> Project:
    found = (await find_projects(session, [code])).get(code)
    if found is None or not sees_county(principal, found.county_code):
        raise NotFound("项目", "project")
    return found


async def show_priority_list(
    session: AsyncSession, principal: Principal, instrument: str, *, release_sha256: str
) -> PriorityList:
    """Places are those of the whole list, also where only a county's part of it is shown."""
    entries = entries_of(await results_of(session, instrument=instrument, release_sha256=release_sha256))
    shown = [entry for entry in entries if sees_county(principal, entry.county_code)]
    return PriorityList(instrument, release_sha256, shown)
