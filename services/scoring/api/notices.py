"""Public notices, open to all: which there are, and the lists of each."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.scoring.api.dependencies import AssessmentId, CalendarDep, PublicMaxAge
from services.scoring.api.models.notices import ListedNoticeOut, PublicNoticeOut
from services.scoring.use_cases.notices.list_public_notices import list_public_notices
from services.scoring.use_cases.notices.show_public_notice import show_public_notice
from shared.web.dependencies import Session, Today
from shared.web.fields import Code
from shared.web.pagination import AnswerPage, Page, Paging
from shared.web.public import NOT_MODIFIED, PUBLIC, cacheable

router = APIRouter(tags=["notices"])


@router.get(
    "/public-notices",
    response_model=Page[ListedNoticeOut],
    responses=NOT_MODIFIED,
    summary="公示列表 · Notices that run or ran, with days left, open to all",
    openapi_extra=PUBLIC,
)
async def get_notices(
    request: Request,
    session: Session,
    calendar: CalendarDep,
    today: Today,
    page: Paging,
    answer: AnswerPage,
    max_age: PublicMaxAge,
    programme: Annotated[Code | None, Query(description="of one programme")] = None,
) -> Response:
    """The one that began last first. The names are below `/assessments/{assessment}/public-notice`."""
    listed = await list_public_notices(session, calendar, page, programme=programme, today=today)
    found = answer.of(ListedNoticeOut, listed)
    return cacheable(request, found, max_age=max_age, more=dict(answer.response.headers))


@router.get(
    "/assessments/{assessment_id}/public-notice",
    response_model=PublicNoticeOut,
    responses=NOT_MODIFIED,
    summary="公示名单 · The lists on public notice, open to all",
    openapi_extra=PUBLIC,
)
async def get_notice(
    request: Request,
    session: Session,
    calendar: CalendarDep,
    assessment_id: AssessmentId,
    max_age: PublicMaxAge,
) -> Response:
    found = PublicNoticeOut.model_validate(await show_public_notice(session, calendar, assessment_id))
    return cacheable(request, found, max_age=max_age)
