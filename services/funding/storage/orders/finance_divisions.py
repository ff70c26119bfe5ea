"""Finance's own codes of divisions."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.record_orders import FinanceDivision, FinanceDivisionCodes
from services.funding.storage.tables.orders import finance_division, fund_order, quota_notice_code
from shared.data.business_clock import utc_now

_COMPLETE = sa.text(
    "INSERT INTO quota_notice_code (fund_order, division_code, finance_code) "
    "SELECT DISTINCT f.number, d.division_code, d.finance_code "
    "FROM fund_order f CROSS JOIN LATERAL jsonb_array_elements(f.body -> 'lines') AS passed "
    "JOIN finance_division d ON d.division_code = passed ->> 'to_division' "
    "WHERE f.kind = 'pass_down' AND f.state = 'approved' ON CONFLICT DO NOTHING"
)


async def put_finance_divisions(session: AsyncSession, named: Mapping[str, FinanceDivisionCodes]) -> None:
    """By the order that names them, in their order: the last one counts."""
    latest = {
        division.division_code: (order, division)
        for order, given in named.items()
        for division in given.divisions
    }
    if not latest:
        return
    now = utc_now()
    statement = insert(finance_division).values(
        [
            {**division.model_dump(), "fund_order": order, "recorded_at": now}
            for order, division in latest.values()
        ]
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[finance_division.c.division_code],
            set_={
                name: statement.excluded[name]
                for name in ("finance_code", "name", "fund_order", "recorded_at")
            },
        )
    )


async def list_finance_divisions(session: AsyncSession, *, desk: str) -> list[FinanceDivision]:
    """Those that a desk named."""
    statement = (
        sa.select(finance_division.c.division_code, finance_division.c.finance_code, finance_division.c.name)
        .join(fund_order, fund_order.c.number == finance_division.c.fund_order)
        .where(fund_order.c.division_code == desk)
        .order_by(finance_division.c.division_code)
    )
    return [
        FinanceDivision(division_code=row.division_code, finance_code=row.finance_code, name=row.name)
        for row in await session.execute(statement)
    ]


async def code_holders(session: AsyncSession, codes: Collection[str]) -> dict[str, str]:
    """Which division has each of these codes."""
    rows = await session.execute(
        sa.select(finance_division.c.finance_code, finance_division.c.division_code).where(
            finance_division.c.finance_code.in_(codes)
        )
    )
    return {row.finance_code: row.division_code for row in rows}


async def keep_notice_codes(session: AsyncSession, passed_to: Collection[tuple[str, str]]) -> None:
    """An issued notice keeps the code that it was issued with, whatever the division's code is later; ``passed_to``:
    order and division of each."""
    wanted = {division for _, division in passed_to}
    rows = await session.execute(
        sa.select(finance_division.c.division_code, finance_division.c.finance_code).where(
            finance_division.c.division_code.in_(wanted)
        )
    )
    codes = {row.division_code: row.finance_code for row in rows}
    kept = [
        {"fund_order": order, "division_code": division, "finance_code": codes[division]}
        for order, division in passed_to
        if division in codes
    ]
    if kept:
        await session.execute(insert(quota_notice_code).values(kept))


async def complete_notice_codes(session: AsyncSession) -> None:
    """Notices that were issued before their division had a code get its first one, and keep it."""
    await session.execute(_COMPLETE)


async def notice_codes(session: AsyncSession, orders: Collection[str], division: str) -> Mapping[str, str]:
    """By order, the code with which it was issued to a division."""
    rows = await session.execute(
        sa.select(quota_notice_code.c.fund_order, quota_notice_code.c.finance_code).where(
            quota_notice_code.c.fund_order.in_(orders), quota_notice_code.c.division_code == division
        )
    )
    return {row.fund_order: row.finance_code for row in rows}
