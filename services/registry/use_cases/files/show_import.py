"""An import and its problems, for the person who made it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.files.imports import Import
from services.registry.domain.registers.problems import Problem
from services.registry.storage.files import imports
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_number
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """A problem with the sheet that it is on, and its place in the list."""

    sheet: str
    number: int
    problem: Problem


async def own_import(session: AsyncSession, import_id: UUID, *, actor: Principal) -> Import:
    found = await imports.get_import(session, import_id)
    if found is None or (found.imported_by, found.division) != (actor.person, actor.division):
        raise NotFound("导入", "import")
    return found


async def list_problems(
    session: AsyncSession, import_id: UUID, page: PageRequest, *, actor: Principal
) -> Listed[SheetProblem]:
    """All problems by row, in the order of the file."""
    found = await own_import(session, import_id, actor=actor)
    after = cursor_number(page.after) or 0
    rows = await imports.problems_of(session, import_id, after=after, limit=page.limit + 1)
    shown = [SheetProblem(found.sheet, row.number, row.problem) for row in rows]
    return Listed.cut(shown, page, lambda row: [row.number])
