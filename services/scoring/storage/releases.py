"""Releases and their units in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.tables import decision, public_notice, release, release_unit
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one
from shared.documents.canonical import Json


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """`document` is the canonical bytes that `sha256` is of."""

    sha256: str
    assessment: str
    stage: str
    number: int
    supersedes: str | None
    document: bytes
    signature: str
    key_id: str


@dataclass(frozen=True, slots=True)
class ReleaseStep:
    """One release in the line of those of an assessment, without its bytes."""

    sha256: str
    stage: str
    number: int
    supersedes: str | None


@dataclass(frozen=True, slots=True)
class StoredUnit:
    """A unit's part of a release, in rank order; `part` and `explanation` are documents."""

    unit: str
    position: int
    division_path: Sequence[str]
    part: Mapping[str, Json]
    explanation: Json


@dataclass(frozen=True, slots=True)
class RankedPart:
    position: int
    part: Mapping[str, Json]


_RELEASE, _UNIT = columns_of(StoredRelease, release), columns_of(StoredUnit, release_unit)


async def add_release(session: AsyncSession, new: StoredRelease, units: Sequence[StoredUnit]) -> None:
    """The document and one row for each of its units."""
    await session.execute(sa.insert(release).values(**asdict(new), recorded_at=utc_now()))
    if units:
        rows = [{"release": new.sha256, **asdict(unit)} for unit in units]
        await session.execute(sa.insert(release_unit), rows)


async def find_release(session: AsyncSession, sha256: str) -> StoredRelease | None:
    statement = sa.select(*_RELEASE).where(release.c.sha256 == sha256)
    return await read_one(session, StoredRelease, statement)


async def releases_of(session: AsyncSession, assessment_id: str) -> Sequence[ReleaseStep]:
    """Proposed ones in the order of their numbers, then the final one; without their bytes."""
    statement = (
        sa.select(*columns_of(ReleaseStep, release))
        .where(release.c.assessment == assessment_id)
        .order_by(release.c.stage.desc(), release.c.number)
    )
    return await read_all(session, ReleaseStep, statement)


async def decided_after(session: AsyncSession, assessment_id: str, number: int) -> Sequence[StoredRelease]:
    """Decided proposals with a number above this one, the newest first."""
    statement = (
        sa.select(*_RELEASE)
        .join(decision, decision.c.release == release.c.sha256)
        .where(release.c.assessment == assessment_id, release.c.number > number)
        .order_by(release.c.number.desc())
    )
    return await read_all(session, StoredRelease, statement)


async def noticed_releases(session: AsyncSession, assessment_id: str) -> Sequence[StoredRelease]:
    """What was on public notice, the first notice first."""
    statement = (
        sa.select(*_RELEASE)
        .join(public_notice, public_notice.c.release == release.c.sha256)
        .where(public_notice.c.assessment == assessment_id)
        .order_by(public_notice.c.number)
    )
    return await read_all(session, StoredRelease, statement)


async def find_release_unit(session: AsyncSession, sha256: str, unit: str) -> StoredUnit | None:
    statement = sa.select(*_UNIT).where(release_unit.c.release == sha256, release_unit.c.unit == unit)
    return await read_one(session, StoredUnit, statement)


async def explanations_of(session: AsyncSession, sha256: str) -> dict[str, Json]:
    rows = await session.execute(
        sa.select(release_unit.c.unit, release_unit.c.explanation).where(release_unit.c.release == sha256)
    )
    return {row.unit: row.explanation for row in rows}


async def page_of_units(
    session: AsyncSession, sha256: str, *, after: int | None, limit: int
) -> Sequence[RankedPart]:
    """Units in rank order, those without a rank last."""
    statement = (
        sa.select(*columns_of(RankedPart, release_unit))
        .where(release_unit.c.release == sha256)
        .order_by(release_unit.c.position)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(release_unit.c.position > after)
    return await read_all(session, RankedPart, statement)
