"""Assessments, their decisions and notices in the database."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.tables import assessment, decision, public_notice, snapshot
from shared.data.business_clock import utc_now

Row = sa.Row[Any]


async def count_attempts(session: AsyncSession, programme: str, year: int, kind: str) -> int:
    statement = (
        sa.select(sa.func.count())
        .select_from(assessment)
        .where(
            assessment.c.programme == programme,
            assessment.c.assessment_year == year,
            assessment.c.kind == kind,
        )
    )
    return await session.scalar(statement) or 0


async def add_assessment(session: AsyncSession, **values: Any) -> bool:
    """False where another live assessment of the same programme, year and kind exists."""
    added = await session.scalar(
        insert(assessment)
        .values(recorded_at=utc_now(), repeat_notice=False, **values)
        .on_conflict_do_nothing()
        .returning(assessment.c.id)
    )
    return added is not None


async def revive_assessment(session: AsyncSession, assessment_id: str, *, run_by: str) -> bool:
    """False where it is not withdrawn, or another live one of the same programme, year and kind exists."""
    statement = (
        sa.update(assessment)
        .where(assessment.c.id == assessment_id, assessment.c.state == "withdrawn")
        .values(state="proposed", run_by=run_by)
        .returning(assessment.c.id)
    )
    try:
        async with session.begin_nested():
            return await session.scalar(statement) is not None
    except IntegrityError:
        return False


async def find_assessment(session: AsyncSession, assessment_id: str, *, lock: bool = False) -> Row | None:
    statement = sa.select(assessment).where(assessment.c.id == assessment_id)
    return (await session.execute(statement.with_for_update() if lock else statement)).one_or_none()


async def list_assessments(
    session: AsyncSession, *, division: str, after: str | None, limit: int
) -> Sequence[Row]:
    statement = (
        sa.select(assessment).where(assessment.c.division == division).order_by(assessment.c.id).limit(limit)
    )
    if after is not None:
        statement = statement.where(assessment.c.id > after)
    return (await session.execute(statement)).all()


async def update_assessment(session: AsyncSession, assessment_id: str, **values: Any) -> None:
    await session.execute(sa.update(assessment).where(assessment.c.id == assessment_id).values(**values))


async def keep_snapshot(session: AsyncSession, *, sha256: str, document: bytes) -> None:
    await session.execute(
        insert(snapshot)
        .values(sha256=sha256, document=document, recorded_at=utc_now())
        .on_conflict_do_nothing()
    )


async def kept_snapshot(session: AsyncSession, sha256: str) -> bytes | None:
    return await session.scalar(sa.select(snapshot.c.document).where(snapshot.c.sha256 == sha256))


async def add_decision(session: AsyncSession, **values: Any) -> None:
    await session.execute(sa.insert(decision).values(recorded_at=utc_now(), **values))


async def decision_by_document(session: AsyncSession, assessment_id: str, document_number: str) -> Row | None:
    statement = sa.select(decision).where(
        decision.c.assessment == assessment_id, decision.c.document_number == document_number
    )
    return (await session.execute(statement.limit(1))).one_or_none()


async def find_decision(session: AsyncSession, release: str) -> Row | None:
    return (await session.execute(sa.select(decision).where(decision.c.release == release))).one_or_none()


async def add_notice(
    session: AsyncSession,
    assessment_id: str,
    *,
    release: str,
    starts_on: date,
    ends_on: date,
    days: int,
    day_kind: str,
    opened_by: str,
) -> int:
    """The number of the notice; the caller holds the assessment's row."""
    last = await latest_notice(session, assessment_id)
    number = 1 if last is None else last.number + 1
    await session.execute(
        sa.insert(public_notice).values(
            assessment=assessment_id,
            number=number,
            release=release,
            starts_on=starts_on,
            ends_on=ends_on,
            days=days,
            day_kind=day_kind,
            opened_by=opened_by,
            recorded_at=utc_now(),
        )
    )
    return number


async def latest_notice(session: AsyncSession, assessment_id: str) -> Row | None:
    statement = (
        sa.select(public_notice)
        .where(public_notice.c.assessment == assessment_id)
        .order_by(public_notice.c.number.desc())
        .limit(1)
    )
    return (await session.execute(statement)).one_or_none()
