"""Published programme documents and indicator catalogues."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.programme.documents import Caps, IndicatorCatalogue, Programme
from services.registry.storage.tables.programme import catalogue_version, programme_version
from shared.data.business_clock import utc_now
from shared.data.locks import lock_texts

_PROGRAMME_LOCK = 0x9A0


async def get_programme(session: AsyncSession, programme: str, version: str) -> Programme | None:
    document = await session.scalar(
        sa.select(programme_version.c.document).where(
            programme_version.c.programme == programme, programme_version.c.version == version
        )
    )
    return None if document is None else Programme.model_validate(document)


async def newest_programme(session: AsyncSession, programme: str) -> Programme | None:
    document = await session.scalar(
        sa.select(programme_version.c.document)
        .where(programme_version.c.programme == programme)
        .order_by(programme_version.c.published_at.desc())
        .limit(1)
    )
    return None if document is None else Programme.model_validate(document)


async def newest_caps(session: AsyncSession, counties: Collection[str]) -> Caps | None:
    """What these counties may name at most, by the version published last of a programme in which any takes part."""
    taking_part = programme_version.c.document["scope"]["counties"].has_any(
        sa.literal(sorted(counties), ARRAY(sa.Text))
    )
    document = await session.scalar(
        sa.select(programme_version.c.document)
        .where(taking_part)
        .order_by(programme_version.c.published_at.desc())
        .limit(1)
    )
    return None if document is None else Programme.model_validate(document).caps


async def published_programme_hash(session: AsyncSession, programme: str, version: str) -> str | None:
    found: str | None = await session.scalar(
        sa.select(programme_version.c.sha256).where(
            programme_version.c.programme == programme, programme_version.c.version == version
        )
    )
    return found


async def published_catalogue_hash(session: AsyncSession, programme: str, version: str) -> str | None:
    found: str | None = await session.scalar(
        sa.select(catalogue_version.c.sha256).where(
            catalogue_version.c.programme == programme, catalogue_version.c.version == version
        )
    )
    return found


async def division_of(session: AsyncSession, programme: str) -> str | None:
    """Whose programme it is: the division that published its first version; null where there is none."""
    found: str | None = await session.scalar(
        sa.select(programme_version.c.division_code)
        .where(programme_version.c.programme == programme)
        .limit(1)
    )
    return found


async def lock_programme(session: AsyncSession, programme: str) -> None:
    """Two who publish one programme for the first time take turns."""
    await lock_texts(session, _PROGRAMME_LOCK, [programme])


async def add_programme(session: AsyncSession, document: Programme, sha256: str, *, division: str) -> None:
    await session.execute(
        insert(programme_version).values(
            programme=document.programme,
            version=document.version,
            division_code=division,
            document=document.model_dump(mode="json"),
            sha256=sha256,
            published_at=utc_now(),
        )
    )


async def add_catalogue(session: AsyncSession, document: IndicatorCatalogue, sha256: str) -> None:
    await session.execute(
        insert(catalogue_version).values(
            programme=document.programme,
            version=document.version,
            document=document.model_dump(mode="json"),
            sha256=sha256,
            published_at=utc_now(),
        )
    )


async def get_catalogue(session: AsyncSession, programme: str, version: str) -> IndicatorCatalogue | None:
    document = await session.scalar(
        sa.select(catalogue_version.c.document).where(
            catalogue_version.c.programme == programme, catalogue_version.c.version == version
        )
    )
    return None if document is None else IndicatorCatalogue.model_validate(document)
