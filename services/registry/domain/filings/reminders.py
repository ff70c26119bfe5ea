"""Who still has to file in a round, and on which days they are reminded."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.registry.domain.clusters import Cluster
from services.registry.domain.filings.filing import Filing, FilingState
from services.registry.domain.programme.calendars import RoundDates


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


def reminders(
    dates: RoundDates,
    clusters: Iterable[Cluster],
    *,
    holders: Collection[str],
    filings: Iterable[Filing],
    today: date,
) -> Reminders:
    """Of these clusters, those that are due in this round and are not signed off yet."""
    by_cluster = {entry.cluster_code: entry for entry in filings}
    outstanding = []
    for cluster in clusters:
        if (cluster.code in holders) != (dates.kind == "assessment"):
            continue
        filed = by_cluster.get(cluster.code)
        if filed is None or filed.state is FilingState.DRAFT:
            outstanding.append(
                Outstanding(
                    cluster=cluster.code,
                    name=cluster.name,
                    county_code=cluster.county_code,
                    filing=filed.code if filed else None,
                    state=filed.state if filed else None,
                )
            )
    days = sorted({dates.closes_on - timedelta(days=days) for days in dates.remind_days_before})
    return Reminders(
        round=dates.code,
        closes_on=dates.closes_on,
        days_left=(dates.closes_on - today).days,
        remind_on=days,
        due_today=today in days and bool(outstanding),
        outstanding=outstanding,
    )
