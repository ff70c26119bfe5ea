"""The clusters of the actor's division, page by page."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.clusters import Cluster
from services.registry.storage import clusters
from services.registry.use_cases.places import counties_of
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def list_clusters(session: AsyncSession, page: PageRequest, *, actor: Principal) -> Listed[Cluster]:
    rows = await clusters.list_clusters(
        session,
        counties=await counties_of(session, actor),
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    return Listed.cut(rows, page, lambda row: [row.code])
