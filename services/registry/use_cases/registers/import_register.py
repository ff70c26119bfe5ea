"""Imports a spreadsheet into a register: a dry run that lists all problems, or all of it; never a part."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.checking import ProblemList
from services.registry.domain.registers.declared import register_of
from services.registry.domain.registers.limits import Limits
from services.registry.spreadsheets.archive import WorkbookUnreadable
from services.registry.spreadsheets.reading import open_table
from services.registry.storage.files import imports
from services.registry.storage.registers.keeping import Counts
from services.registry.use_cases.files.upload_files import on_disk, ready_upload
from services.registry.use_cases.registers.keep_entries import Kept, keep_entries
from services.registry.use_cases.registers.register_desk import open_desk
from shared.text.identifiers import new_id
from shared.web.principals import Principal

Mode = Literal["check", "apply"]


async def import_register(
    session: AsyncSession,
    code: str,
    upload_id: UUID,
    *,
    mode: Mode,
    today: date,
    actor: Principal,
    limits: Limits,
) -> Mapping[str, Any]:
    """The import as it is recorded: state ``checked``, ``refused`` (there are errors) or ``applied``."""
    register = register_of(code)
    desk = await open_desk(session, register, actor, today)
    file = await ready_upload(session, upload_id, purpose="import", actor=actor)
    problems = ProblemList(limit=limits.problems)
    async with on_disk(session, upload_id) as path:
        table = open_table(path, file["kind"], sheet=register.zh[:31], columns=register.fields)
        for problem in table.problems:
            problems.add(problem)
        kept = Kept(0, Counts(0, 0, 0), None)
        if table.columns and not any(p.rule in {"missing-column", "column-twice"} for p in table.problems):
            attempt = await session.begin_nested()
            try:
                kept = await keep_entries(
                    session, register, table.columns, table.rows, desk=desk, problems=problems, limits=limits,
                    apply=mode == "apply", kind="import", actor=actor, upload_id=upload_id,
                )  # fmt: skip
            except WorkbookUnreadable as error:
                await attempt.rollback()
                problems.add(imports.whole_file(error.rule, error.zh, error.en))
            else:
                await attempt.commit()
    state = "refused" if problems.errors else "applied" if mode == "apply" else "checked"
    return await imports.add_import(
        session,
        {
            "id": new_id(), "target": register.code, "mode": mode, "state": state, "rows": kept.rows,
            "errors": problems.errors, "warnings": problems.warnings, "upload_id": upload_id, "batch_id": kept.batch_id,
            "result": {
                "added": kept.counts.added, "changed": kept.counts.changed, "unchanged": kept.counts.unchanged,
                "columns": table.columns, "sheet": register.zh[:31],
            },
            "division": actor.division, "imported_by": actor.person,
        },
        problems.kept,
    )  # fmt: skip
