"""Snapshots: frozen, content-addressed documents of a round."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from services.registry.api.dependencies import ProvinceOfficer, SnapshotReader
from services.registry.api.programmes import PathCode
from services.registry.storage import snapshots
from services.registry.use_cases.freeze_snapshot import freeze_snapshot
from shared.contracts.snapshot import Snapshot
from shared.errors import NotFound
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand

router = APIRouter(tags=["snapshots"])

PathSha256 = Annotated[str, Path(pattern=r"^sha256:[0-9a-f]{64}$")]


class SnapshotOut(BaseModel):
    sha256: str
    number: int
    units: int


class SnapshotEntry(BaseModel):
    sha256: str
    number: int
    recorded_at: datetime


class SnapshotList(BaseModel):
    snapshots: list[SnapshotEntry]


@router.post(
    "/rounds/{code}/snapshots", status_code=201, summary="冻结快照 · Freeze a round's accepted values"
)
async def post_snapshot(
    code: PathCode, officer: ProvinceOfficer, command: KeyedCommand, session: Session, today: Today
) -> SnapshotOut:
    """From the cut-off on. The same values give the same snapshot; a restatement gives a new one."""

    async def freeze() -> SnapshotOut:
        frozen = await freeze_snapshot(session, code, today=today, actor=officer)
        return SnapshotOut(sha256=frozen.sha256, number=frozen.number, units=frozen.units)

    return await command.once(session, None, SnapshotOut, freeze)


@router.get("/rounds/{code}/snapshots", summary="快照列表 · A round's snapshots")
async def get_snapshots(code: PathCode, _reader: SnapshotReader, session: Session) -> SnapshotList:
    rows = await snapshots.list_snapshots(session, code)
    return SnapshotList(snapshots=[SnapshotEntry.model_validate(row, from_attributes=True) for row in rows])


@router.get(
    "/snapshots/{sha256}",
    summary="快照 · A snapshot's canonical bytes",
    response_model=Snapshot,
    response_class=Response,
)
async def get_snapshot(sha256: PathSha256, _reader: SnapshotReader, session: Session) -> Response:
    """The bytes whose SHA-256 is the snapshot's name."""
    found = await snapshots.get_snapshot(session, sha256)
    if found is None:
        raise NotFound("快照", "snapshot")
    return Response(found, media_type="application/json")
