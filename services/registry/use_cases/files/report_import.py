"""The error report of an import: the same workbook with its cells marked, or for a long file a CSV of problems."""

import csv
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.limits import Limits
from services.registry.domain.registers.problems import Problem
from services.registry.spreadsheets import table_files, workbooks
from services.registry.spreadsheets.download import CSV, XLSX, Download
from services.registry.storage.files import imports, uploads
from services.registry.use_cases.files.show_import import own_import
from services.registry.use_cases.files.upload_files import on_disk
from shared.errors import NotFound
from shared.web.principals import Principal

_PAGE = 5_000


async def report_import(
    session: AsyncSession, import_id: UUID, *, actor: Principal, limits: Limits
) -> Download:
    found = await own_import(session, import_id, actor=actor)
    problems = [problem async for problem in _all_problems(session, import_id)]
    file = await uploads.get_upload(session, found.upload_id)
    if file is None:  # pragma: no cover - a foreign key holds them together
        raise NotFound("上传文件", "upload")
    if found.rows > limits.marked_rows or not found.columns:
        rows = [workbooks.PROBLEM_HEADINGS, *workbooks.problem_rows(problems)]
        return Download("problems.csv", CSV, workbooks.csv_bytes(rows))
    columns = {code: place for place, code in enumerate(found.columns) if code is not None}
    async with on_disk(session, found.upload_id) as path:
        if file.kind == "xlsx":
            content = workbooks.marked_workbook(path, found.sheet, problems, columns)
        else:
            content = workbooks.problem_workbook(found.sheet, _csv_rows(path), problems, columns)
    return Download("marked.xlsx", XLSX, content)


def _csv_rows(path: Path) -> list[list[str]]:
    with path.open(encoding=table_files.encoding_of(path), newline="") as handle:
        return list(csv.reader(handle))


async def _all_problems(session: AsyncSession, import_id: UUID) -> AsyncIterator[Problem]:
    after = 0
    while page := await imports.problems_of(session, import_id, after=after, limit=_PAGE):
        for row in page:
            yield row.problem
        after = page[-1].number
