"""County budget projects, treasury payments, what came back of them, and reconciliations."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.tables.payments import (
    budget_project,
    payment_batch,
    reconciliation,
    treasury_payment,
    treasury_return,
)
from services.funding.storage.tables.rounds import appropriation
from shared.data.business_clock import utc_now

_RETURNED = (
    sa.select(
        treasury_return.c.county_code,
        treasury_return.c.bank_serial,
        sa.func.sum(treasury_return.c.amount_fen).label("returned_fen"),
    )
    .group_by(treasury_return.c.county_code, treasury_return.c.bank_serial)
    .subquery()
)
_PAYMENTS = (
    sa.select(
        treasury_payment,
        sa.func.coalesce(_RETURNED.c.returned_fen, 0).cast(sa.BigInteger).label("returned_fen"),
    )
    .select_from(
        treasury_payment.outerjoin(
            _RETURNED,
            sa.and_(
                _RETURNED.c.county_code == treasury_payment.c.county_code,
                _RETURNED.c.bank_serial == treasury_payment.c.bank_serial,
            ),
        )
    )
    .order_by(treasury_payment.c.bank_serial)
)


_COUNTY_LOCK = 0xC0DE


async def lock_county(session: AsyncSession, county: str) -> None:
    """One county's payments, returns and budget projects are recorded one after the other."""
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_COUNTY_LOCK, sa.func.hashtext(county))))


async def add_budget_project(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    added = await session.scalar(
        insert(budget_project)
        .values(**values, recorded_at=utc_now())
        .on_conflict_do_nothing()
        .returning(budget_project.c.code)
    )
    return added is not None


async def find_budget_projects(session: AsyncSession, county: str, codes: Collection[str]) -> Sequence[Any]:
    statement = sa.select(budget_project).where(
        budget_project.c.county_code == county, budget_project.c.code.in_(codes)
    )
    return (await session.execute(statement)).all()


async def list_budget_projects(
    session: AsyncSession,
    *,
    county: str | None,
    budget: str | None,
    after: tuple[str, str] | None,
    limit: int,
) -> Sequence[Any]:
    """A county's projects, or those that spend a division's budget."""
    key = (budget_project.c.county_code, budget_project.c.code)
    statement = sa.select(budget_project).order_by(*key).limit(limit)
    if budget is not None:
        lines = sa.select(appropriation.c.code).where(appropriation.c.division_code == budget)
        statement = statement.where(budget_project.c.appropriation.in_(lines))
    if county is not None:
        statement = statement.where(budget_project.c.county_code == county)
    if after is not None:
        statement = statement.where(sa.tuple_(*key) > sa.tuple_(*after))
    return (await session.execute(statement)).all()


async def spends(session: AsyncSession, county: str, budget: str) -> bool:
    """Whether a county has a project out of a division's budget."""
    lines = sa.select(appropriation.c.code).where(appropriation.c.division_code == budget)
    own = sa.select(budget_project.c.code).where(
        budget_project.c.county_code == county, budget_project.c.appropriation.in_(lines)
    )
    return bool(await session.scalar(sa.select(own.exists())))


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


async def add_batch(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """False where the county sent a file of this number before."""
    added = await session.scalar(
        insert(payment_batch)
        .values(**values, recorded_at=utc_now())
        .on_conflict_do_nothing()
        .returning(payment_batch.c.file_number)
    )
    return added is not None


async def add_payments(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    now = utc_now()
    await session.execute(insert(treasury_payment), [{**row, "recorded_at": now} for row in rows])


async def find_payments(session: AsyncSession, county: str, serials: Collection[str]) -> Sequence[Any]:
    """As one array: a treasury's list may hold more serials than a statement may have parameters."""
    statement = _PAYMENTS.where(
        treasury_payment.c.county_code == county,
        treasury_payment.c.bank_serial == sa.any_(sa.literal(list(serials), ARRAY(sa.Text))),
    )
    return (await session.execute(statement)).all()


async def spent_by_project(session: AsyncSession, county: str, codes: Collection[str]) -> Mapping[str, int]:
    """What projects spent, less what came back."""
    inner = _PAYMENTS.where(
        treasury_payment.c.county_code == county, treasury_payment.c.budget_project.in_(codes)
    ).subquery()
    rows = await session.execute(
        sa.select(inner.c.budget_project, sa.func.sum(inner.c.actual_fen - inner.c.returned_fen)).group_by(
            inner.c.budget_project
        )
    )
    return {row[0]: int(row[1]) for row in rows}


async def list_payments(
    session: AsyncSession, *, county: str, after: str | None, limit: int
) -> Sequence[Any]:
    statement = _PAYMENTS.where(treasury_payment.c.county_code == county).limit(limit)
    if after is not None:
        statement = statement.where(treasury_payment.c.bank_serial > after)
    return (await session.execute(statement)).all()


async def payments_between(session: AsyncSession, county: str, from_day: date, to_day: date) -> Sequence[Any]:
    statement = _PAYMENTS.where(
        treasury_payment.c.county_code == county, treasury_payment.c.paid_on.between(from_day, to_day)
    )
    return (await session.execute(statement)).all()


async def add_return(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    added = await session.scalar(
        insert(treasury_return)
        .values(**values, recorded_at=utc_now())
        .on_conflict_do_nothing()
        .returning(treasury_return.c.return_serial)
    )
    return added is not None


async def find_return(session: AsyncSession, county: str, return_serial: str) -> Any | None:
    statement = sa.select(treasury_return).where(
        treasury_return.c.county_code == county, treasury_return.c.return_serial == return_serial
    )
    return (await session.execute(statement)).one_or_none()


async def add_reconciliation(session: AsyncSession, values: Mapping[str, Any]) -> None:
    await session.execute(insert(reconciliation).values(**values, recorded_at=utc_now()))


async def find_reconciliation(session: AsyncSession, found: Any) -> Any | None:
    return (
        await session.execute(sa.select(reconciliation).where(reconciliation.c.id == found))
    ).one_or_none()
