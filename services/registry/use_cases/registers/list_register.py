"""Lists a register's entries for those whose division holds them, and exports the same list."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.declared import register_of
from services.registry.domain.registers.fields import Kind as FieldKind
from services.registry.domain.registers.limits import Limits
from services.registry.domain.registers.register import Register
from services.registry.spreadsheets import writing
from services.registry.storage import reference
from services.registry.storage.registers import entries
from services.registry.storage.registers.entries import ListQuery
from shared.data.database import Database
from shared.errors import Item, Kind, NotFound, Refusal
from shared.web.pagination import CursorInvalid
from shared.web.principals import Principal

Form = Literal["csv", "xlsx", "json"]
_PAGE = 2_000


class ListWishInvalid(Refusal):
    """A filter or an order names a field that the register does not have."""

    code = "list-wish-invalid"


class ListTooLong(Refusal):
    kind = Kind.TOO_LARGE
    code = "list-too-long"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see, as it stands in the query."""

    search: str | None
    sort: str
    as_of: date | None
    known_at: datetime | None
    division: str | None
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    media_type: str
    chunks: AsyncIterator[bytes]


async def list_query(
    session: AsyncSession, code: str, wish: Wish, *, today: date, actor: Principal
) -> ListQuery:
    """The wish, checked and limited to the actor's division."""
    register = register_of(code)
    divisions = await reference.load_divisions(session)
    counties = divisions.counties_within(actor.division)
    if wish.division is not None:
        if wish.division not in divisions:
            raise NotFound("区划", "division")
        counties = sorted(set(counties) & set(divisions.counties_within(wish.division)))
    sort = wish.sort.removeprefix("-")
    items = [*_unknown_filters(register, wish.filters), *_unknown_sort(register, sort)]
    if items:
        raise ListWishInvalid("筛选或排序有误", "A filter or the order is wrong", items=items)
    return ListQuery(
        register=register,
        counties=counties,
        as_of=wish.as_of or today,
        known_at=wish.known_at,
        filters=dict(entry.split("=", 1) for entry in wish.filters),
        search=(wish.search or "").strip() or None,
        sort=sort,
        descending=wish.sort.startswith("-"),
    )


def page_key(after: list[str | int] | None) -> tuple[str, str] | None:
    if after is None:
        return None
    if len(after) != 2 or not all(isinstance(part, str) for part in after):
        raise CursorInvalid("页码标记无效,请从第一页开始", "The cursor is not valid; start at the first page")
    return str(after[0]), str(after[1])


async def may_see(session: AsyncSession, actor: Principal, county_code: str) -> bool:
    divisions = await reference.load_divisions(session)
    return county_code in divisions.counties_within(actor.division)


async def export(
    database: Database, code: str, wish: Wish, *, form: Form, today: date, actor: Principal, limits: Limits
) -> Export:
    """The list from one moment, page by page; a workbook up to a number of rows, CSV and JSON of any length."""
    async with database.transaction() as session:
        query = await list_query(session, code, wish, today=today, actor=actor)
    if form == "json":
        return Export("application/json", _json(database, query))
    if form == "csv":
        return Export("text/csv; charset=utf-8", _csv(database, query))
    rows = [_row(query.register, values) async for values in _stream(database, query)]
    if len(rows) > limits.export_rows:
        raise ListTooLong(
            f"超过 {limits.export_rows} 行,请导出 CSV",
            f"More than {limits.export_rows} rows; export CSV instead",
        )
    headings = [spec.heading for spec in query.register.fields]
    content = writing.workbook_bytes(query.register.zh, headings, rows)

    async def whole() -> AsyncIterator[bytes]:
        yield content

    return Export("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", whole())


async def _stream(database: Database, query: ListQuery) -> AsyncIterator[Mapping[str, Any]]:
    async with database.transaction() as session:
        await entries.freeze_view(session)
        async for values in entries.stream_entries(session, query, size=_PAGE):
            yield values


async def _csv(database: Database, query: ListQuery) -> AsyncIterator[bytes]:
    yield writing.csv_bytes([[spec.heading for spec in query.register.fields]])
    rows = []
    async for values in _stream(database, query):
        rows.append(_row(query.register, values))
        if len(rows) == _PAGE:
            yield writing.csv_bytes(rows, bom=False)
            rows = []
    if rows:
        yield writing.csv_bytes(rows, bom=False)


async def _json(database: Database, query: ListQuery) -> AsyncIterator[bytes]:
    opening = b"["
    async for values in _stream(database, query):
        shown = {
            "key": values["key"],
            **{spec.code: _plain(values, spec.code) for spec in query.register.fields},
        }
        yield opening + json.dumps(shown, ensure_ascii=False).encode()
        opening = b",\n"
    yield b"]" if opening == b",\n" else b"[]"


def _row(register: Register, values: Mapping[str, Any]) -> list[Any]:
    """The cells of an entry as a template would have them: an export can be imported again."""
    cells: list[Any] = []
    for spec in register.fields:
        value = _plain(values, spec.code)
        if isinstance(value, list):
            value = "、".join(value)
        elif isinstance(value, bool):
            value = "是" if value else "否"
        elif spec.kind is FieldKind.CHOICE and value is not None:
            value = next((choice.zh for choice in spec.choices if choice.code == value), value)
        cells.append("" if value is None else value)
    return cells


def _plain(values: Mapping[str, Any], code: str) -> Any:
    if code in values["data"]:
        return values["data"][code]
    value = values.get(code) if code != "name" else None
    return value.isoformat() if isinstance(value, date) else value


def _unknown_filters(register: Register, filters: tuple[str, ...]) -> list[Item]:
    known = {spec.code for spec in register.fields} - {"valid_from", "valid_to"} | {"key"}
    return [
        Item(field="where", rule="filter", zh=f"没有字段:{entry[:60]}", en=f"no such field: {entry[:60]}")
        for entry in filters
        if "=" not in entry or entry.split("=", 1)[0] not in known or "\0" in entry
    ]


def _unknown_sort(register: Register, sort: str) -> list[Item]:
    known = {spec.code for spec in register.fields} | {"key", "name"}
    if sort in known - {"valid_to", "definition"}:
        return []
    return [Item(field="sort", rule="sort", zh=f"不能按 {sort} 排序", en=f"cannot sort by {sort}")]
