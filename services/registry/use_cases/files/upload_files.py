"""A file comes in parts: announced with size and hash, checked when complete, kept by its content's kind."""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.files import (
    EXTENSIONS,
    IMPORT_KINDS,
    FileIncomplete,
    FileIsNotWhatItSays,
    FileTooLarge,
    check_name,
    kind_of,
)
from services.registry.domain.registers.limits import Limits
from services.registry.spreadsheets.archive import has_workbook
from services.registry.storage.files import uploads
from shared.data.database import Database
from shared.data.events import append_event
from shared.errors import Kind, NotFound, Refusal
from shared.text.identifiers import new_id
from shared.web.principals import Principal

_HEAD_BYTES = 64 * 1024


class PartDiffers(Refusal):
    kind = Kind.CONFLICT
    code = "part-differs"


class UploadComplete(Refusal):
    kind = Kind.CONFLICT
    code = "upload-complete"


async def begin_upload(
    session: AsyncSession,
    *,
    file_name: str,
    size: int,
    sha256: str,
    purpose: str,
    actor: Principal,
    limits: Limits,
) -> Mapping[str, Any]:
    most = limits.import_bytes if purpose == "import" else limits.evidence_bytes
    if size > most:
        raise FileTooLarge(f"文件超过 {most // 1024} KiB", f"The file is larger than {most // 1024} KiB")
    extension = file_name.rsplit(".", 1)[-1].lower() if "." in file_name else ""
    if extension not in {name for names in EXTENSIONS.values() for name in names}:
        raise FileIsNotWhatItSays(
            f"不接受扩展名为“{extension}”的文件", f"Files with the extension {extension} are not accepted"
        )
    upload_id = new_id()
    await uploads.add_upload(
        session,
        {
            "id": upload_id, "file_name": file_name, "bytes": size, "sha256": sha256, "purpose": purpose,
            "division": actor.division, "uploaded_by": actor.person,
        },
    )  # fmt: skip
    return await own_upload(session, upload_id, actor=actor)


async def add_part(
    session: AsyncSession, upload_id: UUID, number: int, content: bytes, *, actor: Principal, limits: Limits
) -> int:
    """Keeps a part; returns how many bytes there are now."""
    found = await own_upload(session, upload_id, actor=actor, lock=True)
    if found["completed_at"] is not None:
        raise UploadComplete("文件已上传完成", "The upload is complete")
    if not content or len(content) > limits.part_bytes:
        raise FileTooLarge(
            f"每部分应为 1 至 {limits.part_bytes} 字节", f"A part has 1 to {limits.part_bytes} bytes"
        )
    if not await uploads.add_part(session, upload_id, number, content):
        raise PartDiffers(f"第 {number} 部分已有不同内容", f"Part {number} is kept with other content")
    received = await uploads.received_bytes(session, upload_id)
    if received > found["bytes"]:
        raise FileTooLarge("内容超过所报的大小", "There are more bytes than were announced")
    return received


async def complete_upload(session: AsyncSession, upload_id: UUID, *, actor: Principal) -> Mapping[str, Any]:
    """Checks size, hash and kind; a file that is not what its name says is refused."""
    found = await own_upload(session, upload_id, actor=actor, lock=True)
    if found["completed_at"] is not None:
        return found
    async with on_disk(session, upload_id) as path:
        size, digest = _measure(path)
        if size != found["bytes"] or digest != found["sha256"]:
            raise FileIncomplete(
                f"已收到 {size} 字节,应为 {found['bytes']} 字节,或内容与哈希不符",
                f"{size} of {found['bytes']} bytes came, or they do not fit the hash",
            )
        with path.open("rb") as handle:
            kind = kind_of(handle.read(_HEAD_BYTES), has_workbook=has_workbook(path))
        allowed = IMPORT_KINDS if found["purpose"] == "import" else frozenset(EXTENSIONS)
        kind = check_name(found["file_name"], kind, allowed)
    await uploads.complete_upload(session, upload_id, kind)
    await append_event(
        session,
        "file.uploaded",
        subject=str(upload_id),
        actor=actor.actor,
        data={"sha256": found["sha256"], "bytes": found["bytes"], "kind": kind, "purpose": found["purpose"]},
    )
    return {**found, "kind": kind}


async def own_upload(
    session: AsyncSession, upload_id: UUID, *, actor: Principal, lock: bool = False
) -> Mapping[str, Any]:
    found = await uploads.get_upload(session, upload_id, lock=lock)
    if found is None or found["uploaded_by"] != actor.person:
        raise NotFound("上传文件", "upload")
    return found


async def ready_upload(
    session: AsyncSession, upload_id: UUID, *, purpose: str, actor: Principal
) -> Mapping[str, Any]:
    """A complete upload of the actor's own, made for this purpose."""
    found = await own_upload(session, upload_id, actor=actor)
    if found["completed_at"] is None or found["purpose"] != purpose:
        raise FileIncomplete(
            "文件尚未上传完成,或用途不符", "The file is not complete, or was uploaded for something else"
        )
    return found


@asynccontextmanager
async def on_disk(session: AsyncSession, upload_id: UUID) -> AsyncIterator[Path]:
    """The file's bytes as a temporary file, so that its size does not matter to memory."""
    with tempfile.NamedTemporaryFile(prefix="upload-", suffix=".bin") as handle:
        await uploads.write_parts(session, upload_id, handle)  # type: ignore[arg-type]
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
