"""Derived figures of clusters from the registers: one query for each rule, however many clusters are asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.derived.rules import (
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
)
from services.registry.storage.registers.facts import (
    Fact,
    another_fact,
    any_of,
    holds,
    live,
    number_of,
    text_of,
)
from services.registry.storage.tables.programme import cluster
from services.registry.storage.tables.registers import register_fact as fact

_BY_COUNTY: Final = "county-years"
Found = dict[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """For which clusters, and at the end of which year."""

    clusters: Sequence[str]
    year: int

    @property
    def day(self) -> date:
        return date(self.year, 12, 31)

    def of_clusters(self, entry: Fact) -> sa.ColumnElement[bool]:
        """Entries that name one of the clusters, by the index on the cluster."""
        named = text_of(entry, "cluster")
        return sa.and_(any_of(named, self.clusters), named.is_not(None))

    def members(self) -> sa.CTE:
        """The members of the clusters on the day, each with its share."""
        return (
            sa.select(
                text_of(fact, "cluster").label("cluster"),
                text_of(fact, "enterprise").label("firm"),
                number_of(fact, "split").label("split"),
            )
            .where(
                fact.c.register == "cluster-memberships",
                live(fact),
                holds(fact, self.day),
                self.of_clusters(fact),
            )
            .cte("member")
        )

    def year_of(self, entry: Fact, register: str, owner: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """The yearly entry of a firm, a park or a county: what a later correction ended counts no more."""
        return sa.and_(
            entry.c.register == register,
            live(entry),
            entry.c.valid_to.is_(None),
            entry.c.key == owner + f"|{self.year}",
        )


async def derived_values(
    session: AsyncSession, rules: Mapping[str, Derivation], clusters: Sequence[str], *, year: int
) -> dict[str, dict[str, Decimal]]:
    """For each cluster that has members or entries: indicator and value at the end of the year."""
    found: dict[str, dict[str, Decimal]] = {code: {} for code in clusters}
    asked = _Asked(clusters, year)
    filled = await _filled_registers(session, asked) if rules else frozenset()
    for indicator, rule in rules.items():
        if _register_of(rule) not in filled:
            continue
        for code, value in (await _derive(session, rule, asked)).items():
            if value is not None:
                found[code][indicator] = value
    return found


async def county_figures(
    session: AsyncSession, county_code: str, years: Sequence[int]
) -> dict[tuple[str, int], Decimal]:
    """A county's own yearly figures, by field and year."""
    rows = await session.execute(
        sa.select(sa.cast(text_of(fact, "year"), sa.Integer), fact.c.data).where(
            fact.c.register == _BY_COUNTY,
            live(fact),
            fact.c.valid_to.is_(None),
            any_of(fact.c.key, [f"{county_code}|{year}" for year in years]),
        )
    )
    return {
        (code, year): Decimal(str(value))
        for year, data in rows
        for code, value in data.items()
        if code not in {"year", "denominator"} and value is not None
    }


async def _filled_registers(session: AsyncSession, asked: _Asked) -> frozenset[str]:
    """The registers that hold anything of these clusters; most rules need not be asked where there is nothing."""
    rows = await session.scalars(
        sa.select(fact.c.register).distinct().where(live(fact), asked.of_clusters(fact))
    )
    return frozenset([*rows, _BY_COUNTY])


def _register_of(rule: Derivation) -> str:
    match rule:
        case Entries():
            return rule.register_code
        case InvestmentPerMu():
            return "cluster-parks"
        case CountyShare():
            return _BY_COUNTY
        case _:
            return "cluster-memberships"


async def _derive(  # noqa: PLR0911 - one for each kind of rule
    session: AsyncSession, rule: Derivation, asked: _Asked
) -> Found:
    match rule:
        case Members():
            return await _values(session, _members(rule, asked))
        case MembersAbove():
            return await _values(session, _members_above(rule, asked))
        case MembersSum():
            return await _values(session, _members_sum(rule, asked))
        case Entries():
            return await _values(session, _entries(rule, asked))
        case InParkShare():
            rows = await session.execute(_in_park(asked))
            return {row.cluster: percent(row.part or Decimal(0), row.whole) for row in rows}
        case InvestmentPerMu():
            rows = await session.execute(_investment_per_mu(asked))
            return {row.cluster: quotient(row.part, row.whole) for row in rows}
        case CountyShare():
            rows = await session.execute(_county_share(asked))
            return {row.cluster: percent(row.part, row.whole) for row in rows}


async def _values(session: AsyncSession, statement: sa.Select[*tuple[Any, ...]]) -> Found:
    """The values of clusters of which something is known."""
    rows = await session.execute(statement)
    return {row.cluster: figure(Decimal(row.value or 0)) for row in rows if row.known}


def _members(rule: Members, asked: _Asked) -> sa.Select[*tuple[Any, ...]]:
    member = asked.members()
    total: sa.ColumnElement[Decimal] = sa.func.sum(member.c.split)
    if rule.qualifications:
        kind = sa.func.unnest(sa.literal(list(rule.qualifications), ARRAY(sa.Text))).column_valued("kind")
        held = sa.exists().where(
            fact.c.register == "qualifications",
            fact.c.key == sa.any_(sa.select(member.c.firm + "|" + kind).correlate(member).scalar_subquery()),
            live(fact),
            holds(fact, asked.day),
        )
        total = sa.func.sum(member.c.split).filter(held)
    return sa.select(member.c.cluster, total.label("value"), sa.literal(1).label("known")).group_by(
        member.c.cluster
    )


def _members_above(rule: MembersAbove, asked: _Asked) -> sa.Select[*tuple[Any, ...]]:
    member, own = asked.members(), another_fact()
    above = number_of(own, rule.field) > Decimal(rule.above)
    return (
        sa.select(
            member.c.cluster,
            sa.func.sum(member.c.split).filter(above).label("value"),
            sa.func.count(own.c.id).label("known"),
        )
        .select_from(member)
        .outerjoin(own, asked.year_of(own, "enterprise-years", member.c.firm))
        .group_by(member.c.cluster)
    )


def _members_sum(rule: MembersSum, asked: _Asked) -> sa.Select[*tuple[Any, ...]]:
    member, own = asked.members(), another_fact()
    return (
        sa.select(
            member.c.cluster,
            sa.func.sum(member.c.split * number_of(own, rule.field)).label("value"),
            sa.func.count(text_of(own, rule.field)).label("known"),
        )
        .select_from(member)
        .join(own, asked.year_of(own, "enterprise-years", member.c.firm))
        .group_by(member.c.cluster)
    )


def _in_park(asked: _Asked) -> sa.Select[*tuple[Any, ...]]:
    member, firm = asked.members(), another_fact()
    total = sa.func.sum(member.c.split)
    return (
        sa.select(
            member.c.cluster,
            total.label("whole"),
            total.filter(text_of(firm, "park").is_not(None)).label("part"),
        )
        .select_from(member)
        .join(
            firm,
            sa.and_(
                firm.c.register == "enterprises",
                firm.c.key == member.c.firm,
                live(firm),
                holds(firm, asked.day),
            ),
        )
        .group_by(member.c.cluster)
    )


def _entries(rule: Entries, asked: _Asked) -> sa.Select[*tuple[Any, ...]]:
    wanted = [any_of(text_of(fact, code), words) for code, words in rule.where.items()]
    number = sa.func.count()
    named = text_of(fact, "cluster").label("cluster")
    return (
        sa.select(
            named,
            (number.filter(*wanted) if wanted else number).label("value"),
            sa.literal(1).label("known"),
        )
        .where(
            fact.c.register == rule.register_code,
            live(fact),
            holds(fact, asked.day),
            asked.of_clusters(fact),
        )
        .group_by(named)
    )


def _investment_per_mu(asked: _Asked) -> sa.Select[*tuple[Any, ...]]:
    park, year = another_fact(), another_fact()
    named = text_of(fact, "cluster").label("cluster")
    return (
        sa.select(
            named,
            sa.func.sum(number_of(year, "investment_wan")).label("part"),
            sa.func.sum(number_of(park, "area_mu")).label("whole"),
        )
        .select_from(fact)
        .join(
            park,
            sa.and_(
                park.c.register == "parks",
                park.c.key == text_of(fact, "park"),
                live(park),
                holds(park, asked.day),
            ),
        )
        .join(year, asked.year_of(year, "park-years", text_of(fact, "park")))
        .where(
            fact.c.register == "cluster-parks", live(fact), holds(fact, asked.day), asked.of_clusters(fact)
        )
        .group_by(named)
    )


def _county_share(asked: _Asked) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            cluster.c.code.label("cluster"),
            number_of(fact, "leading_revenue_wan").label("part"),
            number_of(fact, "operating_revenue_wan").label("whole"),
        )
        .join(fact, asked.year_of(fact, _BY_COUNTY, cluster.c.county_code))
        .where(any_of(cluster.c.code, asked.clusters))
    )
