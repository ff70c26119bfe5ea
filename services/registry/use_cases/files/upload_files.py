"""A file comes in parts: announced with size and hash, checked when complete, kept by its content's kind."""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.files.kinds import check_name, kind_of
from services.registry.domain.files.uploads import (
    PartDiffers,
    Purpose,
    Upload,
    check_announced,
    check_part,
    check_ready,
    check_received,
    check_whole,
)
from services.registry.domain.registers.limits import Limits
from services.registry.storage.files import uploads
from shared.data.database import Database
from shared.data.events import append_event
from shared.errors import NotFound
from shared.tables.archive import has_workbook
from shared.text.identifiers import new_id
from shared.web.principals import Principal

_HEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Announced:
    """A file before its first part comes."""

    file_name: str
    bytes_: int
    sha256: str
    purpose: Purpose


async def begin_upload(
    session: AsyncSession, announced: Announced, *, actor: Principal, limits: Limits
) -> Upload:
    new = Upload(
        id=new_id(),
        file_name=announced.file_name,
        bytes_=announced.bytes_,
        sha256=announced.sha256,
        purpose=announced.purpose,
        division=actor.division,
        uploaded_by=actor.person,
    )
    check_announced(new, limits)
    await uploads.add_upload(session, new)
    return new


async def add_part(
    session: AsyncSession, upload_id: UUID, number: int, content: bytes, *, actor: Principal, limits: Limits
) -> int:
    """Keeps a part; returns how many bytes there are now."""
    found = await own_upload(session, upload_id, actor=actor, lock=True)
    check_part(found, content, limits)
    if not await uploads.add_part(session, upload_id, number, content):
        raise PartDiffers(f"第 {number} 部分已有不同内容", f"Part {number} is kept with other content")
    received = await uploads.received_bytes(session, upload_id)
    check_received(found, received)
    return received


async def complete_upload(session: AsyncSession, upload_id: UUID, *, actor: Principal) -> Upload:
    """Checks size, hash and kind; a file that is not what its name says is refused."""
    found = await own_upload(session, upload_id, actor=actor, lock=True)
    if found.completed_at is not None:
        return found
    async with on_disk(session, upload_id) as path:
        size, sha256 = _measure(path)
        check_whole(found, size=size, sha256=sha256)
        with path.open("rb") as handle:
            kind = kind_of(handle.read(_HEAD_BYTES), has_workbook=has_workbook(path))
        kind = check_name(found.file_name, kind, found.accepted_kinds)
    await uploads.complete_upload(session, upload_id, kind)
    await append_event(
        session,
        "file.uploaded",
        subject=str(upload_id),
        actor=actor.actor,
        data={"sha256": found.sha256, "bytes": found.bytes_, "kind": kind, "purpose": found.purpose},
    )
    return replace(found, kind=kind)


async def own_upload(
    session: AsyncSession, upload_id: UUID, *, actor: Principal, lock: bool = False
) -> Upload:
    """An upload of the actor's, in the division in which it was made."""
    found = await uploads.get_upload(session, upload_id, lock=lock)
    if found is None or (found.uploaded_by, found.division) != (actor.person, actor.division):
        raise NotFound("上传文件", "upload")
    return found


async def ready_upload(
    session: AsyncSession, upload_id: UUID, *, purpose: Purpose, actor: Principal
) -> tuple[Upload, str]:
    """A complete upload of the actor's own, made for this purpose, and the kind of its content."""
    found = await own_upload(session, upload_id, actor=actor)
    return found, check_ready(found, purpose)


@asynccontextmanager
async def on_disk(session: AsyncSession, upload_id: UUID) -> AsyncIterator[Path]:
    """The file's bytes as a temporary file, so that its size does not matter to memory."""
    with tempfile.NamedTemporaryFile(prefix="upload-", suffix=".bin") as handle:
        await uploads.write_parts(session, upload_id, handle)
        handle.flush()
        yield Path(handle.name)


async def stream_file(database: Database, upload_id: UUID) -> AsyncIterator[bytes]:
    """The file's bytes, part by part, each in a short transaction of its own."""
    number = 1
    while True:
        async with database.transaction() as session:
            content = await uploads.get_part(session, upload_id, number)
        if content is None:
            return
        yield content
        number += 1


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return path.stat().st_size, f"sha256:{digest}"
