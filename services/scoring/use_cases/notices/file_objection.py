"""Anybody signed in may object within the notice days, in writing and by name; the identity stays
confidential.
"""

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.refusals import UnitNotInRelease
from services.scoring.domain.releases.life import State, require_open_for_objections
from services.scoring.storage.assessments import StoredNotice, find_assessment, latest_notice
from services.scoring.storage.objections import add_objection
from services.scoring.storage.releases import StoredUnit, find_release_unit
from services.scoring.use_cases.assessments.show_assessments import assessment_not_found, period_of
from services.scoring.use_cases.notices.show_public_notice import announced_units
from services.scoring.use_cases.releases.show_releases import OWN_PART
from shared.calendar.working_days import WorkingDays
from shared.data.business_clock import BusinessClock
from shared.data.events import append_event
from shared.web.fields import Code, Name, Note
from shared.web.principals import Principal
from shared.web.refusal_audit import CONFIDENTIAL


class ObjectionFiling(BaseModel):
    model_config = ConfigDict(extra="forbid")

    unit: Code
    statement: Note
    objector_name: Name = Field(description="confidential")
    objector_contact: Name = Field(description="confidential")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionReceipt:
    assessment: str
    number: int
    unit: str
    filed_on: date


async def file_objection(
    session: AsyncSession,
    principal: Principal,
    clock: BusinessClock,
    calendar: WorkingDays,
    assessment_id: str,
    filing: ObjectionFiling,
) -> ObjectionReceipt:
    row = await find_assessment(session, assessment_id, lock=True)
    notice = await latest_notice(session, assessment_id)
    if row is None or notice is None:  # before the notice, the public does not know of it
        raise assessment_not_found()
    today = await clock.today(session)
    period = await period_of(session, calendar, row, notice)
    require_open_for_objections(State(row.state), period, today=today)
    unit = await find_release_unit(session, row.current_sha256, filing.unit)
    if unit is None or not await _knows_of(session, principal, unit, notice):
        raise UnitNotInRelease(
            f"本次评估没有集群{filing.unit}", f"There is no unit {filing.unit} in this assessment"
        )
    number = await add_objection(
        session,
        assessment_id,
        unit=filing.unit,
        statement=filing.statement,
        objector_name=filing.objector_name,
        objector_contact=filing.objector_contact,
        filed_by=principal.person,
        filed_on=today,
    )
    await append_event(
        session,
        "objection.filed",
        subject=assessment_id,
        actor=CONFIDENTIAL,
        data={"number": number, "unit": filing.unit},
    )
    return ObjectionReceipt(assessment=assessment_id, number=number, unit=filing.unit, filed_on=today)


async def _knows_of(
    session: AsyncSession, principal: Principal, unit: StoredUnit, notice: StoredNotice
) -> bool:
    """The public objects to whoever was announced; an office also to a unit of its own division that is on no list."""
    if principal.has(*OWN_PART) and principal.covers(unit.division_path):
        return True
    return unit.unit in await announced_units(session, notice)
