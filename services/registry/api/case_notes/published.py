"""Published case notes, open to all: nobody signs in, and a cache may keep the answer for a while."""

from fastapi import APIRouter, Request, Response

from services.registry.api.dependencies import PublicMaxAge
from services.registry.api.models.programme.case_notes import PublishedCaseNoteOut
from services.registry.api.paths import PathCode
from services.registry.use_cases.case_notes.show_case_notes import (
    list_published_case_notes,
    show_published_case_note,
)
from shared.web.dependencies import Session
from shared.web.pagination import AnswerPage, Page, Paging
from shared.web.public import NOT_MODIFIED, PUBLIC, cacheable

router = APIRouter(prefix="/published-case-notes", tags=["case-notes"])


@router.get(
    "",
    response_model=Page[PublishedCaseNoteOut],
    responses=NOT_MODIFIED,
    summary="典型经验 · Published case notes, open to all",
    openapi_extra=PUBLIC,
)
async def get_published_case_notes(
    request: Request, session: Session, page: Paging, answer: AnswerPage, max_age: PublicMaxAge
) -> Response:
    """The ones published last first."""
    found = answer.of(PublishedCaseNoteOut, await list_published_case_notes(session, page))
    return cacheable(request, found, max_age=max_age, more=dict(answer.response.headers))


@router.get(
    "/{code}",
    response_model=PublishedCaseNoteOut,
    responses=NOT_MODIFIED,
    summary="典型经验 · A published case note, open to all",
    openapi_extra=PUBLIC,
)
async def get_published_case_note(
    code: PathCode, request: Request, session: Session, max_age: PublicMaxAge
) -> Response:
    found = await show_published_case_note(session, code)
    content = PublishedCaseNoteOut.model_validate(found, from_attributes=True)
    return cacheable(request, content, max_age=max_age)
