"""A return as a spreadsheet: the form goes down prefilled and comes up filled; a dry run shows all problems."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import FilingKind
from services.registry.domain.filings.form import FORM, SHEET, FormReader
from services.registry.domain.registers.checking import Problem, ProblemList
from services.registry.domain.registers.limits import Limits
from services.registry.spreadsheets.archive import WorkbookUnreadable
from services.registry.spreadsheets.form import form_workbook
from services.registry.spreadsheets.reading import open_table
from services.registry.storage.files import imports
from services.registry.storage.filings import filings
from services.registry.use_cases.derived.derive_indicators import surroundings_of
from services.registry.use_cases.files.upload_files import on_disk, ready_upload
from services.registry.use_cases.filings.load_filing import findings_of, visible
from services.registry.use_cases.filings.prepare_filing import prepare_filing, revise_filing
from services.registry.use_cases.forms.prefill_filing import prefill_filing
from shared.text.identifiers import new_id
from shared.web.principals import Principal


async def filing_form(
    session: AsyncSession, round_code: str, cluster_code: str, *, actor: Principal
) -> bytes:
    """The workbook to fill: a row for each figure that the round asks for, with what is known already."""
    proposal = await prefill_filing(session, round_code, cluster_code, actor=actor)
    return form_workbook(
        proposal.round.indicators(),
        proposal.round.dates.data_year,
        {value.key: value for value in proposal.values},
    )


async def import_filing(
    session: AsyncSession,
    upload_id: UUID,
    *,
    kind: FilingKind,
    round_code: str,
    cluster_code: str,
    version: int | None,
    mode: Literal["check", "apply"],
    today: date,
    actor: Principal,
    limits: Limits,
) -> Mapping[str, Any]:
    """Prepares the filing, or revises version ``version`` of it; findings of the rules are listed by row as well.

    What cannot be read stops the import. Rule errors do not: as everywhere they stop the sign-off.
    """
    file = await ready_upload(session, upload_id, purpose="import", actor=actor)
    proposal = await prefill_filing(
        session, round_code, cluster_code, actor=actor
    )  # also: may the actor see it
    current = proposal.round
    problems = ProblemList(limit=limits.problems)
    reader = FormReader(
        current.indicators(), frozenset(current.indicators().asked_for(current.dates.data_year)), problems.add
    )
    rows = 0
    columns: list[str | None] = []
    async with on_disk(session, upload_id) as path:
        table = open_table(path, file["kind"], sheet=SHEET, columns=FORM)
        columns = table.columns
        for problem in table.problems:
            problems.add(problem)
        if columns and not any(p.severity == "error" and p.rule == "missing-column" for p in table.problems):
            try:
                for number, cells in table.rows:
                    rows += 1
                    reader.read(number, columns, cells)
            except WorkbookUnreadable as error:
                problems.add(imports.whole_file(error.rule, error.zh, error.en))
    content = reader.content()
    unreadable = problems.errors
    if not unreadable:
        code = f"{round_code}.{cluster_code}"
        existing = await filings.get_filing(session, code)
        if existing is not None:
            visible(existing, kind=kind, actor=actor)
            waivers = (await filings.load_contents(session, [code]))[code].waivers
            content = replace(content, waivers=waivers)
        if mode == "apply":
            if existing is None:
                found = await prepare_filing(
                    session, kind=kind, round_code=round_code, cluster_code=cluster_code, content=content, today=today,
                    actor=actor,
                )  # fmt: skip
            else:
                found = await revise_filing(
                    session, code, kind=kind, version=version or 0, content=content, today=today, actor=actor
                )
            findings = found.findings
        else:
            current.check_kind(kind)
            current.check_county_may_work(today, sent_back=await filings.was_sent_back(session, code))
            around = await surroundings_of(
                session, current, cluster_code=cluster_code, county_code=proposal.county_code
            )
            findings = findings_of(content, current, around)
        for finding in findings:
            row = reader.rows_of.get((finding.indicator, finding.data_year), 0)
            problems.add(
                Problem(row, "value", "数值", finding.rule, finding.severity,
                        f"{finding.indicator} {finding.data_year or ''}:{finding.zh}",
                        f"{finding.indicator} {finding.data_year or ''}: {finding.en}")
            )  # fmt: skip
    state = "refused" if unreadable else "applied" if mode == "apply" else "checked"
    return await imports.add_import(
        session,
        {
            "id": new_id(), "target": f"{kind.value}.{round_code}.{cluster_code}", "mode": mode, "state": state,
            "rows": rows, "errors": problems.errors, "warnings": problems.warnings, "upload_id": upload_id,
            "batch_id": None,
            "result": {"added": len(content.values), "changed": 0, "unchanged": 0, "columns": columns, "sheet": SHEET},
            "division": actor.division, "imported_by": actor.person,
        },
        problems.kept,
    )  # fmt: skip
