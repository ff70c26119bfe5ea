"""Registers a cluster of a county under the programme's caps (27号 二(一))."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.clusters import (
    Cluster,
    LeadingIndustry,
    check_caps,
    check_in_scope,
    check_industries,
    next_code,
    registered_industry,
)
from services.registry.domain.registers.cells import Cell
from services.registry.storage import clusters, reference
from services.registry.use_cases.programme.show_programmes import newest_programme
from services.registry.use_cases.registers.edit_entries import Editor, keep_given_entries
from shared.data.events import append_event
from shared.errors import NotFound


async def register_cluster(session: AsyncSession, new: Cluster, *, programme: str, editor: Editor) -> Cluster:
    """Gives the cluster its code and keeps it; ``new.code`` is ignored. Its leading industry is one of the county's
    register: a new one is entered there with it.
    """
    actor, today = editor.actor, editor.today
    divisions = await reference.load_divisions(session)
    county = divisions.county(new.county_code, on=today)
    if not actor.covers(divisions.scope(county.code)):
        raise NotFound("县(市、区)", "county")
    policy = await newest_programme(session, programme)
    kept_code = divisions.kept(county.code)
    check_in_scope(policy, divisions.codes_of(kept_code), on=today)
    check_industries(new.industry_codes, await reference.known_industries(session, list(new.industry_codes)))
    await clusters.lock_county(session, kept_code)
    counties = divisions.counties_within(county.code)
    existing = await clusters.clusters_of_counties(session, counties)
    industries = await clusters.leading_industries(session, counties)
    own = registered_industry(new, industries)
    industry = own or LeadingIndustry(new.leading_industry, new.class_51020)
    registered = replace(
        new,
        code=next_code(county.code, existing),
        industry_codes=tuple(sorted(new.industry_codes)),
        leading_industry=industry.name,
        class_51020=industry.class_51020,
    )
    check_caps(registered, existing, policy.caps, industries=industries, new_industry=own is None)
    if own is None:
        await _enter_industry(session, registered, editor)
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


async def _enter_industry(session: AsyncSession, registered: Cluster, editor: Editor) -> None:
    entry: dict[str, Cell] = {
        "name": registered.leading_industry,
        "class_51020": registered.class_51020,
        "industry_codes": "、".join(registered.industry_codes),
        "waiver_reason": registered.waiver_reason,
        "county_code": registered.county_code,
        "source": f"登记集群“{registered.name}”",
        "period": str(editor.today.year),
    }
    given = {field: value for field, value in entry.items() if value is not None}
    await keep_given_entries(session, clusters.LEADING_INDUSTRIES, [given], editor=editor)
