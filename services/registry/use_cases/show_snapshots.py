"""Snapshots of a round, and the bytes of one."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.storage import snapshots
from services.registry.storage.snapshots import SnapshotRecord
from shared.errors import NotFound


async def snapshots_of(session: AsyncSession, round_code: str) -> Sequence[SnapshotRecord]:
    return await snapshots.list_snapshots(session, round_code)


async def snapshot_bytes(session: AsyncSession, sha256: str) -> bytes:
    """The bytes whose SHA-256 is the snapshot's name."""
    found = await snapshots.get_snapshot(session, sha256)
    if found is None:
        raise NotFound("快照", "snapshot")
    return found
