"""No account holds less than its minimum on any business day, whenever a document or a payment is recorded."""

from typing import Any

import pytest

from tests.support.fingerprint import fingerprint
from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import DAYE, Desks, county_finance, with_quota
from tests.support.people import FINANCE_MAKER, PROVINCE_OFFICER
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE = "line-2024"
TO_DAYE = {"cluster": f"{DAYE}-01", "to_division": DAYE, "amount_fen": 700 * WAN}


@pytest.fixture
def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    return Desks(FundingStory(funding, below_funding))


async def test_money_of_a_line_that_is_not_in_effect_yet_is_not_reserved(desks: Desks) -> None:
    ok(await desks.story.publish())
    await desks.line(LINE, 2025, 9_000 * WAN, effective_at="2024-10-09")
    code = ok(await desks.story.open_round(appropriation=LINE))["code"]
    before = await fingerprint(desks.story.funding)
    asked = ok(await desks.story.get(PROVINCE_OFFICER, f"/v1/rounds/{code}/prerequisites?step=allocation"))
    assert [reason["rule"] for reason in asked["reasons"]] == ["line-in-effect"]
    refused(await desks.story.step(PROVINCE_OFFICER, code, "allocation"), 409, "money-not-available")
    assert await fingerprint(desks.story.funding) == before
    await desks.to("2024-10-09")
    ok(await desks.story.step(PROVINCE_OFFICER, code, "allocation"))


async def test_a_document_cannot_move_what_was_not_there_on_its_day(desks: Desks) -> None:
    ok(await desks.story.publish())
    await desks.line(LINE, 2024, 9_000 * WAN, effective_at="2024-09-01")
    await desks.issue(LINE, assessment_year=2024)
    order = desks.order("pass_down", LINE, deadline="2024-12-31", lines=[TO_DAYE])
    older = {**order, "document_date": "2024-10-07"}  # the list was issued on 10-08
    problem = refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", older), 409, "fund-order-not-possible"
    )
    assert [entry["rule"] for entry in problem["errors"]] == ["money-not-there-yet"]
    ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order))


async def test_a_payment_cannot_be_older_than_the_quota_that_it_spends(desks: Desks) -> None:
    await with_quota(desks)
    await desks.to("2024-10-20")
    soon = {**desks.payment("S1", "DY-1", 500 * WAN), "paid_on": "2024-10-07"}
    late = desks.payment("S2", "DY-1", 200 * WAN)
    problem = refused(await desks.pay(DAYE, "F1", late, soon), 409, "payments-refused")
    assert [(entry["row"], entry["rule"]) for entry in problem["errors"]] == [(2, "money-not-there-yet")]
    ok(await desks.pay(DAYE, "F1", late, {**soon, "paid_on": "2024-10-08"}))


async def test_a_return_cannot_fall_into_days_when_the_payment_was_recovered(desks: Desks) -> None:
    await with_quota(desks)
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", 100 * WAN)))
    recovered: dict[str, Any] = {"cluster": f"{DAYE}-01", "division": DAYE, "ground": "misuse"}
    await desks.decide("recovery", LINE, method="deducted_at_settlement", amount_fen=100 * WAN, **recovered)
    await desks.to("2024-10-20")
    ok(await desks.pay(DAYE, "F2", desks.payment("S2", "DY-1", 100 * WAN)))
    back = {"return_serial": "R1", "amount_fen": 100 * WAN, "returned_on": "2024-10-19", "reason": "退回"}
    answer = await desks.story.post(county_finance(DAYE), "/v1/treasury-payments/S1/returns", back)
    problem = refused(answer, 409, "payments-refused")
    assert [entry["rule"] for entry in problem["errors"]] == ["not-recovered"]
