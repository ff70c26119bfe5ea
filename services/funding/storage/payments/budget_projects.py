"""County budget projects: what counties plan to spend of their quota."""

from collections.abc import Collection, Mapping
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.payments import BudgetProject
from services.funding.storage.tables.payments import budget_project
from services.funding.storage.tables.rounds import appropriation
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all

_PROJECT = sa.select(*columns_of(BudgetProject, budget_project))


async def add_budget_project(session: AsyncSession, new: BudgetProject, *, registered_by: str) -> bool:
    added = await session.scalar(
        insert(budget_project)
        .values(**asdict(new), registered_by=registered_by, recorded_at=utc_now())
        .on_conflict_do_nothing()
        .returning(budget_project.c.code)
    )
    return added is not None


async def find_budget_projects(
    session: AsyncSession, county: str, codes: Collection[str]
) -> list[BudgetProject]:
    statement = _PROJECT.where(budget_project.c.county_code == county, budget_project.c.code.in_(codes))
    return await read_all(session, BudgetProject, statement)


async def list_budget_projects(
    session: AsyncSession,
    *,
    county: str | None,
    budget: str | None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[BudgetProject]:
    """A county's projects, or those that spend a division's budget."""
    key = (budget_project.c.county_code, budget_project.c.code)
    statement = _PROJECT.order_by(*key).limit(limit)
    if budget is not None:
        lines = sa.select(appropriation.c.code).where(appropriation.c.division_code == budget)
        statement = statement.where(budget_project.c.appropriation.in_(lines))
    if county is not None:
        statement = statement.where(budget_project.c.county_code == county)
    if after is not None:
        statement = statement.where(sa.tuple_(*key) > sa.tuple_(*after))
    return await read_all(session, BudgetProject, statement)


async def planned_for(session: AsyncSession, appropriation: str, county: str, cluster: str) -> int:
    """What the county's budget projects plan to spend of a quota."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(budget_project.c.amount_fen), 0)).where(
        budget_project.c.appropriation == appropriation,
        budget_project.c.county_code == county,
        budget_project.c.cluster == cluster,
    )
    return int(await session.scalar(statement) or 0)


async def planned_by_quota(
    session: AsyncSession, appropriations: Collection[str]
) -> Mapping[tuple[str, str, str], int]:
    """Planned sums by line, county and cluster."""
    key = (budget_project.c.appropriation, budget_project.c.county_code, budget_project.c.cluster)
    rows = await session.execute(
        sa.select(*key, sa.func.sum(budget_project.c.amount_fen))
        .where(budget_project.c.appropriation.in_(appropriations))
        .group_by(*key)
    )
    return {(row[0], row[1], row[2]): int(row[3]) for row in rows}
