"""Projects and the results of their tests."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import date

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.priority.priority_list import KeptResult
from services.funding.domain.priority.project_test import Approval, Project, ProjectResult
from services.funding.storage.tables.projects import priority_result, project
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all

_PROJECT = sa.select(*columns_of(Project, project))
_APPROVALS: TypeAdapter[tuple[Approval, ...]] = TypeAdapter(tuple[Approval, ...])


async def add_project(session: AsyncSession, new: Project, *, registered_by: str) -> bool:
    """Registers a project; false where its code is taken."""
    values = asdict(new) | {"approvals": [asdict(approval) for approval in new.approvals]}
    added = await session.scalar(
        insert(project)
        .values(**values, registered_by=registered_by, recorded_at=utc_now())
        .on_conflict_do_nothing()
        .returning(project.c.code)
    )
    return added is not None


async def find_projects(session: AsyncSession, codes: Sequence[str]) -> dict[str, Project]:
    found = await _read_projects(session, _PROJECT.where(project.c.code.in_(codes)))
    return {known.code: known for known in found}


async def list_projects(
    session: AsyncSession, *, divisions: Collection[str], after: str | None, limit: int
) -> list[Project]:
    """Projects of a division and those below it."""
    statement = (
        _PROJECT.where(project.c.division_path.overlap(sorted(divisions)))
        .order_by(project.c.code)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(project.c.code > after)
    return await _read_projects(session, statement)


async def add_results(
    session: AsyncSession,
    tested: Sequence[ProjectResult],
    *,
    instrument: str,
    programme: str,
    assessment_year: int,
    release_sha256: str,
    designations_sha256: str,
    incentive: str,
    incentive_version: str,
    negative_list: str | None,
    tested_by: str,
    tested_on: date,
) -> list[str]:
    """Keeps results; returns the codes of projects that were tested for this instrument and release before."""
    added = set(
        await session.scalars(
            insert(priority_result)
            .values(
                [
                    {
                        "project": entry.project.code,
                        "instrument": instrument,
                        "release_sha256": release_sha256,
                        "programme": programme,
                        "assessment_year": assessment_year,
                        "designations_sha256": designations_sha256,
                        "incentive": incentive,
                        "incentive_version": incentive_version,
                        "negative_list": negative_list,
                        "cluster_rank": entry.cluster_rank,
                        "listed": entry.listed,
                        "reasons": [asdict(reason) for reason in entry.reasons],
                        "valid_from": entry.valid_from,
                        "valid_to": entry.valid_to,
                        "tested_by": tested_by,
                        "tested_on": tested_on,
                        "recorded_at": utc_now(),
                    }
                    for entry in sorted(tested, key=lambda entry: entry.project.code)
                ]
            )
            .on_conflict_do_nothing()
            .returning(priority_result.c.project)
        )
    )
    return sorted({entry.project.code for entry in tested} - added)


async def results_of(session: AsyncSession, *, instrument: str, release_sha256: str) -> list[KeptResult]:
    """All results for an instrument and a release, each with its project."""
    statement = (
        sa.select(
            priority_result.c.project.label("project_code"),
            project.c.name.label("project"),
            project.c.county_code,
            project.c.division_path,
            project.c.cluster,
            priority_result.c.cluster_rank,
            project.c.unit,
            project.c.investment_fen,
            project.c.use,
            priority_result.c.incentive,
            priority_result.c.incentive_version,
            priority_result.c.listed,
            priority_result.c.reasons,
            priority_result.c.valid_from,
            priority_result.c.valid_to,
            priority_result.c.negative_list,
            priority_result.c.tested_on,
        )
        .join(project, project.c.code == priority_result.c.project)
        .where(priority_result.c.instrument == instrument, priority_result.c.release_sha256 == release_sha256)
        .order_by(priority_result.c.project)
    )
    return await read_all(session, KeptResult, statement)


async def _read_projects(session: AsyncSession, statement: sa.Executable) -> list[Project]:
    """Approvals are kept as a document."""
    found = await read_all(session, Project, statement)
    return [replace(p, approvals=_APPROVALS.validate_python(p.approvals)) for p in found]
