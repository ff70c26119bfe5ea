"""A filled form comes up as a workbook: a dry run shows all problems, else the filing is prepared or revised."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.files.imports import Import, Mode, state_of
from services.registry.domain.filings.checks.figures import Finding
from services.registry.domain.filings.content import Content
from services.registry.domain.filings.filing import FilingKind, filing_code
from services.registry.domain.filings.form import FORM, SHEET, FormReader
from services.registry.domain.filings.proposal import Proposal
from services.registry.domain.registers.batches import Counts
from services.registry.domain.registers.limits import Limits
from services.registry.domain.registers.problems import ProblemList, whole_file
from services.registry.spreadsheets.table_files import open_table
from services.registry.storage.files import imports
from services.registry.storage.filings import contents, filings
from services.registry.use_cases.files.upload_files import on_disk, ready_upload
from services.registry.use_cases.filings.load_filing import visible
from services.registry.use_cases.filings.prepare_filing import prepare_filing, revise_filing
from services.registry.use_cases.forms.prefill_filing import prefill_filing
from shared.data.dry_run import attempt
from shared.tables.archive import WorkbookUnreadable
from shared.text.identifiers import new_id
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class FilledForm:
    """Which uploaded file is the form of which cluster; ``version`` is that of the filing that it replaces."""

    upload: UUID
    kind: FilingKind
    round: str
    cluster: str
    version: int | None
    mode: Mode

    @property
    def code(self) -> str:
        return filing_code(self.round, self.cluster)


async def import_filing(
    session: AsyncSession, form: FilledForm, *, today: date, actor: Principal, limits: Limits
) -> Import:
    """Findings of the rules are listed by row as well.

    What cannot be read stops the import. Rule errors do not: as everywhere they stop the sign-off.
    """
    _, kind = await ready_upload(session, form.upload, purpose="import", actor=actor)
    # also: may the actor see it
    proposal = await prefill_filing(session, form.round, form.cluster, actor=actor)
    problems = ProblemList(limit=limits.problems)
    rows, columns, reader = await _read(session, form.upload, kind, proposal, problems)
    content = reader.content()
    refused = problems.errors > 0
    if not refused:
        for finding in await _findings(session, form, content, today=today, actor=actor):
            problems.add(reader.problem_of(finding))
    done = Import(
        id=new_id(),
        target=f"{form.kind.value}.{form.code}",
        mode=form.mode,
        state=state_of(form.mode, refused=refused),
        rows=rows,
        errors=problems.errors,
        warnings=problems.warnings,
        counts=Counts(len(content.values), 0, 0),
        columns=columns,
        sheet=SHEET,
        upload_id=form.upload,
        batch=None,
        division=actor.division,
        imported_by=actor.person,
    )
    await imports.add_import(session, done, problems.kept)
    return done


async def _read(
    session: AsyncSession, upload_id: UUID, kind: str, proposal: Proposal, problems: ProblemList
) -> tuple[int, tuple[str | None, ...], FormReader]:
    """Reads the rows of the form; problems are added to ``problems``."""
    catalogue = proposal.round.indicators()
    asked = frozenset(catalogue.asked_for(proposal.round.dates.data_year))
    reader = FormReader(catalogue, asked, problems.add)
    rows = 0
    async with on_disk(session, upload_id) as path:
        table = open_table(path, kind, sheet=SHEET, columns=FORM)
        for problem in table.problems:
            problems.add(problem)
        if table.can_be_read(apart_from={"missing-column"}):
            try:
                for number, cells in table.rows:
                    rows += 1
                    reader.read(number, table.columns, cells)
            except WorkbookUnreadable as error:
                problems.add(whole_file(error.rule, error.zh, error.en))
    return rows, tuple(table.columns), reader


async def _findings(
    session: AsyncSession, form: FilledForm, content: Content, *, today: date, actor: Principal
) -> Sequence[Finding]:
    """What the rules find in the content as it is kept; a dry run is taken back. Waivers stay as they are."""
    async with attempt(session, keep=form.mode == "apply"):
        existing = await filings.get_filing(session, form.code)
        if existing is None:
            kept = await prepare_filing(
                session,
                kind=form.kind,
                round_code=form.round,
                cluster_code=form.cluster,
                content=content,
                today=today,
                actor=actor,
            )
        else:
            visible(existing, kind=form.kind, actor=actor)
            waivers = (await contents.load_contents(session, [form.code]))[form.code].waivers
            kept = await revise_filing(
                session,
                form.code,
                kind=form.kind,
                version=form.version or 0,
                content=replace(content, waivers=waivers),
                today=today,
                actor=actor,
            )
    return kept.findings
