"""Imports and the problems that were found in their files."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.checking import Problem
from services.registry.storage.tables.files import import_problem, import_run
from shared.data.business_clock import utc_now
from shared.data.database import row_as_dict

_AT_ONCE = 2_000


def whole_file(rule: str, zh: str, en: str) -> Problem:
    """A problem of the file as a whole."""
    return Problem(0, "", "", rule, "error", zh, en)


async def add_import(
    session: AsyncSession, row: Mapping[str, Any], problems: Sequence[Problem]
) -> Mapping[str, Any]:
    """Keeps the import with its problems, sorted as they stand in the file."""
    kept = {**row, "recorded_at": utc_now()}
    await session.execute(sa.insert(import_run).values(**kept))
    ordered = sorted(problems, key=lambda problem: (problem.row, problem.severity))
    for start in range(0, len(ordered), _AT_ONCE):
        await session.execute(
            sa.insert(import_problem),
            [
                {
                    "import_id": row["id"], "number": start + place, "row": problem.row, "field": problem.field,
                    "column_zh": problem.column, "rule": problem.rule, "severity": problem.severity, "zh": problem.zh,
                    "en": problem.en,
                }
                for place, problem in enumerate(ordered[start : start + _AT_ONCE], start=1)
            ],
        )  # fmt: skip
    return kept


async def get_import(session: AsyncSession, import_id: UUID) -> Mapping[str, Any] | None:
    row = (await session.execute(sa.select(import_run).where(import_run.c.id == import_id))).one_or_none()
    return None if row is None else row_as_dict(row)


async def problems_of(
    session: AsyncSession, import_id: UUID, *, after: int = 0, limit: int
) -> list[tuple[int, Problem]]:
    """Problems in the order of the file, each with its number."""
    rows = await session.execute(
        sa.select(import_problem)
        .where(import_problem.c.import_id == import_id, import_problem.c.number > after)
        .order_by(import_problem.c.number)
        .limit(limit)
    )
    return [
        (row.number, Problem(row.row, row.field, row.column_zh, row.rule, row.severity, row.zh, row.en))
        for row in rows
    ]
