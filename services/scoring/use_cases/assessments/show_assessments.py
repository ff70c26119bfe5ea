"""Assessments to read, with everything that the next step needs to know."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.releases.life import NoticePeriod, period_as_known
from services.scoring.storage.assessments import (
    StoredAssessment,
    StoredDecision,
    StoredNotice,
    find_assessment,
    find_decision,
    latest_notice,
    list_assessments,
)
from services.scoring.storage.objections import objections_of
from services.scoring.storage.releases import ReleaseStep, find_release, releases_of
from shared.calendar.working_days import DayKind, WorkingDays
from shared.contracts.release import Release
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class SchemeVersion:
    id: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeShown:
    """A notice with its end as far as the calendar is known today."""

    number: int
    release_sha256: str
    starts_on: date
    ends_on: date
    announced_ends_on: date
    days: int
    day_kind: DayKind
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentShown:
    """An assessment, where it stands, and what its next step waits for."""

    id: str
    programme: str
    assessment_year: int
    data_year: int
    kind: str
    scheme: SchemeVersion
    state: str
    current_sha256: str
    final_sha256: str | None
    repeat_notice: bool
    decision: StoredDecision | None
    notice: NoticeShown | None
    open_objections: Sequence[int]
    releases: Sequence[ReleaseStep]


async def show_assessment(
    session: AsyncSession, principal: Principal, calendar: WorkingDays, assessment_id: str
) -> AssessmentShown:
    await own_assessment(session, principal, assessment_id)
    return await describe_assessment(session, calendar, assessment_id)


async def show_assessments(
    session: AsyncSession, principal: Principal, page: PageRequest
) -> Listed[StoredAssessment]:
    found = await list_assessments(
        session, division=principal.division, after=cursor_text(page.after), limit=page.limit + 1
    )
    return Listed.cut(found, page, lambda stored: [stored.id])


async def own_assessment(
    session: AsyncSession, principal: Principal, assessment_id: str, *, lock: bool = False
) -> StoredAssessment:
    """The assessment, if it is one of the principal's province."""
    stored = await find_assessment(session, assessment_id, lock=lock)
    if stored is None or not principal.covers([stored.division]):
        raise assessment_not_found()
    return stored


async def describe_assessment(
    session: AsyncSession, calendar: WorkingDays, assessment_id: str
) -> AssessmentShown:
    stored = await find_assessment(session, assessment_id)
    if stored is None:
        raise assessment_not_found()
    notice = await latest_notice(session, assessment_id)
    period = await period_of(session, calendar, stored, notice)
    objections = await objections_of(session, assessment_id)
    return AssessmentShown(
        id=stored.id,
        programme=stored.programme,
        assessment_year=stored.assessment_year,
        data_year=stored.data_year,
        kind=stored.kind,
        scheme=SchemeVersion(stored.scheme, stored.scheme_version),
        state=stored.state,
        current_sha256=stored.current_sha256,
        final_sha256=stored.final_sha256,
        repeat_notice=stored.repeat_notice,
        decision=await find_decision(session, stored.current_sha256),
        notice=None if notice is None or period is None else _shown(notice, period),
        open_objections=[objection.number for objection in objections if objection.ruling is None],
        releases=await releases_of(session, assessment_id),
    )


def assessment_not_found() -> NotFound:
    return NotFound("评估", "assessment")


async def period_of(
    session: AsyncSession, calendar: WorkingDays, assessment: StoredAssessment, notice: StoredNotice | None
) -> NoticePeriod | None:
    """As it was signed where the release is final; before that, as far as the calendar is known today."""
    if notice is None:
        return None
    announced = NoticePeriod(notice.starts_on, notice.ends_on, notice.days, DayKind(notice.day_kind))
    if announced.day_kind is DayKind.CALENDAR:
        return announced
    if assessment.final_sha256 is None:
        return period_as_known(announced, calendar)
    return replace(announced, ends_on=await _signed_end(session, assessment.final_sha256))


async def _signed_end(session: AsyncSession, final_sha256: str) -> date:
    stored = await find_release(session, final_sha256)
    signed = None if stored is None else Release.parse(stored.document).notice
    if signed is None:  # pragma: no cover - a final release has a notice, and the state says that it is there
        raise assessment_not_found()
    return signed.ends_on


def _shown(notice: StoredNotice, period: NoticePeriod) -> NoticeShown:
    return NoticeShown(
        number=notice.number,
        release_sha256=notice.release,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        announced_ends_on=notice.ends_on,
        days=period.days,
        day_kind=period.day_kind,
        provisional=period.provisional,
    )
