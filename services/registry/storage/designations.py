"""Designations: one row for each cluster and release, never changed; the newest in effect on a day is the status."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.designations import ReleaseAlreadyDesignated
from services.registry.storage.tables.decisions import designation, received_release
from services.registry.storage.tables.programme import cluster
from shared.contracts.release import Release
from shared.data.business_clock import utc_now
from shared.data.database import row_as_dict


async def add_release(
    session: AsyncSession, release: Release, *, sha256: str, document: bytes, signature: str, key_id: str
) -> None:
    added = await session.scalar(
        insert(received_release)
        .values(
            sha256=sha256,
            document=document,
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


async def add_designations(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    await session.execute(insert(designation), [{**row, "recorded_at": utc_now()} for row in rows])


async def designations_as_of(session: AsyncSession, programme: str, day: date) -> list[dict[str, Any]]:
    """For each cluster the newest designation in effect on the day, with the cluster's name and county."""
    newest = (
        sa.select(designation)
        .where(designation.c.programme == programme, designation.c.effective_from <= day)
        .ext(distinct_on(designation.c.cluster_code))
        .order_by(
            designation.c.cluster_code, designation.c.effective_from.desc(), designation.c.recorded_at.desc()
        )
        .subquery()
    )
    rows = await session.execute(
        sa.select(newest, cluster.c.name, cluster.c.county_code)
        .join(cluster, cluster.c.code == newest.c.cluster_code)
        .order_by(newest.c.cluster_code)
    )
    return [row_as_dict(row) for row in rows]


async def status_on(session: AsyncSession, programme: str, cluster_code: str, day: date) -> str | None:
    found: str | None = await session.scalar(
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
