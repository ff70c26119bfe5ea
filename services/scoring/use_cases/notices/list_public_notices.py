"""Which lists are, or were, on public notice, so that nobody needs an assessment's id to find them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.releases.life import NoticePeriod, days_left, is_running
from services.scoring.storage.assessments import StoredAssessment, page_of_notices
from services.scoring.use_cases.assessments.show_assessments import period_of
from shared.calendar.working_days import DayKind, WorkingDays
from shared.web.pagination import Listed, PageRequest, cursor_text_pair


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedNotice:
    """``days_left``: calendar days on which objections can still be filed, today included."""

    assessment: str
    programme: str
    assessment_year: int
    kind: str
    starts_on: date
    ends_on: date
    days: int
    day_kind: DayKind
    provisional: bool
    is_running: bool
    days_left: int


async def list_public_notices(
    session: AsyncSession, calendar: WorkingDays, page: PageRequest, *, programme: str | None, today: date
) -> Listed[ListedNotice]:
    """The latest notice of each assessment, the one that began last first; no names, and nothing of the release."""
    found = await page_of_notices(
        session, programme=programme, after=cursor_text_pair(page.after), limit=page.limit + 1
    )
    rows = []
    for assessment, notice in found:
        period = await period_of(session, calendar, assessment, notice)
        if period is not None:
            rows.append(_listed(assessment, period, today))
    return Listed.cut(rows, page, lambda row: [row.starts_on.isoformat(), row.assessment])


def _listed(assessment: StoredAssessment, period: NoticePeriod, today: date) -> ListedNotice:
    return ListedNotice(
        assessment=assessment.id,
        programme=assessment.programme,
        assessment_year=assessment.assessment_year,
        kind=assessment.kind,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        days=period.days,
        day_kind=period.day_kind,
        provisional=period.provisional,
        is_running=is_running(period, today=today),
        days_left=days_left(period, today=today),
    )
