"""Treasury payments, each with what came back of it so far."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.payments import Payment, PaymentFile, RecordedPayment
from services.funding.domain.payments.wanted import PaymentsWanted
from services.funding.storage.payments.recording_order import next_place, wanted_rows
from services.funding.storage.tables.payments import payment_batch, treasury_payment, treasury_return
from shared.data.business_clock import utc_now
from shared.data.locks import lock_texts
from shared.data.rows import columns_of, read_all

_COUNTY_LOCK = 0xC0DE
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
        *columns_of(RecordedPayment, treasury_payment),
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
    .order_by(treasury_payment.c.number)
)


async def lock_county(session: AsyncSession, county: str) -> None:
    """One county's payments, returns and budget projects are recorded one after the other."""
    await lock_counties(session, [county])


async def lock_counties(session: AsyncSession, counties: Collection[str]) -> None:
    await lock_texts(session, _COUNTY_LOCK, counties)


async def add_batch(session: AsyncSession, file: PaymentFile, *, county: str, recorded_by: str) -> bool:
    """False where the county sent a file of this number before."""
    added = await session.scalar(
        insert(payment_batch)
        .values(
            county_code=county,
            file_number=file.file_number,
            payments=len(file.payments),
            total_fen=file.control_total_fen,
            recorded_by=recorded_by,
            recorded_at=utc_now(),
        )
        .on_conflict_do_nothing()
        .returning(payment_batch.c.file_number)
    )
    return added is not None


async def add_payments(session: AsyncSession, payments: Sequence[Payment]) -> None:
    """Last in their transaction: from here on, nobody else's payments are recorded before these are."""
    columns = [column.name for column in columns_of(Payment, treasury_payment)]
    place = await next_place(session, treasury_payment)
    await session.execute(
        insert(treasury_payment),
        [
            {name: getattr(made, name) for name in columns}
            | {"number": place.number + index, "recorded_at": place.recorded_at}
            for index, made in enumerate(payments)
        ],
    )


async def find_payments(
    session: AsyncSession, county: str, serials: Collection[str]
) -> list[RecordedPayment]:
    """As one array: a treasury's list may hold more serials than a statement may have parameters."""
    statement = _PAYMENTS.where(
        treasury_payment.c.county_code == county,
        treasury_payment.c.bank_serial == sa.any_(sa.literal(list(serials), ARRAY(sa.Text))),
    )
    return await read_all(session, RecordedPayment, statement)


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
    session: AsyncSession, wanted: PaymentsWanted, *, counties: Collection[str], limit: int
) -> list[RecordedPayment]:
    """In the order of recording, of these counties only."""
    column = treasury_payment.c
    days = column.paid_on.between(wanted.paid_from or date.min, wanted.paid_to or date.max)
    statement = _PAYMENTS.where(days, *wanted_rows(treasury_payment, wanted, counties)).limit(limit)
    if wanted.file_number is not None:
        statement = statement.where(column.file_number == wanted.file_number)
    if wanted.budget_project is not None:
        statement = statement.where(column.budget_project == wanted.budget_project)
    return await read_all(session, RecordedPayment, statement)


async def payments_between(
    session: AsyncSession, county: str, from_day: date, to_day: date
) -> list[RecordedPayment]:
    statement = _PAYMENTS.where(
        treasury_payment.c.county_code == county, treasury_payment.c.paid_on.between(from_day, to_day)
    )
    return await read_all(session, RecordedPayment, statement)
