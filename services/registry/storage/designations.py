"""Designations: one row for each cluster and release, never changed; the newest in effect on a day is the status."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.designations import ClusterDesignation, ReleaseAlreadyDesignated
from services.registry.storage.tables.decisions import designation, received_release
from shared.contracts.designation_set import DesignationStatus
from shared.contracts.release import Release
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all


async def add_release(session: AsyncSession, release: Release, *, signature: str, key_id: str) -> None:
    """Refuses a second release about the same round."""
    added = await session.scalar(
        insert(received_release)
        .values(
            sha256=release.sha256,
            document=release.canonical(),
            signature=signature,
            key_id=key_id,
            programme=release.programme,
            assessment_year=release.assessment_year,
            kind=release.kind,
            recorded_at=utc_now(),
        )
        .on_conflict_do_nothing()
        .returning(received_release.c.sha256)
    )
    if added is None:
        raise ReleaseAlreadyDesignated(
            f"{release.assessment_year} 年度该轮评估结果已据以认定",
            f"Designations for this round of {release.assessment_year} are recorded already",
        )


async def add_designations(session: AsyncSession, new: Sequence[ClusterDesignation]) -> None:
    now = utc_now()
    await session.execute(insert(designation), [{**asdict(entry), "recorded_at": now} for entry in new])


async def designations_as_of(
    session: AsyncSession, programme: str, day: date, *, known_at: datetime | None = None
) -> list[ClusterDesignation]:
    """For each cluster the newest designation in effect on the day, in the order of their codes; with ``known_at``
    of those that were recorded by then."""
    newest = (
        sa.select(*columns_of(ClusterDesignation, designation))
        .where(designation.c.programme == programme, designation.c.effective_from <= day)
        .ext(distinct_on(designation.c.cluster_code))
        .order_by(
            designation.c.cluster_code, designation.c.effective_from.desc(), designation.c.recorded_at.desc()
        )
    )
    if known_at is not None:
        newest = newest.where(designation.c.recorded_at <= known_at)
    return await read_all(session, ClusterDesignation, newest)


async def status_on(
    session: AsyncSession, programme: str, cluster_code: str, day: date
) -> DesignationStatus | None:
    found: DesignationStatus | None = await session.scalar(
        sa.select(designation.c.status)
        .where(
            designation.c.programme == programme,
            designation.c.cluster_code == cluster_code,
            designation.c.effective_from <= day,
        )
        .order_by(designation.c.effective_from.desc(), designation.c.recorded_at.desc())
        .limit(1)
    )
    return found
