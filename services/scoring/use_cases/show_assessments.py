"""Assessments to read, with everything that the next step needs to know."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.assessment_life import NoticePeriod
from services.scoring.storage.assessments import (
    Row,
    find_assessment,
    find_decision,
    latest_notice,
    list_assessments,
)
from services.scoring.storage.objections import objections_of
from services.scoring.storage.releases import releases_of
from services.scoring.use_cases.answers import (
    AssessmentOut,
    AssessmentRow,
    DecisionOut,
    NoticeOut,
    ReleaseReference,
    SchemeReferenceOut,
)
from shared.auth import Principal
from shared.errors import NotFound
from shared.pagination import Page, PageRequest, cursor_text, encode_cursor


async def show_assessment(session: AsyncSession, principal: Principal, assessment_id: str) -> AssessmentOut:
    await own_assessment(session, principal, assessment_id)
    return await describe_assessment(session, assessment_id)


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


async def describe_assessment(session: AsyncSession, assessment_id: str) -> AssessmentOut:
    row = await find_assessment(session, assessment_id)
    if row is None:
        raise assessment_not_found()
    decision = await find_decision(session, row.current_sha256)
    notice = await latest_notice(session, assessment_id)
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
        notice=None if notice is None else _notice(notice),
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


def period_of(notice: Row | None) -> NoticePeriod | None:
    if notice is None:
        return None
    starts_on: date = notice.starts_on
    return NoticePeriod(starts_on, notice.ends_on, notice.days, notice.day_kind)


def _decision(row: Row) -> DecisionOut:
    return DecisionOut(
        release_sha256=row.release,
        document_number=row.document_number,
        decided_on=row.decided_on,
        minutes=row.minutes,
        decided_by=row.decided_by,
    )


def _notice(row: Row) -> NoticeOut:
    return NoticeOut(
        number=row.number,
        release_sha256=row.release,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        days=row.days,
        day_kind=row.day_kind,
    )
