"""Exports the list of a register as CSV, workbook or JSON; an export can be imported again."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal

from services.registry.domain.divisions import Divisions
from services.registry.domain.registers.entries import Entry, shown_cells
from services.registry.domain.registers.limits import Limits
from services.registry.domain.registers.wishes import ListQuery, Wish
from services.registry.spreadsheets import workbooks
from services.registry.spreadsheets.download import CSV, JSON, XLSX
from services.registry.storage import reference
from services.registry.storage.registers import entries
from services.registry.use_cases.places import called_now
from services.registry.use_cases.registers.list_entries import query_of
from shared.data.database import Database
from shared.errors import Kind, Refusal
from shared.web.principals import Principal

Form = Literal["csv", "xlsx", "json"]
Stream = Callable[[], AsyncIterator[Entry]]
_PAGE = 2_000


class ListTooLong(Refusal):
    kind = Kind.TOO_LARGE
    code = "list-too-long"


@dataclass(frozen=True, slots=True)
class Export:
    media_type: str
    chunks: AsyncIterator[bytes]


async def export_register(
    database: Database, code: str, wish: Wish, *, form: Form, today: date, actor: Principal, limits: Limits
) -> Export:
    """The list from one moment, page by page; a workbook up to a number of rows, CSV and JSON of any length."""
    async with database.transaction() as session:
        query = await query_of(session, code, wish, today=today, actor=actor)
        divisions = await reference.load_divisions(session)
    stream = partial(_stream, database, query, divisions)
    if form == "json":
        return Export(JSON, _json(query, stream))
    if form == "csv":
        return Export(CSV, _csv(query, stream))
    return Export(XLSX, _whole(await _workbook(query, stream, limits)))


async def _workbook(query: ListQuery, stream: Stream, limits: Limits) -> bytes:
    rows = [shown_cells(query.register, entry) async for entry in stream()]
    if len(rows) > limits.export_rows:
        raise ListTooLong(
            f"超过 {limits.export_rows} 行,请导出 CSV",
            f"More than {limits.export_rows} rows; export CSV instead",
        )
    headings = [spec.heading for spec in query.register.fields]
    return workbooks.workbook_bytes(query.register.zh, headings, rows)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _csv(query: ListQuery, stream: Stream) -> AsyncIterator[bytes]:
    yield workbooks.csv_bytes([[spec.heading for spec in query.register.fields]])
    rows = []
    async for entry in stream():
        rows.append(shown_cells(query.register, entry))
        if len(rows) == _PAGE:
            yield workbooks.csv_bytes(rows, bom=False)
            rows = []
    if rows:
        yield workbooks.csv_bytes(rows, bom=False)


async def _json(query: ListQuery, stream: Stream) -> AsyncIterator[bytes]:
    opening = b"["
    async for entry in stream():
        shown = {"key": entry.key, **{spec.code: entry.value(spec.code) for spec in query.register.fields}}
        yield opening + json.dumps(shown, ensure_ascii=False).encode()
        opening = b",\n"
    yield b"]" if opening == b",\n" else b"[]"


async def _stream(database: Database, query: ListQuery, divisions: Divisions) -> AsyncIterator[Entry]:
    async with database.transaction() as session:
        await entries.freeze_view(session)
        async for entry in entries.stream_entries(session, query, size=_PAGE):
            yield called_now(entry, divisions)
