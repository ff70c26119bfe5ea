"""The priority list of an instrument as it stands today, by the designations that the registry names today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.priority.priority_list import (
    EarlierEntry,
    KeptResult,
    PriorityEntry,
    earlier_entries_of,
    entries_of,
)
from services.funding.domain.rules.incentive import Instrument
from services.funding.storage.evidence import release_programme
from services.funding.storage.orders.earlier_listings import earlier_listings_of
from services.funding.storage.projects import results_of
from services.funding.storage.rules import kept_rules, newest_instrument
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from shared.contracts.designation_set import DesignationSet
from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.errors import NotFound
from shared.http.client import ServiceProblem
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class PriorityList:
    instrument: str
    release_sha256: str
    as_of: date
    entries: Sequence[PriorityEntry]
    before_the_system: Sequence[EarlierEntry]


async def show_priority_list(
    database: Database,
    clock: BusinessClock,
    upstream: Upstream,
    principal: Principal,
    instrument: str,
    *,
    release_sha256: str,
) -> PriorityList:
    """Not found where there is no such release, or where no rules of its programme have the instrument."""
    async with database.transaction() as session:
        today = await clock.today(session)
        programme = await release_programme(session, release_sha256)
    if programme is None:
        programme = await _programme_at_scoring(upstream, principal, release_sha256)
    async with database.transaction() as session:
        if await newest_instrument(session, programme, instrument) is None:
            raise NotFound("支持方式", "instrument in the rules of this programme")
    registry = upstream.registry.acting_for(principal.subject)
    designations = await registry.designation_set(programme, as_of=today)
    async with database.transaction() as session:
        return await list_as_of(
            session,
            principal,
            instrument,
            programme=programme,
            release_sha256=release_sha256,
            designations=designations,
            today=today,
        )


async def list_as_of(
    session: AsyncSession,
    principal: Principal,
    instrument: str,
    *,
    programme: str,
    release_sha256: str,
    designations: DesignationSet,
    today: date,
) -> PriorityList:
    """Places are those of the whole list, also where only a county's part of it is shown. What was listed before the
    system is judged by the newest rules of the programme: it was tested by none."""
    results = await results_of(session, instrument=instrument, release_sha256=release_sha256)
    entries = entries_of(
        results,
        designations=designations,
        statuses=await _statuses(session, instrument, results),
        today=today,
    )
    newest = await newest_instrument(session, programme, instrument)
    earlier = earlier_entries_of(
        await earlier_listings_of(session, programme=programme, instrument=instrument),
        designations=designations,
        statuses=_keeping(newest),
        today=today,
    )
    return PriorityList(
        instrument,
        release_sha256,
        today,
        entries=[entry for entry in entries if principal.covers(entry.division_path)],
        before_the_system=[entry for entry in earlier if principal.covers(entry.division_path)],
    )


async def _programme_at_scoring(upstream: Upstream, principal: Principal, release_sha256: str) -> str:
    """Of a release that nobody applied on yet."""
    try:
        signed = await upstream.scoring.acting_for(principal.subject).signed_release(release_sha256)
    except ServiceProblem as problem:
        if problem.status == 404:
            raise NotFound("评估结果", "release") from problem
        raise
    return signed.release().programme


async def _statuses(
    session: AsyncSession, instrument: str, results: Sequence[KeptResult]
) -> dict[tuple[str, str], frozenset[str]]:
    """The statuses that keep priority, of each version of rules that a project was tested by."""
    found = {}
    for incentive, version in sorted({(entry.incentive, entry.incentive_version) for entry in results}):
        tested_by = (await kept_rules(session, incentive, version)).rules.instrument(instrument)
        found[incentive, version] = _keeping(tested_by)
    return found


def _keeping(instrument: Instrument | None) -> frozenset[str]:
    return frozenset() if instrument is None else frozenset(status.value for status in instrument.statuses)
