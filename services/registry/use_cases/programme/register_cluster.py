"""Registers a cluster of a county under the programme's caps (27号 二(一))."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.clusters import (
    Cluster,
    CountyOutOfScope,
    check_caps,
    check_industries,
    next_code,
)
from services.registry.storage import clusters, programmes, reference
from shared.data.events import append_event
from shared.errors import NotFound
from shared.web.principals import Principal


async def register_cluster(
    session: AsyncSession, new: Cluster, *, programme: str, today: date, actor: Principal
) -> Cluster:
    """Gives the cluster its code and keeps it. ``new.code`` is ignored."""
    divisions = await reference.load_divisions(session)
    county = divisions.county(new.county_code, on=today)
    path = divisions.path(county.code)
    if not actor.covers(path):
        raise NotFound("县(市、区)", "county")
    policy = await programmes.newest_programme(session, programme)
    if policy is None:
        raise NotFound("计划", "programme")
    if not policy.in_scope(county.code, on=today):
        raise CountyOutOfScope(
            f"{county.name} 不在本计划实施范围内", f"{county.name} does not take part in this programme"
        )
    check_industries(new.industry_codes, await reference.known_industries(session, list(new.industry_codes)))
    await clusters.lock_county(session, county.code)
    existing = await clusters.clusters_of_county(session, county.code)
    registered = Cluster(
        code=next_code(county.code, existing),
        county_code=county.code,
        name=new.name,
        leading_industry=new.leading_industry,
        class_51020=new.class_51020,
        industry_codes=tuple(sorted(new.industry_codes)),
        in_focus=new.in_focus,
        waiver_reason=new.waiver_reason,
    )
    check_caps(registered, existing, policy.caps)
    await clusters.add_cluster(session, registered, registered_by=actor.actor)
    await append_event(
        session,
        "cluster.registered",
        subject=registered.code,
        actor=actor.actor,
        data={
            "county_code": county.code,
            "in_focus": registered.in_focus,
            "waived": new.waiver_reason is not None,
        },
    )
    return registered
