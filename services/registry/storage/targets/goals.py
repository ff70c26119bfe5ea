"""Goals of plans with what was accepted for them: one statement for a page."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import FilingState
from services.registry.domain.targets.goals import StatedGoal
from services.registry.storage.registers.facts import any_of, live, number_of, text_of
from services.registry.storage.tables.filings import filing, filing_value
from services.registry.storage.tables.programme import filing_round
from services.registry.storage.tables.registers import register_fact as fact
from shared.data.rows import read_all


async def page_of_goals(
    session: AsyncSession,
    programme: str,
    *,
    counties: Sequence[str],
    cluster: str | None,
    year: int | None,
    after: str | None,
    limit: int,
) -> list[StatedGoal]:
    """Of clusters in these counties, in the order of keys; the figure is that of the newest round that has one."""
    stated_year = sa.cast(text_of(fact, "year"), sa.Integer)
    accepted = (
        sa.select(filing_value.c.value, filing.c.code)
        .join(filing, filing.c.code == filing_value.c.filing_code)
        .join(filing_round, filing_round.c.code == filing.c.round_code)
        .where(
            filing_round.c.programme == programme,
            filing.c.state == FilingState.ACCEPTED.value,
            filing.c.cluster_code == text_of(fact, "cluster"),
            filing_value.c.indicator == text_of(fact, "indicator"),
            filing_value.c.data_year == stated_year,
            filing_value.c.value.is_not(None),
        )
        .order_by(filing.c.round_code.desc())
        .limit(1)
        .correlate(fact)
        .lateral("accepted")
    )
    statement = (
        sa.select(
            fact.c.key,
            text_of(fact, "cluster").label("cluster"),
            fact.c.county_code,
            stated_year.label("year"),
            text_of(fact, "indicator").label("indicator"),
            number_of(fact, "goal").label("goal"),
            text_of(fact, "goal_unit").label("goal_unit"),
            accepted.c.value.label("accepted"),
            accepted.c.code.label("filing"),
        )
        .outerjoin(accepted, sa.true())
        .where(
            fact.c.register == "plan-goals",
            live(fact),
            fact.c.valid_to.is_(None),
            any_of(fact.c.county_code, counties),
        )
        .order_by(fact.c.key.collate("C"))
        .limit(limit)
    )
    if cluster is not None:
        statement = statement.where(text_of(fact, "cluster") == cluster)
    if year is not None:
        statement = statement.where(text_of(fact, "year") == str(year))
    if after is not None:
        statement = statement.where(fact.c.key.collate("C") > after)
    return await read_all(session, StatedGoal, statement)
