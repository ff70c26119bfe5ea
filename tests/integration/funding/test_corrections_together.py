"""Corrections beside each other, and beside what rests on the line at the same moment."""

import asyncio
from datetime import date
from typing import Any

import pytest

from services.funding.domain.orders.review_levels import ReviewLevels
from services.funding.use_cases.orders.review_fund_orders import FundOrderReview, review_fund_orders
from tests.support.fingerprint import fingerprint
from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import Desks, with_awards
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE = "line-2024"


@pytest.fixture
def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    return Desks(FundingStory(funding, below_funding))


def correction(line: str, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "appropriation_correction",
        "appropriation": line,
        "changes": changes,
        "reason": "登记有误",
    }


async def proposed(desks: Desks, order: dict[str, Any]) -> str:
    return str(ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order))["number"])


async def shown(desks: Desks, line: str) -> dict[str, Any]:
    found: dict[str, Any] = ok(await desks.story.get(AUDITOR, f"/v1/appropriations/{line}"))
    return found


@pytest.mark.parametrize("together", [True, False])
async def test_two_corrections_of_a_lines_money_do_the_same_together_as_one_by_one(
    desks: Desks, *, together: bool
) -> None:
    await desks.line(LINE, 2024, 80_000 * WAN)
    first = await proposed(desks, correction(LINE, amount_fen=8_000 * WAN))
    second = await proposed(desks, correction(LINE, amount_fen=7_000 * WAN, effective_at="2024-10-01"))
    if together:
        ok(await desks.review(first, second))
    else:
        ok(await desks.review(first))
        ok(await desks.review(second))
    line = await shown(desks, LINE)
    assert (line["amount_fen"], line["available_fen"], line["effective_at"]) == (
        7_000 * WAN,
        7_000 * WAN,
        "2024-10-01",
    )
    assert [
        (entry["before"]["amount_fen"], entry["after"]["amount_fen"]) for entry in line["corrections"]
    ] == [
        (80_000 * WAN, 8_000 * WAN),
        (8_000 * WAN, 7_000 * WAN),
    ]
    transfers = ok(await desks.story.get(AUDITOR, "/v1/ledger/transfers"))["items"]
    drawn = {transfer["key"]: transfer["id"] for transfer in transfers}
    assert {transfer["key"]: transfer["reverses"] for transfer in transfers if transfer["reverses"]} == {
        f"order:{first}:reversal": transfers[0]["id"],
        f"order:{second}:reversal": drawn[f"order:{first}"],
    }
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["sound"]
    await desks.correct(LINE, amount_fen=6_000 * WAN)  # and once more
    assert (await shown(desks, LINE))["available_fen"] == 6_000 * WAN


async def test_a_number_that_was_typed_by_mistake_is_free_for_its_own_document(desks: Desks) -> None:
    mistaken, right = "鄂财预〔2024〕81号", "鄂财预〔2024〕18号"
    await desks.line(LINE, 2024, 8_000 * WAN)
    await desks.story.record(desks.story.appropriation(code="typo", document_number=mistaken))
    own = desks.story.appropriation(code="own", document_number=mistaken)
    answer = await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", own)
    assert refused(answer, 409, "fund-order-not-possible")["errors"][0]["rule"] == "document-number-once"
    await desks.correct("typo", document_number=right)
    await desks.story.record(own)
    assert [(await shown(desks, line))["document_number"] for line in ("typo", "own")] == [right, mistaken]
    back = await desks.story.post(
        FINANCE_MAKER, "/v1/fund-orders", correction("typo", document_number=mistaken)
    )
    assert refused(back, 409, "fund-order-not-possible")["errors"][0]["rule"] == "document-number-once"


async def test_a_lists_number_that_was_typed_by_mistake_is_free_for_its_own_document(desks: Desks) -> None:
    await with_awards(desks)
    mistaken = ok(await desks.story.get(AUDITOR, "/v1/award-lists/2024-001"))["document_number"]
    change = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    order = {**change, "document_number": mistaken}
    answer = await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order)
    assert refused(answer, 409, "fund-order-not-possible")["errors"][0]["rule"] == "document-number-once"
    await desks.story.write_back("2024-001", "鄂财建发〔2024〕88号", desks.today, replaces=mistaken)
    ok(await desks.review(await proposed(desks, order)))


async def test_a_line_into_which_money_was_carried_keeps_its_year_and_its_programme(desks: Desks) -> None:
    await with_awards(desks)
    await desks.line("line-2025", 2025, 8_000 * WAN)
    left: dict[str, Any] = {"left_in": "available", "disposition": "carry_over", "amount_fen": 500 * WAN}
    await desks.decide("year_end", LINE, **left)
    number = await desks.propose("carry_in", LINE, into="line-2025", amount_fen=500 * WAN)
    await keeps_its_year(desks, number)
    ok(await desks.review(number))
    await keeps_its_year(desks, number)
    await desks.correct("line-2025", source="other_fund")


async def keeps_its_year(desks: Desks, number: str) -> None:
    """A correction names the order that carries money into the line."""
    before = await fingerprint(desks.story.funding)
    order = correction("line-2025", fiscal_year=2024, amount_fen=7_000 * WAN)
    answer = await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order)
    problem = refused(answer, 409, "fund-order-not-possible")
    assert [(item["field"], item["rule"]) for item in problem["errors"]] == [
        ("changes.fiscal_year", "line-in-use"),
        ("changes.amount_fen", "line-in-use"),
    ]
    assert number in problem["errors"][0]["message"]
    assert await fingerprint(desks.story.funding) == before


async def test_a_round_that_is_opened_meanwhile_waits_and_has_the_corrected_line(desks: Desks) -> None:
    """A correction is approved and not committed yet; a round on the line, opened then, goes by what it says."""
    story = desks.story
    ok(await story.publish())
    await desks.line(LINE, 2025, 9_000 * WAN)
    number = await proposed(desks, correction(LINE, fiscal_year=2024))
    review = FundOrderReview(orders=[number], decision="approve", minutes="审核")
    async with story.funding.database.transaction() as late:
        await review_fund_orders(
            late,
            FINANCE_REVIEWER.principal,
            review,
            ReviewLevels(None),
            today=date.fromisoformat(desks.today),
        )
        waiting = asyncio.create_task(story.open_round(appropriation=LINE))
        await asyncio.sleep(0.5)
        assert not waiting.done()
    opened = ok(await waiting)
    assert opened["fiscal_year"] == (await shown(desks, LINE))["fiscal_year"] == 2024
