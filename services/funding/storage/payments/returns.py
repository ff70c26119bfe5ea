"""Money of treasury payments that came back."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.payments import PaymentReturn, RecordedReturn
from services.funding.storage.tables.payments import treasury_return
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all

_RETURN = sa.select(*columns_of(RecordedReturn, treasury_return)).order_by(treasury_return.c.return_serial)


async def add_return(
    session: AsyncSession, given: PaymentReturn, *, county: str, bank_serial: str, transfer_id: UUID
) -> None:
    await session.execute(
        insert(treasury_return).values(
            **given.model_dump(),
            county_code=county,
            bank_serial=bank_serial,
            transfer_id=transfer_id,
            recorded_at=utc_now(),
        )
    )


async def return_is_known(session: AsyncSession, county: str, return_serial: str) -> bool:
    found = sa.select(treasury_return.c.return_serial).where(
        treasury_return.c.county_code == county, treasury_return.c.return_serial == return_serial
    )
    return bool(await session.scalar(sa.select(found.exists())))


async def find_returns(session: AsyncSession, county: str, serials: Collection[str]) -> list[RecordedReturn]:
    """By their own serials; as one array, as payments are."""
    statement = _RETURN.where(
        treasury_return.c.county_code == county,
        treasury_return.c.return_serial == sa.any_(sa.literal(list(serials), ARRAY(sa.Text))),
    )
    return await read_all(session, RecordedReturn, statement)


async def returns_between(
    session: AsyncSession, county: str, from_day: date, to_day: date
) -> list[RecordedReturn]:
    statement = _RETURN.where(
        treasury_return.c.county_code == county, treasury_return.c.returned_on.between(from_day, to_day)
    )
    return await read_all(session, RecordedReturn, statement)
