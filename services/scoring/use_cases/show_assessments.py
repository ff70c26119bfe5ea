"""Assessments to read, with everything that the next step needs to know."""

from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.releases.life import NoticePeriod, State, period_as_known
from services.scoring.storage.assessments import (
    Row,
    find_assessment,
    find_decision,
    latest_notice,
    list_assessments,
)
from services.scoring.storage.objections import objections_of
from services.scoring.storage.releases import find_release, releases_of
from services.scoring.use_cases.answers import (
    AssessmentOut,
    AssessmentRow,
    DecisionOut,
    NoticeOut,
    ReleaseReference,
    SchemeReferenceOut,
)
from shared.calendar.working_days import DayKind, WorkingDays
from shared.contracts.release import Release
from shared.errors import NotFound
from shared.web.pagination import Page, PageRequest, cursor_text, encode_cursor
from shared.web.principals import Principal


async def show_assessment(
    session: AsyncSession, principal: Principal, calendar: WorkingDays, assessment_id: str
) -> AssessmentOut:
    await own_assessment(session, principal, assessment_id)
    return await describe_assessment(session, calendar, assessment_id)


async def show_assessments(
    session: AsyncSession, principal: Principal, page: PageRequest
) -> Page[AssessmentRow]:
    rows = await list_assessments(
        session, division=principal.division, after=cursor_text(page.after), limit=page.limit + 1
    )
    shown = rows[: page.limit]
    items = [
        AssessmentRow(**{name: getattr(row, name) for name in AssessmentRow.model_fields}) for row in shown
    ]
    return Page(items=items, next=encode_cursor([shown[-1].id]) if len(rows) > page.limit else None)


async def own_assessment(
    session: AsyncSession, principal: Principal, assessment_id: str, *, lock: bool = False
) -> Row:
    """The assessment's row, if it is one of the principal's province."""
    row = await find_assessment(session, assessment_id, lock=lock)
    if row is None or not principal.covers([row.division]):
        raise assessment_not_found()
    return row


async def describe_assessment(
    session: AsyncSession, calendar: WorkingDays, assessment_id: str
) -> AssessmentOut:
    row = await find_assessment(session, assessment_id)
    if row is None:
        raise assessment_not_found()
    decision = await find_decision(session, row.current_sha256)
    notice = await latest_notice(session, assessment_id)
    period = await period_of(session, calendar, row, notice)
    objections = await objections_of(session, assessment_id)
    return AssessmentOut(
        id=row.id,
        programme=row.programme,
        assessment_year=row.assessment_year,
        data_year=row.data_year,
        kind=row.kind,
        scheme=SchemeReferenceOut(id=row.scheme, version=row.scheme_version),
        state=row.state,
        current_sha256=row.current_sha256,
        final_sha256=row.final_sha256,
        repeat_notice=row.repeat_notice,
        decision=None if decision is None else _decision(decision),
        notice=None if notice is None or period is None else _notice(notice, period),
        open_objections=[objection.number for objection in objections if objection.ruling is None],
        releases=[
            ReleaseReference(
                sha256=release.sha256,
                stage=release.stage,
                number=release.number,
                supersedes=release.supersedes,
            )
            for release in await releases_of(session, assessment_id)
        ],
    )


def assessment_not_found() -> NotFound:
    return NotFound("评估", "assessment")


async def period_of(
    session: AsyncSession, calendar: WorkingDays, assessment: Row, notice: Row | None
) -> NoticePeriod | None:
    """As it was signed where the release is final; before that, as far as the calendar is known today."""
    if notice is None:
        return None
    announced = NoticePeriod(notice.starts_on, notice.ends_on, notice.days, DayKind(notice.day_kind))
    if announced.day_kind is DayKind.CALENDAR:
        return announced
    if assessment.state != State.FINAL:
        return period_as_known(announced, calendar)
    return replace(announced, ends_on=await _signed_end(session, assessment.final_sha256))


async def _signed_end(session: AsyncSession, final_sha256: str) -> date:
    stored = await find_release(session, final_sha256)
    signed = None if stored is None else Release.parse(stored.document).notice
    if signed is None:  # pragma: no cover - a final release has a notice, and the state says that it is there
        raise assessment_not_found()
    return signed.ends_on


def _decision(row: Row) -> DecisionOut:
    return DecisionOut(
        release_sha256=row.release,
        document_number=row.document_number,
        decided_on=row.decided_on,
        minutes=row.minutes,
        decided_by=row.decided_by,
    )


def _notice(row: Row, period: NoticePeriod) -> NoticeOut:
    return NoticeOut(
        number=row.number,
        release_sha256=row.release,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        announced_ends_on=row.ends_on,
        days=period.days,
        day_kind=period.day_kind,
        provisional=period.provisional,
    )
