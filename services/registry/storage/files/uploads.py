"""Files that came in parts: their parts, their hash, their kind. Bytes stay in the database."""

from collections.abc import Mapping
from typing import Any, BinaryIO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.storage.tables.files import upload, upload_part
from shared.data.business_clock import utc_now
from shared.data.database import row_as_dict


async def add_upload(session: AsyncSession, row: Mapping[str, Any]) -> None:
    await session.execute(sa.insert(upload).values(**row, recorded_at=utc_now()))


async def get_upload(
    session: AsyncSession, upload_id: UUID, *, lock: bool = False
) -> Mapping[str, Any] | None:
    statement = sa.select(upload).where(upload.c.id == upload_id)
    row = (await session.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return None if row is None else row_as_dict(row)


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


async def write_parts(session: AsyncSession, upload_id: UUID, target: BinaryIO) -> int:
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
