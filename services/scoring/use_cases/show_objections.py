"""Objections with their rulings. Who objected is shown to the ruling officer alone."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.objections import Row, find_objection, page_of_objections
from services.scoring.use_cases.answers import ObjectionOut, RulingOut
from services.scoring.use_cases.show_assessments import own_assessment
from shared.errors import NotFound
from shared.web.pagination import Page, PageRequest, cursor_number, encode_cursor
from shared.web.principals import Principal, Role


async def show_objections(
    session: AsyncSession, principal: Principal, assessment_id: str, page: PageRequest
) -> Page[ObjectionOut]:
    await own_assessment(session, principal, assessment_id)
    rows = await page_of_objections(
        session, assessment_id, after=cursor_number(page.after), limit=page.limit + 1
    )
    shown = rows[: page.limit]
    items = [objection_of(row, principal) for row in shown]
    return Page(items=items, next=encode_cursor([shown[-1].number]) if len(rows) > page.limit else None)


async def describe_objection(
    session: AsyncSession, principal: Principal, assessment_id: str, number: int
) -> ObjectionOut:
    row = await find_objection(session, assessment_id, number)
    if row is None:
        raise objection_not_found()
    return objection_of(row, principal)


def objection_of(row: Row, principal: Principal) -> ObjectionOut:
    known = principal.has(Role.PROVINCE_OFFICER)
    return ObjectionOut(
        assessment=row.assessment,
        number=row.number,
        unit=row.unit,
        filed_on=row.filed_on,
        statement=row.statement,
        objector_name=row.objector_name if known else None,
        objector_contact=row.objector_contact if known else None,
        ruling=None if row.ruling is None else _ruling(row),
    )


def _ruling(row: Row) -> RulingOut:
    return RulingOut(
        ruling=row.ruling,
        reason=row.reason,
        remedy=row.remedy,
        release_sha256=row.release,
        ruled_on=row.ruled_on,
    )


def objection_not_found() -> NotFound:
    return NotFound("异议", "objection")
