"""County budget projects: what counties plan to spend of their quota."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.facts import Plan
from services.funding.domain.payments.payments import BudgetProject, PlanChange, PlanStep
from services.funding.storage.tables.payments import (
    budget_project,
    budget_project_step,
    treasury_payment,
    treasury_return,
)
from services.funding.storage.tables.rounds import appropriation
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all
from shared.documents.canonical import Json

_PROJECT = sa.select(*columns_of(BudgetProject, budget_project))


async def add_budget_projects(
    session: AsyncSession, new: Sequence[BudgetProject], *, registered_by: str
) -> bool:
    """False where the county has one of the codes already."""
    now = utc_now()
    rows = [{**asdict(project), "registered_by": registered_by, "recorded_at": now} for project in new]
    added = await session.scalars(
        insert(budget_project).values(rows).on_conflict_do_nothing().returning(budget_project.c.code)
    )
    return len(added.all()) == len(new)


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


async def open_plans(session: AsyncSession, quotas: Collection[tuple[str, str, str]]) -> list[Plan]:
    """What open projects plan of quotas, and what they paid; each quota by line, county and cluster."""
    statement = (
        sa.select(
            budget_project.c.county_code.label("county"),
            budget_project.c.code,
            budget_project.c.name,
            budget_project.c.appropriation,
            budget_project.c.cluster,
            budget_project.c.amount_fen.label("planned_fen"),
            sa.cast(_paid_net(), sa.BigInteger).label("paid_fen"),
        )
        .where(
            budget_project.c.state == "open",
            sa.tuple_(
                budget_project.c.appropriation, budget_project.c.county_code, budget_project.c.cluster
            ).in_(list(quotas)),
        )
        .order_by(budget_project.c.county_code, budget_project.c.code)
    )
    return await read_all(session, Plan, statement)


async def change_plans(session: AsyncSession, changes: Sequence[PlanChange], *, actor: str, on: date) -> None:
    """Each change with what was before, in the order of the changes."""
    if not changes:
        return
    keys = [(change.county, change.code) for change in changes]
    rows = await session.execute(
        sa.select(
            budget_project_step.c.county_code,
            budget_project_step.c.code,
            sa.func.max(budget_project_step.c.number),
        )
        .where(sa.tuple_(budget_project_step.c.county_code, budget_project_step.c.code).in_(keys))
        .group_by(budget_project_step.c.county_code, budget_project_step.c.code)
    )
    last = Counter({(row[0], row[1]): int(row[2]) for row in rows})
    now, steps = utc_now(), []
    after: dict[tuple[str, str], dict[str, Json]] = defaultdict(dict)
    for change in changes:
        key = (change.county, change.code)
        last[key] += 1
        after[key].update(change.after)
        steps.append(
            {
                "county_code": change.county,
                "code": change.code,
                "number": last[key],
                "action": change.action,
                "before": change.before,
                "after": change.after,
                "reason": change.reason,
                "fund_order": change.fund_order,
                "subject": actor,
                "business_date": on,
                "recorded_at": now,
            }
        )
    await session.execute(insert(budget_project_step).values(steps))
    names = sorted({name for values in after.values() for name in values})
    statement = (
        sa.update(budget_project)
        .where(
            budget_project.c.county_code == sa.bindparam("county"),
            budget_project.c.code == sa.bindparam("plan"),
        )
        .values(
            {
                name: sa.case(
                    (
                        sa.bindparam(f"has_{name}", type_=sa.Boolean),
                        sa.bindparam(f"new_{name}", type_=column.type),
                    ),
                    else_=column,
                )
                for name in names
                for column in (budget_project.c[name],)
            }
        )
    )
    rows_to_change = [
        {"county": county, "plan": code}
        | {f"has_{name}": name in values for name in names}
        | {f"new_{name}": values.get(name) for name in names}
        for (county, code), values in after.items()
    ]
    await (await session.connection()).execute(statement, rows_to_change)


async def steps_of_projects(
    session: AsyncSession, projects: Collection[tuple[str, str]]
) -> Mapping[tuple[str, str], list[PlanStep]]:
    """What was changed of each project, the oldest first; each by county and code."""
    statement = (
        sa.select(*columns_of(PlanStep, budget_project_step))
        .where(sa.tuple_(budget_project_step.c.county_code, budget_project_step.c.code).in_(list(projects)))
        .order_by(budget_project_step.c.county_code, budget_project_step.c.code, budget_project_step.c.number)
    )
    found: dict[tuple[str, str], list[PlanStep]] = {key: [] for key in projects}
    for step in await read_all(session, PlanStep, statement):
        found[step.county_code, step.code].append(step)
    return found


async def planned_by_quota(
    session: AsyncSession, appropriations: Collection[str]
) -> Mapping[tuple[str, str, str], int]:
    """Planned sums by line, county and cluster. A closed project plans what it paid; what came back since is free."""
    planned = sa.case((budget_project.c.state == "closed", _paid_net()), else_=budget_project.c.amount_fen)
    project = (
        sa.select(
            budget_project.c.appropriation,
            budget_project.c.county_code,
            budget_project.c.cluster,
            planned.label("planned_fen"),
        )
        .where(budget_project.c.appropriation.in_(appropriations))
        .subquery()
    )
    key = (project.c.appropriation, project.c.county_code, project.c.cluster)
    rows = await session.execute(sa.select(*key, sa.func.sum(project.c.planned_fen)).group_by(*key))
    return {(row[0], row[1], row[2]): int(row[3]) for row in rows}


def _paid_net() -> sa.ColumnElement[int]:
    """What a project paid, returns deducted."""
    own = (
        treasury_payment.c.county_code == budget_project.c.county_code,
        treasury_payment.c.budget_project == budget_project.c.code,
    )
    paid = sa.select(sa.func.coalesce(sa.func.sum(treasury_payment.c.actual_fen), 0)).where(*own)
    came_back = (
        sa.select(sa.func.coalesce(sa.func.sum(treasury_return.c.amount_fen), 0))
        .join(
            treasury_payment,
            sa.and_(
                treasury_payment.c.county_code == treasury_return.c.county_code,
                treasury_payment.c.bank_serial == treasury_return.c.bank_serial,
            ),
        )
        .where(*own)
    )
    return paid.scalar_subquery() - came_back.scalar_subquery()
