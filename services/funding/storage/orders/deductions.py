"""Deductions that variations leave for a later year, and those that passing down made."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.facts import Owed
from services.funding.storage.tables.orders import deduction, deduction_made, fund_order
from services.funding.storage.tables.rounds import appropriation


async def add_deduction(
    session: AsyncSession, order: str, *, cluster: str, fiscal_year: int, amount_fen: int
) -> None:
    await session.execute(
        insert(deduction).values(
            fund_order=order, cluster=cluster, fiscal_year=fiscal_year, amount_fen=amount_fen
        )
    )


async def open_deductions(
    session: AsyncSession,
    clusters: Collection[str],
    *,
    budget_division: str,
    programme: str,
    before_year: int,
    lock: bool,
) -> Sequence[Owed]:
    """What clusters still owe a budget and programme from variations of earlier fiscal years, the oldest first;
    ``lock``: until the end."""
    statement = (
        sa.select(deduction)
        .join(fund_order, fund_order.c.number == deduction.c.fund_order)
        .join(appropriation, appropriation.c.code == fund_order.c.appropriation)
        .where(
            deduction.c.cluster.in_(clusters),
            deduction.c.fiscal_year < before_year,
            appropriation.c.division_code == budget_division,
            appropriation.c.programme == programme,
        )
        .order_by(deduction.c.cluster, deduction.c.fiscal_year, deduction.c.fund_order)
    )
    owed = (await session.execute(statement.with_for_update(of=deduction) if lock else statement)).all()
    made = await session.execute(
        sa.select(deduction_made.c.deduction, sa.func.sum(deduction_made.c.amount_fen))
        .where(deduction_made.c.deduction.in_([row.fund_order for row in owed]))
        .group_by(deduction_made.c.deduction)
    )
    done = {row[0]: int(row[1]) for row in made}
    return [
        Owed(row.fund_order, row.cluster, row.amount_fen - done.get(row.fund_order, 0))
        for row in owed
        if row.amount_fen > done.get(row.fund_order, 0)
    ]


async def deductions_of(session: AsyncSession, appropriation_code: str, cluster: str) -> tuple[int, int]:
    """What variations of a line's award deduct from later ones, and what its own quota gave up for earlier ones."""
    own = sa.select(fund_order.c.number).where(fund_order.c.appropriation == appropriation_code)
    registered = sa.select(sa.func.coalesce(sa.func.sum(deduction.c.amount_fen), 0)).where(
        deduction.c.cluster == cluster, deduction.c.fund_order.in_(own)
    )
    given_up = (
        sa.select(sa.func.coalesce(sa.func.sum(deduction_made.c.amount_fen), 0))
        .join(deduction, deduction.c.fund_order == deduction_made.c.deduction)
        .where(deduction.c.cluster == cluster, deduction_made.c.fund_order.in_(own))
    )
    return int(await session.scalar(registered) or 0), int(await session.scalar(given_up) or 0)


async def add_deductions_made(session: AsyncSession, order: str, amounts: Mapping[str, int]) -> None:
    rows = [
        {"fund_order": order, "deduction": owed, "amount_fen": amount} for owed, amount in amounts.items()
    ]
    if rows:
        await session.execute(insert(deduction_made), rows)
