"""Finance's own codes of divisions."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.finance_divisions import FinanceDivision
from services.funding.storage.tables.orders import finance_division, quota_notice_code
from shared.data.business_clock import utc_now

_COMPLETE = sa.text(
    "INSERT INTO quota_notice_code (fund_order, division_code, finance_code) "
    "SELECT DISTINCT f.number, d.division_code, d.finance_code "
    "FROM fund_order f CROSS JOIN LATERAL jsonb_array_elements(f.body -> 'lines') AS line "
    "JOIN finance_division d ON d.division_code = line ->> 'to_division' "
    "WHERE f.kind = 'pass_down' AND f.state = 'approved' ON CONFLICT DO NOTHING"
)


async def put_finance_divisions(
    session: AsyncSession, divisions: Sequence[FinanceDivision], *, recorded_by: str
) -> None:
    now = utc_now()
    statement = insert(finance_division).values(
        [{**division.model_dump(), "recorded_by": recorded_by, "recorded_at": now} for division in divisions]
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[finance_division.c.division_code],
            set_={
                name: statement.excluded[name]
                for name in ("finance_code", "name", "recorded_by", "recorded_at")
            },
        )
    )


async def list_finance_divisions(session: AsyncSession) -> list[FinanceDivision]:
    statement = sa.select(
        finance_division.c.division_code, finance_division.c.finance_code, finance_division.c.name
    ).order_by(finance_division.c.division_code)
    return [
        FinanceDivision(division_code=row.division_code, finance_code=row.finance_code, name=row.name)
        for row in await session.execute(statement)
    ]


async def finance_codes(session: AsyncSession, divisions: Collection[str]) -> Mapping[str, str]:
    rows = await session.execute(
        sa.select(finance_division.c.division_code, finance_division.c.finance_code).where(
            finance_division.c.division_code.in_(divisions)
        )
    )
    return {row.division_code: row.finance_code for row in rows}


async def keep_notice_codes(session: AsyncSession, order: str, divisions: Collection[str]) -> None:
    """An issued notice keeps the code that it was issued with, whatever the division's code is later."""
    codes = await finance_codes(session, divisions)
    rows = [
        {"fund_order": order, "division_code": division, "finance_code": code}
        for division, code in codes.items()
    ]
    if rows:
        await session.execute(insert(quota_notice_code), rows)


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
