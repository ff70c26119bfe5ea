"""Files in parts, and imports of spreadsheets into registers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.registry.api.dependencies import (
    FilingReader,
    LimitsDep,
    RegisterKeeper,
    Uploader,
)
from services.registry.api.downloads import attachment, evidence_file
from services.registry.api.models.files import ImportIn, ImportOut, PartOut, ProblemOut, UploadIn, UploadOut
from services.registry.api.paths import PathCode
from services.registry.use_cases.evidence.attach_evidence import see_evidence
from services.registry.use_cases.files.report_import import report_import
from services.registry.use_cases.files.show_import import list_problems, own_import
from services.registry.use_cases.files.upload_files import (
    add_part,
    begin_upload,
    complete_upload,
    own_upload,
)
from services.registry.use_cases.registers.import_register import import_register
from shared.web.dependencies import DatabaseDep, Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(tags=["uploads"])


@router.post("/uploads", status_code=201, summary="开始上传 · Announce a file that comes in parts")
async def post_upload(
    body: UploadIn, uploader: Uploader, command: KeyedCommand, session: Session, limits: LimitsDep
) -> UploadOut:
    return await command.once(
        session,
        UploadOut,
        lambda: begin_upload(session, body.announced(), actor=uploader, limits=limits),
    )


@router.get("/uploads/{upload_id}", summary="上传情况 · An upload of one's own")
async def get_upload(upload_id: UUID, uploader: Uploader, session: Session) -> UploadOut:
    found = await own_upload(session, upload_id, actor=uploader)
    return UploadOut.model_validate(found, from_attributes=True)


@router.put(
    "/uploads/{upload_id}/parts/{number}",
    summary="上传一部分 · One part of the file, as raw bytes",
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {}}}},
)
async def put_part(
    upload_id: UUID,
    number: Annotated[int, Path(ge=1, le=100_000)],
    uploader: Uploader,
    session: Session,
    request: Request,
    limits: LimitsDep,
) -> PartOut:
    """The same part again is no change, so a broken transfer goes on where it stopped."""
    content = await request.body()
    received = await add_part(session, upload_id, number, content, actor=uploader, limits=limits)
    return PartOut(received_bytes=received)


@router.post("/uploads/{upload_id}/completion", summary="上传完成 · Check size, hash and kind")
async def post_completion(upload_id: UUID, uploader: Uploader, session: Session) -> UploadOut:
    complete = await complete_upload(session, upload_id, actor=uploader)
    return UploadOut.model_validate(complete, from_attributes=True)


@router.post(
    "/registers/{register}/imports", status_code=201, summary="导入 · Check a spreadsheet, or keep all of it"
)
async def post_import(
    register: PathCode,
    body: ImportIn,
    keeper: RegisterKeeper,
    command: KeyedCommand,
    session: Session,
    today: Today,
    limits: LimitsDep,
) -> ImportOut:
    """`checked` or `applied`; `refused` where the file has errors: then nothing was kept."""
    return await command.once(
        session,
        ImportOut,
        lambda: import_register(
            session, register, body.upload, mode=body.mode, today=today, actor=keeper, limits=limits
        ),
    )


@router.get("/imports/{import_id}", summary="导入结果 · An import")
async def get_import(import_id: UUID, keeper: RegisterKeeper, session: Session) -> ImportOut:
    found = await own_import(session, import_id, actor=keeper)
    return ImportOut.model_validate(found, from_attributes=True)


@router.get("/imports/{import_id}/problems", summary="问题清单 · All problems by sheet, row and column")
async def get_problems(
    import_id: UUID, keeper: RegisterKeeper, session: Session, page: Paging, answer: AnswerPage
) -> Page[ProblemOut]:
    return answer.of(ProblemOut, await list_problems(session, import_id, page, actor=keeper))


@router.get(
    "/imports/{import_id}/report",
    summary="错误报告 · The workbook with its cells marked, or a CSV of problems",
    response_class=Response,
)
async def get_report(
    import_id: UUID, keeper: RegisterKeeper, session: Session, limits: LimitsDep
) -> Response:
    return attachment(await report_import(session, import_id, actor=keeper, limits=limits))


@router.get(
    "/evidence/{evidence_id}/content",
    summary="下载材料 · The file, for those who may see its filing",
    response_class=Response,
)
async def get_evidence_content(evidence_id: UUID, reader: FilingReader, database: DatabaseDep) -> Response:
    async with database.transaction() as session:
        found = await see_evidence(session, evidence_id, actor=reader)
    return evidence_file(found, database)
