"""Derived figures of clusters from the registers: one query for each rule, however many clusters are asked for."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.derived.rules import (
    COUNTY_YEARS,
    CountyShare,
    Derivation,
    Entries,
    InParkShare,
    InvestmentPerMu,
    Members,
    MembersAbove,
    MembersSum,
    figure,
    percent,
    quotient,
    register_read,
)
from services.registry.storage.derived import statements
from services.registry.storage.derived.statements import Asked, Statement
from services.registry.storage.registers.facts import live, text_of
from services.registry.storage.tables.programme import cluster
from services.registry.storage.tables.registers import register_fact as fact

Found = dict[str, Decimal | None]


async def derived_values(
    session: AsyncSession, rules: Mapping[str, Derivation], clusters: Sequence[str], *, year: int
) -> dict[str, dict[str, Decimal]]:
    """For each cluster that has members or entries: indicator and value at the end of the year."""
    found: dict[str, dict[str, Decimal]] = {code: {} for code in clusters}
    asked = Asked(clusters, year)
    filled = await _filled_registers(session, asked) if rules else frozenset()
    for indicator, rule in rules.items():
        if register_read(rule) not in filled:
            continue
        for code, value in (await _derive(session, rule, asked)).items():
            if value is not None:
                found[code][indicator] = value
    return found


async def county_figures(
    session: AsyncSession, cluster_code: str, years: Sequence[int]
) -> dict[tuple[str, int], Decimal]:
    """The yearly figures of a cluster's county, by field and year."""
    county = sa.select(cluster.c.county_code).where(cluster.c.code == cluster_code).scalar_subquery()
    rows = await session.execute(
        sa.select(sa.cast(text_of(fact, "year"), sa.Integer), fact.c.data).where(
            fact.c.register == COUNTY_YEARS,
            live(fact),
            fact.c.valid_to.is_(None),
            fact.c.key.in_([county + f"|{year}" for year in years]),
        )
    )
    return {
        (code, year): Decimal(str(value))
        for year, data in rows
        for code, value in data.items()
        if code not in {"year", "denominator"} and value is not None
    }


async def _filled_registers(session: AsyncSession, asked: Asked) -> frozenset[str]:
    """The registers that hold anything of these clusters; most rules need not be asked where there is nothing."""
    rows = await session.scalars(
        sa.select(fact.c.register).distinct().where(live(fact), asked.of_clusters(fact))
    )
    return frozenset([*rows, COUNTY_YEARS])


async def _derive(  # noqa: PLR0911 - one for each kind of rule
    session: AsyncSession, rule: Derivation, asked: Asked
) -> Found:
    match rule:
        case Members():
            return await _values(session, statements.members(rule, asked))
        case MembersAbove():
            return await _values(session, statements.members_above(rule, asked))
        case MembersSum():
            return await _values(session, statements.members_sum(rule, asked))
        case Entries():
            return await _values(session, statements.entries(rule, asked))
        case InParkShare():
            rows = await session.execute(statements.in_park(asked))
            return {row.cluster: percent(row.part or Decimal(0), row.whole) for row in rows}
        case InvestmentPerMu():
            rows = await session.execute(statements.investment_per_mu(asked))
            return {row.cluster: quotient(row.part, row.whole) for row in rows}
        case CountyShare():
            rows = await session.execute(statements.county_share(asked))
            return {row.cluster: percent(row.part, row.whole) for row in rows}


async def _values(session: AsyncSession, statement: Statement) -> Found:
    """The values of clusters of which something is known."""
    rows = await session.execute(statement)
    return {row.cluster: figure(Decimal(row.value or 0)) for row in rows if row.known}
