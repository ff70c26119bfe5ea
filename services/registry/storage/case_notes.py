"""Case notes: those of a division, and the published ones as the public reads them."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.case_notes import (
    CaseNote,
    CaseNoteContent,
    CaseNoteState,
    Figure,
    PublishedCaseNote,
)
from services.registry.storage.clusters import name_of_cluster
from services.registry.storage.tables.case_notes import case_note
from services.registry.storage.tables.programme import cluster
from services.registry.storage.tables.reference import division
from shared.data.business_clock import utc_now


async def next_number(session: AsyncSession, cluster_code: str) -> int:
    """Of a note of this cluster; who writes another one at the same time waits."""
    await session.execute(sa.select(cluster.c.code).where(cluster.c.code == cluster_code).with_for_update())
    last = await session.scalar(
        sa.select(sa.func.max(case_note.c.number)).where(case_note.c.cluster_code == cluster_code)
    )
    return int(last or 0) + 1


async def add_case_note(session: AsyncSession, new: CaseNote, *, number: int) -> None:
    await session.execute(
        insert(case_note).values(
            code=new.code,
            cluster_code=new.cluster_code,
            number=number,
            division_path=list(new.division_path),
            recorded_at=utc_now(),
            **asdict(_Columns.of(new)),
        )
    )


async def save_case_note(session: AsyncSession, changed: CaseNote) -> None:
    await session.execute(
        sa.update(case_note).where(case_note.c.code == changed.code).values(**asdict(_Columns.of(changed)))
    )


async def get_case_note(session: AsyncSession, code: str, *, lock: bool = False) -> CaseNote | None:
    statement = sa.select(case_note).where(case_note.c.code == code)
    row = (await session.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return None if row is None else _case_note(row)


async def list_case_notes(
    session: AsyncSession,
    *,
    divisions: Collection[str],
    cluster_code: str | None,
    state: CaseNoteState | None,
    after: str | None,
    limit: int,
) -> list[CaseNote]:
    """Of a division, in the order of their codes."""
    statement = (
        sa.select(case_note)
        .where(case_note.c.division_path.overlap(sorted(divisions)))
        .order_by(case_note.c.code)
        .limit(limit)
    )
    if cluster_code is not None:
        statement = statement.where(case_note.c.cluster_code == cluster_code)
    if state is not None:
        statement = statement.where(case_note.c.state == state.value)
    if after is not None:
        statement = statement.where(case_note.c.code > after)
    return [_case_note(row) for row in await session.execute(statement)]


async def list_published(
    session: AsyncSession, *, after: tuple[date, str] | None, limit: int
) -> list[PublishedCaseNote]:
    """The ones published last first."""
    statement = _PUBLISHED.order_by(case_note.c.published_on.desc(), case_note.c.code.desc()).limit(limit)
    if after is not None:
        place = sa.tuple_(case_note.c.published_on, case_note.c.code)
        statement = statement.where(place < sa.tuple_(*after))
    return [_published(row) for row in await session.execute(statement)]


async def get_published(session: AsyncSession, code: str) -> PublishedCaseNote | None:
    row = (await session.execute(_PUBLISHED.where(case_note.c.code == code))).one_or_none()
    return None if row is None else _published(row)


_PUBLISHED = (
    sa.select(
        case_note,
        name_of_cluster().label("cluster_name"),
        cluster.c.county_code,
        division.c.name.label("county_name"),
    )
    .join(cluster, cluster.c.code == case_note.c.cluster_code)
    .join(division, division.c.code == cluster.c.county_code)
    .where(case_note.c.state == CaseNoteState.PUBLISHED.value)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """The columns that a step may change."""

    state: str
    version: int
    title: str
    text: str
    what_was_done: str
    figures: list[dict[str, str | int]]
    source: str
    makers: list[str]
    unit: str
    reviewed_by: str | None
    reason: str | None
    published_on: date | None

    @classmethod
    def of(cls, note: CaseNote) -> Self:
        content = note.content
        return cls(
            state=note.state.value,
            version=note.version,
            title=content.title,
            text=content.text,
            what_was_done=content.what_was_done,
            figures=[entry.told for entry in content.figures],
            source=content.source,
            makers=list(note.makers),
            unit=note.unit,
            reviewed_by=note.reviewed_by,
            reason=note.reason,
            published_on=note.published_on,
        )


def _case_note(row: sa.Row[*tuple[Any, ...]]) -> CaseNote:
    return CaseNote(
        code=row.code,
        cluster_code=row.cluster_code,
        division_path=tuple(row.division_path),
        state=CaseNoteState(row.state),
        version=row.version,
        content=CaseNoteContent(
            title=row.title,
            text=row.text,
            what_was_done=row.what_was_done,
            figures=_figures(row),
            source=row.source,
        ),
        makers=tuple(row.makers),
        unit=row.unit,
        reviewed_by=row.reviewed_by,
        reason=row.reason,
        published_on=row.published_on,
    )


def _published(row: sa.Row[*tuple[Any, ...]]) -> PublishedCaseNote:
    return PublishedCaseNote(
        code=row.code,
        cluster=row.cluster_code,
        cluster_name=row.cluster_name,
        county_code=row.county_code,
        county_name=row.county_name,
        title=row.title,
        text=row.text,
        what_was_done=row.what_was_done,
        figures=_figures(row),
        source=row.source,
        published_on=row.published_on,
    )


def _figures(row: sa.Row[*tuple[Any, ...]]) -> Sequence[Figure]:
    return [
        Figure(entry["name"], Decimal(entry["value"]), entry["unit"], entry["year"]) for entry in row.figures
    ]
