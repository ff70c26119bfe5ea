"""Registered projects to read: each division sees its own, and those of the divisions below it."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.priority.project_test import Project
from services.funding.storage.projects import find_projects, list_projects
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def show_projects(session: AsyncSession, principal: Principal, page: PageRequest) -> Listed[Project]:
    found = await list_projects(
        session,
        divisions=principal.divisions,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    return Listed.cut(found, page, lambda project: [project.code])


async def show_project(session: AsyncSession, principal: Principal, code: str) -> Project:
    found = (await find_projects(session, [code])).get(code)
    if found is None or not principal.covers(found.division_path):
        raise NotFound("项目", "project")
    return found
