"""Snapshots of a round, and the bytes of one."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.storage import snapshots
from services.registry.storage.snapshots import SnapshotRecord
from services.registry.use_cases.scope import own_round
from shared.errors import NotFound
from shared.web.principals import Principal


async def snapshots_of(
    session: AsyncSession, round_code: str, *, actor: Principal
) -> Sequence[SnapshotRecord]:
    await own_round(session, round_code, actor)
    return await snapshots.list_snapshots(session, round_code)


async def snapshot_bytes(session: AsyncSession, sha256: str, *, actor: Principal) -> bytes:
    """The bytes whose SHA-256 is the snapshot's name, for the division whose programme it is of."""
    found = await snapshots.get_snapshot(session, sha256, division=actor.division)
    if found is None:
        raise NotFound("快照", "snapshot")
    return found
