"""Snapshots: canonical bytes by their hash, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.storage.tables.decisions import snapshot
from services.registry.storage.tables.programme import filing_round, programme_version
from shared.contracts.snapshot import Snapshot
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """A snapshot of a round without its content."""

    sha256: str
    number: int
    recorded_at: datetime


async def lock_round(session: AsyncSession, code: str) -> None:
    await session.execute(sa.select(filing_round.c.code).where(filing_round.c.code == code).with_for_update())


async def add_snapshot(session: AsyncSession, document: Snapshot, *, round_code: str, frozen_by: str) -> int:
    """Keeps a snapshot; the same content again is the same snapshot. Returns its number in the round."""
    kept = await session.scalar(sa.select(snapshot.c.number).where(snapshot.c.sha256 == document.sha256))
    if kept is not None:
        return int(kept)
    last = await session.scalar(
        sa.select(sa.func.max(snapshot.c.number)).where(snapshot.c.round_code == round_code)
    )
    number = int(last or 0) + 1
    await session.execute(
        insert(snapshot).values(
            sha256=document.sha256,
            round_code=round_code,
            document=document.canonical(),
            number=number,
            frozen_by=frozen_by,
            recorded_at=utc_now(),
        )
    )
    return number


async def get_snapshot(session: AsyncSession, sha256: str, *, division: str) -> bytes | None:
    """Of a round of the division's programme."""
    found: bytes | None = await session.scalar(
        sa.select(snapshot.c.document)
        .join(filing_round, filing_round.c.code == snapshot.c.round_code)
        .join(
            programme_version,
            sa.and_(
                programme_version.c.programme == filing_round.c.programme,
                programme_version.c.version == filing_round.c.version,
            ),
        )
        .where(snapshot.c.sha256 == sha256, programme_version.c.division_code == division)
    )
    return found


async def list_snapshots(session: AsyncSession, round_code: str) -> Sequence[SnapshotRecord]:
    statement = (
        sa.select(*columns_of(SnapshotRecord, snapshot))
        .where(snapshot.c.round_code == round_code)
        .order_by(snapshot.c.number)
    )
    return await read_all(session, SnapshotRecord, statement)
