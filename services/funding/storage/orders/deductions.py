"""Deductions that variations leave for a later year, and those that passing down made."""

from collections import Counter
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.facts import Owed
from services.funding.storage.tables.orders import deduction, deduction_made, fund_order
from services.funding.storage.tables.rounds import appropriation

_LINE_AND_CLUSTER = (fund_order.c.appropriation, deduction.c.cluster)


async def add_deductions(session: AsyncSession, new: Sequence[Owed]) -> None:
    rows = [
        {
            "fund_order": owed.deduction,
            "cluster": owed.cluster,
            "fiscal_year": owed.fiscal_year,
            "amount_fen": owed.amount_fen,
        }
        for owed in new
    ]
    if rows:
        await session.execute(insert(deduction).values(rows))


async def open_deductions(session: AsyncSession, clusters: Collection[str], *, lock: bool) -> list[Owed]:
    """What clusters still owe from variations, the oldest first; ``lock``: until the end."""
    budget = appropriation.c.division_code.label("budget")
    statement = (
        sa.select(deduction, budget, appropriation.c.programme)
        .join(fund_order, fund_order.c.number == deduction.c.fund_order)
        .join(appropriation, appropriation.c.code == fund_order.c.appropriation)
        .where(deduction.c.cluster.in_(clusters))
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
        Owed(
            row.fund_order,
            row.cluster,
            row.amount_fen - done.get(row.fund_order, 0),
            row.budget,
            row.programme,
            row.fiscal_year,
        )
        for row in owed
        if row.amount_fen > done.get(row.fund_order, 0)
    ]


async def registered_deductions(session: AsyncSession, lines: Collection[str]) -> Counter[tuple[str, str]]:
    """By line and cluster, what variations of its award deduct from later ones."""
    rows = await session.execute(
        sa.select(*_LINE_AND_CLUSTER, sa.func.sum(deduction.c.amount_fen))
        .join(fund_order, fund_order.c.number == deduction.c.fund_order)
        .where(fund_order.c.appropriation.in_(lines))
        .group_by(*_LINE_AND_CLUSTER)
    )
    return Counter({(row[0], row[1]): int(row[2]) for row in rows})


async def deductions_given_up(session: AsyncSession, lines: Collection[str]) -> Counter[tuple[str, str]]:
    """By line and cluster, what its own quota gave up for variations of earlier awards."""
    rows = await session.execute(
        sa.select(*_LINE_AND_CLUSTER, sa.func.sum(deduction_made.c.amount_fen))
        .join(deduction, deduction.c.fund_order == deduction_made.c.deduction)
        .join(fund_order, fund_order.c.number == deduction_made.c.fund_order)
        .where(fund_order.c.appropriation.in_(lines))
        .group_by(*_LINE_AND_CLUSTER)
    )
    return Counter({(row[0], row[1]): int(row[2]) for row in rows})


async def add_deductions_made(session: AsyncSession, made: Collection[tuple[str, str, int]]) -> None:
    """Order, deduction and amount of each."""
    rows = [{"fund_order": order, "deduction": owed, "amount_fen": fen} for order, owed, fen in made]
    if rows:
        await session.execute(insert(deduction_made).values(rows))
