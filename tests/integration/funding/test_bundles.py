"""A bundle of orders has the effect of its orders one by one, and asks the database no more often than one does."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from tests.support.fingerprint import fingerprint
from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import DAYE, TIANMEN, Desks, county_finance, with_awards, with_quota
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, Person
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService
from tests.support.statements import belongs_to_the_request

LINE = "line-2024"


@pytest.fixture
def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    return Desks(FundingStory(funding, below_funding))


async def statements(desks: Desks, answer: Awaitable[httpx.Response]) -> int:
    """How many statements an answer takes."""
    asked: list[str] = []

    def note(_c: object, _k: object, statement: str, _p: object, _x: object, _m: object) -> None:
        if belongs_to_the_request(statement):
            asked.append(statement)

    engine = desks.story.funding.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        ok(await answer)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(asked)


async def counted(desks: Desks, sizes: tuple[int, ...]) -> dict[int, int]:
    """Statements of a review of as many orders of each size, of two kinds, on two lines."""
    await with_awards(desks)
    await desks.line("other", 2025, WAN)
    found = {}
    for size in sizes:
        numbers = []
        for place in range(size):
            if place % 2:
                line: dict[str, Any] = {"cluster": f"{DAYE}-01", "method": "deduct_next_year"}
                numbers.append(await desks.propose("variation", LINE, amount_fen=1, **line))
            else:
                change: dict[str, Any] = {"direction": "increase", "amount_fen": 1}
                numbers.append(await desks.propose("appropriation_change", "other", **change))
        found[size] = await statements(desks, desks.review(*numbers))
    return found


async def test_what_a_review_asks_of_the_database_does_not_grow_with_its_orders(desks: Desks) -> None:
    found = await counted(desks, (2, 5, 20))
    assert len(set(found.values())) == 1, found


@pytest.mark.long
async def test_two_hundred_orders_ask_no_more_than_two(desks: Desks) -> None:
    found = await counted(desks, (1, 2, 5, 20, 200))
    print(found)
    assert found[200] == found[20] == found[5] == found[2]
    assert found[1] <= found[2]


OF_DAYE: dict[str, Any] = {"cluster": f"{DAYE}-01"}
WITHDRAWN: dict[str, Any] = {
    **OF_DAYE,
    "division": DAYE,
    "method": "quota_withdrawn",
    "ground": "unspent",
    "amount_fen": 300 * WAN,
    "plan_cuts": [{"budget_project": "DY-1", "planned_fen": 400 * WAN}],
}


async def twice_all_that_is_available(desks: Desks) -> list[str]:
    held = (await desks.balances(LINE))["available"]
    change: dict[str, Any] = {"direction": "decrease", "amount_fen": held}
    return [await desks.propose("appropriation_change", LINE, **change) for _ in range(2)]


async def twice_the_whole_award(desks: Desks) -> list[str]:
    vary: dict[str, Any] = {**OF_DAYE, "method": "deduct_next_year", "amount_fen": 400 * WAN}
    return [await desks.propose("variation", LINE, **vary) for _ in range(2)]


async def twice_out_of_one_plan(desks: Desks) -> list[str]:
    return [await desks.propose("recovery", LINE, **WITHDRAWN) for _ in range(2)]


async def a_deduction_and_the_quota_that_it_is_due_from(desks: Desks) -> list[str]:
    await desks.to("2025-10-08")
    await desks.line("line-2025", 2025, 9_000 * WAN)
    await desks.issue("line-2025", assessment_year=2025)
    quota = [{"to_division": DAYE, "amount_fen": 700 * WAN, **OF_DAYE}]
    vary: dict[str, Any] = {**OF_DAYE, "method": "deduct_next_year", "amount_fen": WAN}
    return [
        await desks.propose("variation", LINE, **vary),
        await desks.propose("pass_down", "line-2025", deadline="2026-12-31", lines=quota),
    ]


async def one_code_for_two_divisions(desks: Desks) -> list[str]:
    return [await made(desks, desks.story.finance_divisions({county: "A1"})) for county in (DAYE, TIANMEN)]


async def two_numbers_in_the_place_of_one(desks: Desks) -> list[str]:
    known = ok(await desks.story.get(AUDITOR, "/v1/award-lists/2024-001"))["document_number"]
    return [
        await made(
            desks, desks.story.list_number("2024-001", f"鄂财建发〔2024〕{n}号", desks.today, replaces=known)
        )
        for n in (88, 89)
    ]


async def one_correction_twice(desks: Desks) -> list[str]:
    await desks.line("other", 2024, WAN)
    correction = {
        "kind": "appropriation_correction",
        "appropriation": "other",
        "changes": {"source": "other_fund"},
        "reason": "登记有误",
    }
    return [await made(desks, correction) for _ in range(2)]


async def made(desks: Desks, order: dict[str, Any]) -> str:
    return str(ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order))["number"])


@pytest.mark.parametrize(
    ("propose", "rules"),
    [
        (twice_all_that_is_available, ["money-not-available"]),
        (twice_the_whole_award, ["within-award"]),
        (twice_out_of_one_plan, ["cut-within-plan", "plans-fit-quota"]),
        (a_deduction_and_the_quota_that_it_is_due_from, ["deduction-due"]),
        (one_code_for_two_divisions, ["finance-code-taken"]),
        (two_numbers_in_the_place_of_one, ["document-number-already-written-back"]),
        (one_correction_twice, ["something-changes"]),
    ],
)
async def test_each_order_of_a_bundle_is_judged_after_the_ones_before_it(
    desks: Desks, propose: Callable[[Desks], Awaitable[list[str]]], rules: list[str]
) -> None:
    """Each could be approved alone; together they are refused for what the second is refused for after the first."""
    await with_quota(desks)
    first, second = await propose(desks)
    for number in (first, second):
        assert ok(await desks.story.get(FINANCE_REVIEWER, f"/v1/fund-orders/{number}/prerequisites"))[
            "possible"
        ]
    before = await fingerprint(desks.story.funding)
    together = refused(await desks.review(second, first), 409, "fund-order-not-possible")
    assert await fingerprint(desks.story.funding) == before
    assert [item["rule"] for item in together["errors"]] == rules
    assert all(item["field"].startswith(second) for item in together["errors"])
    ok(await desks.review(first))
    alone = refused(await desks.review(second), 409, "fund-order-not-possible")
    assert alone["errors"] == together["errors"]


@pytest.mark.strangers
async def test_a_bundle_of_every_kind_takes_effect_as_a_whole(desks: Desks) -> None:
    await with_quota(desks)
    known = ok(await desks.story.get(AUDITOR, "/v1/award-lists/2024-001"))["document_number"]
    numbered = desks.story.list_number("2024-001", "鄂财建发〔2024〕88号", desks.today, replaces=known)
    quota = [{"cluster": f"{TIANMEN}-01", "to_division": TIANMEN, "amount_fen": 500 * WAN}]
    source = {"kind": "appropriation_correction", "appropriation": LINE, "reason": "登记有误"}
    numbers = [
        await made(desks, desks.story.appropriation(code="other", amount_fen=5 * WAN)),
        await made(desks, {**source, "changes": {"source": "other_fund"}}),
        await made(desks, numbered),
        await made(desks, desks.story.finance_divisions({TIANMEN: "A1"})),
        await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=100 * WAN),
        await desks.propose("appropriation_change", LINE, direction="decrease", amount_fen=30 * WAN),
        await desks.propose("variation", LINE, method="deduct_next_year", amount_fen=50 * WAN, **OF_DAYE),
        await desks.propose("recovery", LINE, **WITHDRAWN),
        await desks.propose("pass_down", LINE, deadline="2024-12-31", lines=quota),
    ]
    ok(await desks.review(*numbers))
    assert await desks.balances("other") == {"source": -5 * WAN, "available": 5 * WAN}
    assert await desks.balances(LINE) == {
        "source": -9_070 * WAN,
        "available": 1_070 * WAN,
        "reserved": 0,
        "awarded": 6_800 * WAN,
        "passed_down": 900 * WAN,
        "returned": 300 * WAN,
    }
    line = ok(await desks.story.get(AUDITOR, f"/v1/appropriations/{LINE}"))
    assert (line["source"], line["corrections"][0]["fund_order"]) == ("other_fund", numbers[1])
    listed = ok(await desks.story.get(AUDITOR, "/v1/award-lists/2024-001"))
    assert listed["document_number"] == "鄂财建发〔2024〕88号"
    (notice,) = ok(await desks.story.get(county_finance(TIANMEN), "/v1/quota-notices"))["items"]
    assert (notice["order"], notice["finance_code"]) == (numbers[8], "A1")
    (project,) = ok(await desks.story.get(county_finance(DAYE), "/v1/budget-projects"))["items"]
    assert (project["amount_fen"], project["steps"][0]["fund_order"]) == (400 * WAN, numbers[7])
    moved = ok(await desks.story.get(AUDITOR, "/v1/fund-orders?state=approved&limit=100"))["items"]
    assert {order["number"] for order in moved} >= set(numbers)
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["sound"]


async def test_a_maker_in_a_bundle_hides_no_other_reason(desks: Desks) -> None:
    await with_awards(desks)
    both = Person("both", (*FINANCE_MAKER.roles, *FINANCE_REVIEWER.roles), unit="湖北省财政厅")
    change: dict[str, Any] = {"direction": "decrease", "amount_fen": 1_000 * WAN}
    own = await desks.propose("appropriation_change", LINE, by=both, **change)
    first = await desks.propose("appropriation_change", LINE, **change)
    second = await desks.propose("appropriation_change", LINE, **change)
    problem = refused(await desks.review(own, first, second, by=both), 403, "maker-cannot-check")
    assert [(item["field"].split(".")[0], item["rule"]) for item in problem["errors"]] == [
        (own, "maker-cannot-check"),
        (second, "money-not-available"),
    ]
