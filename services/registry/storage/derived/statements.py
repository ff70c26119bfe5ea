"""The statements that derive an indicator of many clusters, one for each kind of rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.registry.domain.derived.rules import COUNTY_YEARS, Entries, Members, MembersAbove, MembersSum
from services.registry.storage.registers.facts import (
    Fact,
    another_fact,
    any_of,
    believed,
    holds,
    number_of,
    text_of,
)
from services.registry.storage.tables.programme import cluster
from services.registry.storage.tables.registers import register_fact as fact

Statement = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """For which clusters, and on which day of which year: on its last, if no other is given.

    With ``known_at`` as the registry knew it at that moment.
    """

    clusters: Sequence[str]
    year: int
    on: date | None = None
    known_at: datetime | None = None

    @property
    def day(self) -> date:
        return self.on or date(self.year, 12, 31)

    def believed(self, entry: Fact) -> sa.ColumnElement[bool]:
        return believed(entry, self.known_at)

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
                self.believed(fact),
                holds(fact, self.day),
                self.of_clusters(fact),
            )
            .cte(f"member_{self.year}")
        )

    def year_of(self, entry: Fact, register: str, owner: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """The yearly entry of a firm, a park or a county: what a later correction ended counts no more."""
        return sa.and_(
            entry.c.register == register,
            self.believed(entry),
            entry.c.valid_to.is_(None),
            entry.c.key == owner + f"|{self.year}",
        )


def members(rule: Members, asked: Asked) -> Statement:
    member = asked.members()
    total: sa.ColumnElement[Decimal] = sa.func.sum(member.c.split)
    if rule.qualifications:
        kind = sa.func.unnest(sa.literal(list(rule.qualifications), ARRAY(sa.Text))).column_valued("kind")
        held = sa.exists().where(
            fact.c.register == "qualifications",
            fact.c.key == sa.any_(sa.select(member.c.firm + "|" + kind).correlate(member).scalar_subquery()),
            asked.believed(fact),
            holds(fact, asked.day),
        )
        total = sa.func.sum(member.c.split).filter(held)
    return sa.select(member.c.cluster, total.label("value"), sa.literal(1).label("known")).group_by(
        member.c.cluster
    )


def members_above(rule: MembersAbove, asked: Asked) -> Statement:
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


def members_sum(rule: MembersSum, asked: Asked) -> Statement:
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


def in_park(asked: Asked) -> Statement:
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
                asked.believed(firm),
                holds(firm, asked.day),
            ),
        )
        .group_by(member.c.cluster)
    )


def entries(rule: Entries, asked: Asked) -> Statement:
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
            asked.believed(fact),
            holds(fact, asked.day),
            asked.of_clusters(fact),
        )
        .group_by(named)
    )


def investment_per_mu(asked: Asked) -> Statement:
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
                asked.believed(park),
                holds(park, asked.day),
            ),
        )
        .join(year, asked.year_of(year, "park-years", text_of(fact, "park")))
        .where(
            fact.c.register == "cluster-parks",
            asked.believed(fact),
            holds(fact, asked.day),
            asked.of_clusters(fact),
        )
        .group_by(named)
    )


def county_share(asked: Asked) -> Statement:
    return (
        sa.select(
            cluster.c.code.label("cluster"),
            number_of(fact, "leading_revenue_wan").label("part"),
            number_of(fact, "operating_revenue_wan").label("whole"),
        )
        .join(fact, asked.year_of(fact, COUNTY_YEARS, cluster.c.county_code))
        .where(any_of(cluster.c.code, asked.clusters))
    )
