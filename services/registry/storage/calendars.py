"""Published calendars: the versions of each year's rounds and days, numbered in the order of their publication."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.programme.calendars import Calendar, PublishedCalendar, RoundDates
from services.registry.storage.tables.decisions import snapshot
from services.registry.storage.tables.programme import calendar_version, filing_round
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one


async def find_version(
    session: AsyncSession, programme: str, assessment_year: int, version: str
) -> PublishedCalendar | None:
    statement = sa.select(*columns_of(PublishedCalendar, calendar_version)).where(
        *_of_year(programme, assessment_year), calendar_version.c.version == version
    )
    return await read_one(session, PublishedCalendar, statement)


async def get_calendar(
    session: AsyncSession, programme: str, assessment_year: int, *, version: str | None = None
) -> Calendar | None:
    """A version of a year's calendar; without one, the newest."""
    statement = sa.select(calendar_version.c.document).where(*_of_year(programme, assessment_year))
    if version is not None:
        statement = statement.where(calendar_version.c.version == version)
    document = await session.scalar(statement.order_by(calendar_version.c.number.desc()).limit(1))
    return None if document is None else Calendar.model_validate(document)


async def list_calendars(
    session: AsyncSession, *, programme: str | None, after: tuple[str, int] | None, limit: int
) -> list[PublishedCalendar]:
    """The newest version of each year, in the order of programmes and years."""
    statement = (
        sa.select(*columns_of(PublishedCalendar, calendar_version))
        .ext(distinct_on(calendar_version.c.programme, calendar_version.c.assessment_year))
        .order_by(
            calendar_version.c.programme,
            calendar_version.c.assessment_year,
            calendar_version.c.number.desc(),
        )
        .limit(limit)
    )
    if programme is not None:
        statement = statement.where(calendar_version.c.programme == programme)
    if after is not None:
        year = sa.tuple_(calendar_version.c.programme, calendar_version.c.assessment_year)
        statement = statement.where(year > sa.tuple_(*after))
    return await read_all(session, PublishedCalendar, statement)


async def list_versions(
    session: AsyncSession, programme: str, assessment_year: int, *, after: int | None, limit: int
) -> list[PublishedCalendar]:
    """All versions of a year's calendar, the first one first."""
    statement = (
        sa.select(*columns_of(PublishedCalendar, calendar_version))
        .where(*_of_year(programme, assessment_year), calendar_version.c.number > (after or 0))
        .order_by(calendar_version.c.number)
        .limit(limit)
    )
    return await read_all(session, PublishedCalendar, statement)


async def next_number(session: AsyncSession, programme: str, assessment_year: int) -> int:
    last = await session.scalar(
        sa.select(sa.func.max(calendar_version.c.number)).where(*_of_year(programme, assessment_year))
    )
    return int(last or 0) + 1


async def lock_frozen_rounds(session: AsyncSession, codes: Collection[str]) -> set[str]:
    """Those of these rounds that have a snapshot; until the end of the transaction none of them gets one."""
    await session.execute(
        sa.select(filing_round.c.code)
        .where(filing_round.c.code.in_(codes))
        .order_by(filing_round.c.code)
        .with_for_update()
    )
    return set(
        await session.scalars(
            sa.select(snapshot.c.round_code).where(snapshot.c.round_code.in_(codes)).distinct()
        )
    )


async def taken_round_codes(session: AsyncSession, codes: Collection[str]) -> set[str]:
    return set(await session.scalars(sa.select(filing_round.c.code).where(filing_round.c.code.in_(codes))))


async def add_calendar(
    session: AsyncSession, document: Calendar, published: PublishedCalendar, *, added: Collection[RoundDates]
) -> None:
    """Keeps a version, and the rounds that it adds."""
    await session.execute(
        insert(calendar_version).values(
            programme=published.programme,
            assessment_year=published.assessment_year,
            version=published.version,
            number=published.number,
            programme_version=published.programme_version,
            document=document.model_dump(mode="json"),
            sha256=published.sha256,
            published_at=utc_now(),
        )
    )
    if added:
        await session.execute(
            insert(filing_round),
            [
                {
                    "code": entry.code,
                    "programme": published.programme,
                    "version": published.programme_version,
                    "kind": entry.kind,
                    "assessment_year": published.assessment_year,
                    "calendar_version": published.version,
                }
                for entry in added
            ],
        )


def _of_year(programme: str, assessment_year: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        calendar_version.c.programme == programme,
        calendar_version.c.assessment_year == assessment_year,
    )
