"""The priority list of an instrument as it stands today, by the designations that the registry names today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.priority.priority_list import KeptResult, PriorityEntry, entries_of
from services.funding.storage.evidence import release_programme
from services.funding.storage.projects import results_of
from services.funding.storage.rules import kept_rules, list_rules
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
        await _require_instrument(session, programme, instrument)
    registry = upstream.registry.acting_for(principal.subject)
    designations = await registry.designation_set(programme, as_of=today)
    async with database.transaction() as session:
        return await list_as_of(
            session,
            principal,
            instrument,
            release_sha256=release_sha256,
            designations=designations,
            today=today,
        )


async def list_as_of(
    session: AsyncSession,
    principal: Principal,
    instrument: str,
    *,
    release_sha256: str,
    designations: DesignationSet,
    today: date,
) -> PriorityList:
    """Places are those of the whole list, also where only a county's part of it is shown."""
    results = await results_of(session, instrument=instrument, release_sha256=release_sha256)
    entries = entries_of(
        results,
        designations=designations,
        statuses=await _statuses(session, instrument, results),
        today=today,
    )
    shown = [entry for entry in entries if principal.covers(entry.division_path)]
    return PriorityList(instrument, release_sha256, today, shown)


async def _programme_at_scoring(upstream: Upstream, principal: Principal, release_sha256: str) -> str:
    """Of a release that nobody applied on yet."""
    try:
        signed = await upstream.scoring.acting_for(principal.subject).signed_release(release_sha256)
    except ServiceProblem as problem:
        if problem.status == 404:
            raise NotFound("评估结果", "release") from problem
        raise
    return signed.release().programme


async def _require_instrument(session: AsyncSession, programme: str, instrument: str) -> None:
    for version in await list_rules(session, programme=programme):
        rules = (await kept_rules(session, version.incentive, version.version)).rules
        if rules.instrument(instrument) is not None:
            return
    raise NotFound("支持方式", "instrument in the rules of this programme")


async def _statuses(
    session: AsyncSession, instrument: str, results: Sequence[KeptResult]
) -> dict[tuple[str, str], frozenset[str]]:
    """The statuses that keep priority, of each version of rules that a project was tested by."""
    found = {}
    for incentive, version in sorted({(entry.incentive, entry.incentive_version) for entry in results}):
        tested_by = (await kept_rules(session, incentive, version)).rules.instrument(instrument)
        statuses = () if tested_by is None else tested_by.statuses
        found[incentive, version] = frozenset(status.value for status in statuses)
    return found
