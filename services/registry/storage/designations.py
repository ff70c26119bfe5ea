"""Who holds what status: the newest approved entry of each cluster that is in effect on a day."""

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.designations import ClusterDesignation
from services.registry.storage.tables.decisions import (
    designation_decision,
    designation_entry,
    national_title,
)
from shared.data.rows import columns_of, read_all, read_one

#: From when on an entry holds, and by which document: what was decided before the system has its own.
began_on = sa.func.coalesce(designation_entry.c.since, designation_decision.c.effective_from)
_DOCUMENT = sa.func.coalesce(designation_entry.c.document_number, designation_decision.c.document_number)
_NEWEST_FIRST = (began_on.desc(), designation_decision.c.running.desc())


async def designations_as_of(
    session: AsyncSession, programme: str, day: date, *, known_at: datetime | None = None
) -> list[ClusterDesignation]:
    """For each cluster the newest designation in effect on the day, in the order of their codes.

    ``known_at``: only by what was approved until this moment.
    """
    newest = (
        _designations(day, known_at)
        .where(designation_decision.c.programme == programme)
        .ext(distinct_on(designation_entry.c.cluster_code))
        .order_by(designation_entry.c.cluster_code, *_NEWEST_FIRST)
    )
    return await read_all(session, ClusterDesignation, newest)


async def designations_of_cluster(session: AsyncSession, cluster_code: str) -> list[ClusterDesignation]:
    """All that was ever given to a cluster, the newest first."""
    every = _designations(date.max, None).where(designation_entry.c.cluster_code == cluster_code)
    return await read_all(session, ClusterDesignation, every.order_by(*_NEWEST_FIRST))


async def decided_clusters(
    session: AsyncSession, programme: str, day: date, *, after: str | None, limit: int
) -> list[str]:
    """Clusters that the programme decided on for this day or one before, in the order of their codes."""
    code = designation_entry.c.cluster_code
    statement = (
        sa.select(code)
        .distinct()
        .join(designation_decision, designation_decision.c.code == designation_entry.c.decision)
        .where(designation_decision.c.programme == programme, began_on <= day, _approved(None))
        .order_by(code)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(code > after)
    return list(await session.scalars(statement))


async def decisions_on_clusters(
    session: AsyncSession, programme: str, clusters: Collection[str], day: date
) -> list[ClusterDesignation]:
    """All that the programme decided on these clusters for this day or one before, the newest first."""
    every = _designations(day, None).where(
        designation_decision.c.programme == programme, designation_entry.c.cluster_code.in_(clusters)
    )
    return await read_all(session, ClusterDesignation, every.order_by(*_NEWEST_FIRST))


async def designation_on(
    session: AsyncSession, programme: str, cluster_code: str, day: date
) -> ClusterDesignation | None:
    found = _designations(day, None).where(
        designation_decision.c.programme == programme, designation_entry.c.cluster_code == cluster_code
    )
    return await read_one(session, ClusterDesignation, found.order_by(*_NEWEST_FIRST).limit(1))


def _designations(day: date, known_at: datetime | None) -> sa.Select[tuple[object, ...]]:
    """Approved entries in effect on the day, with the levels of the titles that the cluster has by then."""
    titled = designation_decision.alias()
    titles = sa.select(national_title.c.level).where(
        national_title.c.cluster_code == designation_entry.c.cluster_code,
        national_title.c.awarded_on <= day,
        titled.c.code == national_title.c.decision,
        titled.c.state == "approved",
        titled.c.programme == designation_decision.c.programme,
        sa.true() if known_at is None else titled.c.approved_at <= known_at,
    )
    return (
        sa.select(
            *(
                column
                for column in columns_of(ClusterDesignation, designation_entry, designation_decision)
                if column.name not in ("effective_from", "document_number")
            ),
            began_on.label("effective_from"),
            _DOCUMENT.label("document_number"),
            sa.func.array(titles.scalar_subquery()).label("title_levels"),
        )
        .join(designation_decision, designation_decision.c.code == designation_entry.c.decision)
        .where(began_on <= day, _approved(known_at))
    )


def _approved(known_at: datetime | None) -> sa.ColumnElement[bool]:
    if known_at is None:
        return designation_decision.c.state == "approved"
    return designation_decision.c.approved_at <= known_at
