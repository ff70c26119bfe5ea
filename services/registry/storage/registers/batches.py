"""Keeps what is staged, as a whole: what is new, what follows or corrects an entry, what is the same."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.batches import Batch, Counts
from services.registry.storage.registers.facts import live
from services.registry.storage.registers.staging import SHARED
from services.registry.storage.registers.staging import staged_entry as staged
from services.registry.storage.tables.registers import register_batch
from services.registry.storage.tables.registers import register_fact as fact

_MANY_ROWS: Final = 500
#: What an entry says; the same in a staged row and a kept one: no change.
_SAID: Final = ("county_code", "name", "source", "period", "definition", "provenance", "data")


@dataclass(frozen=True, slots=True)
class IncomingBatch:
    """A staged batch on its way into a register; ``may_move``: also from one county to another."""

    id: UUID
    register: str
    recorded_at: datetime
    may_move: bool


async def keep_staged(session: AsyncSession, batch: IncomingBatch) -> Counts:
    """Keeps what is staged: other content ends or corrects the entry before, the same content is no change.

    Unless the batch may move entries between counties, one that another county registered meanwhile is left
    alone, and the unique index then refuses the batch.
    """
    kept_before = await session.scalar(
        sa.select(sa.exists().where(fact.c.register == batch.register, live(fact)))
    )
    unchanged = changed = 0
    if kept_before:
        unchanged = await _drop_unchanged(session, batch.register)
        changed = await _supersede(session, batch)
    added = await _rowcount(
        session,
        sa.insert(fact).from_select(
            ["register", *SHARED, "batch_id", "recorded_at"],
            sa.select(
                sa.literal(batch.register),
                *(staged.c[name] for name in SHARED),
                *_recorded(batch),
            ),
        ),
    )
    if added >= _MANY_ROWS:  # what follows in this transaction should not be planned for an empty table
        await session.execute(sa.text("SET LOCAL default_statistics_target = 20"))  # a small sample will do
        await session.execute(sa.text("ANALYZE register_fact"))
    return Counts(added=added - changed, changed=changed, unchanged=unchanged)


async def add_batch(session: AsyncSession, batch: Batch) -> None:
    """One row for each batch; its insertion checks the batch as a whole when the transaction commits."""
    await session.execute(
        sa.insert(register_batch).values(
            id=batch.id,
            register=batch.register,
            kind=batch.kind,
            actor=batch.actor,
            unit=batch.unit,
            note=batch.note,
            added=batch.counts.added,
            changed=batch.counts.changed,
            unchanged=batch.counts.unchanged,
            upload_id=batch.upload_id,
            business_date=batch.business_date,
            recorded_at=batch.recorded_at,
        )
    )


async def withdraw(
    session: AsyncSession, register: str, key: str, batch: UUID, now: datetime, *, counties: Collection[str]
) -> int:
    """Supersedes all live entries of a key in these counties and puts nothing in their place."""
    return await _rowcount(
        session,
        sa.update(fact)
        .where(fact.c.register == register, fact.c.key == key, live(fact), fact.c.county_code.in_(counties))
        .values(superseded_at=now, superseded_by=batch),
    )


async def _drop_unchanged(session: AsyncSession, register: str) -> int:
    return await _rowcount(session, sa.delete(staged).where(_is_before(register), _is_same()))


async def _supersede(session: AsyncSession, batch: IncomingBatch) -> int:
    """Supersedes every live entry that a staged one overlaps; what lies before it stays, with its end."""
    before = _is_before(batch.register)
    await session.execute(
        sa.select(sa.literal(1))
        .select_from(fact)
        .join(staged, before)
        .order_by(fact.c.id)
        .with_for_update(of=fact)
    )
    superseding = sa.update(fact).where(before, *_overlap())
    if not batch.may_move:
        superseding = superseding.where(fact.c.county_code == staged.c.county_code)
    await session.execute(superseding.values(superseded_at=batch.recorded_at, superseded_by=batch.id))
    superseded = sa.and_(fact.c.register == batch.register, fact.c.superseded_by == batch.id)
    await session.execute(
        sa.insert(fact).from_select(
            ["register", *SHARED, "batch_id", "recorded_at"],
            sa.select(
                fact.c.register,
                *(staged.c.valid_from if name == "valid_to" else fact.c[name] for name in SHARED),
                *_recorded(batch),
            )
            .join(staged, staged.c.key == fact.c.key)
            .where(superseded, fact.c.valid_from < staged.c.valid_from),
        )
    )
    return await session.scalar(sa.select(sa.func.count(fact.c.key.distinct())).where(superseded)) or 0


def _is_before(register: str) -> sa.ColumnElement[bool]:
    """The live entries of a staged row's key."""
    return sa.and_(fact.c.register == register, fact.c.key == staged.c.key, live(fact))


def _is_same() -> sa.ColumnElement[bool]:
    """The entry says what the staged row says, and holds as long."""
    return sa.and_(
        fact.c.valid_from <= staged.c.valid_from,
        fact.c.valid_to.is_not_distinct_from(staged.c.valid_to),
        sa.tuple_(*(fact.c[name] for name in _SAID)) == sa.tuple_(*(staged.c[name] for name in _SAID)),
    )


def _overlap() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        sa.or_(staged.c.valid_to.is_(None), fact.c.valid_from < staged.c.valid_to),
        sa.or_(fact.c.valid_to.is_(None), staged.c.valid_from < fact.c.valid_to),
    )


def _recorded(batch: IncomingBatch) -> tuple[sa.ColumnElement[Any], ...]:
    return sa.literal(batch.id, fact.c.batch_id.type), sa.literal(batch.recorded_at, fact.c.recorded_at.type)


async def _rowcount(session: AsyncSession, statement: sa.Insert | sa.Update | sa.Delete) -> int:
    connection = await session.connection()
    return (await connection.execute(statement)).rowcount
