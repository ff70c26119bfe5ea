"""Codes, serials and numbers of one county or desk are its own: a neighbour neither clashes with them nor learns of
them; where a code exists once, the refusal does not say whose it is."""

from typing import Any

import httpx
import pytest

from shared.web.principals import Role
from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import DAYE, TIANMEN, Desks, city_reviewer, county_finance, with_awards
from tests.support.people import Person
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE = "line-2024"
NEIGHBOUR = county_finance(TIANMEN)
#: A finance department of another city, with every role that a city's has.
OTHER_CITY = Person(
    "city-maker", (Role.FINANCE_MAKER, Role.FINANCE_REVIEWER, Role.CITY_FINANCE), "421300", "随州市财政局"
)


@pytest.fixture
def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    return Desks(FundingStory(funding, below_funding))


def quota(county: str) -> dict[str, Any]:
    return {"cluster": f"{county}-01", "to_division": county, "amount_fen": 500 * WAN}


async def both_have_quota(desks: Desks) -> None:
    await with_awards(desks)
    await desks.pass_down(LINE, quota(DAYE), quota(TIANMEN))


def told(answer: httpx.Response) -> dict[str, Any]:
    """A refusal without what differs from request to request."""
    problem: dict[str, Any] = answer.json()
    return {key: problem[key] for key in ("type", "title", "status", "detail", "detail_en")}


async def test_two_counties_have_projects_files_and_serials_of_the_same_name(desks: Desks) -> None:
    await both_have_quota(desks)
    for county in (DAYE, TIANMEN):
        await desks.project(county, LINE, "P-1", 100 * WAN)
        ok(await desks.pay(county, "F-1", desks.payment("SERIAL-1", "P-1", 40 * WAN)))
        ok(await desks.give_back(county, "SERIAL-1", "RETURN-1", 10 * WAN))
    for county in (DAYE, TIANMEN):
        listed = ok(await desks.story.get(county_finance(county), "/v1/treasury-payments"))["items"]
        assert [(entry["county_code"], entry["bank_serial"]) for entry in listed] == [(county, "SERIAL-1")]


async def test_a_neighbours_project_serial_and_payment_are_as_if_they_did_not_exist(desks: Desks) -> None:
    await both_have_quota(desks)
    await desks.project(DAYE, LINE, "P-1", 100 * WAN)
    ok(await desks.pay(DAYE, "F-1", desks.payment("SERIAL-1", "P-1", 40 * WAN)))
    answers = [
        await desks.pay(TIANMEN, "F-2", desks.payment("SERIAL-2", code, WAN)) for code in ("P-1", "P-9")
    ]
    rows = [refused(answer, 409, "payments-refused")["errors"] for answer in answers]
    assert [[(item["rule"], item["message"]) for item in found] for found in rows] == [
        [("known-budget-project", f"本县没有预算项目 {code}")] for code in ("P-1", "P-9")
    ]
    returns = [await desks.give_back(TIANMEN, serial, "R-1", WAN) for serial in ("SERIAL-1", "SERIAL-9")]
    assert told(returns[0]) == told(returns[1])
    assert returns[0].status_code == 404
    ok(await desks.give_back(DAYE, "SERIAL-1", "R-1", WAN))


async def test_who_registered_a_project_code_is_not_told_to_a_neighbour(desks: Desks) -> None:
    code = "2410-420281-04-01-000001"
    project = {
        "code": code,
        "name": "铜加工园区",
        "county_code": DAYE,
        "cluster": f"{DAYE}-01",
        "unit": "大冶城投",
        "investment_fen": 100 * WAN,
        "use": "cluster_infrastructure",
    }
    ok(await desks.story.post(county_finance(DAYE), "/v1/projects", project))
    mine = {
        **project,
        "name": "我县项目",
        "county_code": TIANMEN,
        "cluster": f"{TIANMEN}-01",
        "unit": "我县单位",
    }
    answer = await desks.story.post(NEIGHBOUR, "/v1/projects", mine)
    problem = refused(answer, 409, "project-already-registered")
    assert problem["detail"] == f"项目代码 {code} 已登记"
    rest = answer.text.replace(code, "")
    assert [word for word in (DAYE, "大冶", "铜加工", "finance-") if word in rest] == []
    asked = [await desks.story.get(NEIGHBOUR, f"/v1/projects/{code}") for code in (code, "no-such-code")]
    assert told(asked[0]) == told(asked[1])
    assert asked[0].status_code == 404


async def test_lines_rounds_lists_and_orders_of_another_desk_are_as_if_they_did_not_exist(
    desks: Desks,
) -> None:
    code = await with_awards(desks)
    number = await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    pairs = [
        (f"appropriations/{LINE}", "appropriations/none"),
        (f"rounds/{code}", "rounds/none"),
        ("award-lists/2024-001", "award-lists/2024-999"),
        (f"fund-orders/{number}", "fund-orders/2024-420000-9999"),
        (f"fund-orders/{number}/prerequisites", "fund-orders/2024-420000-9999/prerequisites"),
        (f"ledger/accounts/{LINE}:available/balance", "ledger/accounts/none:available/balance"),
    ]
    for there, not_there in pairs:
        answers = [await desks.story.get(OTHER_CITY, f"/v1/{path}") for path in (there, not_there)]
        assert [answer.status_code for answer in answers] == [404, 404], there
        assert told(answers[0]) == told(answers[1])
    reviews = [await desks.review(at, by=city_reviewer("421300")) for at in (number, "2024-420000-9999")]
    assert told(reviews[0]) == told(reviews[1])
    orders = [
        await desks.story.post(
            OTHER_CITY,
            "/v1/fund-orders",
            desks.order("appropriation_change", line, direction="increase", amount_fen=WAN),
        )
        for line in (LINE, "none")
    ]
    assert told(orders[0]) == told(orders[1])
    assert (reviews[0].status_code, orders[0].status_code) == (404, 404)


async def test_whose_finance_code_it_is_is_told_within_the_desks_area_only(desks: Desks) -> None:
    await desks.story.name_divisions({DAYE: "CODE1", "421303": "CODE2"})

    async def message(code: str) -> str:
        order = desks.story.finance_divisions({"421381": code})
        answer = await desks.story.post(OTHER_CITY, "/v1/fund-orders", order)
        (item,) = refused(answer, 409, "fund-order-not-possible")["errors"]
        assert item["rule"] == "finance-code-taken"
        return str(item["message"])

    assert await message("CODE1") == "财政编码 CODE1 已用于另一区划"
    assert await message("CODE2") == "财政编码 CODE2 已用于区划 421303"
