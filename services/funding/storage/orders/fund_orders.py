"""Fund orders with their steps."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.facts import Line
from services.funding.domain.orders.kinds import FundOrder, OrderState
from services.funding.domain.orders.orders import KeptOrder, OrderStep
from services.funding.storage.orders.document_numbers import uses_of_document
from services.funding.storage.tables.orders import fund_order, fund_order_step
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all
from shared.web.principals import Principal

_BUDGET_LOCK = 0xB06
_NUMBER_LOCK = 0xF0D
_ORDER = sa.select(*columns_of(KeptOrder, fund_order))


async def lock_budgets(session: AsyncSession, divisions: Collection[str]) -> None:
    """Fund orders of one budget are proposed and decided one after the other."""
    for division in sorted(set(divisions)):
        key = sa.func.hashtext(division)
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_BUDGET_LOCK, key)))


async def add_order(
    session: AsyncSession, order: FundOrder, line: Line, *, desk: str, grant_path: Sequence[str] | None
) -> str:
    """Keeps a proposed order under the next running number of its desk and fiscal year."""
    year = line.fiscal_year
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_NUMBER_LOCK, year * 1_000_003 % 2**31)))
    last = await session.scalar(
        sa.select(sa.func.max(fund_order.c.running)).where(
            fund_order.c.fiscal_year == year, fund_order.c.division_code == desk
        )
    )
    running = int(last or 0) + 1
    number = f"{year}-{desk}-{running:04d}"
    await session.execute(
        insert(fund_order).values(
            number=number,
            appropriation=line.code,
            kind=order.kind,
            division_code=desk,
            budget_division=line.division_code,
            fiscal_year=year,
            running=running,
            document_number=order.document_number,
            body=order.model_dump(mode="json"),
            state=OrderState.PROPOSED.value,
            division_path=None if grant_path is None else list(grant_path),
            recorded_at=utc_now(),
        )
    )
    return number


async def find_order(session: AsyncSession, number: str) -> KeptOrder | None:
    found = await _orders(session, _ORDER.where(fund_order.c.number == number))
    return found[0] if found else None


async def lock_orders(session: AsyncSession, numbers: Collection[str]) -> list[KeptOrder]:
    statement = _ORDER.where(fund_order.c.number.in_(numbers)).order_by(fund_order.c.number)
    return await _orders(session, statement.with_for_update())


async def list_orders(
    session: AsyncSession,
    *,
    division_code: str,
    state: str | None,
    appropriation_code: str | None,
    after: str | None,
    limit: int,
) -> list[KeptOrder]:
    """Orders that a desk made, or that move money of its budget."""
    statement = (
        _ORDER.where(
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
    return await _orders(session, statement)


async def passed_down_to(
    session: AsyncSession, division: str, *, after: str | None, limit: int
) -> list[KeptOrder]:
    """Approved orders that pass quota down to a division."""
    statement = (
        _ORDER.where(
            fund_order.c.kind == "pass_down",
            fund_order.c.state == OrderState.APPROVED.value,
            fund_order.c.body.contains({"lines": [{"to_division": division}]}),
        )
        .order_by(fund_order.c.number)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(fund_order.c.number > after)
    return await read_all(session, KeptOrder, statement)


async def _orders(session: AsyncSession, statement: sa.Select[Any]) -> list[KeptOrder]:
    """Each with its steps."""
    found = await read_all(session, KeptOrder, statement)
    steps: dict[str, list[OrderStep]] = defaultdict(list)
    numbers = [order.number for order in found]
    taken = (
        sa.select(*columns_of(OrderStep, fund_order_step))
        .where(fund_order_step.c.fund_order.in_(numbers))
        .order_by(fund_order_step.c.fund_order, fund_order_step.c.number)
    )
    for step in await read_all(session, OrderStep, taken):
        steps[step.fund_order].append(step)
    return [replace(order, steps=tuple(steps[order.number])) for order in found]


async def grants_of(session: AsyncSession, appropriation_code: str) -> Mapping[str, Sequence[str]]:
    """The division path of each cluster that an approved grant of the line went to."""
    rows = await session.execute(
        sa.select(fund_order.c.body["cluster"].astext.label("cluster"), fund_order.c.division_path).where(
            fund_order.c.appropriation == appropriation_code,
            fund_order.c.kind == "grant",
            fund_order.c.state == OrderState.APPROVED.value,
        )
    )
    return {row.cluster: list(row.division_path) for row in rows}


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


async def document_taken(
    session: AsyncSession, document_number: str, *, but: str | None = None, lock: bool = True
) -> bool:
    """Whether anything (other than the order ``but``) bears the number: see :func:`uses_of_document`."""
    return bool(await uses_of_document(session, document_number, but=but, lock=lock))
