"""Freezes a round's accepted values into a content-addressed snapshot."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.snapshots import (
    AcceptedFiling,
    DerivedFigure,
    build_snapshot,
    check_cut_off_reached,
    check_something_accepted,
)
from services.registry.storage import clusters, reference, snapshots
from services.registry.storage.filings import contents, filings
from services.registry.use_cases.derived.derive_indicators import derived_for
from services.registry.use_cases.scope import own_round
from shared.data.events import append_event
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class FrozenSnapshot:
    sha256: str
    number: int
    units: int


async def freeze_snapshot(
    session: AsyncSession, round_code: str, *, today: date, actor: Principal
) -> FrozenSnapshot:
    """From the cut-off on. Unchanged values give the same snapshot; a restatement gives a new one."""
    await snapshots.lock_round(session, round_code)  # first: a calendar may move the cut-off until then
    current = await own_round(session, round_code, actor)
    check_cut_off_reached(current.dates, today)
    accepted = await filings.accepted_filings(session, round_code)
    check_something_accepted(accepted)
    filed = await contents.load_contents(session, [entry.code for entry in accepted])
    named = await clusters.get_clusters(
        session, [entry.cluster_code for entry in accepted], on=current.dates.closes_on
    )
    catalogue = current.indicators()
    year = current.dates.data_year
    derived = await derived_for(session, catalogue, sorted(named), years=[year - 1, year])
    document = build_snapshot(
        programme=current.programme.programme,
        programme_version=current.programme.version,
        assessment_year=current.assessment_year,
        dates=current.dates,
        catalogue=catalogue,
        divisions=await reference.load_divisions(session),
        accepted=[
            AcceptedFiling(
                named[entry.cluster_code],
                filed[entry.code],
                [
                    DerivedFigure(indicator, data_year, found.value, found.source)
                    for (indicator, data_year), found in derived[entry.cluster_code].items()
                ],
            )
            for entry in accepted
        ],
    )
    number = await snapshots.add_snapshot(session, document, round_code=round_code, frozen_by=actor.actor)
    await append_event(
        session,
        "snapshot.frozen",
        subject=round_code,
        actor=actor.actor,
        data={"sha256": document.sha256, "units": len(document.units)},
    )
    return FrozenSnapshot(document.sha256, number, len(document.units))
