"""Fund orders with their steps."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.facts import Asked
from services.funding.domain.orders.kinds import document_number_of
from services.funding.domain.orders.order import OrderState
from services.funding.domain.orders.orders import KeptOrder, OrderStep
from services.funding.storage.tables.orders import fund_order, fund_order_step
from shared.data.business_clock import utc_now
from shared.data.locks import lock_texts
from shared.data.rows import columns_of, read_all
from shared.web.principals import Principal

_BUDGET_LOCK = 0xB06
_LINE_LOCK = 0x11E
_NUMBER_LOCK = 0xF0D
_LIVE = (OrderState.PROPOSED.value, OrderState.APPROVED.value)
_ORDER = sa.select(*columns_of(KeptOrder, fund_order))


async def lock_budgets(session: AsyncSession, divisions: Collection[str]) -> None:
    """Fund orders of one budget are proposed and decided one after the other."""
    await lock_texts(session, _BUDGET_LOCK, divisions)


async def lock_new_line(session: AsyncSession, code: str) -> None:
    """Two desks that propose a line with one code take turns."""
    await lock_texts(session, _LINE_LOCK, [code])


async def add_order(session: AsyncSession, asked: Asked, *, fiscal_year: int) -> str:
    """Keeps a proposed order under the next running number of its desk and fiscal year."""
    year, desk, order = fiscal_year, asked.desk, asked.order
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
            appropriation=asked.line,
            kind=order.kind,
            division_code=desk,
            budget_division=asked.budget,
            fiscal_year=year,
            running=running,
            document_number=document_number_of(order),
            body=order.model_dump(mode="json"),
            state=OrderState.PROPOSED.value,
            division_path=None if asked.grant_path is None else list(asked.grant_path),
            recorded_at=utc_now(),
        )
    )
    return number


async def find_order(session: AsyncSession, number: str) -> KeptOrder | None:
    found = await _orders(session, _ORDER.where(fund_order.c.number == number))
    return found[0] if found else None


async def lock_orders(session: AsyncSession, numbers: Collection[str]) -> list[KeptOrder]:
    """In the order of their numbers."""
    statement = _ORDER.where(fund_order.c.number.in_(numbers)).order_by(fund_order.c.number)
    found = await _orders(session, statement.with_for_update())
    return sorted(found, key=lambda kept: kept.place)


async def list_orders(
    session: AsyncSession,
    *,
    division_code: str,
    state: str | None,
    kind: str | None = None,
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
    if kind is not None:
        statement = statement.where(fund_order.c.kind == kind)
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


async def grants_of(
    session: AsyncSession, lines: Collection[str]
) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """By line, the division path of each cluster that an approved grant went to."""
    rows = await session.execute(
        sa.select(
            fund_order.c.appropriation,
            fund_order.c.body["cluster"].astext.label("cluster"),
            fund_order.c.division_path,
        ).where(
            fund_order.c.appropriation.in_(lines),
            fund_order.c.kind == "grant",
            fund_order.c.state == OrderState.APPROVED.value,
        )
    )
    found: dict[str, dict[str, Sequence[str]]] = {line: {} for line in lines}
    for row in rows:
        found[row.appropriation][row.cluster] = list(row.division_path)
    return found


async def live_orders_of(session: AsyncSession, lines: Collection[str]) -> Sequence[tuple[str, str, str]]:
    """Line, kind and number of each order that is proposed or approved; what carries money into a line is one of it."""
    live = fund_order.c.state.in_(_LIVE)
    into = fund_order.c.body["into"].astext
    rows = await session.execute(
        sa.union_all(
            sa.select(fund_order.c.appropriation, fund_order.c.kind, fund_order.c.number).where(
                fund_order.c.appropriation.in_(lines), live
            ),
            sa.select(into, fund_order.c.kind, fund_order.c.number).where(
                fund_order.c.kind == "carry_in", into.in_(lines), live
            ),
        )
    )
    return [(line, kind, number) for line, kind, number in rows]


async def move_orders(
    session: AsyncSession, moves: Mapping[str, OrderState], *, transfers: Mapping[str, UUID]
) -> None:
    """The state of each order from now on, and the transfer that it made."""
    given = (
        sa.func.unnest(
            _texts(moves),
            _texts([state.value for state in moves.values()]),
            sa.literal([transfers.get(number) for number in moves], ARRAY(sa.Uuid)),
        )
        .table_valued("number", "state", "transfer_id", name="given")
        .render_derived()
    )
    await session.execute(
        sa.update(fund_order)
        .where(fund_order.c.number == given.c.number)
        .values(state=given.c.state, transfer_id=given.c.transfer_id)
    )


async def add_order_steps(
    session: AsyncSession,
    orders: Collection[tuple[str, int]],
    action: str,
    *,
    actor: Principal,
    note: str,
    on: date,
) -> None:
    """The same step of each order; ``orders``: the number of each, and how many steps it has."""
    now = utc_now()
    await session.execute(
        insert(fund_order_step).values(
            [
                {
                    "fund_order": number,
                    "number": steps + 1,
                    "action": action,
                    "subject": actor.actor,
                    "unit": actor.unit,
                    "note": note,
                    "business_date": on,
                    "recorded_at": now,
                }
                for number, steps in orders
            ]
        )
    )


def _texts(texts: Collection[str]) -> sa.ColumnElement[list[str]]:
    return sa.literal(list(texts), ARRAY(sa.Text))
