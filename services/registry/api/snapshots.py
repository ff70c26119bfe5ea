"""Snapshots: frozen, content-addressed documents of a round."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.registry.api.dependencies import Runner, SnapshotReader
from services.registry.api.models.snapshots import SnapshotEntry, SnapshotList, SnapshotOut
from services.registry.api.paths import PathCode
from services.registry.use_cases.freeze_snapshot import freeze_snapshot
from services.registry.use_cases.show_snapshots import snapshot_bytes, snapshots_of
from shared.contracts.snapshot import Snapshot
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand

router = APIRouter(tags=["snapshots"])

PathSha256 = Annotated[str, Path(pattern=r"^sha256:[0-9a-f]{64}$")]


@router.post(
    "/rounds/{code}/snapshots", status_code=201, summary="冻结快照 · Freeze a round's accepted values"
)
async def post_snapshot(
    code: PathCode, runner: Runner, command: KeyedCommand, session: Session, today: Today
) -> SnapshotOut:
    """From the cut-off on. The same values give the same snapshot; a restatement gives a new one."""
    return await command.once(
        session, SnapshotOut, lambda: freeze_snapshot(session, code, today=today, actor=runner)
    )


@router.get("/rounds/{code}/snapshots", summary="快照列表 · A round's snapshots")
async def get_snapshots(code: PathCode, reader: SnapshotReader, session: Session) -> SnapshotList:
    rows = await snapshots_of(session, code, actor=reader)
    return SnapshotList(snapshots=[SnapshotEntry.model_validate(row, from_attributes=True) for row in rows])


@router.get(
    "/snapshots/{sha256}",
    summary="快照 · A snapshot's canonical bytes",
    response_model=Snapshot,
    response_class=Response,
)
async def get_snapshot(sha256: PathSha256, reader: SnapshotReader, session: Session) -> Response:
    """The bytes whose SHA-256 is the snapshot's name."""
    return Response(await snapshot_bytes(session, sha256, actor=reader), media_type="application/json")
