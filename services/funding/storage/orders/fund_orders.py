"""Fund orders with their steps, and the deductions that variations leave for a later year."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.checks import Owed
from services.funding.domain.orders.kinds import OrderState
from services.funding.storage.tables.orders import deduction, deduction_made, fund_order, fund_order_step
from services.funding.storage.tables.rounds import appropriation
from shared.data.business_clock import utc_now
from shared.web.principals import Principal

_BUDGET_LOCK = 0xB06
_NUMBER_LOCK = 0xF0D
_DOCUMENT_LOCK = 0xD0C


async def lock_budgets(session: AsyncSession, divisions: Collection[str]) -> None:
    """Fund orders of one budget are proposed and decided one after the other."""
    for division in sorted(set(divisions)):
        key = sa.func.hashtext(division)
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_BUDGET_LOCK, key)))


async def add_order(session: AsyncSession, values: Mapping[str, Any]) -> str:
    """Keeps a proposed order under the next running number of its desk and fiscal year."""
    year, division = int(values["fiscal_year"]), str(values["division_code"])
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_NUMBER_LOCK, year * 1_000_003 % 2**31)))
    last = await session.scalar(
        sa.select(sa.func.max(fund_order.c.running)).where(
            fund_order.c.fiscal_year == year, fund_order.c.division_code == division
        )
    )
    running = int(last or 0) + 1
    number = f"{year}-{division}-{running:04d}"
    await session.execute(
        insert(fund_order).values(
            **values,
            number=number,
            running=running,
            state=OrderState.PROPOSED.value,
            recorded_at=utc_now(),
        )
    )
    return number


async def find_order(session: AsyncSession, number: str) -> Any | None:
    return (await session.execute(sa.select(fund_order).where(fund_order.c.number == number))).one_or_none()


async def lock_orders(session: AsyncSession, numbers: Collection[str]) -> Sequence[Any]:
    statement = (
        sa.select(fund_order)
        .where(fund_order.c.number.in_(numbers))
        .order_by(fund_order.c.number)
        .with_for_update()
    )
    return (await session.execute(statement)).all()


async def list_orders(
    session: AsyncSession,
    *,
    division_code: str,
    state: str | None,
    appropriation_code: str | None,
    after: str | None,
    limit: int,
) -> Sequence[Any]:
    """Orders that a desk made, or that move money of its budget."""
    statement = (
        sa.select(fund_order)
        .where(
            sa.or_(fund_order.c.division_code == division_code, fund_order.c.budget_division == division_code)
        )
        .order_by(fund_order.c.number)
        .limit(limit)
    )
    if state is not None:
        statement = statement.where(fund_order.c.state == state)
    if appropriation_code is not None:
        statement = statement.where(fund_order.c.appropriation == appropriation_code)
    if after is not None:
        statement = statement.where(fund_order.c.number > after)
    return (await session.execute(statement)).all()


async def passed_down_to(
    session: AsyncSession, division: str, *, after: str | None, limit: int
) -> Sequence[Any]:
    """Approved orders that pass quota down to a division."""
    statement = (
        sa.select(fund_order)
        .where(
            fund_order.c.kind == "pass_down",
            fund_order.c.state == OrderState.APPROVED.value,
            fund_order.c.body.contains({"lines": [{"to_division": division}]}),
        )
        .order_by(fund_order.c.number)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(fund_order.c.number > after)
    return (await session.execute(statement)).all()


async def grants_of(session: AsyncSession, appropriation_code: str) -> Mapping[str, list[str]]:
    """The division path of each cluster that an approved grant of the line went to."""
    rows = await session.scalars(
        sa.select(fund_order.c.body).where(
            fund_order.c.appropriation == appropriation_code,
            fund_order.c.kind == "grant",
            fund_order.c.state == OrderState.APPROVED.value,
        )
    )
    return {str(body["cluster"]): list(body["division_path"]) for body in rows}


async def move_order(
    session: AsyncSession, number: str, state: OrderState, *, transfer_id: UUID | None = None
) -> None:
    await session.execute(
        sa.update(fund_order)
        .where(fund_order.c.number == number)
        .values(state=state.value, transfer_id=transfer_id)
    )


async def add_order_step(
    session: AsyncSession, order: str, action: str, *, actor: Principal, note: str, on: date
) -> None:
    last = await session.scalar(
        sa.select(sa.func.max(fund_order_step.c.number)).where(fund_order_step.c.fund_order == order)
    )
    await session.execute(
        insert(fund_order_step).values(
            fund_order=order,
            number=int(last or 0) + 1,
            action=action,
            subject=actor.actor,
            unit=actor.unit,
            note=note,
            business_date=on,
            recorded_at=utc_now(),
        )
    )


async def steps_of_orders(session: AsyncSession, numbers: Collection[str]) -> Mapping[str, list[Any]]:
    rows = await session.execute(
        sa.select(fund_order_step)
        .where(fund_order_step.c.fund_order.in_(numbers))
        .order_by(fund_order_step.c.fund_order, fund_order_step.c.number)
    )
    found: dict[str, list[Any]] = {number: [] for number in numbers}
    for row in rows:
        found[row.fund_order].append(row)
    return found


async def document_taken(
    session: AsyncSession, document_number: str, *, but: str | None = None, lock: bool = True
) -> bool:
    """Whether a line or a live order (other than ``but``) has the number, however it was typed; two that lock it take
    turns."""
    wanted = _as_read(sa.literal(document_number))
    if lock:
        key = sa.func.hashtext(wanted)
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_DOCUMENT_LOCK, key)))
    orders = sa.select(fund_order.c.number).where(
        _as_read(fund_order.c.document_number) == wanted,
        fund_order.c.state.in_([OrderState.PROPOSED.value, OrderState.APPROVED.value]),
    )
    if but is not None:
        orders = orders.where(fund_order.c.number != but)
    lines = sa.select(appropriation.c.code).where(_as_read(appropriation.c.document_number) == wanted)
    return bool(await session.scalar(sa.select(sa.or_(orders.exists(), lines.exists()))))


def _as_read(document_number: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """财预〔2024〕18号, 财预[2024]18号 and 财预(2024)18 号 are one document to whoever reads them."""
    plain = sa.func.normalize(document_number, sa.literal_column("NFKC"))
    return sa.func.translate(plain, "[]()【】 ", "〔〕〔〕〔〕")


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
