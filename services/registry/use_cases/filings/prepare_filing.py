"""A county prepares an application or an annual return, and revises it until it is right."""

from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.designations import HOLDING
from services.registry.domain.filings.filing import (
    ClusterHoldsDesignation,
    ClusterHoldsNoDesignation,
    Content,
    Filing,
    FilingKind,
    FilingState,
    Step,
    check_step,
)
from services.registry.storage import clusters, designations, reference
from services.registry.storage.filings import filings
from services.registry.use_cases.filings.load_filing import (
    FilingWithContent,
    lock_filing,
    round_of,
    with_content,
)
from shared.data.events import append_event
from shared.errors import NotFound, Stale
from shared.web.principals import Principal


async def prepare_filing(
    session: AsyncSession,
    *,
    kind: FilingKind,
    round_code: str,
    cluster_code: str,
    content: Content,
    today: date,
    actor: Principal,
) -> FilingWithContent:
    """Starts a filing. Errors in its values do not stop it; they stop the sign-off."""
    current = await round_of(session, round_code)
    current.check_kind(kind)
    current.check_open(today)
    current.indicators()
    cluster = await clusters.get_cluster(session, cluster_code)
    path = (await reference.load_divisions(session)).path(cluster.county_code) if cluster else ()
    if cluster is None or not actor.covers(path):
        raise NotFound("集群", "cluster")
    await _check_status(session, kind, current.programme.programme, cluster_code, today)
    content_hash = content.hash(cluster=cluster_code, round_code=round_code)
    new = Filing(
        code=f"{round_code}.{cluster_code}",
        kind=kind,
        round_code=round_code,
        cluster_code=cluster_code,
        division_path=path,
        state=FilingState.DRAFT,
        version=1,
        content_hash=content_hash,
        prepared_by=actor.person,
        signed_off_by=None,
        signed_off_hash=None,
    )
    await filings.add_filing(session, new, content)
    await _record(session, new, Step.PREPARED, content=content, today=today, actor=actor)
    return await with_content(session, new)


async def revise_filing(
    session: AsyncSession,
    code: str,
    *,
    kind: FilingKind,
    version: int,
    content: Content,
    today: date,
    actor: Principal,
) -> FilingWithContent:
    """Replaces the content; voids a sign-off. ``version`` is the one that the editor saw."""
    before = await lock_filing(session, code, kind=kind, actor=actor)
    if before.filing.version != version:
        raise Stale(
            "内容已被他人修改,请刷新后再改", "Somebody else changed it meanwhile; reload and edit again"
        )
    before.round.check_county_may_work(today, sent_back=await filings.was_sent_back(session, code))
    check_step(before.filing, Step.REVISED)
    changed = replace(
        before.filing,
        state=FilingState.DRAFT,
        version=version + 1,
        content_hash=content.hash(cluster=before.filing.cluster_code, round_code=before.filing.round_code),
        prepared_by=actor.person,
        signed_off_by=None,
        signed_off_hash=None,
    )
    await filings.replace_content(session, changed, before.content, content)
    await _record(session, changed, Step.REVISED, content=content, today=today, actor=actor)
    return await with_content(session, changed)


async def _check_status(
    session: AsyncSession, kind: FilingKind, programme: str, cluster_code: str, today: date
) -> None:
    holds = await designations.status_on(session, programme, cluster_code, today) in HOLDING
    if kind is FilingKind.APPLICATION and holds:
        raise ClusterHoldsDesignation(
            "该集群已获认定,应作年度填报", "The cluster is designated; file an annual return"
        )
    if kind is FilingKind.ANNUAL_RETURN and not holds:
        raise ClusterHoldsNoDesignation(
            "该集群未获认定,应先申报", "The cluster is not designated; it must apply first"
        )


async def _record(
    session: AsyncSession, changed: Filing, step: Step, *, content: Content, today: date, actor: Principal
) -> None:
    await filings.add_step(
        session, changed, step, actor=actor.actor, unit=actor.unit, business_date=today, content=content
    )
    await append_event(
        session,
        f"{changed.kind.value}.{step.value}",
        subject=changed.code,
        actor=actor.actor,
        data={"content_hash": changed.content_hash, "version": changed.version},
    )
