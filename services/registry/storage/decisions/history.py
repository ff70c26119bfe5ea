"""What approved decisions gave, over the years; and what a register holds of the time before the system."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.decisions.decision import (
    Entry,
    State,
)
from services.registry.domain.decisions.opening import EarlierDesignation
from services.registry.domain.decisions.standings import PastEntry
from services.registry.storage.decisions.decisions import entries_where
from services.registry.storage.designations import began_on
from services.registry.storage.registers.facts import holds, live, text_of
from services.registry.storage.tables.decisions import (
    designation_decision,
    designation_entry,
    national_title,
)
from services.registry.storage.tables.registers import register_fact
from shared.data.rows import columns_of, read_all


async def past_entries(session: AsyncSession, programme: str) -> list[PastEntry]:
    """What approved decisions of a programme gave to each cluster, in the order of time."""
    statement = (
        sa.select(*columns_of(PastEntry, designation_entry), began_on.label("effective_from"))
        .join(designation_decision, designation_decision.c.code == designation_entry.c.decision)
        .where(designation_decision.c.programme == programme, designation_decision.c.state == State.APPROVED)
        .order_by(began_on, designation_decision.c.running)
    )
    return await read_all(session, PastEntry, statement)


async def held_titles(session: AsyncSession, programme: str) -> set[tuple[str, str]]:
    """Cluster and title of each national title of a programme's clusters."""
    statement = (
        sa.select(national_title.c.cluster_code, national_title.c.title)
        .join(designation_decision, designation_decision.c.code == national_title.c.decision)
        .where(designation_decision.c.programme == programme, designation_decision.c.state == State.APPROVED)
    )
    return {(row.cluster_code, row.title) for row in await session.execute(statement)}


async def reasons_of_cluster(session: AsyncSession, cluster_code: str) -> Mapping[str, Entry]:
    """The approved entries of a cluster, by the code of their decision."""
    approved = sa.select(designation_decision.c.code).where(designation_decision.c.state == State.APPROVED)
    return dict(
        await entries_where(
            session,
            designation_entry.c.cluster_code == cluster_code,
            designation_entry.c.decision.in_(approved),
        )
    )


async def earlier_designations(
    session: AsyncSession, programme: str, *, on: date
) -> list[EarlierDesignation]:
    """What the register ``earlier-designations`` holds of a programme on a day."""
    fact = register_fact
    statement = (
        sa.select(
            text_of(fact, "cluster").label("cluster_code"),
            text_of(fact, "status").label("status"),
            text_of(fact, "level").label("level"),
            sa.cast(text_of(fact, "since"), sa.Date).label("since"),
            text_of(fact, "document_number").label("document_number"),
        )
        .where(
            fact.c.register == "earlier-designations",
            text_of(fact, "programme") == programme,
            live(fact),
            holds(fact, on),
        )
        .order_by(fact.c.key)
    )
    return await read_all(session, EarlierDesignation, statement)
