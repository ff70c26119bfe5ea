"""Files in parts, and imports of spreadsheets into registers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.registry.api.dependencies import LimitsDep, RegisterKeeper, Uploader
from services.registry.api.models import registers as models
from services.registry.api.programmes import PathCode
from services.registry.storage.files import imports
from services.registry.use_cases.files import report_import, upload_files
from services.registry.use_cases.registers.import_register import import_register
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import Page, Paging, cursor_number, encode_cursor, link_next

router = APIRouter(tags=["uploads"])


@router.post("/uploads", status_code=201, summary="开始上传 · Announce a file that comes in parts")
async def post_upload(
    body: models.UploadIn, uploader: Uploader, command: KeyedCommand, session: Session, limits: LimitsDep
) -> models.UploadOut:
    async def begin() -> models.UploadOut:
        found = await upload_files.begin_upload(
            session,
            file_name=body.file_name,
            size=body.bytes_,
            sha256=body.sha256,
            purpose=body.purpose,
            actor=uploader,
            limits=limits,
        )
        return models.upload_out(found)

    return await command.once(session, body, models.UploadOut, begin)


@router.get("/uploads/{upload_id}", summary="上传情况 · An upload of one's own")
async def get_upload(upload_id: UUID, uploader: Uploader, session: Session) -> models.UploadOut:
    return models.upload_out(await upload_files.own_upload(session, upload_id, actor=uploader))


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
) -> models.PartOut:
    """The same part again is no change, so a broken transfer goes on where it stopped."""
    received = await upload_files.add_part(
        session, upload_id, number, await request.body(), actor=uploader, limits=limits
    )
    return models.PartOut(received_bytes=received)


@router.post("/uploads/{upload_id}/completion", summary="上传完成 · Check size, hash and kind")
async def post_completion(upload_id: UUID, uploader: Uploader, session: Session) -> models.UploadOut:
    return models.upload_out(await upload_files.complete_upload(session, upload_id, actor=uploader))


@router.post(
    "/registers/{register}/imports", status_code=201, summary="导入 · Check a spreadsheet, or keep all of it"
)
async def post_import(
    register: PathCode,
    body: models.ImportIn,
    keeper: RegisterKeeper,
    command: KeyedCommand,
    session: Session,
    today: Today,
    limits: LimitsDep,
) -> models.ImportOut:
    """`checked` or `applied`; `refused` where the file has errors: then nothing was kept."""

    async def run() -> models.ImportOut:
        found = await import_register(
            session,
            register,
            body.upload,
            mode=body.mode,
            today=today,
            actor=keeper,
            limits=limits,
        )
        return models.import_out(found)

    return await command.once(session, body, models.ImportOut, run)


@router.get("/imports/{import_id}", summary="导入结果 · An import")
async def get_import(import_id: UUID, keeper: RegisterKeeper, session: Session) -> models.ImportOut:
    return models.import_out(await report_import.own_import(session, import_id, actor=keeper))


@router.get("/imports/{import_id}/problems", summary="问题清单 · All problems by sheet, row and column")
async def get_problems(
    import_id: UUID,
    keeper: RegisterKeeper,
    session: Session,
    page: Paging,
    request: Request,
    response: Response,
) -> Page[models.ProblemOut]:
    found = await report_import.own_import(session, import_id, actor=keeper)
    rows = await imports.problems_of(
        session, import_id, after=cursor_number(page.after) or 0, limit=page.limit + 1
    )
    following = encode_cursor([rows[page.limit - 1][0]]) if len(rows) > page.limit else None
    link_next(request, response, following)
    return Page(
        items=[
            models.ProblemOut(
                sheet=found["result"]["sheet"],
                row=problem.row,
                column=problem.column,
                field=problem.field,
                rule=problem.rule,
                severity=problem.severity,
                message=problem.zh,
                message_en=problem.en,
            )
            for _, problem in rows[: page.limit]
        ],
        next=following,
    )


@router.get(
    "/imports/{import_id}/report",
    summary="错误报告 · The workbook with its cells marked, or a CSV of problems",
    response_class=Response,
)
async def get_report(
    import_id: UUID, keeper: RegisterKeeper, session: Session, limits: LimitsDep
) -> Response:
    report = await report_import.report_import(session, import_id, actor=keeper, limits=limits)
    return Response(
        report.content,
        media_type=report.media_type,
        headers={"Content-Disposition": f'attachment; filename="{report.file_name}"'},
    )
