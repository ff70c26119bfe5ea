"""Case notes before they are published: written by counties and cities, reviewed by the province."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from services.registry.api.dependencies import CaseNoteWriter, FilingReader, ProvinceOfficer
from services.registry.api.etags import etag_of, version_of
from services.registry.api.models.programme.case_notes import (
    CaseNoteContentIn,
    CaseNoteIn,
    CaseNoteOut,
    PublicationIn,
    ReasonIn,
)
from services.registry.api.paths import PathCode, QueryCode
from services.registry.domain.case_notes import CaseNoteState
from services.registry.use_cases.case_notes.find_case_note import case_note_of
from services.registry.use_cases.case_notes.review_case_note import (
    publish_case_note,
    send_back_case_note,
    withdraw_case_note,
)
from services.registry.use_cases.case_notes.show_case_notes import list_case_notes
from services.registry.use_cases.case_notes.write_case_note import revise_case_note, write_case_note
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/case-notes", tags=["case-notes"])


@router.post("", status_code=201, summary="撰写典型经验 · Write a case note about a cluster of your own")
async def post_case_note(
    body: CaseNoteIn, writer: CaseNoteWriter, command: KeyedCommand, session: Session
) -> CaseNoteOut:
    """It waits for its review by the province."""
    return await command.once(
        session,
        CaseNoteOut,
        lambda: write_case_note(session, body.cluster, body.content(), actor=writer),
        etag=lambda answer: etag_of(answer.version),
    )


@router.get("", summary="典型经验列表 · Case notes of your division, whatever their state")
async def get_case_notes(
    reader: FilingReader,
    session: Session,
    page: Paging,
    answer: AnswerPage,
    cluster: QueryCode | None = None,
    state: CaseNoteState | None = None,
) -> Page[CaseNoteOut]:
    return answer.of(
        CaseNoteOut, await list_case_notes(session, page, cluster=cluster, state=state, actor=reader)
    )


@router.get("/{code}", summary="典型经验 · A case note of your division")
async def get_case_note(
    code: PathCode, reader: FilingReader, session: Session, response: Response
) -> CaseNoteOut:
    found = await case_note_of(session, code, actor=reader)
    response.headers["ETag"] = etag_of(found.version)
    return CaseNoteOut.model_validate(found)


@router.put("/{code}/content", summary="修改典型经验 · Rewrite a case note before it is published")
async def put_case_note_content(
    code: PathCode,
    body: CaseNoteContentIn,
    writer: CaseNoteWriter,
    session: Session,
    response: Response,
    if_match: Annotated[str, Header(max_length=50, description="`ETag` of the version that was edited")],
) -> CaseNoteOut:
    """It waits for its review again."""
    found = await revise_case_note(session, code, body.content(), version=version_of(if_match), actor=writer)
    response.headers["ETag"] = etag_of(found.version)
    return CaseNoteOut.model_validate(found)


@router.post("/{code}/publication", summary="发布典型经验 · Publish a case note that you have not written")
async def post_case_note_publication(
    code: PathCode,
    body: PublicationIn,
    officer: ProvinceOfficer,
    command: KeyedCommand,
    session: Session,
    today: Today,
) -> CaseNoteOut:
    """From now on everybody may read it, and nobody changes it."""
    return await command.once(
        session,
        CaseNoteOut,
        lambda: publish_case_note(session, code, content_hash=body.content_hash, today=today, actor=officer),
        etag=lambda answer: etag_of(answer.version),
    )


@router.post("/{code}/send-back", summary="退回典型经验 · Send a case note back, with a reason")
async def post_case_note_send_back(
    code: PathCode, body: ReasonIn, officer: ProvinceOfficer, command: KeyedCommand, session: Session
) -> CaseNoteOut:
    return await command.once(
        session,
        CaseNoteOut,
        lambda: send_back_case_note(session, code, reason=body.reason, actor=officer),
        etag=lambda answer: etag_of(answer.version),
    )


@router.post("/{code}/withdrawal", summary="撤下典型经验 · Withdraw a published case note, with a reason")
async def post_case_note_withdrawal(
    code: PathCode, body: ReasonIn, officer: ProvinceOfficer, command: KeyedCommand, session: Session
) -> CaseNoteOut:
    """The public does not find it any more; caches forget it within minutes."""
    return await command.once(
        session,
        CaseNoteOut,
        lambda: withdraw_case_note(session, code, reason=body.reason, actor=officer),
        etag=lambda answer: etag_of(answer.version),
    )
