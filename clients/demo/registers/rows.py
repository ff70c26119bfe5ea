"""Rows of every register for the clusters and firms of the demonstration, as an officer's files would have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from clients.demo.chance import Chance
from clients.demo.registers.firms import MARK, Firm, Member

Row = dict[str, Any]
ABOUT: Final = {
    "valid_from": "2024-01-01", "source": "演示数据,非官方结果", "period": "2025", "provenance": "synthetic",
}  # fmt: skip
_YEARS: Final = (2024, 2025)


def all_rows(members: Sequence[Member], firms: Sequence[Firm], chance: Chance) -> dict[str, list[Row]]:
    """By register, in the order in which they refer to each other."""
    makers = (
        ("leading-industries", _leading_industries), ("parks", _parks), ("park-years", _park_years),
        ("cluster-parks", _cluster_parks), ("enterprises", _enterprises), ("cluster-memberships", _memberships),
        ("qualifications", _qualifications), ("enterprise-years", _enterprise_years), ("chain-roles", _chain_roles),
        ("counterpart-departments", _counterparts), ("city-guarantees", _guarantees), ("plans", _plans),
        ("plan-goals", _plan_goals), ("financial-supports", _finance),
        ("platforms", _platforms), ("markets", _markets), ("brands", _brands), ("standards", _standards),
        ("projects", _projects), ("talent-facts", _talent), ("land-parcels", _land), ("county-years", _county_years),
        ("outside-evaluations", _evaluations),
        ("park-cooperation", _park_cooperation), ("quality-and-promotion", _promotion),
    )  # fmt: skip
    return {
        name: [{**ABOUT, **row} for row in make(members, firms, chance.branch(name))] for name, make in makers
    }


def _leading_industries(members: Sequence[Member], _firms: Sequence[Firm], _chance: Chance) -> Iterator[Row]:
    seen = set()
    for member in members:
        name = member.leading_industry
        if (member.county_code, name) not in seen:
            seen.add((member.county_code, name))
            yield {
                "name": name, "class_51020": "emerging", "industry_codes": "、".join(member.industry_codes),
                "county_code": member.county_code,
            }  # fmt: skip


def _parks(members: Sequence[Member], _firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for county in _counties(members):
        yield {
            "code": f"{county.county_code}-Z", "name": f"{county.county_name}经济开发区{MARK}", "level": "provincial",
            "area_mu": str(chance.between(8_000, 20_000)), "county_code": county.county_code,
        }  # fmt: skip
    for member in members:
        yield {
            "code": f"{member.code}-P", "name": f"{member.name.split('产业集群')[0]}园{MARK}", "level": "within",
            "parent_park": f"{member.county_code}-Z", "area_mu": str(chance.between(900, 4_000)),
            "county_code": member.county_code,
        }  # fmt: skip


def _park_years(members: Sequence[Member], _firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for member in members:
        invested = chance.between(250_000, 900_000)
        for year in _YEARS:
            yield {
                "park": f"{member.code}-P", "year": year, "investment_wan": str(invested),
                "new_landings": chance.between(1, 9), "moved_in": chance.between(0, 5), "period": str(year),
                "county_code": member.county_code,
            }  # fmt: skip
            invested += invested * chance.between(6, 14) // 100


def _cluster_parks(members: Sequence[Member], _firms: Sequence[Firm], _chance: Chance) -> Iterator[Row]:
    for member in members:
        yield {"cluster": member.code, "park": f"{member.code}-P"}


def _enterprises(_members: Sequence[Member], firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for firm in firms:
        yield {
            "credit_code": firm.credit_code, "name": firm.name,
            "industry_codes": "、".join(firm.cluster.industry_codes),
            "size": "large" if firm.revenue_wan > 400_000 else "medium" if firm.above_scale else "micro",
            "park": f"{firm.cluster.code}-P" if chance.between(1, 100) <= 82 else "",
            "county_code": firm.cluster.county_code,
        }  # fmt: skip


def _memberships(_members: Sequence[Member], firms: Sequence[Firm], _chance: Chance) -> Iterator[Row]:
    for firm in firms:
        if firm.other is None:
            yield {"enterprise": firm.credit_code, "cluster": firm.cluster.code, "split": "1"}
        else:
            yield {"enterprise": firm.credit_code, "cluster": firm.cluster.code, "split": "0.6"}
            yield {"enterprise": firm.credit_code, "cluster": firm.other.code, "split": "0.4"}


def _qualifications(_members: Sequence[Member], firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    share = {"high_tech": 22, "srdi_provincial": 12, "srdi_national": 3, "gazelle": 2, "single_champion": 1,
             "gold_seed": 2, "silver_seed": 2}  # fmt: skip
    for firm in firms:
        about = {"enterprise": firm.credit_code, "county_code": firm.cluster.county_code}
        if firm.above_scale:
            yield {**about, "kind": "above_scale"}
            yield {**about, "kind": "four_above"}
            for kind, percent in share.items():
                if chance.between(1, 100) <= percent:
                    yield {**about, "kind": kind}
            if chance.between(1, 1000) <= 8:
                yield {**about, "kind": "listed"}


def _enterprise_years(_members: Sequence[Member], firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for firm in firms:
        yield {
            "enterprise": firm.credit_code, "year": 2025, "operating_revenue_wan": str(firm.revenue_wan),
            "tax_paid_wan": str(firm.revenue_wan * chance.between(15, 34) // 1000),
            "electricity_mwh": str(firm.revenue_wan * chance.between(20, 60) // 1000),
            "employees": max(3, firm.revenue_wan // chance.between(90, 220)), "county_code": firm.cluster.county_code,
        }  # fmt: skip


def _chain_roles(members: Sequence[Member], firms: Sequence[Firm], _chance: Chance) -> Iterator[Row]:
    for member in members:
        leader = max((f for f in firms if f.cluster is member), key=lambda firm: firm.revenue_wan)
        yield {"cluster": member.code, "role": "chief", "holder": f"{member.county_name}领导(演示)"}
        yield {
            "cluster": member.code,
            "role": "lead_firm",
            "holder": leader.name,
            "enterprise": leader.credit_code,
        }
        yield {"cluster": member.code, "role": "innovation_lead", "holder": "省内高校(演示)"}


def _counterparts(members: Sequence[Member], _firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    departments = ("省经信厅", "省科技厅", "省农业农村厅", "省商务厅")
    for member in members:
        for department in chance.shuffled(departments)[:2]:
            yield {"cluster": member.code, "department": department}


def _guarantees(members: Sequence[Member], _firms: Sequence[Firm], _chance: Chance) -> Iterator[Row]:
    for member in members:
        for kind, promise in (
            ("land", "用地计划优先"),
            ("energy", "用能指标保障"),
            ("money", "专项资金配套"),
            ("people", "用工招聘服务"),
        ):
            yield {"cluster": member.code, "year": 2025, "kind": kind, "promise": f"{promise}(演示)"}


def _plans(members: Sequence[Member], _firms: Sequence[Firm], _chance: Chance) -> Iterator[Row]:
    for member in members:
        for kind, word in (("plan", "行动计划"), ("policy", "支持政策")):
            yield {
                "cluster": member.code, "kind": kind, "title": f"{member.name}{word}(演示)",
                "document_number": "演示1号", "plan_version": "1", "covers_to": "2026-12-31",
            }  # fmt: skip


def _plan_goals(members: Sequence[Member], firms: Sequence[Firm], _chance: Chance) -> Iterator[Row]:
    revenue = _revenue(members, firms)
    for member in members:
        for year, percent in ((2024, 90), (2025, 100), (2026, 112)):
            yield {
                "cluster": member.code, "year": year, "indicator": "operating_revenue", "goal_unit": "万元",
                "goal": str(revenue[member.code] * percent // 100), "period": str(year),
            }  # fmt: skip


def _finance(members: Sequence[Member], _firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for member in members:
        for kind, institution in (("fund", "产业基金(演示)"), ("credit", "银行授信(演示)")):
            amount = str(chance.between(2, 60) * 1_000)
            yield {
                "cluster": member.code,
                "kind": kind,
                "institution": institution,
                "year": 2025,
                "amount_wan": amount,
            }


def _platforms(members: Sequence[Member], _firms: Sequence[Firm], _chance: Chance) -> Iterator[Row]:
    for member in members:
        for kind, level, word in (
            ("sci_tech", "provincial", "技术创新中心"),
            ("public_service", "county", "公共服务中心"),
            ("supply_chain", "municipal", "供应链平台"),
        ):
            yield {
                "cluster": member.code,
                "name": f"{member.name.split('产业集群')[0]}{word}{MARK}",
                "kind": kind,
                "level": level,
            }


def _markets(members: Sequence[Member], _firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for member in members[::2]:
        yield {
            "cluster": member.code, "name": f"{member.county_name}专业市场{MARK}", "kind": "market", "year": 2025,
            "turnover_wan": str(chance.between(5, 90) * 1_000),
        }  # fmt: skip


def _brands(members: Sequence[Member], _firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for member in members:
        for number in range(chance.between(1, 4)):
            yield {
                "cluster": member.code,
                "name": f"{member.county_name}品牌{number + 1}{MARK}",
                "kind": "hubei_premium",
            }
        yield {
            "cluster": member.code,
            "name": f"{member.county_name}区域公用品牌{MARK}",
            "kind": "regional_public",
        }


def _standards(members: Sequence[Member], firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for place, member in enumerate(members):
        leader = next(firm for firm in firms if firm.cluster is member)
        for number in range(chance.between(1, 3)):
            yield {
                "number": f"DB42/T {9000 + place * 3 + number}-2025", "title": f"{member.name}标准{MARK}",
                "enterprise": leader.credit_code, "cluster": member.code, "level": "local", "role": "led",
            }  # fmt: skip


def _projects(members: Sequence[Member], _firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for place, member in enumerate(members):
        for number in range(3):
            yield {
                "project_code": f"2501-{member.county_code}-04-01-{900_000 + place * 3 + number}",
                "name": f"{member.name}项目{number + 1}{MARK}", "unit": "项目单位(演示)", "cluster": member.code,
                "park": f"{member.code}-P", "investment_wan": str(chance.between(8, 90) * 1_000),
                "stage": ("approved", "building", "running")[number], "landing": ("new", "new", "moved")[number],
                "major": "是" if number == 0 else "否",
            }  # fmt: skip


def _talent(members: Sequence[Member], _firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for county in _counties(members):
        about = {"year": 2025, "county_code": county.county_code}
        yield {
            **about,
            "kind": "vocational_school",
            "name": f"{county.county_name}职业学校{MARK}",
            "value": 1,
        }
        yield {**about, "kind": "trained", "name": "产业工人培训(演示)", "value": chance.between(200, 3_000)}


def _land(members: Sequence[Member], _firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for member in members:
        for kind in ("approved_unsupplied", "idle", "inefficient"):
            yield {
                "code": f"{member.code}-{kind[:3].upper()}", "name": f"{member.county_name}地块{MARK}", "kind": kind,
                "area_mu": str(chance.between(10, 300)), "cluster": member.code, "stage": "found",
                "county_code": member.county_code,
            }  # fmt: skip


def _county_years(members: Sequence[Member], firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    revenue = _revenue(members, firms)
    for county in _counties(members):
        own = sum(revenue[member.code] for member in members if member.county_code == county.county_code)
        leading = own * chance.between(105, 130) // 100
        yield {
            "year": 2025, "operating_revenue_wan": str(leading * 100 // chance.between(58, 76)),
            "leading_revenue_wan": str(leading), "above_scale_output_wan": str(leading * 12 // 10),
            "denominator": "全县四上企业营业收入(演示)", "county_code": county.county_code,
        }  # fmt: skip


def _evaluations(members: Sequence[Member], _firms: Sequence[Firm], _chance: Chance) -> Iterator[Row]:
    for county in _counties(members):
        yield {
            "platform": "投资项目绩效综合评价平台(演示)", "kind": "area", "subject": county.county_name, "year": 2024,
            "result": "良", "evaluated_on": "2025-03-31", "county_code": county.county_code,
        }  # fmt: skip


def _park_cooperation(members: Sequence[Member], _firms: Sequence[Firm], _chance: Chance) -> Iterator[Row]:
    for member in members:
        for kind in ("plan", "facilities"):
            yield {
                "park": f"{member.code}-P", "kind": kind, "content": "与开发区共同编制、建设(演示)",
                "county_code": member.county_code,
            }  # fmt: skip


def _promotion(members: Sequence[Member], _firms: Sequence[Firm], chance: Chance) -> Iterator[Row]:
    for member in members:
        for kind in ("quality_method", "fair_at_home"):
            yield {
                "cluster": member.code, "year": 2025, "kind": kind, "name": f"{member.name}推广{MARK}",
                "firms": chance.between(2, 30),
            }  # fmt: skip


def _counties(members: Sequence[Member]) -> list[Member]:
    """One cluster of each county."""
    return list({member.county_code: member for member in reversed(members)}.values())[::-1]


def _revenue(members: Sequence[Member], firms: Sequence[Firm]) -> dict[str, int]:
    """Revenue of each cluster in 万元, a shared firm by its shares, rounded down."""
    exact = {member.code: Decimal(0) for member in members}
    for firm in firms:
        if firm.other is None:
            exact[firm.cluster.code] += firm.revenue_wan
        else:
            exact[firm.cluster.code] += firm.revenue_wan * Decimal("0.6")
            exact[firm.other.code] += firm.revenue_wan * Decimal("0.4")
    return {code: int(value) for code, value in exact.items()}
