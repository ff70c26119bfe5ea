"""Files that came in parts: their parts, their hash, their kind. Bytes stay in the database."""

from typing import IO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.files.uploads import Upload
from services.registry.storage.tables.files import upload, upload_part
from shared.data.business_clock import utc_now


async def add_upload(session: AsyncSession, new: Upload) -> None:
    await session.execute(
        sa.insert(upload).values(
            id=new.id,
            file_name=new.file_name,
            bytes=new.bytes_,
            sha256=new.sha256,
            purpose=new.purpose,
            division=new.division,
            uploaded_by=new.uploaded_by,
            recorded_at=utc_now(),
        )
    )


async def get_upload(session: AsyncSession, upload_id: UUID, *, lock: bool = False) -> Upload | None:
    statement = sa.select(upload).where(upload.c.id == upload_id)
    row = (await session.execute(statement.with_for_update() if lock else statement)).one_or_none()
    if row is None:
        return None
    return Upload(
        id=row.id,
        file_name=row.file_name,
        bytes_=row.bytes,
        sha256=row.sha256,
        purpose=row.purpose,
        division=row.division,
        uploaded_by=row.uploaded_by,
        kind=row.kind,
        completed_at=row.completed_at,
    )


async def add_part(session: AsyncSession, upload_id: UUID, number: int, content: bytes) -> bool:
    """Keeps a part; the same part again is no change. False if another content is kept under the number."""
    added = await session.scalar(
        insert(upload_part)
        .values(upload_id=upload_id, number=number, content=content)
        .on_conflict_do_nothing()
        .returning(upload_part.c.number)
    )
    if added is not None:
        return True
    kept = await session.scalar(
        sa.select(upload_part.c.content).where(
            upload_part.c.upload_id == upload_id, upload_part.c.number == number
        )
    )
    return bool(kept == content)


async def received_bytes(session: AsyncSession, upload_id: UUID) -> int:
    total = await session.scalar(
        sa.select(sa.func.sum(sa.func.octet_length(upload_part.c.content))).where(
            upload_part.c.upload_id == upload_id
        )
    )
    return int(total or 0)


async def write_parts(session: AsyncSession, upload_id: UUID, target: IO[bytes]) -> int:
    """Writes the file's bytes in the order of its parts; returns how many parts there are without a gap."""
    number = 0
    while True:
        content = await session.scalar(
            sa.select(upload_part.c.content).where(
                upload_part.c.upload_id == upload_id, upload_part.c.number == number + 1
            )
        )
        if content is None:
            return number
        target.write(content)
        number += 1


async def get_part(session: AsyncSession, upload_id: UUID, number: int) -> bytes | None:
    found: bytes | None = await session.scalar(
        sa.select(upload_part.c.content).where(
            upload_part.c.upload_id == upload_id, upload_part.c.number == number
        )
    )
    return found


async def complete_upload(session: AsyncSession, upload_id: UUID, kind: str) -> None:
    await session.execute(
        sa.update(upload).where(upload.c.id == upload_id).values(kind=kind, completed_at=utc_now())
    )
