"""Registers: one set of routes for all of them, driven by their declarations."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.registry.api.dependencies import LimitsDep, RegisterKeeper, RegisterReader
from services.registry.api.etags import etag_of, version_of
from services.registry.api.models import registers as models
from services.registry.api.programmes import PathCode
from services.registry.domain.registers.declared import REGISTERS, register_of
from services.registry.spreadsheets import writing
from services.registry.storage.registers import entries
from services.registry.use_cases.registers import edit_entries, list_register
from shared.errors import NotFound
from shared.web.auth import SignedIn
from shared.web.dependencies import DatabaseDep, Session, Today
from shared.web.fields import BusinessDate, Moment
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import Page, Paging, encode_cursor, link_next

router = APIRouter(prefix="/registers", tags=["registers"])

EntryKey = Annotated[
    str, Path(min_length=1, max_length=700, description="the entry's key: key fields joined by |")
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOWNLOAD: dict[int | str, dict[str, Any]] = {
    200: {"content": {XLSX: {}, "text/csv": {}, "application/json": {}}}
}


@router.get("", summary="登记簿目录 · All registers with their fields")
async def get_registers(_reader: SignedIn) -> models.RegisterList:
    return models.RegisterList(registers=[models.register_out(register) for register in REGISTERS.values()])


@router.get("/{register}", summary="登记簿说明 · A register's declaration")
async def get_register(register: PathCode, _reader: SignedIn) -> models.RegisterOut:
    return models.register_out(register_of(register))


@router.get(
    "/{register}/template",
    summary="下载模板 · Template to fill",
    response_class=Response,
    responses=_DOWNLOAD,
)
async def get_template(
    register: PathCode,
    _reader: SignedIn,
    form: Annotated[Literal["xlsx", "csv"], Query(alias="format")] = "xlsx",
) -> Response:
    found = register_of(register)
    if form == "csv":
        return _file(writing.register_csv_template(found), f"{found.code}.csv", "text/csv; charset=utf-8")
    return _file(writing.register_template(found), f"{found.code}.xlsx", XLSX)


async def get_wish(
    search: Annotated[
        str | None, Query(max_length=100, description="part of a Chinese name, or pinyin initials (zyqc)")
    ] = None,
    sort: Annotated[
        str, Query(max_length=64, description="a field's code; `-` before it: descending")
    ] = "name",
    as_of: Annotated[
        BusinessDate | None, Query(description="what held on this day; today if not given")
    ] = None,
    known_at: Annotated[Moment | None, Query(description="as the registry knew it at this moment")] = None,
    county: Annotated[str | None, Query(max_length=6, description="only this division's counties")] = None,
    where: Annotated[
        list[str] | None, Query(max_length=20, description="filters such as `kind=gazelle`, all must hold")
    ] = None,
) -> list_register.Wish:
    """Filters, search and order, the same for the list and for its export."""
    return list_register.Wish(
        search=search,
        sort=sort,
        as_of=as_of,
        known_at=known_at,
        division=county,
        filters=tuple(where or ()),
    )


Wished = Annotated[list_register.Wish, Depends(get_wish)]


@router.get("/{register}/entries", summary="登记列表 · Entries with filters, search and order")
async def get_entries(
    register: PathCode,
    reader: RegisterReader,
    session: Session,
    today: Today,
    page: Paging,
    wished: Wished,
    request: Request,
    response: Response,
) -> Page[models.EntryOut]:
    """Sorted by pinyin where the order is by name. `Link` continues the list."""
    query = await list_register.list_query(session, register, wished, today=today, actor=reader)
    after = list_register.page_key(page.after)
    rows = await entries.list_entries(session, query, after=after, limit=page.limit + 1)
    shown = rows[: page.limit]
    following = encode_cursor(list(shown[-1][1])) if len(rows) > page.limit else None
    link_next(request, response, following)
    return Page(items=[models.entry_out(values) for values, _ in shown], next=following)


@router.get(
    "/{register}/export",
    summary="导出列表 · The whole list as CSV, XLSX or JSON",
    response_class=Response,
    responses=_DOWNLOAD,
)
async def export_entries(
    register: PathCode,
    reader: RegisterReader,
    database: DatabaseDep,
    today: Today,
    wished: Wished,
    limits: LimitsDep,
    form: Annotated[Literal["csv", "xlsx", "json"], Query(alias="format")] = "csv",
) -> Response:
    """The same rows in the same order as the list, with the headings of the template."""
    export = await list_register.export(
        database, register, wished, form=form, today=today, actor=reader, limits=limits
    )
    headers = {"Content-Disposition": f'attachment; filename="{register}.{form}"'}
    return StreamingResponse(export.chunks, media_type=export.media_type, headers=headers)


@router.post("/{register}/entries", status_code=201, summary="登记 · Register or change several entries")
async def post_entries(
    register: PathCode,
    body: models.EntriesIn,
    keeper: RegisterKeeper,
    command: KeyedCommand,
    session: Session,
    today: Today,
    limits: LimitsDep,
) -> models.BatchOut:
    """All or none. An entry of the same key is followed by the new one from its `valid_from` on."""

    async def keep() -> models.BatchOut:
        kept = await edit_entries.keep_given_entries(
            session,
            register,
            [_cells(entry) for entry in body.entries],
            today=today,
            actor=keeper,
            limits=limits,
            note=body.note,
        )
        return models.batch_out(kept)

    return await command.once(session, body, models.BatchOut, keep)


@router.get("/{register}/entries/{key:path}", summary="一条登记 · One entry as of a day")
async def get_entry(
    register: PathCode,
    key: EntryKey,
    reader: RegisterReader,
    session: Session,
    today: Today,
    response: Response,
    as_of: Annotated[BusinessDate | None, Query()] = None,
    known_at: Annotated[Moment | None, Query()] = None,
) -> models.EntryOut:
    found = await entries.get_entry(
        session, register_of(register).code, key, as_of=as_of or today, known_at=known_at
    )
    if found is None or not await list_register.may_see(session, reader, str(found["county_code"])):
        raise NotFound("登记", "entry")
    response.headers["ETag"] = etag_of(int(found["id"]))
    return models.entry_out(found)


@router.get("/{register}/histories/{key:path}", summary="登记历史 · All that was recorded under a key")
async def get_history(
    register: PathCode, key: EntryKey, reader: RegisterReader, session: Session
) -> models.EntryHistory:
    found = await entries.history(session, register_of(register).code, key)
    if not found or not await list_register.may_see(session, reader, str(found[-1]["county_code"])):
        raise NotFound("登记", "entry")
    return models.EntryHistory(entries=[models.past_entry_out(row) for row in found])


@router.put("/{register}/entries/{key:path}", summary="修改一条 · Change one entry")
async def put_entry(
    register: PathCode,
    key: EntryKey,
    body: models.EntryIn,
    keeper: RegisterKeeper,
    session: Session,
    today: Today,
    limits: LimitsDep,
    response: Response,
    if_match: Annotated[str, Header(max_length=50, description="`ETag` of the entry that was edited")],
) -> models.EntryOut:
    """The new content holds from its `valid_from` on; who edited an older version is refused (412)."""
    changed = await edit_entries.edit_entry(
        session,
        register,
        key,
        _cells(body.entry),
        version=version_of(if_match),
        today=today,
        actor=keeper,
        limits=limits,
        note=body.note,
    )
    response.headers["ETag"] = etag_of(int(str(changed["id"])))
    return models.entry_out(changed)


@router.post("/{register}/withdrawals/{key:path}", summary="注销 · Take an entry back, with reason")
async def post_withdrawal(
    register: PathCode,
    key: EntryKey,
    body: models.WithdrawalIn,
    keeper: RegisterKeeper,
    session: Session,
    today: Today,
    if_match: Annotated[str, Header(max_length=50, description="`ETag` of the entry")],
) -> models.WithdrawalOut:
    """For what should never have been recorded; what merely ended gets a `valid_to` instead."""
    batch = await edit_entries.withdraw_entry(
        session, register, key, version=version_of(if_match), reason=body.reason, today=today, actor=keeper
    )
    return models.WithdrawalOut(batch=batch)


def _cells(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: "、".join(value) if isinstance(value, list) else value for name, value in entry.items()}


def _file(content: bytes, name: str, media_type: str) -> Response:
    return Response(
        content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
