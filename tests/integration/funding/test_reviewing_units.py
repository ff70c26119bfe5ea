"""Who may review: another person, and of another unit where the rule asks for one, however its name is typed."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support import programme
from tests.support.fingerprint import fingerprint
from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import APPROVE, DAYE, NOTE, Desks, with_awards
from tests.support.openings import Earlier, as_csv, propose_opening
from tests.support.people import FINANCE_MAKER, FINANCE_REVIEWER, PROVINCE_OFFICER
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE = "line-2024"
TREASURY_OFFICE = replace(FINANCE_REVIEWER, subject="treasury-reviewer", unit="湖北省财政厅国库处")
SPELLINGS = ["{}", "{} ", "\u3000{}", "{}\u200b", "湖 北省财政厅"]


@pytest.fixture
def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    return Desks(FundingStory(funding, below_funding))


async def ask_for_another_unit(desks: Desks) -> None:
    """The programme's newest rules that speak of it ask for another unit."""
    rules = programme.document("incentive") | {"id": "by-another-unit", "version": "1"}
    rules["fund_orders"] = {"reviewed_by": "another_unit", "label": "illustrative", "basis": "内部控制"}
    ok(await desks.story.publish(rules))


async def an_order(desks: Desks) -> str:
    return await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=WAN)


async def prerequisites(desks: Desks, number: str, reviewer: Any) -> list[str]:
    asked = ok(await desks.story.get(reviewer, f"/v1/fund-orders/{number}/prerequisites"))
    return [reason["rule"] for reason in asked["reasons"]]


async def test_balances_of_before_the_system_are_confirmed_by_another_unit_too(desks: Desks) -> None:
    ok(await desks.story.publish())
    await desks.line(LINE, 2024, 500 * WAN)
    await ask_for_another_unit(desks)
    award = Earlier(DAYE, (0, 0, 300 * WAN, 0, 0, 0), document_date="2024-10-08")
    number = str(ok(await propose_opening(desks, LINE, as_csv(award.row())))["number"])
    problem = refused(await desks.review(number), 403, "maker-cannot-check")
    assert [(entry["field"], entry["rule"]) for entry in problem["errors"]] == [(number, "another-unit")]
    ok(await desks.review(number, by=TREASURY_OFFICE))


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_where_the_programme_says_so_orders_are_reviewed_by_another_unit(
    desks: Desks, spelling: str, decision: str
) -> None:
    await with_awards(desks)
    await ask_for_another_unit(desks)
    number = await an_order(desks)
    colleague = replace(FINANCE_REVIEWER, unit=spelling.format(FINANCE_MAKER.unit))
    before = await fingerprint(desks.story.funding)
    problem = refused(await desks.review(number, by=colleague, decision=decision), 403, "maker-cannot-check")
    assert [(entry["field"], entry["rule"]) for entry in problem["errors"]] == [(number, "another-unit")]
    assert "湖北省财政厅" in problem["errors"][0]["message"].replace(" ", "")
    assert await fingerprint(desks.story.funding) == before
    assert await prerequisites(desks, number, colleague) == ["another-unit"]
    assert await prerequisites(desks, number, TREASURY_OFFICE) == []
    ok(await desks.review(number, by=TREASURY_OFFICE, decision=decision))


async def test_a_bundle_is_refused_as_a_whole_where_one_of_its_orders_asks_for_another_unit(
    desks: Desks,
) -> None:
    await with_awards(desks)
    await ask_for_another_unit(desks)
    order = desks.story.finance_divisions({DAYE: "4202"})  # of no programme's money
    of_none = str(ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order))["number"])
    problem = refused(await desks.review(of_none, asked := await an_order(desks)), 403, "maker-cannot-check")
    assert [(entry["field"], entry["rule"]) for entry in problem["errors"]] == [(asked, "another-unit")]
    assert (await desks.balances(LINE))["available"] == 1_000 * WAN
    ok(await desks.review(of_none))


async def test_a_line_that_is_not_recorded_yet_is_of_the_programme_that_its_order_names(desks: Desks) -> None:
    await with_awards(desks)
    await ask_for_another_unit(desks)
    line = desks.story.appropriation(code="next", fiscal_year=2025, document_number=desks.document())
    number = str(ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", line))["number"])
    refused(await desks.review(number), 403, "maker-cannot-check")
    ok(await desks.review(number, by=TREASURY_OFFICE))


async def test_without_the_rule_another_person_of_the_same_unit_reviews_as_before(desks: Desks) -> None:
    await with_awards(desks)
    assert FINANCE_REVIEWER.unit == FINANCE_MAKER.unit
    number = await an_order(desks)
    assert await prerequisites(desks, number, FINANCE_REVIEWER) == []
    ok(await desks.review(number))


@pytest.mark.parametrize("spelling", ["{} ", "\u3000{}", "{}\u200b", "\ufeff{}"])
async def test_a_blank_makes_no_other_unit_of_the_one_that_made_a_list(desks: Desks, spelling: str) -> None:
    await desks.line(LINE, 2024, 8_000 * WAN)
    story = desks.story
    ok(await story.publish())
    code = str(ok(await story.open_round(appropriation=LINE))["code"])
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
    colleague = replace(FINANCE_REVIEWER, unit=spelling.format(PROVINCE_OFFICER.unit))
    refused(await story.step(colleague, code, "review", APPROVE), 403, "maker-cannot-check")
    asked = ok(await story.get(colleague, f"/v1/rounds/{code}/prerequisites?step=review"))
    assert "maker-cannot-check" in [reason["rule"] for reason in asked["reasons"]]
