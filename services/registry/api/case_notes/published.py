"""Published case notes, open to all: nobody signs in, and a cache may keep the answer for a while."""

from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from services.registry.api.dependencies import PublicMaxAge
from services.registry.api.models.programme.case_notes import PublishedCaseNoteOut
from services.registry.api.paths import PathCode
from services.registry.use_cases.case_notes.show_case_notes import (
    list_published_case_notes,
    show_published_case_note,
)
from shared.web.dependencies import Session
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/published-case-notes", tags=["case-notes"])

_PUBLIC: Final[dict[str, Any]] = {"x-public": True}
_NOT_MODIFIED: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "unchanged since `If-None-Match`"}
}


@router.get(
    "",
    response_model=Page[PublishedCaseNoteOut],
    responses=_NOT_MODIFIED,
    summary="典型经验 · Published case notes, open to all",
    openapi_extra=_PUBLIC,
)
async def get_published_case_notes(
    request: Request, session: Session, page: Paging, answer: AnswerPage, max_age: PublicMaxAge
) -> Response:
    """The ones published last first."""
    found = answer.of(PublishedCaseNoteOut, await list_published_case_notes(session, page))
    return _cacheable(request, found, max_age=max_age, more=dict(answer.response.headers))


@router.get(
    "/{code}",
    response_model=PublishedCaseNoteOut,
    responses=_NOT_MODIFIED,
    summary="典型经验 · A published case note, open to all",
    openapi_extra=_PUBLIC,
)
async def get_published_case_note(
    code: PathCode, request: Request, session: Session, max_age: PublicMaxAge
) -> Response:
    found = await show_published_case_note(session, code)
    content = PublishedCaseNoteOut.model_validate(found, from_attributes=True)
    return _cacheable(request, content, max_age=max_age, more={})


def _cacheable(request: Request, found: BaseModel, *, max_age: int, more: dict[str, str]) -> Response:
    """With an ETag over its bytes; 304 where the caller has them already."""
    content = found.model_dump_json().encode()
    etag = f'"{sha256(content).hexdigest()}"'
    headers = {
        **{name: value for name, value in more.items() if name == "link"},
        "ETag": etag,
        "Cache-Control": f"public, max-age={max_age}",
    }
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    if etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
