"""A county prepares an application or an annual return, and revises it until it is right."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.clusters import check_in_scope
from services.registry.domain.filings.content import Content
from services.registry.domain.filings.filing import Filing, FilingKind, FilingState, Step, filing_code
from services.registry.domain.filings.sign_off import revised
from services.registry.domain.filings.who_files import check_may_file
from services.registry.storage import designations
from services.registry.storage.filings import filings, steps
from services.registry.use_cases.filings.load_filing import FilingWithContent, lock_filing, with_content
from services.registry.use_cases.filings.record_step import record_step
from services.registry.use_cases.places import placed_cluster
from services.registry.use_cases.rounds import round_of
from shared.documents.canonical import Json
from shared.errors import Stale
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
    current.check_may_start(kind, today)
    cluster, path = await placed_cluster(session, cluster_code, actor=actor)
    check_in_scope(current.programme, [cluster.county_code, path[-1]], on=today)
    programme = current.programme
    held = await designations.designation_on(session, programme.programme, cluster_code, today)
    check_may_file(kind, held, programme.designation)
    new = Filing(
        code=filing_code(round_code, cluster_code),
        kind=kind,
        round_code=round_code,
        cluster_code=cluster_code,
        division_path=path,
        state=FilingState.DRAFT,
        version=1,
        content_hash=content.hash(cluster=cluster_code, round_code=round_code),
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
    before.round.check_county_may_work(today, sent_back=await steps.was_sent_back(session, code))
    changed = revised(before.filing, content, preparer=actor.person)
    await filings.replace_content(session, changed, before.content, content)
    await _record(session, changed, Step.REVISED, content=content, today=today, actor=actor)
    return await with_content(session, changed)


async def _record(
    session: AsyncSession, changed: Filing, step: Step, *, content: Content, today: date, actor: Principal
) -> None:
    data: dict[str, Json] = {"content_hash": changed.content_hash, "version": changed.version}
    await record_step(session, changed, step, content=content, today=today, actor=actor, data=data)
