"""Who still has to file in a round, and on which days they are reminded."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.designations import HOLDING
from services.registry.domain.filings.reminders import Reminders, reminders
from services.registry.storage import clusters, designations, reference
from services.registry.storage.filings import filings
from services.registry.use_cases.places import called_now, counties_of
from services.registry.use_cases.rounds import round_of
from shared.web.principals import Principal

_MOST_CLUSTERS = 10_000


async def remind_counties(
    session: AsyncSession, round_code: str, *, today: date, actor: Principal
) -> Reminders:
    """Clusters of the actor's division that are due in this round and are not signed off yet.

    After the closing day they are those of that day: who was registered, designated or removed later was not due.
    """
    current = await round_of(session, round_code)
    day = min(today, current.dates.closes_on)
    held = await designations.designations_as_of(session, current.programme.programme, day)
    known = await clusters.list_clusters(
        session,
        counties=await counties_of(session, actor),
        after=None,
        limit=_MOST_CLUSTERS,
        registered_by=day,
    )
    divisions = await reference.load_divisions(session)
    return reminders(
        current.dates,
        [
            called_now(entry, divisions)
            for entry in known
            if current.programme.in_scope(divisions.codes_of(entry.county_code), on=day)
        ],
        holders={own.cluster_code for own in held if own.status in HOLDING},
        filings=await filings.filings_of_round(session, round_code),
        today=today,
    )
