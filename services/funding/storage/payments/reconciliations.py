"""Reconciliations, as they were found."""

from dataclasses import fields
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.reconciliation import ListedDifference, Reconciliation
from services.funding.storage.tables.payments import reconciliation
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of

_RECONCILIATION: TypeAdapter[Reconciliation] = TypeAdapter(Reconciliation)
_DIFFERENCES: TypeAdapter[tuple[ListedDifference, ...]] = TypeAdapter(tuple[ListedDifference, ...])


async def add_reconciliation(session: AsyncSession, found: Reconciliation, *, recorded_by: str) -> None:
    kept = {field.name: getattr(found, field.name) for field in fields(Reconciliation)}
    kept["differences"] = _DIFFERENCES.dump_python(found.differences, mode="json")
    await session.execute(
        insert(reconciliation).values(**kept, recorded_by=recorded_by, recorded_at=utc_now())
    )


async def find_reconciliation(session: AsyncSession, wanted: UUID) -> Reconciliation | None:
    statement = sa.select(*columns_of(Reconciliation, reconciliation)).where(reconciliation.c.id == wanted)
    row = (await session.execute(statement)).mappings().one_or_none()
    return None if row is None else _RECONCILIATION.validate_python(dict(row))
