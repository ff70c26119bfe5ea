"""Registers: one set of routes for all of them, driven by their declarations."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from services.registry.api.dependencies import (
    ClusterReader,
    EditorDep,
    LimitsDep,
    RegisterKeeper,
    RegisterReader,
)
from services.registry.api.downloads import TABLES, attachment, streamed
from services.registry.api.etags import etag_of, version_of
from services.registry.api.models.registers import (
    BatchOut,
    EntriesIn,
    EntryHistory,
    EntryIn,
    EntryOut,
    PastEntryOut,
    ProjectOut,
    RegisterList,
    RegisterOut,
    WithdrawalIn,
    WithdrawalOut,
)
from services.registry.api.paths import PathCode
from services.registry.domain.registers.declared import REGISTERS, register_of
from services.registry.domain.registers.wishes import Wish
from services.registry.use_cases.registers.edit_entries import (
    edit_entry,
    keep_given_entries,
    withdraw_entry,
)
from services.registry.use_cases.registers.export_register import export_register
from services.registry.use_cases.registers.list_entries import list_entries, show_entry, show_history
from services.registry.use_cases.registers.make_template import make_template
from services.registry.use_cases.registers.show_project import show_project
from shared.web.auth import SignedIn
from shared.web.dependencies import DatabaseDep, Session, Today
from shared.web.fields import BusinessDate, Moment
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/registers", tags=["registers"])
projects = APIRouter(prefix="/projects", tags=["registers"])

EntryKey = Annotated[
    str, Path(min_length=1, max_length=700, description="the entry's key: key fields joined by |")
]


@router.get("", summary="登记簿目录 · All registers with their fields")
async def get_registers(_reader: SignedIn) -> RegisterList:
    return RegisterList(registers=[RegisterOut.of(register) for register in REGISTERS.values()])


@router.get("/{register}", summary="登记簿说明 · A register's declaration")
async def get_register(register: PathCode, _reader: SignedIn) -> RegisterOut:
    return RegisterOut.of(register_of(register))


@router.get(
    "/{register}/template",
    summary="下载模板 · Template to fill",
    response_class=Response,
    responses=TABLES,
)
async def get_template(
    register: PathCode,
    _reader: SignedIn,
    form: Annotated[Literal["xlsx", "csv"], Query(alias="format")] = "xlsx",
) -> Response:
    return attachment(make_template(register, form))


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
) -> Wish:
    """Filters, search and order, the same for the list and for its export."""
    return Wish(
        search=search, sort=sort, as_of=as_of, known_at=known_at, division=county, filters=tuple(where or ())
    )


Wished = Annotated[Wish, Depends(get_wish)]


@router.get("/{register}/entries", summary="登记列表 · Entries with filters, search and order")
async def get_entries(
    register: PathCode,
    reader: RegisterReader,
    session: Session,
    today: Today,
    page: Paging,
    wished: Wished,
    answer: AnswerPage,
) -> Page[EntryOut]:
    """Sorted by pinyin where the order is by name. `Link` continues the list."""
    return answer.of(EntryOut, await list_entries(session, register, wished, page, today=today, actor=reader))


@router.get(
    "/{register}/export",
    summary="导出列表 · The whole list as CSV, XLSX or JSON",
    response_class=Response,
    responses=TABLES,
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
    found = await export_register(
        database, register, wished, form=form, today=today, actor=reader, limits=limits
    )
    return streamed(found, f"{register}.{form}")


@router.post("/{register}/entries", status_code=201, summary="登记 · Register or change several entries")
async def post_entries(
    register: PathCode, body: EntriesIn, editor: EditorDep, command: KeyedCommand, session: Session
) -> BatchOut:
    """All or none. An entry of the same key is followed by the new one from its `valid_from` on."""
    return await command.once(
        session,
        BatchOut,
        lambda: keep_given_entries(session, register, body.cells(), editor=editor, note=body.note),
    )


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
) -> EntryOut:
    found = await show_entry(session, register, key, as_of=as_of or today, known_at=known_at, actor=reader)
    response.headers["ETag"] = etag_of(found.version)
    return EntryOut.model_validate(found, from_attributes=True)


@router.get("/{register}/histories/{key:path}", summary="登记历史 · All that was recorded under a key")
async def get_history(
    register: PathCode, key: EntryKey, reader: RegisterReader, session: Session
) -> EntryHistory:
    found = await show_history(session, register, key, actor=reader)
    return EntryHistory(entries=[PastEntryOut.model_validate(row, from_attributes=True) for row in found])


@router.put("/{register}/entries/{key:path}", summary="修改一条 · Change one entry")
async def put_entry(
    register: PathCode,
    key: EntryKey,
    body: EntryIn,
    editor: EditorDep,
    session: Session,
    response: Response,
    if_match: Annotated[str, Header(max_length=50, description="`ETag` of the entry that was edited")],
) -> EntryOut:
    """The new content holds from its `valid_from` on; who edited an older version is refused (412)."""
    version = version_of(if_match)
    changed = await edit_entry(
        session, register, key, body.cells(), version=version, editor=editor, note=body.note
    )
    response.headers["ETag"] = etag_of(changed.version)
    return EntryOut.model_validate(changed, from_attributes=True)


@router.post("/{register}/withdrawals/{key:path}", summary="作废 · Take an entry back, with reason")
async def post_withdrawal(
    register: PathCode,
    key: EntryKey,
    body: WithdrawalIn,
    keeper: RegisterKeeper,
    session: Session,
    today: Today,
    if_match: Annotated[str, Header(max_length=50, description="`ETag` of the entry")],
) -> WithdrawalOut:
    """For what should never have been recorded; what merely ended gets a `valid_to` instead."""
    batch = await withdraw_entry(
        session, register, key, version=version_of(if_match), reason=body.reason, today=today, actor=keeper
    )
    return WithdrawalOut(batch=batch)


@projects.get("/{code}", summary="项目 · A project of a cluster, as the register has it today")
async def get_project(code: PathCode, reader: ClusterReader, session: Session, today: Today) -> ProjectOut:
    found = await show_project(session, code, today=today, actor=reader)
    return ProjectOut.model_validate(found, from_attributes=True)
