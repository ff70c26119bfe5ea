"""The clusters of the actor's division, page by page or one of them, with their county's code of today."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.clusters import Cluster
from services.registry.storage import clusters, reference
from services.registry.use_cases.places import called_now, cluster_of
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def list_clusters(session: AsyncSession, page: PageRequest, *, actor: Principal) -> Listed[Cluster]:
    divisions = await reference.load_divisions(session)
    rows = await clusters.list_clusters(
        session,
        counties=divisions.counties_within(actor.division),
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    listed = Listed.cut(rows, page, lambda row: [row.code])
    return Listed([called_now(row, divisions) for row in listed.rows], listed.next)


async def show_cluster(session: AsyncSession, code: str, *, actor: Principal) -> Cluster:
    found = await cluster_of(session, code, actor=actor)
    return called_now(found, await reference.load_divisions(session))
