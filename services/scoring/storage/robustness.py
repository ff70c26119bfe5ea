"""Robustness jobs: one row per release; a worker holds a row for a while and says how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.tables import robustness_job
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_one


@dataclass(frozen=True, slots=True)
class RobustnessJob:
    release: str
    state: str
    done: int
    total: int
    problem: str | None
    result: Mapping[str, object] | None

    @property
    def release_sha256(self) -> str:
        return self.release


_COLUMNS = columns_of(RobustnessJob, robustness_job)
OPEN = ("queued", "running")


async def add_job(session: AsyncSession, release: str, *, total: int, requested_by: str) -> bool:
    """False where the release has its job already."""
    values = {"release": release, "state": "queued", "done": 0, "total": total, "requested_by": requested_by}
    added = await session.execute(
        insert(robustness_job)
        .values(**values, recorded_at=utc_now())
        .on_conflict_do_nothing()
        .returning(robustness_job.c.release)
    )
    return added.scalar_one_or_none() is not None


async def find_job(session: AsyncSession, release: str) -> RobustnessJob | None:
    statement = sa.select(*_COLUMNS).where(robustness_job.c.release == release)
    return await read_one(session, RobustnessJob, statement)


async def claim_job(session: AsyncSession, *, held: timedelta) -> RobustnessJob | None:
    """The oldest open job that nobody holds now, held for a while; a worker that died holds it no longer."""
    now = utc_now()
    free = sa.or_(robustness_job.c.held_until.is_(None), robustness_job.c.held_until < now)
    chosen = (
        sa.select(robustness_job.c.release)
        .where(robustness_job.c.state.in_(OPEN), free)
        .order_by(robustness_job.c.recorded_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    statement = (
        sa.update(robustness_job)
        .where(robustness_job.c.release == chosen)
        .values(state="running", done=0, held_until=now + held)
        .returning(*_COLUMNS)
    )
    return await read_one(session, RobustnessJob, statement)


async def report_progress(session: AsyncSession, release: str, *, done: int, held: timedelta) -> None:
    await session.execute(
        sa.update(robustness_job)
        .where(robustness_job.c.release == release, robustness_job.c.state == "running")
        .values(done=done, held_until=utc_now() + held)
    )


async def finish_job(
    session: AsyncSession, release: str, *, result: Mapping[str, object] | None, problem: str | None
) -> None:
    await session.execute(
        sa.update(robustness_job)
        .where(robustness_job.c.release == release, robustness_job.c.state == "running")
        .values(
            state="failed" if result is None else "done",
            done=robustness_job.c.total if result is not None else robustness_job.c.done,
            result=result,
            problem=problem,
            held_until=None,
        )
    )
