"""Reconciliations, as they were found."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.reconciliation import (
    Comparison,
    KeptComparison,
    ListedDifference,
    Reconciliation,
)
from services.funding.domain.payments.wanted import ReconciliationsWanted
from services.funding.storage.payments.recording_order import next_place, wanted_rows
from services.funding.storage.tables.payments import reconciliation
from shared.data.rows import columns_of, read_all

_RECONCILIATION: TypeAdapter[Reconciliation] = TypeAdapter(Reconciliation)
_DIFFERENCES: TypeAdapter[Sequence[ListedDifference]] = TypeAdapter(Sequence[ListedDifference])


async def add_reconciliation(
    session: AsyncSession, found: Comparison, differences: Sequence[ListedDifference], *, recorded_by: str
) -> None:
    """Last in its transaction, as payments are."""
    place = await next_place(session, reconciliation)
    await session.execute(
        insert(reconciliation).values(
            **asdict(found),
            differences=_DIFFERENCES.dump_python(differences, mode="json"),
            number=place.number,
            recorded_by=recorded_by,
            recorded_at=place.recorded_at,
        )
    )


async def find_reconciliation(session: AsyncSession, wanted: UUID) -> Reconciliation | None:
    statement = sa.select(*columns_of(Reconciliation, reconciliation)).where(reconciliation.c.id == wanted)
    row = (await session.execute(statement)).mappings().one_or_none()
    return None if row is None else _RECONCILIATION.validate_python(dict(row))


async def list_reconciliations(
    session: AsyncSession, wanted: ReconciliationsWanted, *, counties: Collection[str], limit: int
) -> list[KeptComparison]:
    """In the order of recording, of these counties only; without the differences."""
    column = reconciliation.c
    statement = (
        sa.select(*columns_of(KeptComparison, reconciliation))
        .where(
            column.to_day >= (wanted.from_day or date.min),
            column.from_day <= (wanted.to_day or date.max),
            *wanted_rows(reconciliation, wanted, counties),
        )
        .order_by(reconciliation.c.number)
        .limit(limit)
    )
    return await read_all(session, KeptComparison, statement)
