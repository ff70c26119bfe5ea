"""Firms of the demonstration: numbers that are published in total, spread over clusters by a seeded generator.

Published in August 2025: 40 clusters, 2,462 above-scale firms, 8,768 亿元. The generated firms add up to exactly
that; each of them is synthetic, has a code that no firm can have, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from clients.demo.chance import Chance
from shared.text.credit_code import make_test_code

ABOVE_SCALE_FIRMS: Final = 2_462
REVENUE_WAN: Final = 87_680_000
SMALL_FIRMS_PERCENT: Final = 12
MARK: Final = "〔演示〕"
_FIRST: Final = (
    "楚天", "江汉", "荆楚", "汉江", "长江", "神农", "华中", "宏图", "远大", "恒信", "鼎盛", "瑞丰", "天成", "博远",
)  # fmt: skip
_SECOND: Final = ("新", "达", "源", "盛", "泰", "科", "美", "航", "诚", "昌", "润", "捷")


@dataclass(frozen=True)
class Member:
    """A cluster of the demonstration with what its firms are made from."""

    code: str
    county_code: str
    county_name: str
    name: str
    leading_industry: str
    industry_codes: tuple[str, ...]


@dataclass(frozen=True)
class Firm:
    credit_code: str
    name: str
    cluster: Member
    other: Member | None  # counted in two clusters of the county, half in each
    above_scale: bool
    revenue_wan: int


def make_firms(members: Sequence[Member], chance: Chance) -> list[Firm]:
    """Firms of all clusters: counts and revenues add up to the published totals to the last one."""
    weights = [chance.branch(member.code).lognormal(Decimal(159), Decimal("0.8")) for member in members]
    revenues = spread(REVENUE_WAN, weights)
    counts = spread(ABOVE_SCALE_FIRMS, [weight.sqrt() for weight in weights])
    neighbour = _neighbours(members)
    firms: list[Firm] = []
    for member, revenue, count in zip(members, revenues, counts, strict=True):
        own = chance.branch(f"firms/{member.code}")
        small = max(1, count * SMALL_FIRMS_PERCENT // 100)
        sizes = [own.lognormal(Decimal(10), Decimal("1.0")) for _ in range(count)] + [Decimal("0.5")] * small
        for place, own_revenue in enumerate(spread(revenue, sizes)):
            number = len(firms)
            shared = neighbour.get(member.code) if place == 0 else None
            firms.append(
                Firm(
                    credit_code=make_test_code(100_000 + number),
                    name=_name(member, own, number),
                    cluster=member,
                    other=shared,
                    above_scale=place < count,
                    revenue_wan=own_revenue,
                )
            )
    return firms


def spread(total: int, weights: Sequence[Decimal]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total exactly (largest remainders)."""
    whole = sum(weights)
    exact = [Decimal(total) * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


def _neighbours(members: Sequence[Member]) -> dict[str, Member]:
    """For the first cluster of a county with two: the second, with which it shares a firm."""
    by_county: dict[str, list[Member]] = {}
    for member in members:
        by_county.setdefault(member.county_code, []).append(member)
    return {pair[0].code: pair[1] for pair in by_county.values() if len(pair) > 1}


def _name(member: Member, chance: Chance, number: int) -> str:
    place = member.county_name.removesuffix("市").removesuffix("县").removesuffix("区")
    trade = member.name.split("产业集群")[0].split("(")[0]
    first = _FIRST[chance.between(0, len(_FIRST) - 1)] + _SECOND[chance.between(0, len(_SECOND) - 1)]
    return f"{place}{first}{trade}{number}号有限公司{MARK}"
