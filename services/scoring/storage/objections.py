"""Objections and rulings in the database. The objector's name and contact leave it only for the ruling
officer.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.tables import objection, ruling
from shared.data.business_clock import utc_now

Row = sa.Row[Any]

_WITH_RULING = sa.select(
    objection,
    ruling.c.ruling,
    ruling.c.reason,
    ruling.c.remedy,
    ruling.c.release,
    ruling.c.ruled_on,
).outerjoin(
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


async def find_objection(session: AsyncSession, assessment_id: str, number: int) -> Row | None:
    statement = _WITH_RULING.where(objection.c.assessment == assessment_id, objection.c.number == number)
    return (await session.execute(statement)).one_or_none()


async def objections_of(session: AsyncSession, assessment_id: str) -> Sequence[Row]:
    statement = _WITH_RULING.where(objection.c.assessment == assessment_id).order_by(objection.c.number)
    return (await session.execute(statement)).all()


async def page_of_objections(
    session: AsyncSession, assessment_id: str, *, after: int | None, limit: int
) -> Sequence[Row]:
    statement = _WITH_RULING.where(objection.c.assessment == assessment_id)
    if after is not None:
        statement = statement.where(objection.c.number > after)
    return (await session.execute(statement.order_by(objection.c.number).limit(limit))).all()


async def ruling_behind(session: AsyncSession, release: str) -> Row | None:
    """The ruling that led to this release; None for the first one of an assessment."""
    return (await session.execute(sa.select(ruling).where(ruling.c.release == release))).one_or_none()


async def add_ruling(session: AsyncSession, **values: Any) -> None:
    await session.execute(sa.insert(ruling).values(recorded_at=utc_now(), **values))
