"""Designation decisions for the programme's division, and what was decided on a cluster for whoever it is of."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.decisions.decision import Decision, Entry
from services.registry.domain.designations import ClusterDesignation
from services.registry.storage import designations
from services.registry.storage.decisions import decisions, history
from services.registry.use_cases.places import cluster_of
from services.registry.use_cases.scope import require_own_programme
from shared.errors import NotFound, OutOfScope
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def show_decision(session: AsyncSession, code: str, *, actor: Principal) -> Decision:
    found = await decisions.get_decision(session, code)
    if found is None:
        raise _no_decision()
    try:
        await require_own_programme(session, found.programme, actor)
    except OutOfScope as error:
        raise _no_decision() from error
    return found


async def list_decisions(
    session: AsyncSession, programme: str, page: PageRequest, *, actor: Principal
) -> Listed[Decision]:
    await require_own_programme(session, programme, actor)
    found = await decisions.list_decisions(
        session, programme, after=cursor_text(page.after), limit=page.limit + 1
    )
    return Listed.cut(found, page, lambda decision: [decision.code])


@dataclass(frozen=True, slots=True)
class DecidedDesignation:
    """A status of a cluster, and why it got it."""

    designation: ClusterDesignation
    entry: Entry


async def decided_on(session: AsyncSession, code: str, *, actor: Principal) -> Sequence[DecidedDesignation]:
    """All that was decided on a cluster by any programme, the newest first."""
    cluster = await cluster_of(session, code, actor=actor)
    entries = await history.reasons_of_cluster(session, cluster.code)
    held = await designations.designations_of_cluster(session, cluster.code)
    return [DecidedDesignation(own, entries[own.decision]) for own in held]


def _no_decision() -> NotFound:
    return NotFound("认定决定", "designation decision")
