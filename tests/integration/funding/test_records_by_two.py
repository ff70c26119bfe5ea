"""Nobody creates money alone: a line, a typo in it, finance's codes and a list's number need a maker and a checker."""

from typing import Any

import pytest

from tests.support.fingerprint import fingerprint
from tests.support.funding import CODES, WAN, BelowFunding, FundingStory
from tests.support.money import DAYE, TIANMEN, Desks, city_finance, county_finance, with_awards
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, PROVINCE_OFFICER, Person
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE = "line-2024"
BOTH = Person(
    "both", (*FINANCE_MAKER.roles, *FINANCE_REVIEWER.roles), FINANCE_MAKER.division, FINANCE_MAKER.unit
)


@pytest.fixture
def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    return Desks(FundingStory(funding, below_funding))


async def broken(desks: Desks, order: dict[str, Any], *, by: Person = FINANCE_MAKER) -> list[tuple[str, str]]:
    """Field and rule of each reason against the order, which changes nothing."""
    before = await fingerprint(desks.story.funding)
    problem = refused(await desks.story.post(by, "/v1/fund-orders", order), 409, "fund-order-not-possible")
    assert await fingerprint(desks.story.funding) == before
    return [(item["field"], item["rule"]) for item in problem["errors"]]


def correction(line: str, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "appropriation_correction",
        "appropriation": line,
        "changes": changes,
        "reason": "登记有误",
    }


async def test_a_line_is_there_once_another_person_approves_it(desks: Desks) -> None:
    order = desks.story.appropriation(code=LINE)
    number = ok(await desks.story.post(BOTH, "/v1/fund-orders", order))["number"]
    refused(await desks.story.get(AUDITOR, f"/v1/appropriations/{LINE}"), 404, "not-found")
    ok(await desks.story.publish())
    assert (await desks.story.open_round(appropriation=LINE)).status_code == 404
    refused(await desks.review(number, by=BOTH), 403, "maker-cannot-check")
    assert await desks.balances(LINE) == {}
    ok(await desks.review(number))
    shown = ok(await desks.story.get(AUDITOR, f"/v1/appropriations/{LINE}"))
    assert (shown["amount_fen"], shown["available_fen"]) == (8_000 * WAN, 8_000 * WAN)
    assert shown["corrections"] == []


async def test_a_rejected_line_may_be_proposed_again(desks: Desks) -> None:
    order = desks.story.appropriation(code=LINE)
    first = ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order))["number"]
    assert ("appropriation", "appropriation-once") in await broken(desks, order)
    ok(await desks.review(first, decision="reject"))
    await desks.story.record(order)
    assert await broken(desks, {**order, "document_number": "鄂财预〔2024〕77号"}) == [
        ("appropriation", "appropriation-once")
    ]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"programme": "none"}, ("programme", "known-programme")),
        ({"fiscal_year": 2031}, ("fiscal_year", "fiscal-year-of-programme")),
        ({"fiscal_year": 2023}, ("fiscal_year", "fiscal-year-of-programme")),
        (
            {"codes": CODES | {"functional_class": "2150806"}},
            ("codes.functional_class", "functional-class"),
        ),
        ({"budget_approved_on": "2024-10-09"}, ("budget_approved_on", "date-to-come")),
        ({"document_date": "2024-10-09"}, ("document_date", "date-to-come")),
    ],
)
async def test_a_line_keeps_to_what_the_registry_says_of_its_programme(
    desks: Desks, changed: dict[str, Any], reason: tuple[str, str]
) -> None:
    assert await broken(desks, desks.story.appropriation(**changed)) == [reason]
    await desks.story.record()
    if "document_date" not in changed:
        assert await broken(desks, correction("2024-incentive", **changed)) == [
            (f"changes.{reason[0]}", reason[1])
        ]


async def test_a_line_is_for_no_programme_of_another_province(desks: Desks) -> None:
    desks.story.below.programmes["of-elsewhere"] = "430000"
    order = desks.story.appropriation(programme="of-elsewhere")
    assert await broken(desks, order) == [("programme", "known-programme")]


async def test_the_functional_class_is_told_with_those_that_there_are(desks: Desks) -> None:
    order = desks.story.appropriation(codes=CODES | {"functional_class": "2150806"})
    problem = refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order), 409, "fund-order-not-possible"
    )
    (item,) = problem["errors"]
    assert "2150806" in item["message"]
    assert "2150805 中小企业发展专项" in item["message"]
    assert "2150805 中小企业发展专项" in item["message_en"]


async def test_a_typo_in_a_line_is_corrected_and_both_stay_visible(desks: Desks) -> None:
    """80,000 typed for 8,000, on a day that is to come, under a wrong number and without codes."""
    typo = {"amount_fen": 80_000 * WAN, "effective_at": "2024-10-28", "document_number": "鄂财预〔2024〕81号"}
    await desks.story.record(desks.story.appropriation(code=LINE, codes=None, **typo))
    right = {"amount_fen": 8_000 * WAN, "effective_at": "2024-10-01", "document_number": "鄂财预〔2024〕18号"}
    number = ok(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", correction(LINE, codes=CODES, **right))
    )["number"]
    unchanged = ok(await desks.story.get(AUDITOR, f"/v1/appropriations/{LINE}"))
    assert unchanged["amount_fen"] == 80_000 * WAN
    ok(await desks.review(number))
    shown = ok(await desks.story.get(AUDITOR, f"/v1/appropriations/{LINE}"))
    assert {name: shown[name] for name in right} == right
    assert (shown["codes"], shown["available_fen"], shown["changes_fen"]) == (CODES, 8_000 * WAN, 0)
    (kept,) = shown["corrections"]
    assert kept == {
        "fund_order": number,
        "corrected_on": desks.today,
        "before": {**typo, "codes": None},
        "after": {**right, "codes": CODES},
        "reason": "登记有误",
    }
    assert await desks.balances(LINE) == {"source": -8_000 * WAN, "available": 8_000 * WAN}
    on_the_first = await desks.balances(LINE, to_day="2024-10-02")
    assert on_the_first == {"source": -8_000 * WAN, "available": 8_000 * WAN}
    kinds = [row["kind"] for row in ok(await desks.story.get(AUDITOR, "/v1/ledger/transfers"))["items"]]
    assert sorted(kinds) == ["appropriation.corrected", "appropriation.corrected", "appropriation.recorded"]
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["sound"]
    await desks.correct(LINE, document_number="鄂财预〔2024〕81号")  # and back: its own number is free for it
    assert len(ok(await desks.story.get(AUDITOR, f"/v1/appropriations/{LINE}"))["corrections"]) == 2


async def test_a_correction_changes_something_and_takes_no_other_lines_number(desks: Desks) -> None:
    await desks.story.record()
    other = desks.story.appropriation(code="other", document_number="鄂财预〔2024〕19号")
    await desks.story.record(other)
    assert await broken(desks, correction("other", amount_fen=8_000 * WAN, source="incentive_fund")) == [
        ("changes", "something-changes")
    ]
    taken = await broken(desks, correction("other", document_number="鄂财预〔2024〕18号"))
    assert taken == [("changes.document_number", "document-number-once")]
    answer = await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", correction("other"))
    refused(answer, 422, "invalid-request")


async def test_a_line_in_use_keeps_its_money_its_year_and_its_programme(desks: Desks) -> None:
    code = await with_awards(desks)
    in_use = {"amount_fen": WAN, "fiscal_year": 2025, "effective_at": "2024-10-01"}
    assert await broken(desks, correction(LINE, **in_use)) == [
        ("changes.fiscal_year", "line-in-use"),
        ("changes.amount_fen", "line-in-use"),
        ("changes.effective_at", "line-in-use"),
    ]
    problem = (await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", correction(LINE, **in_use))).json()
    assert code in problem["errors"][0]["message"]
    await desks.correct(LINE, source="other_fund", predecessor="2023年专项")
    shown = ok(await desks.story.get(AUDITOR, f"/v1/appropriations/{LINE}"))
    assert (shown["source"], shown["corrections"][0]["before"]["source"]) == ("other_fund", "incentive_fund")


async def test_a_change_of_one_line_is_approved_before_its_correction_is(desks: Desks) -> None:
    """What was right when it was made is judged again when it is approved."""
    await desks.story.record(desks.story.appropriation(code=LINE))
    made = ok(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", correction(LINE, amount_fen=7_000 * WAN))
    )
    await desks.decide("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    problem = refused(await desks.review(made["number"]), 409, "fund-order-not-possible")
    assert [item["rule"] for item in problem["errors"]] == ["line-in-use"]


async def test_a_lists_number_is_registered_by_two_and_a_typo_in_it_stays_visible(desks: Desks) -> None:
    ok(await desks.story.publish())
    await desks.line(LINE, 2024, 9_000 * WAN)
    await desks.issue(LINE, assessment_year=2024)
    known = ok(await desks.story.get(AUDITOR, "/v1/award-lists/2024-001"))["document_number"]
    right = desks.story.list_number("2024-001", "鄂财建发〔2024〕88号", desks.today)
    assert await broken(desks, right) == [("document_number", "document-number-already-written-back")]
    await desks.story.decided({**right, "replaces": known})
    shown = ok(await desks.story.get(AUDITOR, "/v1/award-lists/2024-001"))
    assert (shown["document_number"], shown["issued_by_office_on"]) == ("鄂财建发〔2024〕88号", desks.today)
    numbers = ok(await desks.story.get(AUDITOR, "/v1/award-lists/2024-001/document-numbers"))["numbers"]
    assert [entry["document_number"] for entry in numbers] == [known, "鄂财建发〔2024〕88号"]
    assert await broken(desks, {**right, "replaces": "鄂财建发〔2024〕88号"}) == [
        ("document_number", "something-changes")
    ]


async def test_numbers_of_lists_orders_and_lines_are_compared_with_each_other(desks: Desks) -> None:
    await with_awards(desks)
    of_list = ok(await desks.story.get(AUDITOR, "/v1/award-lists/2024-001"))["document_number"]
    of_line = ok(await desks.story.get(AUDITOR, f"/v1/appropriations/{LINE}"))["document_number"]
    change = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    for taken in (of_list, of_line):
        order = {**change, "document_number": taken}
        assert await broken(desks, order) == [("document_number", "document-number-once")]
        line = desks.story.appropriation(code="other", document_number=taken)
        assert await broken(desks, line) == [("document_number", "document-number-once")]
    ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", change))
    numbered = desks.story.list_number("2024-001", change["document_number"], desks.today, replaces=of_list)
    assert await broken(desks, numbered) == [("document_number", "document-number-once")]


async def test_finances_codes_are_named_by_two_and_may_be_exchanged(desks: Desks) -> None:
    await desks.story.name_divisions({DAYE: "420281000", TIANMEN: "429006000"})
    assert await broken(desks, desks.story.finance_divisions({"421321": "420281000"})) == [
        ("divisions[0].finance_code", "finance-code-taken")
    ]
    await desks.story.name_divisions({DAYE: "429006000", TIANMEN: "420281000"})
    named = ok(await desks.story.get(AUDITOR, "/v1/finance-divisions"))["divisions"]
    assert {entry["division_code"]: entry["finance_code"] for entry in named} == {
        DAYE: "429006000",
        TIANMEN: "420281000",
    }


async def test_a_division_is_named_once_under_one_code_of_its_own_area(desks: Desks) -> None:
    order = desks.story.finance_divisions({DAYE: "a1", TIANMEN: "A1", "430100": "B2"})
    order["divisions"].append({"division_code": "430100", "finance_code": "C3", "name": "长沙市"})
    assert await broken(desks, order) == [
        ("divisions[0].finance_code", "finance-code-taken"),
        ("divisions[1].finance_code", "finance-code-taken"),
        ("divisions[2].division_code", "division-once"),
        ("divisions[2].division_code", "own-division"),
        ("divisions[3].division_code", "division-once"),
        ("divisions[3].division_code", "own-division"),
    ]


async def test_who_is_no_maker_of_the_budget_records_nothing(desks: Desks) -> None:
    await with_awards(desks)
    orders = (
        desks.story.appropriation(code="other", document_number="鄂财预〔2024〕99号"),
        correction(LINE, source="other"),
        desks.story.list_number("2024-001", "鄂财建发〔2024〕88号", desks.today),
        desks.story.finance_divisions({DAYE: "1"}),
    )
    elsewhere = Person("maker", FINANCE_MAKER.roles, "430000", "湖南省财政厅")
    before = await fingerprint(desks.story.funding)
    for order in orders:
        for person in (
            county_finance(DAYE),
            city_finance("421300"),
            PROVINCE_OFFICER,
            AUDITOR,
            FINANCE_REVIEWER,
        ):
            refused(await desks.story.post(person, "/v1/fund-orders", order), 403, "role-not-permitted")
    for order in orders[1:3]:
        refused(await desks.story.post(elsewhere, "/v1/fund-orders", order), 404, "not-found")
    assert await broken(desks, orders[3], by=elsewhere) == [("divisions[0].division_code", "own-division")]
    assert await fingerprint(desks.story.funding) == before
    for path in ("appropriations/" + LINE, "award-lists/2024-001/document-numbers"):
        refused(await desks.story.get(elsewhere_auditor(), f"/v1/{path}"), 404, "not-found")


def elsewhere_auditor() -> Person:
    return Person("auditor", AUDITOR.roles, "430000", "湖南省审计厅")
