"""Imports and the problems that were found in their files."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.files.imports import Import
from services.registry.domain.registers.batches import Counts
from services.registry.domain.registers.problems import Problem
from services.registry.storage.tables.files import import_problem, import_run
from shared.data.business_clock import utc_now

_AT_ONCE = 2_000


class NumberedProblem(NamedTuple):
    """A problem in its place among those of its file."""

    number: int
    problem: Problem


async def add_import(session: AsyncSession, new: Import, problems: Sequence[Problem]) -> None:
    """Keeps the import with its problems, sorted as they stand in the file."""
    await session.execute(
        sa.insert(import_run).values(
            id=new.id,
            target=new.target,
            mode=new.mode,
            state=new.state,
            rows=new.rows,
            errors=new.errors,
            warnings=new.warnings,
            upload_id=new.upload_id,
            batch_id=new.batch,
            result={
                "added": new.counts.added,
                "changed": new.counts.changed,
                "unchanged": new.counts.unchanged,
                "columns": list(new.columns),
                "sheet": new.sheet,
            },
            division=new.division,
            imported_by=new.imported_by,
            recorded_at=utc_now(),
        )
    )
    ordered = sorted(problems, key=lambda problem: (problem.row, problem.severity))
    for start in range(0, len(ordered), _AT_ONCE):
        await session.execute(
            sa.insert(import_problem),
            [
                {
                    "import_id": new.id, "number": start + place, "row": problem.row, "field": problem.field,
                    "column_zh": problem.column, "rule": problem.rule, "severity": problem.severity, "zh": problem.zh,
                    "en": problem.en,
                }
                for place, problem in enumerate(ordered[start : start + _AT_ONCE], start=1)
            ],
        )  # fmt: skip


async def get_import(session: AsyncSession, import_id: UUID) -> Import | None:
    row = (await session.execute(sa.select(import_run).where(import_run.c.id == import_id))).one_or_none()
    if row is None:
        return None
    result = row.result
    return Import(
        id=row.id,
        target=row.target,
        mode=row.mode,
        state=row.state,
        rows=row.rows,
        errors=row.errors,
        warnings=row.warnings,
        counts=Counts(result["added"], result["changed"], result["unchanged"]),
        columns=tuple(result["columns"]),
        sheet=result["sheet"],
        upload_id=row.upload_id,
        batch=row.batch_id,
        division=row.division,
        imported_by=row.imported_by,
    )


async def problems_of(
    session: AsyncSession, import_id: UUID, *, after: int = 0, limit: int
) -> list[NumberedProblem]:
    """Problems in the order of the file."""
    rows = await session.execute(
        sa.select(import_problem)
        .where(import_problem.c.import_id == import_id, import_problem.c.number > after)
        .order_by(import_problem.c.number)
        .limit(limit)
    )
    return [
        NumberedProblem(
            row.number,
            Problem(row.row, row.field, row.column_zh, row.rule, row.severity, row.zh, row.en),
        )
        for row in rows
    ]
