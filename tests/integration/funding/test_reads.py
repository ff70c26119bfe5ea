"""Reads that must not lie: proposals stay with their desk, sums and exports are of one moment, long files are read."""

from typing import Any

import pytest

from shared.web.principals import Role
from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import (
    DAYE,
    SUIZHOU,
    ZENGDU,
    Desks,
    city_finance,
    city_reviewer,
    county_finance,
    with_awards,
)
from tests.support.people import AUDITOR, FINANCE_MAKER, HUBEI, Person, county_preparer
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE = "line-2024"
TO_DAYE: dict[str, Any] = {"cluster": f"{DAYE}-01", "to_division": DAYE, "amount_fen": 700 * WAN}


@pytest.fixture
async def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    found = Desks(FundingStory(funding, below_funding))
    await with_awards(found)
    return found


async def test_a_county_does_not_see_that_quota_is_only_proposed(desks: Desks) -> None:
    number = await desks.propose("pass_down", LINE, deadline="2024-12-31", lines=[TO_DAYE])
    assert ok(await desks.story.get(county_finance(DAYE), "/v1/spending"))["lines"] == []
    ok(await desks.review(number))
    (line,) = ok(await desks.story.get(county_finance(DAYE), "/v1/spending"))["lines"]
    assert line["received_fen"] == 700 * WAN


async def test_what_cities_hold_is_shown_to_those_only_who_see_the_whole_budget(desks: Desks) -> None:
    to_city = {"cluster": f"{ZENGDU}-01", "to_division": SUIZHOU, "amount_fen": 700 * WAN}
    await desks.pass_down(LINE, to_city)
    lesser = Person("finance-without-budget", (Role.CITY_FINANCE,), HUBEI, "湖北省财政厅")
    for reader, seen in ((AUDITOR, [SUIZHOU]), (lesser, [])):
        lines = ok(await desks.story.get(reader, "/v1/spending"))["lines"]
        assert [line["division"] for line in lines] == seen


async def test_a_period_that_ends_before_it_begins_has_no_sums(desks: Desks) -> None:
    asked = "/v1/ledger/summary?by=appropriation&from_day=2024-12-01&to_day=2024-11-30"
    refused(await desks.story.get(AUDITOR, asked), 422, "period-reversed")


async def test_a_treasurys_list_may_be_longer_than_a_statement_has_parameters(desks: Desks) -> None:
    rows = "\n".join(f"X{number},1,2024-10-08" for number in range(32_768))
    async with desks.story.funding.as_(county_finance(DAYE)) as client:
        answer = await client.post(
            "/v1/reconciliations?from_day=2024-10-01&to_day=2024-10-31",
            content=f"bank_serial,amount_yuan,paid_on\n{rows}\n",
            headers={"Content-Type": "text/csv"},
        )
    assert len(ok(answer)["differences"]) == 32_768


@pytest.mark.parametrize("day", ["2024-10-07", "2024-10-09"])
async def test_an_offices_document_is_neither_older_than_its_list_nor_to_come(desks: Desks, day: str) -> None:
    order = desks.story.list_number("2024-001", "鄂财建发〔2024〕88号", day, replaces="鄂财测〔2024〕2号")
    answer = await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order)
    problem = refused(answer, 409, "fund-order-not-possible")
    assert [item["field"] for item in problem["errors"]] == ["document_date"]


async def test_a_city_sees_what_its_districts_hold_of_a_grant(desks: Desks) -> None:
    await desks.line("grants", 2024, WAN)
    city, county, cluster = "420600", "420606", "420606-01"  # no award names it
    project = {
        "code": "P-1",
        "name": "公共检测平台",
        "county_code": county,
        "cluster": cluster,
        "unit": "平台公司",
        "investment_fen": WAN,
        "use": "public_technical_service",
    }
    ok(await desks.story.post(county_preparer(county), "/v1/projects", project))
    grant: dict[str, Any] = {
        "project": "P-1",
        "own_rule": "省预算内投资管理办法",
        "cluster": cluster,
    }
    await desks.decide("grant", "grants", amount_fen=WAN, **grant)
    await desks.pass_down("grants", {"cluster": cluster, "to_division": city, "amount_fen": WAN})
    people: dict[str, Any] = {"by": city_finance(city), "reviewer": city_reviewer(city)}
    passed_on = {"cluster": cluster, "to_division": county, "amount_fen": WAN}
    await desks.pass_down("grants", passed_on, **people)
    for person in (city_finance(city), city_reviewer(city), AUDITOR):
        lines = ok(await desks.story.get(person, "/v1/spending"))["lines"]
        assert {(line["division"], line["held_fen"]) for line in lines} == {(city, 0), (county, WAN)}
