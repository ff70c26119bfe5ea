"""Derived figures of clusters from the registers: one query for each rule, however many clusters are asked for."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
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

#: The members of clusters on a day, each with its share.
_MEMBERS: Final = """
WITH member AS (
    SELECT m.data->>'cluster' AS cluster, m.data->>'enterprise' AS firm, (m.data->>'split')::numeric AS split
    FROM register_fact m WHERE m.register = 'cluster-memberships' AND m.superseded_at IS NULL
    AND m.valid_from <= :day AND (m.valid_to IS NULL OR m.valid_to > :day) AND m.data->>'cluster' = ANY(:clusters)
    AND m.data->>'cluster' IS NOT NULL
)
"""
_HOLDS: Final = (
    "f.superseded_at IS NULL AND f.valid_from <= :day AND (f.valid_to IS NULL OR f.valid_to > :day)"
)
#: A year's figure is one figure: what a later correction ended counts no more.
_YEARLY: Final = "f.superseded_at IS NULL AND f.valid_to IS NULL"
_YEAR: Final = f"f.register = 'enterprise-years' AND {_YEARLY} AND f.key = member.firm || '|' || :year"


async def derived_values(
    session: AsyncSession, rules: Mapping[str, Derivation], clusters: Sequence[str], *, year: int
) -> dict[str, dict[str, Decimal]]:
    """For each cluster that has members or entries: indicator and value at the end of the year."""
    found: dict[str, dict[str, Decimal]] = {code: {} for code in clusters}
    filled = await _filled_registers(session, clusters) if rules else frozenset()
    for indicator, rule in rules.items():
        if _register_of(rule) not in filled:
            continue
        for cluster, value in (await _derive(session, rule, clusters, year=year)).items():
            if value is not None:
                found[cluster][indicator] = value
    return found


async def _filled_registers(session: AsyncSession, clusters: Sequence[str]) -> frozenset[str]:
    """The registers that hold anything of these clusters; most rules need not be asked where there is nothing."""
    rows = await session.scalars(
        sa.text(
            "SELECT DISTINCT register FROM register_fact WHERE superseded_at IS NULL "
            "AND data->>'cluster' = ANY(:clusters) AND data->>'cluster' IS NOT NULL"
        ),
        {"clusters": list(clusters)},
    )
    return frozenset([*rows, "county-years"])


def _register_of(rule: Derivation) -> str:
    match rule:
        case Entries():
            return rule.register_code
        case InvestmentPerMu():
            return "cluster-parks"
        case CountyShare():
            return "county-years"
        case _:
            return "cluster-memberships"


async def _derive(  # noqa: PLR0911 - one for each kind of rule
    session: AsyncSession, rule: Derivation, clusters: Sequence[str], *, year: int
) -> dict[str, Decimal | None]:
    asked: dict[str, Any] = {"clusters": list(clusters), "day": date(year, 12, 31), "year": str(year)}
    match rule:
        case Members():
            return await _members(session, rule, asked)
        case MembersAbove():
            asked |= {"field": rule.field, "above": Decimal(rule.above)}
            return await _values(
                session,
                f"{_MEMBERS} SELECT member.cluster, sum(member.split) FILTER "
                f"(WHERE (f.data->>:field)::numeric > :above) AS value, count(f.id) AS known "
                f"FROM member LEFT JOIN register_fact f ON {_YEAR} GROUP BY member.cluster",
                asked,
            )
        case MembersSum():
            return await _values(
                session,
                f"{_MEMBERS} SELECT member.cluster, sum(member.split * (f.data->>:field)::numeric) AS value, "
                f"count(f.data->>:field) AS known FROM member JOIN register_fact f ON {_YEAR} GROUP BY member.cluster",
                asked | {"field": rule.field},
            )
        case InParkShare():
            rows = await session.execute(
                sa.text(
                    f"{_MEMBERS} SELECT member.cluster, sum(member.split) AS whole, "
                    "sum(member.split) FILTER (WHERE f.data->>'park' IS NOT NULL) AS part FROM member "
                    f"JOIN register_fact f ON f.register = 'enterprises' AND f.key = member.firm AND {_HOLDS} "
                    "GROUP BY member.cluster"
                ),
                asked,
            )
            return {row.cluster: percent(row.part or Decimal(0), row.whole) for row in rows}
        case Entries():
            return await _entries(session, rule, asked)
        case InvestmentPerMu():
            return await _investment_per_mu(session, asked)
        case CountyShare():
            return await _county_share(session, asked)


async def _members(session: AsyncSession, rule: Members, asked: dict[str, Any]) -> dict[str, Decimal | None]:
    if not rule.qualifications:
        return await _values(
            session,
            f"{_MEMBERS} SELECT cluster, sum(split) AS value, 1 AS known FROM member GROUP BY cluster",
            asked,
        )
    return await _values(
        session,
        f"{_MEMBERS} SELECT member.cluster, sum(member.split) FILTER (WHERE EXISTS (SELECT 1 FROM register_fact f "
        f"WHERE f.register = 'qualifications' AND f.key = ANY (SELECT member.firm || '|' || kind "
        f"FROM unnest(CAST(:kinds AS text[])) kind) AND {_HOLDS})) AS value, 1 AS known "
        "FROM member GROUP BY member.cluster",
        asked | {"kinds": list(rule.qualifications)},
    )


async def _entries(session: AsyncSession, rule: Entries, asked: dict[str, Any]) -> dict[str, Decimal | None]:
    wanted = "".join(
        f" AND f.data->>'{code}' = ANY(:w{place})" for place, code in enumerate(rule.where)
    )  # codes are declared
    values = {f"w{place}": list(words) for place, words in enumerate(rule.where.values())}
    return await _values(
        session,
        f"SELECT f.data->>'cluster' AS cluster, count(*) FILTER (WHERE true{wanted}) AS value, 1 AS known "
        f"FROM register_fact f WHERE f.register = :register AND {_HOLDS} AND f.data->>'cluster' = ANY(:clusters) "
        "AND f.data->>'cluster' IS NOT NULL "
        "GROUP BY f.data->>'cluster'",
        asked | {"register": rule.register_code} | values,
    )


async def _investment_per_mu(session: AsyncSession, asked: dict[str, Any]) -> dict[str, Decimal | None]:
    rows = await session.execute(
        sa.text(
            f"""
            SELECT f.data->>'cluster' AS cluster, sum((y.data->>'investment_wan')::numeric) AS part,
                sum((p.data->>'area_mu')::numeric) AS whole
            FROM register_fact f
            JOIN register_fact p ON p.register = 'parks' AND p.key = f.data->>'park' AND p.superseded_at IS NULL
                AND p.valid_from <= :day AND (p.valid_to IS NULL OR p.valid_to > :day)
            JOIN register_fact y ON y.register = 'park-years' AND y.superseded_at IS NULL AND y.valid_to IS NULL
                AND y.key = (f.data->>'park') || '|' || :year
            WHERE f.register = 'cluster-parks' AND {_HOLDS} AND f.data->>'cluster' = ANY(:clusters)
                AND f.data->>'cluster' IS NOT NULL
            GROUP BY f.data->>'cluster'
            """
        ),
        asked,
    )
    return {row.cluster: quotient(row.part, row.whole) for row in rows}


async def _county_share(session: AsyncSession, asked: dict[str, Any]) -> dict[str, Decimal | None]:
    rows = await session.execute(
        sa.text(
            f"""
            SELECT c.code AS cluster, (f.data->>'leading_revenue_wan')::numeric AS part,
                (f.data->>'operating_revenue_wan')::numeric AS whole
            FROM cluster c JOIN register_fact f ON f.register = 'county-years' AND {_YEARLY}
                AND f.key = c.county_code || '|' || :year
            WHERE c.code = ANY(:clusters)
            """
        ),
        asked,
    )
    return {row.cluster: percent(row.part, row.whole) for row in rows}


async def county_figures(
    session: AsyncSession, county_code: str, years: Sequence[int]
) -> dict[tuple[str, int], Decimal]:
    """A county's own yearly figures, by field and year."""
    rows = await session.execute(
        sa.text(
            "SELECT (data->>'year')::int AS year, data FROM register_fact f WHERE register = 'county-years' "
            f"AND {_YEARLY} AND key = ANY(:keys)"
        ),
        {"keys": [f"{county_code}|{year}" for year in years]},
    )
    return {
        (code, row.year): Decimal(str(value))
        for row in rows
        for code, value in row.data.items()
        if code not in {"year", "denominator"} and value is not None
    }


async def _values(session: AsyncSession, sql: str, asked: dict[str, Any]) -> dict[str, Decimal | None]:
    rows = await session.execute(sa.text(sql), asked)
    return {row.cluster: figure(Decimal(row.value or 0)) for row in rows if row.known}
