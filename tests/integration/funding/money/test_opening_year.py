"""A province starts with two years of awards: forty clusters, quota in counties, carry-over, listed projects; then
a next round runs."""

from collections import Counter
from typing import Any

import pytest

from services.funding.domain.orders.quota_path import next_division
from tests.support import programme
from tests.support.funding import (
    CLUSTERS,
    INCENTIVE,
    PARENTS,
    WAN,
    BelowFunding,
    FundingStory,
    designations_of,
    release_of,
)
from tests.support.money import APPROVE, NOTE, TIANMEN, Desks
from tests.support.openings import (
    BOND,
    PARTS,
    Earlier,
    as_csv,
    as_xlsx,
    listed_before,
    of_nobody,
    propose_listings,
    propose_opening,
)
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, HUBEI, PROVINCE_OFFICER
from tests.support.registry_story import ok
from tests.support.services import RunningService

FIRST, SECOND, NEXT = "2024-before", "2025-before", "2026-incentive"


def path_of(county: str) -> list[str]:
    path, here = [county], PARENTS[county]
    while here is not None:
        path.insert(0, here)
        here = PARENTS[here]
    return path


def forty_counties() -> list[str]:
    """Those of the round to come first, then others of the register in the order of their codes."""
    above = {parent for parent in PARENTS.values() if parent}
    named = [county for county, _, _ in CLUSTERS]
    others = [code for code in sorted(PARENTS) if code not in above and code not in named]
    return [*named, *others][:40]


def earlier_awards(year: int) -> list[Earlier]:
    """Plain figures that differ from row to row; a city holds money of its districts only."""
    awards = []
    for number, county in enumerate(forty_counties(), start=1):
        parts = [(number + place + year) % 5 * 10 * WAN + number for place in range(len(PARTS))]
        if next_division(path_of(county), HUBEI) == county:
            parts[PARTS.index("with_city")] = 0
        awards.append(
            Earlier(county, tuple(parts), f"鄂财建发〔{year}〕{number // 21 + 1}号", f"{year}-11-05")
        )
    return awards


def plain_sums(
    awards: list[Earlier], *, line_fen: int, returned_fen: int, carried_over_fen: int
) -> Counter[str]:
    """The second program: columns of the sheet added up, and nothing else."""
    columns = dict(zip(PARTS, map(sum, zip(*(award.parts for award in awards), strict=True)), strict=True))
    held = Counter(
        {
            "source": -line_fen,
            "awarded": columns["not_passed_down"],
            "passed_down": columns["with_city"] + columns["with_county"],
            "paid": columns["paid"],
            "returned": columns["returned"] + returned_fen,
            "carried_over": columns["carried_over"] + carried_over_fen,
        }
    )
    held["available"] = -sum(held.values())
    return held


@pytest.fixture
async def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    found = Desks(FundingStory(funding, below_funding))
    ok(await found.story.publish())
    return found


async def opened(desks: Desks) -> dict[str, Counter[str]]:
    """Both lines from their spreadsheets, confirmed in one review; what a plain sum says of each."""
    sums, numbers = {}, []
    for line, year, day in ((FIRST, 2024, "2024-12-31"), (SECOND, 2025, "2025-12-31")):
        await desks.line(line, year, 9_000 * WAN)
        await desks.to(day)
        awards = earlier_awards(year)
        rest = of_nobody(returned_fen=5 * WAN, carried_over_fen=7 * WAN)
        content = (as_xlsx if year == 2024 else as_csv)(*(award.row() for award in awards), rest)
        answer = await propose_opening(desks, line, content, assessment_year=year)
        numbers.append(str(ok(answer)["number"]))
        sums[line] = plain_sums(awards, line_fen=9_000 * WAN, returned_fen=5 * WAN, carried_over_fen=7 * WAN)
    ok(await desks.review(*numbers))
    return sums


async def by_cluster(desks: Desks, year: int) -> Counter[str]:
    found = ok(await desks.story.get(AUDITOR, f"/v1/ledger/summary?by=cluster&fiscal_year={year}"))["sums"]
    return Counter({row["key"]: sum(m["closing_fen"] for m in row["movements"]) for row in found})


async def test_an_empty_ledger_opens_with_the_balances_of_two_spreadsheets(desks: Desks) -> None:
    sums = await opened(desks)
    for line, expected in sums.items():
        assert await desks.balances(line) == expected
        assert sum(expected.values()) == 0
    for year in (2024, 2025):
        plain = {f"{award.county}-01": sum(award.parts[:4]) for award in earlier_awards(year)}
        assert await by_cluster(desks, year) == Counter({code: fen for code, fen in plain.items() if fen})
    proof = ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))
    assert (proof["sound"], proof["debits_fen"]) == (True, proof["credits_fen"])
    sealed = ok(await desks.story.post(FINANCE_REVIEWER, "/v1/ledger/seals"))
    assert sealed["total_transfers"] == 4


async def test_the_next_round_stands_on_what_was_opened(desks: Desks) -> None:
    sums = await opened(desks)
    await desks.to("2026-03-02")
    await desks.line(NEXT, 2026, 8_000 * WAN - sums[FIRST]["carried_over"])
    await desks.decide("carry_in", FIRST, into=NEXT, amount_fen=sums[FIRST]["carried_over"])
    waiting = {award.county: award.parts[0] for award in earlier_awards(2025)}[TIANMEN]
    down = {"cluster": f"{TIANMEN}-01", "to_division": TIANMEN, "amount_fen": waiting}
    await desks.pass_down(SECOND, down, late_ground="系统启用前未及下达")
    release = release_of(assessment_year=2026, data_year=2025)
    desks.story.below.put(release)
    desks.story.below.designate(designations_of(release))
    code = ok(await desks.story.open_round(appropriation=NEXT, release_sha256=release.sha256))["code"]
    last_year = {f"{award.county}-01": award.awarded_fen for award in earlier_awards(2025)}
    await check_nobody_gets_less_than_last_year(desks, code, last_year)
    ok(await desks.story.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await desks.story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
    ok(await desks.story.step(FINANCE_REVIEWER, code, "review", APPROVE))
    ok(await desks.story.step(FINANCE_MAKER, code, "issue"))
    compared = ok(await desks.story.get(AUDITOR, f"/v1/rounds/{code}/comparison"))["clusters"]
    assert {row["code"]: row["last_year_fen"] for row in compared} == last_year
    assert sum(row["amounts_fen"][0] for row in compared) == 8_000 * WAN
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["sound"]


async def check_nobody_gets_less_than_last_year(desks: Desks, code: str, last_year: dict[str, int]) -> None:
    """Equal shares of little money: whoever had more last year stays at that floor."""
    released = {f"{county}-01" for county, _, _ in CLUSTERS}
    document = {
        "schema": "county-clusters/incentive/2",
        "reward": {
            "amounts": {"method": "equal"},
            "floors": [{"code": "held-harmless", "amount": "last_year"}],
        },
    }
    pool = sum(last_year[unit] for unit in released) + 10 * WAN
    body: dict[str, Any] = {"variants": [{"name": "保基数", "document": document, "pool_fen": pool}]}
    made = ok(await desks.story.post(PROVINCE_OFFICER, f"/v1/rounds/{code}/simulations", body))
    assert made["variants"][0]["refusal"] is None
    amounts = {row["code"]: row["amounts_fen"][0] for row in made["clusters"] if row["code"] in released}
    assert all(amounts[unit] >= last_year[unit] for unit in released)
    assert sum(amounts.values()) == pool
    assert any(amounts[unit] == last_year[unit] > pool // len(released) for unit in released)


async def test_projects_of_before_stand_beside_the_list_of_the_next_release(desks: Desks) -> None:
    """Forty of them; the same project applies anew, and is on the list by its own test."""
    await desks.to("2026-03-02")
    ok(await desks.story.publish(programme.newest_incentive()))
    release = release_of(assessment_year=2026, data_year=2025)
    desks.story.below.put(release)
    desks.story.below.designate(designations_of(release))
    ends = {county: f"2026-0{number % 3 + 1}-28" for number, county in enumerate(forty_counties())}
    for county in ends:
        desks.story.below.register(listed_project(county))
    rows = [
        listed_before(
            f"project-{county}", document_date="2025-03-01", valid_from="2025-03-01", valid_to=ends[county]
        )
        for county in ends
    ]
    ok(await desks.review(str(ok(await propose_listings(desks, *rows))["number"])))
    first = CLUSTERS[0][0]
    own = {"use": "cluster_infrastructure", "revenue_cover": "1.35", "approvals": APPROVALS}
    ok(await desks.story.post(PROVINCE_OFFICER, "/v1/projects", listed_project(first) | own))
    application = {
        "incentive": INCENTIVE[0],
        "incentive_version": "2024.2",
        "instrument": BOND,
        "release_sha256": release.sha256,
        "projects": [f"project-{first}"],
    }
    shown = ok(await desks.story.post(PROVINCE_OFFICER, "/v1/priority-applications", application))
    assert [(entry["project_code"], entry["place"]) for entry in shown["entries"]] == [
        (f"project-{first}", 1)
    ]
    designated = {county for county, _, _ in CLUSTERS}
    assert {row["county_code"]: row["standing"] for row in shown["before_the_system"]} == {
        county: "ended" if county not in designated else "expired" if day < "2026-03-02" else "listed"
        for county, day in ends.items()
    }


APPROVALS = [
    {"kind": kind, "document_number": "发改审批〔2026〕12号"} for kind in ("project_approval", "land_opinion")
]


def listed_project(county: str) -> dict[str, Any]:
    return {
        "code": f"project-{county}",
        "name": f"{county} 园区基础设施",
        "county_code": county,
        "cluster": f"{county}-01",
        "unit": "城投公司",
        "investment_fen": 50_000 * WAN,
    }
