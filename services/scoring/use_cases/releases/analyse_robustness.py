"""How certain are the ranks of a release? A long analysis is a job with progress, not a request."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.analysis.robustness import robustness_of
from services.scoring.domain.engine.run import run_scheme
from services.scoring.domain.inputs.snapshot import read_units
from services.scoring.domain.reading.stored import SchemeDocument, read_scheme
from services.scoring.storage.assessments import kept_snapshot
from services.scoring.storage.releases import find_release
from services.scoring.storage.robustness import (
    RobustnessJob,
    add_job,
    claim_job,
    find_job,
    finish_job,
    report_progress,
)
from services.scoring.storage.schemes import find_scheme_version
from services.scoring.use_cases.releases.show_releases import show_release
from shared.contracts.snapshot import Snapshot
from shared.data.database import Database
from shared.data.events import append_event
from shared.errors import NotFound, Refusal
from shared.logging import get_logger
from shared.web.principals import Principal

POLL_SECONDS = 1.0
REPORT_SECONDS = 0.5


async def request_robustness(session: AsyncSession, principal: Principal, sha256: str) -> RobustnessJob:
    """Queues the analysis; asked again, the job that there is."""
    await show_release(session, principal, sha256)
    scheme, _ = await _inputs(session, sha256)
    if await add_job(
        session, sha256, total=read_scheme(scheme).robustness.draws, requested_by=principal.subject
    ):
        await append_event(
            session, "robustness.requested", subject=sha256, actor=principal.actor, data={"release": sha256}
        )
    return await show_robustness(session, principal, sha256)


async def show_robustness(session: AsyncSession, principal: Principal, sha256: str) -> RobustnessJob:
    await show_release(session, principal, sha256)
    job = await find_job(session, sha256)
    if job is None:
        raise NotFound("稳健性分析", "robustness analysis")
    return job


async def work_for_ever(database: Database, *, held: timedelta) -> None:
    """Takes one job after another. Whatever was killed is taken again when nobody holds it any more."""
    while True:
        try:
            worked = await work_once(database, held=held)
        except Exception as error:
            get_logger().warning("robustness_worker_failed", error=type(error).__name__)
            worked = False
        if not worked:
            await asyncio.sleep(POLL_SECONDS)


async def work_once(database: Database, *, held: timedelta) -> bool:
    """One job to its end; False where there is none. It is held for a while, again with every report."""
    async with database.transaction() as session:
        job = await claim_job(session, held=held)
        if job is None:
            return False
        scheme, snapshot = await _inputs(session, job.release)
    done = 0

    def report(number: int, _total: int) -> None:
        nonlocal done
        done = number

    work = asyncio.create_task(asyncio.to_thread(analyse, scheme, snapshot, report))
    while not work.done():
        await asyncio.wait([work], timeout=REPORT_SECONDS)
        async with database.transaction() as session:
            await report_progress(session, job.release, done=min(done, job.total), held=held)
    try:
        result, problem = work.result(), None
    except Refusal as refusal:
        result, problem = None, f"{refusal.zh} / {refusal.en}"
    async with database.transaction() as session:
        await finish_job(session, job.release, result=result, problem=problem)
    return True


def analyse(
    scheme: SchemeDocument, snapshot: Snapshot, report: Callable[[int, int], None]
) -> dict[str, object]:
    read = read_scheme(scheme)
    units = read_units(read, snapshot)
    runs = run_scheme(read, units, data_year=snapshot.data_year, share_out=False)
    result = robustness_of(runs, data_year=snapshot.data_year, progress=report)
    return {
        "draws": read.robustness.draws,
        "seed": read.robustness.seed,
        "rules": "scheme" if read.robustness.stated else "defaults",
        "units": dict(result.units),
        "leave_one_out": dict(result.leave_one_out),
        "sobol": dict(result.sobol),
    }


async def _inputs(session: AsyncSession, sha256: str) -> tuple[SchemeDocument, Snapshot]:
    """The release's own scheme and snapshot, as they were stored with it."""
    release = await find_release(session, sha256)
    assert release is not None  # noqa: S101 - a job names a release by foreign key
    document = json.loads(release.document)
    stored = await find_scheme_version(session, document["scheme"]["id"], document["scheme"]["version"])
    snapshot = await kept_snapshot(session, document["snapshot_sha256"])
    assert stored is not None and snapshot is not None  # noqa: S101, PT018 - kept with the release
    return stored.source, Snapshot.parse(snapshot)
