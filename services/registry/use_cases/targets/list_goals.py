"""Lists the yearly goals of clusters' plans beside the figures that were returned and accepted."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.targets.goals import GoalWithActual, beside_actual
from services.registry.storage import programmes, reference
from services.registry.storage.targets.goals import page_of_goals
from services.registry.use_cases.places import called_now, cluster_of
from services.registry.use_cases.programme.show_programmes import newest_programme
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def list_goals(
    session: AsyncSession,
    programme: str,
    page: PageRequest,
    *,
    cluster: str | None,
    year: int | None,
    actor: Principal,
) -> Listed[GoalWithActual]:
    """Of the clusters of the actor's division, by the programme's own filings and its newest catalogue."""
    document = await newest_programme(session, programme)
    catalogue = await programmes.get_catalogue(session, programme, document.version)
    if cluster is not None:
        await cluster_of(session, cluster, actor=actor)
    divisions = await reference.load_divisions(session)
    stated = await page_of_goals(
        session,
        programme,
        counties=divisions.counties_within(actor.division),
        cluster=cluster,
        year=year,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    known = {} if catalogue is None else catalogue.by_code()
    goals = [beside_actual(called_now(goal, divisions), known.get(goal.indicator)) for goal in stated]
    return Listed.cut(goals, page, lambda goal: [goal.stated.key])
