"""Registered projects to read: the province's desks see all, every other division its own."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.priority.project_test import Project
from services.funding.storage.projects import find_projects, list_projects
from services.funding.use_cases.readers import sees_all, sees_county
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


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
