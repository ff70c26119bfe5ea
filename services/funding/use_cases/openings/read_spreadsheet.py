"""Reads a workbook or CSV that somebody sent."""

import asyncio

from services.funding.domain.openings.spreadsheet import Rows
from services.funding.domain.refusals import OpeningInvalid
from shared.tables.archive import WorkbookUnreadable
from shared.tables.sheets import read_rows


async def read_spreadsheet(content: bytes, *, limit: int) -> Rows:
    """``limit``: of rows, the heading included."""
    try:
        return await asyncio.to_thread(read_rows, content, limit=limit)
    except WorkbookUnreadable as unreadable:
        raise OpeningInvalid(
            f"文件无法读取（{unreadable.rule}）：{unreadable.zh}",
            f"The file cannot be read ({unreadable.rule}): {unreadable.en}",
        ) from unreadable
