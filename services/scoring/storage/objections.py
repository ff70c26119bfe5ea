"""Objections and rulings in the database. The objector's name and contact leave it only for the ruling
officer.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.tables import objection, ruling
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one


@dataclass(frozen=True, slots=True)
class StoredObjection:
    """With its ruling, as far as there is one; `release`: the superseding one of an upheld objection."""

    assessment: str
    number: int
    unit: str
    statement: str
    objector_name: str
    objector_contact: str
    filed_by: str
    filed_on: date
    ruling: str | None
    reason: str | None
    remedy: str | None
    release: str | None
    ruled_on: date | None


@dataclass(frozen=True, slots=True)
class StoredRuling:
    """`remedy` of an upheld objection: correction or removal."""

    assessment: str
    objection: int
    ruling: str
    reason: str
    remedy: str | None
    release: str | None
    ruled_by: str
    ruled_on: date


_WITH_RULING = sa.select(*columns_of(StoredObjection, objection, ruling)).outerjoin(
    ruling, sa.and_(ruling.c.assessment == objection.c.assessment, ruling.c.objection == objection.c.number)
)


async def add_objection(
    session: AsyncSession,
    assessment_id: str,
    *,
    unit: str,
    statement: str,
    objector_name: str,
    objector_contact: str,
    filed_by: str,
    filed_on: date,
) -> int:
    """The objection's number; the caller holds the assessment's row, so numbers have no gap and no double."""
    last = await session.scalar(
        sa.select(sa.func.max(objection.c.number)).where(objection.c.assessment == assessment_id)
    )
    number = (last or 0) + 1
    await session.execute(
        sa.insert(objection).values(
            assessment=assessment_id,
            number=number,
            unit=unit,
            statement=statement,
            objector_name=objector_name,
            objector_contact=objector_contact,
            filed_by=filed_by,
            filed_on=filed_on,
            recorded_at=utc_now(),
        )
    )
    return number


async def find_objection(session: AsyncSession, assessment_id: str, number: int) -> StoredObjection | None:
    statement = _WITH_RULING.where(objection.c.assessment == assessment_id, objection.c.number == number)
    return await read_one(session, StoredObjection, statement)


async def objections_of(session: AsyncSession, assessment_id: str) -> Sequence[StoredObjection]:
    statement = _WITH_RULING.where(objection.c.assessment == assessment_id).order_by(objection.c.number)
    return await read_all(session, StoredObjection, statement)


async def page_of_objections(
    session: AsyncSession, assessment_id: str, *, after: int | None, limit: int
) -> Sequence[StoredObjection]:
    statement = _WITH_RULING.where(objection.c.assessment == assessment_id)
    if after is not None:
        statement = statement.where(objection.c.number > after)
    statement = statement.order_by(objection.c.number).limit(limit)
    return await read_all(session, StoredObjection, statement)


async def ruling_behind(session: AsyncSession, release: str) -> StoredRuling | None:
    """The ruling that led to this release; None for the first one of an assessment."""
    statement = sa.select(*columns_of(StoredRuling, ruling)).where(ruling.c.release == release)
    return await read_one(session, StoredRuling, statement)


async def add_ruling(session: AsyncSession, new: StoredRuling) -> None:
    await session.execute(sa.insert(ruling).values(**asdict(new), recorded_at=utc_now()))
