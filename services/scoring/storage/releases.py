"""Releases and their units in the database."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.tables import decision, release, release_unit
from shared.data.business_clock import utc_now

Row = sa.Row[Any]


async def add_release(
    session: AsyncSession,
    *,
    sha256: str,
    assessment: str,
    stage: str,
    number: int,
    supersedes: str | None,
    document: bytes,
    signature: str,
    key_id: str,
    units: Sequence[Mapping[str, Any]],
) -> None:
    """The document and one row for each of its units: unit, position, division_path, part, explanation."""
    await session.execute(
        sa.insert(release).values(
            sha256=sha256,
            assessment=assessment,
            stage=stage,
            number=number,
            supersedes=supersedes,
            document=document,
            signature=signature,
            key_id=key_id,
            recorded_at=utc_now(),
        )
    )
    if units:
        await session.execute(sa.insert(release_unit), [{"release": sha256, **unit} for unit in units])


async def find_release(session: AsyncSession, sha256: str) -> Row | None:
    return (await session.execute(sa.select(release).where(release.c.sha256 == sha256))).one_or_none()


async def releases_of(session: AsyncSession, assessment_id: str) -> Sequence[sa.Row[Any, Any, Any, Any]]:
    """Proposed ones in the order of their numbers, then the final one; without their bytes."""
    statement = (
        sa.select(release.c.sha256, release.c.stage, release.c.number, release.c.supersedes)
        .where(release.c.assessment == assessment_id)
        .order_by(release.c.stage.desc(), release.c.number)
    )
    return (await session.execute(statement)).all()


async def decided_after(session: AsyncSession, assessment_id: str, number: int) -> Sequence[Row]:
    """Decided proposals with a number above this one, the newest first."""
    statement = (
        sa.select(release)
        .join(decision, decision.c.release == release.c.sha256)
        .where(release.c.assessment == assessment_id, release.c.number > number)
        .order_by(release.c.number.desc())
    )
    return (await session.execute(statement)).all()


async def find_release_unit(session: AsyncSession, sha256: str, unit: str) -> Row | None:
    statement = sa.select(release_unit).where(release_unit.c.release == sha256, release_unit.c.unit == unit)
    return (await session.execute(statement)).one_or_none()


async def explanations_of(session: AsyncSession, sha256: str) -> dict[str, Any]:
    rows = await session.execute(
        sa.select(release_unit.c.unit, release_unit.c.explanation).where(release_unit.c.release == sha256)
    )
    return {row.unit: row.explanation for row in rows}


async def page_of_units(
    session: AsyncSession, sha256: str, *, after: int | None, limit: int
) -> Sequence[sa.Row[Any, Any]]:
    """Units in rank order, those without a rank last."""
    statement = (
        sa.select(release_unit.c.position, release_unit.c.part)
        .where(release_unit.c.release == sha256)
        .order_by(release_unit.c.position)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(release_unit.c.position > after)
    return (await session.execute(statement)).all()
