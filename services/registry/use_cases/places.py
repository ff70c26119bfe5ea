"""What lies in the division of the person who asks; everything else is as if it did not exist."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.clusters import Cluster
from services.registry.storage import clusters, reference
from shared.errors import NotFound
from shared.web.principals import Principal


async def cluster_of(session: AsyncSession, code: str, *, actor: Principal) -> Cluster:
    """A cluster of the actor's division."""
    cluster, _ = await placed_cluster(session, code, actor=actor)
    return cluster


async def placed_cluster(
    session: AsyncSession, code: str, *, actor: Principal
) -> tuple[Cluster, tuple[str, ...]]:
    """The same with the path of its division, from the province down."""
    found = await clusters.get_cluster(session, code)
    divisions = await reference.load_divisions(session)
    if found is None or not actor.covers(path := divisions.path(found.county_code)):
        raise NotFound("集群", "cluster")
    return found, path


async def counties_of(session: AsyncSession, actor: Principal) -> list[str]:
    """All counties of the actor's division, past ones included."""
    return (await reference.load_divisions(session)).counties_within(actor.division)
