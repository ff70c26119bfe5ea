"""Projects and the results of their tests."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.priority import Approval, Project, ProjectResult
from services.funding.storage.tables.projects import priority_result, project
from shared.data.business_clock import utc_now

_PROJECT = [column for column in project.c if column.name not in {"registered_by", "recorded_at"}]


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
    rows = await session.execute(sa.select(*_PROJECT).where(project.c.code.in_(codes)))
    return {row.code: _project(row) for row in rows}


async def list_projects(
    session: AsyncSession, *, county_code: str | None, after: str | None, limit: int
) -> list[Project]:
    statement = sa.select(*_PROJECT).order_by(project.c.code).limit(limit)
    if county_code is not None:
        statement = statement.where(project.c.county_code == county_code)
    if after is not None:
        statement = statement.where(project.c.code > after)
    return [_project(row) for row in await session.execute(statement)]


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


async def results_of(session: AsyncSession, *, instrument: str, release_sha256: str) -> Sequence[Any]:
    """All results for an instrument and a release, each with its project."""
    statement = (
        sa.select(
            priority_result,
            project.c.name,
            project.c.county_code,
            project.c.cluster,
            project.c.unit,
            project.c.investment_fen,
            project.c.use,
        )
        .join(project, project.c.code == priority_result.c.project)
        .where(priority_result.c.instrument == instrument, priority_result.c.release_sha256 == release_sha256)
        .order_by(priority_result.c.project)
    )
    return (await session.execute(statement)).all()


def _project(row: Any) -> Project:
    values = dict(row._mapping)
    cover: Decimal | None = values["revenue_cover"]
    return Project(
        **values
        | {
            "approvals": tuple(Approval(**approval) for approval in values["approvals"]),
            "revenue_cover": cover,
        }
    )
