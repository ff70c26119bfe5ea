"""What a plan's report reads of many clusters or counties at once, one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import FilingState
from services.registry.storage.registers.facts import any_of, live, text_of
from services.registry.storage.tables.filings import filing, filing_value
from services.registry.storage.tables.programme import filing_round
from services.registry.storage.tables.registers import register_fact as fact
from shared.data.rows import read_all


@dataclass(frozen=True, slots=True)
class FigureRow:
    """``owner``: a cluster or a county."""

    owner: str
    code: str
    year: int
    value: Decimal


async def accepted_figures(
    session: AsyncSession,
    programme: str,
    clusters: Sequence[str],
    *,
    indicators: Sequence[str],
    years: Sequence[int],
) -> list[FigureRow]:
    """Of each cluster, indicator and year the value of the newest round in which it was accepted."""
    key = (filing.c.cluster_code, filing_value.c.indicator, filing_value.c.data_year)
    statement = (
        sa.select(
            filing.c.cluster_code.label("owner"),
            filing_value.c.indicator.label("code"),
            filing_value.c.data_year.label("year"),
            filing_value.c.value,
        )
        .join(filing, filing.c.code == filing_value.c.filing_code)
        .join(filing_round, filing_round.c.code == filing.c.round_code)
        .where(
            filing_round.c.programme == programme,
            filing.c.state == FilingState.ACCEPTED.value,
            any_of(filing.c.cluster_code, clusters),
            any_of(filing_value.c.indicator, indicators),
            filing_value.c.data_year.in_(years),
            filing_value.c.value.is_not(None),
        )
        .ext(distinct_on(*key))
        .order_by(*key, filing.c.round_code.desc())
    )
    return await read_all(session, FigureRow, statement)


async def county_figures(
    session: AsyncSession, counties: Sequence[str], *, fields: Sequence[str], years: Sequence[int]
) -> list[FigureRow]:
    """Of the register ``county-years``."""
    entry = sa.func.jsonb_each_text(fact.c.data).table_valued("key", "value").lateral("entry")
    year = sa.cast(text_of(fact, "year"), sa.Integer)
    statement = (
        sa.select(
            fact.c.county_code.label("owner"),
            entry.c.key.label("code"),
            year.label("year"),
            sa.cast(entry.c.value, sa.Numeric).label("value"),
        )
        .join(entry, sa.true())
        .where(
            fact.c.register == "county-years",
            live(fact),
            fact.c.valid_to.is_(None),
            any_of(fact.c.county_code, counties),
            any_of(entry.c.key, fields),
            any_of(text_of(fact, "year"), [str(wanted) for wanted in years]),
        )
        .order_by(fact.c.county_code, year, entry.c.key)
    )
    return await read_all(session, FigureRow, statement)
