"""The error report of an import: the same workbook with its cells marked, or for a long file a CSV of problems."""

import csv
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.checking import Problem
from services.registry.domain.registers.limits import Limits
from services.registry.spreadsheets import reading, writing
from services.registry.storage.files import imports, uploads
from services.registry.use_cases.files.upload_files import on_disk
from shared.errors import NotFound
from shared.web.principals import Principal

_PAGE = 5_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Report:
    file_name: str
    media_type: str
    content: bytes


async def own_import(session: AsyncSession, import_id: UUID, *, actor: Principal) -> Mapping[str, Any]:
    found = await imports.get_import(session, import_id)
    if found is None or found["imported_by"] != actor.person:
        raise NotFound("导入", "import")
    return found


async def report_import(
    session: AsyncSession, import_id: UUID, *, actor: Principal, limits: Limits
) -> Report:
    found = await own_import(session, import_id, actor=actor)
    problems = [problem async for problem in _all_problems(session, import_id)]
    file = await uploads.get_upload(session, found["upload_id"])
    if file is None:  # pragma: no cover - a foreign key holds them together
        raise NotFound("上传文件", "upload")
    if found["rows"] > limits.marked_rows or not found["result"]["columns"]:
        rows = [writing.PROBLEM_HEADINGS, *writing.problem_rows(problems)]
        return Report("problems.csv", "text/csv; charset=utf-8", writing.csv_bytes(rows))
    columns = {code: place for place, code in enumerate(found["result"]["columns"]) if code is not None}
    sheet = found["result"]["sheet"]
    async with on_disk(session, found["upload_id"]) as path:
        if file["kind"] == "xlsx":
            content = writing.marked_workbook(path, sheet, problems, columns)
        else:
            content = writing.problem_workbook(sheet, _csv_rows(path), problems, columns)
    return Report("marked.xlsx", XLSX, content)


def _csv_rows(path: Path) -> list[list[str]]:
    with path.open(encoding=reading.encoding_of(path), newline="") as handle:
        return list(csv.reader(handle))


async def _all_problems(session: AsyncSession, import_id: UUID) -> AsyncIterator[Problem]:
    after = 0
    while page := await imports.problems_of(session, import_id, after=after, limit=_PAGE):
        for _, problem in page:
            yield problem
        after = page[-1][0]
