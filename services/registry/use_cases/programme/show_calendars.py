"""Calendars as they are published: the newest of each year, one of them, and the versions of a year."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.programme.calendars import Calendar, PublishedCalendar
from services.registry.storage import calendars
from services.registry.use_cases.cursors import cursor_int16, cursor_text_and_int16
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest


async def list_calendars(
    session: AsyncSession, page: PageRequest, *, programme: str | None
) -> Listed[PublishedCalendar]:
    """The newest version of each year."""
    rows = await calendars.list_calendars(
        session, programme=programme, after=cursor_text_and_int16(page.after), limit=page.limit + 1
    )
    return Listed.cut(rows, page, lambda row: [row.programme, row.assessment_year])


async def list_calendar_versions(
    session: AsyncSession, page: PageRequest, programme: str, assessment_year: int
) -> Listed[PublishedCalendar]:
    """All versions of a year's calendar, the first one first."""
    rows = await calendars.list_versions(
        session, programme, assessment_year, after=cursor_int16(page.after), limit=page.limit + 1
    )
    if not rows and page.after is None:
        raise NotFound("日历", "calendar")
    return Listed.cut(rows, page, lambda row: [row.number])


async def show_calendar(
    session: AsyncSession, programme: str, assessment_year: int, *, version: str | None = None
) -> Calendar:
    """A version of a year's calendar; without one, the newest."""
    found = await calendars.get_calendar(session, programme, assessment_year, version=version)
    if found is None:
        raise NotFound("日历", "calendar")
    return found
