"""Calendars: the filing rounds of a year with their days."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.registry.api.dependencies import ProgrammeOfficer
from services.registry.api.models.programme.calendars import CalendarVersionOut
from services.registry.api.paths import PathCode, QueryCode
from services.registry.domain.programme.calendars import Calendar
from services.registry.use_cases.programme.publish_calendar import publish_calendar
from services.registry.use_cases.programme.show_calendars import (
    list_calendar_versions,
    list_calendars,
    show_calendar,
)
from shared.web.auth import SignedIn
from shared.web.dependencies import Session, Today
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/calendars", tags=["calendars"])

AssessmentYear = Annotated[int, Path(ge=2000, le=2199)]


@router.post("", status_code=201, summary="发布日历 · Publish a version of a year's calendar")
async def post_calendar(
    body: Calendar, officer: ProgrammeOfficer, session: Session, today: Today
) -> CalendarVersionOut:
    """Its rounds run under the programme's current version. A version is immutable; the same again is no change.

    A later version may add rounds and lengthen running ones; it takes no days away and changes nothing that is over.
    """
    published = await publish_calendar(session, body, actor=officer, today=today)
    return CalendarVersionOut.model_validate(published, from_attributes=True)


@router.get("", summary="日历列表 · The newest calendar of each year")
async def get_calendars(
    _reader: SignedIn,
    session: Session,
    page: Paging,
    answer: AnswerPage,
    programme: QueryCode | None = None,
) -> Page[CalendarVersionOut]:
    return answer.of(CalendarVersionOut, await list_calendars(session, page, programme=programme))


@router.get("/{programme}/{assessment_year}", summary="年度日历 · The calendar of a year, as it holds now")
async def get_calendar(
    programme: PathCode, assessment_year: AssessmentYear, _reader: SignedIn, session: Session
) -> Calendar:
    return await show_calendar(session, programme, assessment_year)


@router.get("/{programme}/{assessment_year}/versions", summary="日历版本 · All versions of a year's calendar")
async def get_calendar_versions(
    programme: PathCode,
    assessment_year: AssessmentYear,
    _reader: SignedIn,
    session: Session,
    page: Paging,
    answer: AnswerPage,
) -> Page[CalendarVersionOut]:
    found = await list_calendar_versions(session, page, programme, assessment_year)
    return answer.of(CalendarVersionOut, found)


@router.get(
    "/{programme}/{assessment_year}/versions/{version}",
    summary="日历的某一版本 · One version of a year's calendar",
)
async def get_calendar_version(
    programme: PathCode,
    assessment_year: AssessmentYear,
    version: PathCode,
    _reader: SignedIn,
    session: Session,
) -> Calendar:
    return await show_calendar(session, programme, assessment_year, version=version)
