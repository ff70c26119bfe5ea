"""Scheme versions in the database."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.tables import scheme_version
from shared.data.business_clock import utc_now

Row = sa.Row[Any]


async def add_draft(
    session: AsyncSession,
    *,
    scheme: str,
    version: str,
    programme: str,
    sha256: str,
    document: bytes,
    drafted_by: str,
) -> bool:
    """False where this version is taken already."""
    added = await session.scalar(
        insert(scheme_version)
        .values(
            scheme=scheme,
            version=version,
            programme=programme,
            state="draft",
            sha256=sha256,
            document=document,
            drafted_by=drafted_by,
            recorded_at=utc_now(),
        )
        .on_conflict_do_nothing()
        .returning(scheme_version.c.scheme)
    )
    return added is not None


async def find_scheme_version(
    session: AsyncSession, scheme: str, version: str, *, lock: bool = False
) -> Row | None:
    statement = sa.select(scheme_version).where(
        scheme_version.c.scheme == scheme, scheme_version.c.version == version
    )
    return (await session.execute(statement.with_for_update() if lock else statement)).one_or_none()


async def list_scheme_versions(
    session: AsyncSession, *, after: tuple[str, str] | None, limit: int, with_drafts: bool
) -> Sequence[Row]:
    key = sa.tuple_(scheme_version.c.scheme, scheme_version.c.version)
    statement = (
        sa.select(scheme_version).order_by(scheme_version.c.scheme, scheme_version.c.version).limit(limit)
    )
    if after is not None:
        statement = statement.where(key > sa.tuple_(*(sa.literal(part) for part in after)))
    if not with_drafts:
        statement = statement.where(scheme_version.c.published_on.is_not(None))
    return (await session.execute(statement)).all()


async def mark_published(
    session: AsyncSession, scheme: str, version: str, *, published_by: str, published_on: date
) -> None:
    await _update(
        session, scheme, version, state="published", published_by=published_by, published_on=published_on
    )


async def mark_retired(session: AsyncSession, scheme: str, version: str, *, retired_on: date) -> None:
    await _update(session, scheme, version, state="retired", retired_on=retired_on)


async def _update(session: AsyncSession, scheme: str, version: str, **values: Any) -> None:
    await session.execute(
        sa.update(scheme_version)
        .where(scheme_version.c.scheme == scheme, scheme_version.c.version == version)
        .values(**values)
    )
