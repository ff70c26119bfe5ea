"""Scheme versions in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.reading.stored import SchemeDocument
from services.scoring.storage.tables import scheme_version
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one


@dataclass(frozen=True, slots=True)
class StoredScheme:
    """A version of a scheme; `division` is its programme's, `document` the canonical bytes that `sha256` is of."""

    scheme: str
    version: str
    programme: str
    division: str
    state: str
    sha256: str
    document: bytes
    drafted_by: str
    published_by: str | None
    published_on: date | None
    retired_on: date | None

    @property
    def source(self) -> SchemeDocument:
        return SchemeDocument(self.document, self.sha256)


_COLUMNS = columns_of(StoredScheme, scheme_version)


async def add_draft(
    session: AsyncSession,
    *,
    scheme: str,
    version: str,
    programme: str,
    division: str,
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
            division=division,
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
) -> StoredScheme | None:
    statement = sa.select(*_COLUMNS).where(
        scheme_version.c.scheme == scheme, scheme_version.c.version == version
    )
    return await read_one(session, StoredScheme, statement.with_for_update() if lock else statement)


async def list_scheme_versions(
    session: AsyncSession, *, after: tuple[str, str] | None, limit: int, drafts_of: str | None
) -> Sequence[StoredScheme]:
    """Published versions, and the drafts of a division."""
    key = sa.tuple_(scheme_version.c.scheme, scheme_version.c.version)
    statement = sa.select(*_COLUMNS).order_by(scheme_version.c.scheme, scheme_version.c.version).limit(limit)
    if after is not None:
        statement = statement.where(key > sa.tuple_(*(sa.literal(part) for part in after)))
    published = scheme_version.c.published_on.is_not(None)
    if drafts_of is None:
        statement = statement.where(published)
    else:
        statement = statement.where(sa.or_(published, scheme_version.c.division == drafts_of))
    return await read_all(session, StoredScheme, statement)


async def mark_published(
    session: AsyncSession, scheme: str, version: str, *, published_by: str, published_on: date
) -> None:
    statement = _update(scheme, version).values(
        state="published", published_by=published_by, published_on=published_on
    )
    await session.execute(statement)


async def mark_retired(session: AsyncSession, scheme: str, version: str, *, retired_on: date) -> None:
    await session.execute(_update(scheme, version).values(state="retired", retired_on=retired_on))


def _update(scheme: str, version: str) -> sa.Update:
    return sa.update(scheme_version).where(
        scheme_version.c.scheme == scheme, scheme_version.c.version == version
    )
