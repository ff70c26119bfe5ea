"""Registers a cluster of a county under the programme's caps (27号 二(一))."""

from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.clusters import Cluster, check_caps, check_in_scope, check_industries, next_code
from services.registry.storage import clusters, reference
from services.registry.use_cases.programme.show_programmes import newest_programme
from shared.data.events import append_event
from shared.errors import NotFound
from shared.web.principals import Principal


async def register_cluster(
    session: AsyncSession, new: Cluster, *, programme: str, today: date, actor: Principal
) -> Cluster:
    """Gives the cluster its code and keeps it. ``new.code`` is ignored."""
    divisions = await reference.load_divisions(session)
    county = divisions.county(new.county_code, on=today)
    if not actor.covers(divisions.scope(county.code)):
        raise NotFound("县(市、区)", "county")
    policy = await newest_programme(session, programme)
    kept_code = divisions.kept(county.code)
    check_in_scope(policy, county, divisions.codes_of(kept_code), on=today)
    check_industries(new.industry_codes, await reference.known_industries(session, list(new.industry_codes)))
    await clusters.lock_county(session, kept_code)
    existing = await clusters.clusters_of_counties(session, divisions.counties_within(county.code))
    registered = replace(
        new, code=next_code(county.code, existing), industry_codes=tuple(sorted(new.industry_codes))
    )
    check_caps(registered, existing, policy.caps)
    kept = replace(registered, county_code=kept_code)
    await clusters.add_cluster(session, kept, registered_by=actor.actor, registered_on=today)
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
