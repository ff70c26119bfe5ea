"""Imports a spreadsheet into a register: a dry run that lists all problems, or all of it; never a part."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.files.imports import Import, Mode, state_of
from services.registry.domain.registers.batches import NOTHING
from services.registry.domain.registers.declared import register_of
from services.registry.domain.registers.limits import Limits
from services.registry.domain.registers.problems import ProblemList, whole_file
from services.registry.spreadsheets.table_files import open_table
from services.registry.storage.files import imports
from services.registry.use_cases.files.upload_files import on_disk, ready_upload
from services.registry.use_cases.registers.keep_entries import Incoming, Kept, keep_entries
from services.registry.use_cases.registers.open_desk import open_desk
from shared.data.dry_run import attempt
from shared.tables.archive import WorkbookUnreadable
from shared.text.identifiers import new_id
from shared.web.principals import Principal


async def import_register(
    session: AsyncSession,
    code: str,
    upload_id: UUID,
    *,
    mode: Mode,
    today: date,
    actor: Principal,
    limits: Limits,
) -> Import:
    """The import as it is recorded: state ``checked``, ``refused`` (there are errors) or ``applied``."""
    register = register_of(code)
    desk = await open_desk(session, register, actor, today)
    _, kind = await ready_upload(session, upload_id, purpose="import", actor=actor)
    problems = ProblemList(limit=limits.problems)
    sheet = register.zh[:31]
    async with on_disk(session, upload_id) as path:
        table = open_table(path, kind, sheet=sheet, columns=register.fields)
        for problem in table.problems:
            problems.add(problem)
        kept = Kept(0, NOTHING, None)
        if table.can_be_read(apart_from={"missing-column", "column-twice"}):
            incoming = Incoming(
                register, table.columns, table.rows, "import", desk, actor, upload_id=upload_id
            )
            kept = await _keep(session, incoming, problems, limits=limits, apply=mode == "apply") or kept
    done = Import(
        id=new_id(),
        target=register.code,
        mode=mode,
        state=state_of(mode, refused=problems.errors > 0),
        rows=kept.rows,
        errors=problems.errors,
        warnings=problems.warnings,
        counts=kept.counts,
        columns=tuple(table.columns),
        sheet=sheet,
        upload_id=upload_id,
        batch=kept.batch,
        division=actor.division,
        imported_by=actor.person,
    )
    await imports.add_import(session, done, problems.kept)
    return done


async def _keep(
    session: AsyncSession, incoming: Incoming, problems: ProblemList, *, limits: Limits, apply: bool
) -> Kept | None:
    """In a savepoint: a dry run is taken back, and a file may turn out to be unreadable half-way; None then."""
    try:
        async with attempt(session, keep=apply):
            kept = await keep_entries(session, incoming, problems=problems, limits=limits)
    except WorkbookUnreadable as error:
        problems.add(whole_file(error.rule, error.zh, error.en))
        return None
    return kept if apply else replace(kept, batch=None)
