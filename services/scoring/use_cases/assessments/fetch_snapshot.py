"""The registry's snapshot by its hash. Never called inside a transaction."""

from services.scoring.storage.assessments import kept_snapshot
from shared.contracts.snapshot import Snapshot
from shared.data.database import Database
from shared.errors import Kind, Refusal
from shared.http.client import ServiceProblem
from shared.http.registry import RegistryClient


class SnapshotNotFound(Refusal):
    """The registry does not have a snapshot of this hash."""

    kind = Kind.INVALID
    code = "snapshot-not-found"


async def fetch_snapshot(database: Database, registry: RegistryClient, sha256: str) -> Snapshot:
    """The snapshot, checked against its hash; from the own store where an earlier release is based on it."""
    async with database.transaction() as session:
        kept = await kept_snapshot(session, sha256)
    if kept is not None:
        return Snapshot.parse(kept, expected_sha256=sha256)
    try:
        return await registry.snapshot(sha256)
    except ServiceProblem as problem:
        if problem.status == 404:
            raise SnapshotNotFound(
                f"登记系统没有快照{sha256}", f"The registry has no snapshot {sha256}"
            ) from problem
        raise
