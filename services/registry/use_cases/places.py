"""What lies in the division of the person who asks; everything else is as if it did not exist."""

from dataclasses import replace
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.clusters import Cluster
from services.registry.domain.divisions import Divisions
from services.registry.domain.registers.entries import Entry, PastEntry
from services.registry.domain.targets.goals import StatedGoal
from services.registry.storage import clusters, reference
from shared.errors import NotFound
from shared.web.principals import Principal

Placed = TypeVar("Placed", Cluster, Entry, PastEntry, StatedGoal)


async def cluster_of(session: AsyncSession, code: str, *, actor: Principal) -> Cluster:
    """A cluster of the actor's division."""
    cluster, _ = await placed_cluster(session, code, actor=actor)
    return cluster


async def placed_cluster(
    session: AsyncSession, code: str, *, actor: Principal
) -> tuple[Cluster, tuple[str, ...]]:
    """The same with the path of its county as it is called now, from the province down."""
    found = await clusters.get_cluster(session, code)
    divisions = await reference.load_divisions(session)
    if found is None or not actor.covers(divisions.scope(found.county_code)):
        raise NotFound("集群", "cluster")
    return found, divisions.path(divisions.now(found.county_code).code)


def called_now(thing: Placed, divisions: Divisions) -> Placed:
    """A thing with its county's code of today: how it is shown. It is kept under the county's first code."""
    return replace(thing, county_code=divisions.now(thing.county_code).code)


async def counties_of(session: AsyncSession, actor: Principal) -> list[str]:
    """All counties of the actor's division, past ones included."""
    return (await reference.load_divisions(session)).counties_within(actor.division)
