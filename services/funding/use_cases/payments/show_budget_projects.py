"""Budget projects for the county that made them, and for whom the budget is."""

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.payments import BudgetProject, KnownProject
from services.funding.storage.payments.budget_projects import (
    find_budget_projects,
    list_budget_projects,
    steps_of_projects,
)
from services.funding.use_cases.cursors import cursor_two_texts
from services.funding.use_cases.readers import WHOLE_BUDGET
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest
from shared.web.principals import Principal


async def show_budget_projects(
    session: AsyncSession, principal: Principal, page: PageRequest
) -> Listed[KnownProject]:
    whole = principal.has(*WHOLE_BUDGET)
    found = await list_budget_projects(
        session,
        county=None if whole else principal.division,
        budget=principal.division if whole else None,
        after=cursor_two_texts(page.after),
        limit=page.limit + 1,
    )
    projects = Listed.cut(found, page, lambda project: [project.county_code, project.code])
    return Listed(await _with_steps(session, projects.rows), projects.next)


async def show_budget_project(session: AsyncSession, principal: Principal, code: str) -> KnownProject:
    """A project of the reader's own county."""
    found = await find_budget_projects(session, principal.division, [code])
    if not found:
        raise NotFound("预算项目", "budget project")
    return (await _with_steps(session, found))[0]


async def _with_steps(session: AsyncSession, projects: Sequence[BudgetProject]) -> list[KnownProject]:
    steps = await steps_of_projects(session, [(known.county_code, known.code) for known in projects])
    return [
        KnownProject(
            **{field.name: getattr(known, field.name) for field in fields(BudgetProject)},
            steps=steps[known.county_code, known.code],
        )
        for known in projects
    ]
