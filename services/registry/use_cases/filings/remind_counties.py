"""Who still has to file in a round, and on which days they are reminded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.designations import HOLDING
from services.registry.domain.filings.filing import FilingState
from services.registry.storage import clusters, designations, reference
from services.registry.storage.filings import filings
from services.registry.use_cases.filings.load_filing import round_of
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class Outstanding:
    cluster: str
    name: str
    county_code: str
    filing: str | None
    state: FilingState | None


@dataclass(frozen=True, slots=True)
class Reminders:
    """``days_left`` counts calendar days to the closing day; below zero it has passed."""

    round: str
    closes_on: date
    days_left: int
    remind_on: Sequence[date]
    due_today: bool
    outstanding: Sequence[Outstanding]


async def remind_counties(
    session: AsyncSession, round_code: str, *, today: date, actor: Principal
) -> Reminders:
    """Clusters of the actor's division that could file in this round and are not signed off yet."""
    current = await round_of(session, round_code)
    divisions = await reference.load_divisions(session)
    holders = {
        row["cluster_code"]
        for row in await designations.designations_as_of(session, current.programme.programme, today)
        if row["status"] in HOLDING
    }
    rows = await clusters.list_clusters(
        session, counties=divisions.counties_within(actor.division), after=None, limit=10_000
    )
    by_cluster = {entry.cluster_code: entry for entry in await filings.filings_of_round(session, round_code)}
    wanted = [row for row in rows if (row.code in holders) == (current.dates.kind == "assessment")]
    outstanding = []
    for row in wanted:
        filed = by_cluster.get(row.code)
        if filed is None or filed.state is FilingState.DRAFT:
            outstanding.append(
                Outstanding(
                    row.code,
                    row.name,
                    row.county_code,
                    filed.code if filed else None,
                    filed.state if filed else None,
                )
            )
    closes = current.dates.closes_on
    days = sorted({closes - timedelta(days=days) for days in current.dates.remind_days_before})
    return Reminders(
        round_code, closes, (closes - today).days, days, today in days and bool(outstanding), outstanding
    )
