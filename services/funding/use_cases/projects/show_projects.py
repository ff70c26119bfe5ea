"""Registered projects and priority lists to read: the province's desks see all, every other division its own."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.quota_path import is_province
from services.funding.domain.priority import Project, in_order
from services.funding.storage.projects import find_projects, list_projects, results_of
from services.funding.use_cases.answers import PriorityEntryOut, PriorityListOut, ProjectOut
from services.funding.use_cases.rounds.show_rounds import WHOLE_BUDGET
from shared.documents.canonical import decimal_text
from shared.errors import NotFound
from shared.web.pagination import Page, PageRequest, cursor_text, encode_cursor
from shared.web.principals import Principal


def sees_all(principal: Principal) -> bool:
    """A city's finance department has the same roles as the province's, but no view of other cities' projects."""
    return principal.has(*WHOLE_BUDGET) and is_province(principal.division)


def sees_county(principal: Principal, county_code: str) -> bool:
    return sees_all(principal) or principal.division == county_code


async def show_projects(session: AsyncSession, principal: Principal, page: PageRequest) -> Page[ProjectOut]:
    rows = await list_projects(
        session,
        county_code=None if sees_all(principal) else principal.division,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    items = [project_out(row) for row in rows[: page.limit]]
    return Page(items=items, next=encode_cursor([items[-1].code]) if len(rows) > page.limit else None)


async def show_project(session: AsyncSession, principal: Principal, code: str) -> ProjectOut:
    found = (await find_projects(session, [code])).get(code)
    if found is None or not sees_county(principal, found.county_code):
        raise NotFound("项目", "project")
    return project_out(found)


async def show_priority_list(
    session: AsyncSession, principal: Principal, instrument: str, *, release_sha256: str
) -> PriorityListOut:
    """Places are those of the whole list, also where only a county's part of it is shown."""
    rows = await results_of(session, instrument=instrument, release_sha256=release_sha256)
    places = in_order([(row.cluster_rank, row.project) for row in rows if row.listed])
    shown = [_entry(row, places.get(row.project)) for row in rows if sees_county(principal, row.county_code)]
    shown.sort(key=lambda entry: (entry.place is None, entry.place or 0, entry.project_code))
    return PriorityListOut(instrument=instrument, release_sha256=release_sha256, entries=shown)


def project_out(project: Project) -> ProjectOut:
    return ProjectOut.model_validate(
        {
            "code": project.code,
            "name": project.name,
            "county_code": project.county_code,
            "cluster": project.cluster,
            "unit": project.unit,
            "investment_fen": project.investment_fen,
            "use": project.use,
            "consent_document_number": project.consent_document_number,
            "revenue_cover": None if project.revenue_cover is None else decimal_text(project.revenue_cover),
            "approvals": list(project.approvals),
            "classification": project.classification,
        }
    )


def _entry(row: Any, place: int | None) -> PriorityEntryOut:
    return PriorityEntryOut(
        place=place,
        project_code=row.project,
        project=row.name,
        county_code=row.county_code,
        cluster=row.cluster,
        cluster_rank=row.cluster_rank,
        unit=row.unit,
        investment_fen=row.investment_fen,
        use=row.use,
        test="passed" if row.listed else "refused",
        reasons=row.reasons,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
