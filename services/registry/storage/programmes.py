"""Published programme documents, indicator catalogues and the rounds of their calendars."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.rounds import ListedRound, Round
from services.registry.domain.programme.documents import Caps, IndicatorCatalogue, Programme, RoundDates
from services.registry.storage.tables.programme import catalogue_version, filing_round, programme_version
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


async def newest_caps(session: AsyncSession) -> Caps | None:
    """What a county may name at most, by the programme version published last."""
    document = await session.scalar(
        sa.select(programme_version.c.document).order_by(programme_version.c.published_at.desc()).limit(1)
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


async def divisions_of_rounds(session: AsyncSession, codes: Collection[str]) -> set[str]:
    """Whose programmes the rounds are of."""
    statement = (
        sa.select(programme_version.c.division_code)
        .join(
            filing_round,
            sa.and_(
                filing_round.c.programme == programme_version.c.programme,
                filing_round.c.version == programme_version.c.version,
            ),
        )
        .where(filing_round.c.code.in_(codes))
    )
    return set(await session.scalars(statement))


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
    if document.calendar:
        await session.execute(
            insert(filing_round),
            [
                {
                    "code": entry.code,
                    "programme": document.programme,
                    "version": document.version,
                    "kind": entry.kind,
                }
                for entry in document.calendar
            ],
        )


async def taken_round_codes(session: AsyncSession, codes: Sequence[str]) -> set[str]:
    return set(await session.scalars(sa.select(filing_round.c.code).where(filing_round.c.code.in_(codes))))


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


async def get_round(session: AsyncSession, code: str) -> Round | None:
    """A round with its programme's document and catalogue."""
    row = (await session.execute(sa.select(filing_round).where(filing_round.c.code == code))).one_or_none()
    if row is None:
        return None
    programme = await get_programme(session, row.programme, row.version)
    catalogue = await get_catalogue(session, row.programme, row.version)
    if programme is None:  # pragma: no cover - a foreign key holds them together
        raise LookupError(code)
    dates = next(entry for entry in programme.calendar if entry.code == code)
    return Round(programme=programme, catalogue=catalogue, dates=dates)


async def list_rounds(session: AsyncSession) -> list[ListedRound]:
    """All rounds of all programmes, each with its dates."""
    rows = (await session.execute(sa.select(filing_round).order_by(filing_round.c.code))).all()
    calendars: dict[tuple[str, str], dict[str, RoundDates]] = {}
    for programme, version in {(row.programme, row.version) for row in rows}:
        document = await get_programme(session, programme, version)
        if document is None:  # pragma: no cover - a foreign key holds them together
            raise LookupError(programme, version)
        calendars[programme, version] = {entry.code: entry for entry in document.calendar}
    return [
        ListedRound(row.programme, row.version, calendars[row.programme, row.version][row.code])
        for row in rows
    ]
