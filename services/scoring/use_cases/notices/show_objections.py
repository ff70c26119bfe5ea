"""Objections with their rulings. Who objected is shown to the ruling officer alone."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.objections import StoredObjection, find_objection, page_of_objections
from services.scoring.use_cases.assessments.show_assessments import own_assessment
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_number
from shared.web.principals import Principal, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingShown:
    ruling: str
    reason: str | None
    remedy: str | None
    release_sha256: str | None
    ruled_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionShown:
    """The objector's name and contact are there for the ruling officer only."""

    assessment: str
    number: int
    unit: str
    filed_on: date
    statement: str
    objector_name: str | None
    objector_contact: str | None
    ruling: RulingShown | None


async def show_objections(
    session: AsyncSession, principal: Principal, assessment_id: str, page: PageRequest
) -> Listed[ObjectionShown]:
    await own_assessment(session, principal, assessment_id)
    found = await page_of_objections(
        session, assessment_id, after=cursor_number(page.after), limit=page.limit + 1
    )
    listed = Listed.cut(found, page, lambda objection: [objection.number])
    return Listed([_shown(objection, principal) for objection in listed.rows], listed.next)


async def describe_objection(
    session: AsyncSession, principal: Principal, assessment_id: str, number: int
) -> ObjectionShown:
    return _shown(await known_objection(session, assessment_id, number), principal)


async def known_objection(session: AsyncSession, assessment_id: str, number: int) -> StoredObjection:
    objection = await find_objection(session, assessment_id, number)
    if objection is None:
        raise NotFound("异议", "objection")
    return objection


def _shown(objection: StoredObjection, principal: Principal) -> ObjectionShown:
    known = principal.has(Role.PROVINCE_OFFICER)
    ruling = None
    if objection.ruling is not None:
        ruling = RulingShown(
            ruling=objection.ruling,
            reason=objection.reason,
            remedy=objection.remedy,
            release_sha256=objection.release,
            ruled_on=objection.ruled_on,
        )
    return ObjectionShown(
        assessment=objection.assessment,
        number=objection.number,
        unit=objection.unit,
        filed_on=objection.filed_on,
        statement=objection.statement,
        objector_name=objection.objector_name if known else None,
        objector_contact=objection.objector_contact if known else None,
        ruling=ruling,
    )
