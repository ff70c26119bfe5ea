"""Finance's own codes of divisions."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.finance_divisions import FinanceDivision
from services.funding.storage.tables.orders import finance_division
from shared.data.business_clock import utc_now


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
