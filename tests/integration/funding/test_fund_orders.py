"""Fund orders: made by one, approved by another, refused with every reason, and nothing half done."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.funding.domain.orders.review_levels import ReviewLevels
from services.funding.storage.orders.document_numbers import uses_of_documents
from services.funding.storage.tables.ledger import account
from shared.text.money import MAX_FEN
from shared.web.principals import Role
from tests.support import programme
from tests.support.fingerprint import fingerprint
from tests.support.funding import CODES, WAN, BelowFunding, FundingStory
from tests.support.money import (
    DAYE,
    SUIZHOU,
    TIANMEN,
    ZENGDU,
    Desks,
    city_finance,
    city_reviewer,
    county_finance,
    with_awards,
    with_quota,
)
from tests.support.people import (
    AUDITOR,
    FINANCE_MAKER,
    FINANCE_REVIEWER,
    PROVINCE_OFFICER,
    Person,
    county_preparer,
)
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

PRESENT = ("amount", "changes", "current", "reserved", "available")
LINE = "line-2024"
BOTH = Person("both", (Role.FINANCE_MAKER, Role.FINANCE_REVIEWER), unit="湖北省财政厅预算处")
SECOND_REVIEWER = Person("second-reviewer", (Role.FINANCE_REVIEWER,), unit="湖北省财政厅国库处")


@pytest.fixture
def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    return Desks(FundingStory(funding, below_funding))


def to_daye(amount: int = 700 * WAN, **changed: Any) -> dict[str, Any]:
    return {"cluster": f"{DAYE}-01", "to_division": DAYE, "amount_fen": amount, **changed}


async def refused_order(desks: Desks, kind: str, **body: Any) -> list[str]:
    """Which rules the order breaks; nothing was changed by trying."""
    before = await fingerprint(desks.story.funding)
    order = desks.order(kind, LINE, **body)
    answer = await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order)
    problem = refused(answer, 409, "fund-order-not-possible")
    assert await fingerprint(desks.story.funding) == before
    for entry in problem["errors"]:
        assert entry["message"]
        assert entry["message_en"]
    return [entry["rule"] for entry in problem["errors"]]


async def test_an_order_moves_nothing_until_another_person_approves_it(desks: Desks) -> None:
    await with_awards(desks)
    number = await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    assert (await desks.balances(LINE))["available"] == 1_000 * WAN
    ok(await desks.review(number))
    assert (await desks.balances(LINE))["available"] == 1_001 * WAN
    shown = ok(await desks.story.get(AUDITOR, f"/v1/fund-orders/{number}"))
    assert (shown["state"], [step["action"] for step in shown["steps"]]) == (
        "approved",
        ["proposed", "approved"],
    )
    problem = refused(await desks.review(number, by=SECOND_REVIEWER), 409, "fund-order-not-possible")
    assert [entry["rule"] for entry in problem["errors"]] == ["proposed"]


async def test_a_rejected_or_withdrawn_order_frees_its_document_number(desks: Desks) -> None:
    await with_awards(desks)
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    first = ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order))["number"]
    again = refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order), 409, "fund-order-not-possible"
    )
    assert [entry["rule"] for entry in again["errors"]] == ["document-number-once"]
    ok(await desks.review(first, decision="reject"))
    second = ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order))["number"]
    withdrawal = {"reason": "文件重拟"}
    ok(await desks.story.post(FINANCE_MAKER, f"/v1/fund-orders/{second}/withdrawal", withdrawal))
    refused(
        await desks.story.post(FINANCE_MAKER, f"/v1/fund-orders/{second}/withdrawal", withdrawal),
        409,
        "fund-order-not-proposed",
    )
    third = ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order))["number"]
    ok(await desks.review(third))
    assert (await desks.balances(LINE))["available"] == 1_001 * WAN


async def test_a_document_number_of_an_appropriation_is_not_used_again(desks: Desks) -> None:
    await with_awards(desks)
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order))
    line = desks.story.appropriation(code="other", document_number=order["document_number"])
    before = await fingerprint(desks.story.funding)
    refused(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", line), 409, "fund-order-not-possible")
    assert await fingerprint(desks.story.funding) == before


@pytest.mark.parametrize(
    "typed",
    [
        "鄂财测[2024]{}号",
        "鄂财测(2024){}号",
        "鄂财测【2024】 {} 号",
        "鄂财测〔\uff12\uff10\uff12\uff14〕{}号",
    ],
)
async def test_a_document_number_is_the_same_however_it_is_typed(desks: Desks, typed: str) -> None:
    await with_awards(desks)
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    ok(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order))
    number = typed.format(desks.documents)
    again = desks.story.appropriation(code="other", document_number=number)
    refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", again),
        409,
        "fund-order-not-possible",
    )
    problem = refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", {**order, "document_number": number}),
        409,
        "fund-order-not-possible",
    )
    assert [entry["rule"] for entry in problem["errors"]] == ["document-number-once"]


async def test_the_maker_cannot_review_neither_alone_nor_in_a_bundle(desks: Desks) -> None:
    await with_awards(desks)
    change: dict[str, Any] = {"direction": "increase", "amount_fen": WAN}
    own = await desks.propose("appropriation_change", LINE, by=BOTH, **change)
    other = await desks.propose("appropriation_change", LINE, **change)
    before = await fingerprint(desks.story.funding)
    refused(await desks.review(own, by=BOTH), 403, "maker-cannot-check")
    refused(await desks.review(other, own, by=BOTH), 403, "maker-cannot-check")
    assert await fingerprint(desks.story.funding) == before
    ok(await desks.review(own, other))
    assert (await desks.balances(LINE))["available"] == 1_002 * WAN


@pytest.mark.parametrize(
    ("decision", "code"), [("approve", "already-approved-by-you"), ("reject", "already-rejected-by-you")]
)
async def test_a_review_repeated_after_a_lost_answer_is_told_as_that(
    desks: Desks, decision: str, code: str
) -> None:
    await with_awards(desks)
    number = await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    ok(await desks.review(number, decision=decision))
    before = await fingerprint(desks.story.funding)
    problem = refused(await desks.review(number, decision=decision), 409, code)
    assert [item["field"] for item in problem["errors"]] == [number]
    assert await fingerprint(desks.story.funding) == before
    refused(await desks.review(number, by=SECOND_REVIEWER), 409, "fund-order-not-possible")


async def test_an_order_reviewed_already_does_not_hide_the_reasons_against_others(desks: Desks) -> None:
    await with_awards(desks)
    done = await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    ok(await desks.review(done))
    empty = await desks.propose("appropriation_change", LINE, direction="decrease", amount_fen=1_001 * WAN)
    await desks.decide("appropriation_change", LINE, direction="decrease", amount_fen=1)
    problem = refused(await desks.review(done, empty), 409, "fund-order-not-possible")
    assert [item["rule"] for item in problem["errors"]] == ["already-approved-by-you", "money-not-available"]


async def test_a_bundle_is_approved_as_a_whole_and_tells_every_reason(desks: Desks) -> None:
    await with_awards(desks)
    good = await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    taken = [
        await desks.propose("appropriation_change", LINE, direction="decrease", amount_fen=800 * WAN)
        for _ in range(3)
    ]
    before = await fingerprint(desks.story.funding)
    problem = refused(await desks.review(good, *taken), 409, "fund-order-not-possible")
    assert [entry["field"].split(".")[0] for entry in problem["errors"]] == taken[1:]
    assert await fingerprint(desks.story.funding) == before
    ok(await desks.review(good, taken[0]))
    assert (await desks.balances(LINE))["available"] == 201 * WAN


@pytest.mark.parametrize("amount", [0, -1, 2**63, MAX_FEN + 1, 1.5, "700"])
async def test_an_amount_is_a_positive_whole_number_of_fen(desks: Desks, amount: object) -> None:
    await with_awards(desks)
    before = await fingerprint(desks.story.funding)
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=amount)
    refused(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order), 422, "invalid-request")
    assert await fingerprint(desks.story.funding) == before


async def test_passing_down_is_refused_with_every_reason_at_once(desks: Desks) -> None:
    await with_awards(desks)
    assert await refused_order(desks, "pass_down", deadline="2024-01-01", lines=[to_daye()]) == [
        "deadline-order"
    ]
    lines = [
        to_daye(701 * WAN),
        to_daye(),
        {"cluster": f"{ZENGDU}-01", "to_division": ZENGDU, "amount_fen": WAN},
        {"cluster": f"{TIANMEN}-01", "to_division": SUIZHOU, "amount_fen": WAN},
        {"cluster": "999999-01", "to_division": DAYE, "amount_fen": WAN},
        {"cluster": f"{TIANMEN}-01", "to_division": TIANMEN, "amount_fen": WAN, "deducted_fen": 1},
    ]
    assert await refused_order(desks, "pass_down", deadline="2024-12-31", lines=lines) == [
        "line-once",
        "line-once",
        "next-level",
        "next-level",
        "on-award-list",
        "deduction-due",
        "money-not-available",
        "money-not-available",
    ]


async def test_quota_of_a_district_goes_to_its_city_and_only_the_city_passes_it_on(desks: Desks) -> None:
    await with_awards(desks)
    to_city = {"cluster": f"{ZENGDU}-01", "to_division": SUIZHOU, "amount_fen": 700 * WAN}
    await desks.pass_down(LINE, to_city)
    lines = [{"cluster": f"{ZENGDU}-01", "to_division": ZENGDU, "amount_fen": 700 * WAN}]
    order = desks.order("pass_down", LINE, deadline="2024-12-31", lines=lines)
    elsewhere = city_finance("420500")
    problem = refused(
        await desks.story.post(elsewhere, "/v1/fund-orders", order), 409, "fund-order-not-possible"
    )
    assert {entry["rule"] for entry in problem["errors"]} == {"next-level", "money-not-available"}
    refused(await desks.story.post(city_finance("430100"), "/v1/fund-orders", order), 404, "not-found")
    number = ok(await desks.story.post(city_finance(SUIZHOU), "/v1/fund-orders", order))["number"]
    assert number == f"2024-{SUIZHOU}-0001"  # whatever the numbers of the province's orders
    refused(await desks.review(number), 404, "not-found")  # the province does not decide for the city
    withdrawn = await desks.story.post(
        FINANCE_MAKER, f"/v1/fund-orders/{number}/withdrawal", {"reason": "撤回"}
    )
    refused(withdrawn, 404, "not-found")  # nor does it withdraw what it sees moving money of its budget
    ok(await desks.review(number, by=city_reviewer(SUIZHOU)))
    spending = ok(await desks.story.get(county_finance(ZENGDU), "/v1/spending"))["lines"]
    assert [line["held_fen"] for line in spending] == [700 * WAN]


async def test_an_appropriation_tells_what_it_is_now(desks: Desks) -> None:
    ok(await desks.story.publish())
    await desks.line(LINE, 2024, 9_000 * WAN)
    await desks.decide("appropriation_change", LINE, direction="increase", amount_fen=500 * WAN)
    await desks.decide("appropriation_change", LINE, direction="decrease", amount_fen=200 * WAN)
    code = ok(await desks.story.open_round(appropriation=LINE))["code"]
    ok(await desks.story.step(PROVINCE_OFFICER, code, "allocation"))
    shown = ok(await desks.story.get(AUDITOR, f"/v1/appropriations/{LINE}"))
    amounts = {name: shown[f"{name}_fen"] // WAN for name in PRESENT}
    assert amounts == {
        "amount": 9_000,
        "changes": 300,
        "current": 9_300,
        "reserved": 8_000,
        "available": 1_300,
    }
    (listed,) = ok(await desks.story.get(AUDITOR, "/v1/appropriations"))["items"]
    assert listed == shown


async def test_an_issued_notice_keeps_the_finance_code_that_it_was_issued_with(desks: Desks) -> None:
    await with_awards(desks)
    half = {"cluster": f"{DAYE}-01", "to_division": DAYE, "amount_fen": 350 * WAN}
    seen = []
    for code in ("420281000", "420281999"):
        await desks.story.name_divisions({DAYE: code})
        await desks.pass_down(LINE, half)
        notices = ok(await desks.story.get(county_finance(DAYE), "/v1/quota-notices"))["items"]
        seen.append([notice["finance_code"] for notice in notices])
    assert seen == [["420281000"], ["420281000", "420281999"]]


async def test_removal_of_a_designation_takes_back_nothing_that_was_issued(desks: Desks) -> None:
    await with_quota(desks)
    of_daye: dict[str, Any] = {"cluster": f"{DAYE}-01", "division": DAYE, "method": "quota_withdrawn"}
    order = desks.order("recovery", LINE, ground="designation_removed", amount_fen=WAN, **of_daye)
    before = await fingerprint(desks.story.funding)
    problem = refused(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order), 422, "invalid-request")
    assert [item["field"] for item in problem["errors"]] == ["ground"]
    assert await fingerprint(desks.story.funding) == before


@pytest.mark.parametrize("ground", ["audit_decision", "inspection_decision"])
async def test_an_audits_or_inspections_decision_is_named_by_its_document(desks: Desks, ground: str) -> None:
    await with_quota(desks)
    of_daye: dict[str, Any] = {"cluster": f"{DAYE}-01", "division": DAYE, "method": "quota_withdrawn"}
    of_daye["plan_cuts"] = [{"budget_project": "DY-1", "planned_fen": 699 * WAN}]
    order = desks.order("recovery", LINE, ground=ground, amount_fen=WAN, **of_daye)
    problem = refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order), 409, "fund-order-not-possible"
    )
    assert [item["rule"] for item in problem["errors"]] == ["decision-document"]
    await desks.decide(
        "recovery",
        LINE,
        ground=ground,
        decision_document_number="鄂审决〔2024〕8号",
        amount_fen=WAN,
        **of_daye,
    )
    assert (await desks.balances(LINE))["returned"] == WAN


async def test_passing_down_after_sixty_days_states_its_ground(desks: Desks) -> None:
    await with_awards(desks)
    late = (date(2024, 10, 8) + timedelta(days=61)).isoformat()
    await desks.to(late)
    deadline: dict[str, Any] = {"deadline": "2024-12-31", "lines": [to_daye()]}
    assert await refused_order(desks, "pass_down", **deadline) == ["sixty-days"]
    await desks.decide("pass_down", LINE, late_ground="中央资金晚到", **deadline)


async def test_nothing_is_awarded_from_a_line_that_cannot_be_passed_down(desks: Desks) -> None:
    ok(await desks.story.publish())
    await desks.story.record(desks.story.appropriation(code=LINE, codes=None, budget_approved_on=None))
    code = ok(await desks.story.open_round(appropriation=LINE))["code"]
    told = ok(await desks.story.get(PROVINCE_OFFICER, f"/v1/rounds/{code}/prerequisites?step=allocation"))
    assert [reason["rule"] for reason in told["reasons"]] == ["finance-codes", "budget-approved-on"]
    before = await fingerprint(desks.story.funding)
    answer = await desks.story.step(PROVINCE_OFFICER, code, "allocation")
    problem = refused(answer, 409, "line-not-passable")
    assert [item["rule"] for item in problem["errors"]] == ["finance-codes", "budget-approved-on"]
    assert await fingerprint(desks.story.funding) == before
    changes = {"codes": CODES, "budget_approved_on": desks.today}
    await desks.correct(LINE, **changes)
    ok(await desks.story.step(PROVINCE_OFFICER, code, "allocation"))


async def test_a_notice_of_quota_carries_finances_own_code(desks: Desks) -> None:
    await with_quota(desks)
    await desks.story.name_divisions({DAYE: "420281000"})
    taken = desks.story.finance_divisions({TIANMEN: "420281000"})
    problem = refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", taken), 409, "fund-order-not-possible"
    )
    assert [item["rule"] for item in problem["errors"]] == ["finance-code-taken"]
    (notice,) = ok(await desks.story.get(county_finance(DAYE), "/v1/quota-notices"))["items"]
    assert (notice["finance_code"], notice["amount_fen"], notice["deadline"]) == (
        "420281000",
        700 * WAN,
        "2026-12-31",
    )
    assert ok(await desks.story.get(county_finance(TIANMEN), "/v1/quota-notices"))["items"] == []


async def test_recovery_takes_no_more_than_there_is(desks: Desks) -> None:
    await with_quota(desks)
    of_daye: dict[str, Any] = {"cluster": f"{DAYE}-01", "division": DAYE, "ground": "fraud"}
    too_much = {"amount_fen": 700 * WAN + 1, **of_daye}
    assert await refused_order(desks, "recovery", method="quota_withdrawn", **too_much) == [
        "money-not-available"
    ]
    assert await refused_order(
        desks, "recovery", method="deducted_at_settlement", amount_fen=1, **of_daye
    ) == ["money-not-available"]  # nothing was paid yet
    assert await refused_order(desks, "settlement", cluster=f"{DAYE}-01", division=DAYE, amount_fen=1) == [
        "money-not-available"
    ]


async def test_a_deduction_never_exceeds_the_award(desks: Desks) -> None:
    await with_awards(desks)
    of_zengdu: dict[str, Any] = {"cluster": f"{ZENGDU}-01", "method": "deduct_next_year"}
    await desks.decide("variation", LINE, amount_fen=500 * WAN, **of_zengdu)
    assert await refused_order(desks, "variation", amount_fen=201 * WAN, **of_zengdu) == ["within-award"]
    stranger = {"cluster": "999999-01", "method": "increase", "amount_fen": 1}
    assert await refused_order(desks, "variation", **stranger) == ["on-award-list"]


async def test_year_end_and_carry_over_name_what_they_move(desks: Desks) -> None:
    await with_awards(desks)
    left = {"disposition": "return", "amount_fen": WAN}
    assert await refused_order(desks, "year_end", left_in="awarded", **left) == [
        "cluster-where-due",
        "money-not-available",
    ]
    assert await refused_order(
        desks, "year_end", left_in="available", cluster="x", division=DAYE, **left
    ) == ["cluster-where-due", "division-where-due", "money-not-available"]
    assert await refused_order(desks, "carry_in", into="nowhere", amount_fen=WAN) == [
        "known-appropriation",
        "money-not-available",
    ]
    assert await refused_order(desks, "carry_in", into=LINE, amount_fen=WAN) == [
        "later-year",
        "money-not-available",
    ]


async def test_a_large_order_needs_two_approvals_where_levels_are_set(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_awards(desks)
    state = desks.story.funding.app.state
    monkeypatch.setattr(state, "own", replace(state.own, levels=ReviewLevels(500 * WAN)))
    large = await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=500 * WAN)
    small = await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=499 * WAN)
    ok(await desks.review(large, small))
    assert (await desks.balances(LINE))["available"] == 1_499 * WAN
    refused(await desks.review(large), 409, "already-approved-by-you")  # the same person twice is one person
    ok(await desks.review(large, by=SECOND_REVIEWER))
    assert (await desks.balances(LINE))["available"] == 1_999 * WAN


async def test_what_a_county_owes_is_read_once_for_an_approval(desks: Desks) -> None:
    await with_awards(desks)
    number = await desks.propose("pass_down", LINE, deadline="2024-12-31", lines=[to_daye()])
    asked: list[str] = []
    engine = desks.story.funding.database.engine.sync_engine

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_c: object, _k: object, statement: str, _p: object, _x: object, _m: object) -> None:
        asked.append(statement)

    ok(await desks.review(number))
    assert sum("FROM deduction " in statement for statement in asked) == 1


async def test_prerequisites_tell_every_reason_and_change_nothing(desks: Desks) -> None:
    code = await with_quota(desks)
    number = await desks.propose(
        "appropriation_change", LINE, by=BOTH, direction="decrease", amount_fen=1_000 * WAN
    )
    await desks.decide("appropriation_change", LINE, direction="decrease", amount_fen=1)
    before = await fingerprint(desks.story.funding)
    path = f"/v1/fund-orders/{number}/prerequisites"
    asked = ok(await desks.story.get(BOTH, path))
    assert (asked["possible"], [reason["rule"] for reason in asked["reasons"]]) == (
        False,
        ["maker-cannot-check", "money-not-available"],
    )
    closing = ok(await desks.story.get(PROVINCE_OFFICER, f"/v1/rounds/{code}/prerequisites?step=closing"))
    rules = [reason["rule"] for reason in closing["reasons"]]
    assert rules[:2] == ["role-not-permitted", "round-not-in-state"]
    assert rules.count("nothing-left") == 11  # ten awards, one quota
    assert rules[-1] == "orders-decided"
    assert await fingerprint(desks.story.funding) == before
    refused(
        await desks.story.post(FINANCE_MAKER, f"/v1/rounds/{code}/closing", {"note": "办结"}),
        409,
        "round-not-in-state",
    )


async def test_p14_a_key_project_gets_a_grant_under_its_sources_own_rule(desks: Desks) -> None:
    """27号 三(二): lines in the provincial budget investment and the manufacturing fund, not given by rank."""
    line = "2024-budget-investment"
    await desks.line(line, 2024, 3_000 * WAN, source="provincial_budget_investment")
    project = {
        "code": "2024-420281-01",
        "name": "公共检测平台",
        "county_code": DAYE,
        "cluster": f"{DAYE}-01",
        "unit": "平台公司",
        "investment_fen": 9_000 * WAN,
        "use": "public_technical_service",
    }
    grant: dict[str, Any] = {
        "project": project["code"],
        "own_rule": "省预算内投资管理办法",
        "cluster": f"{DAYE}-01",
        "amount_fen": 1_000 * WAN,
    }
    order = desks.order("grant", line, **grant)
    problem = refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order), 409, "fund-order-not-possible"
    )
    assert [entry["rule"] for entry in problem["errors"]] == ["known-project"]
    ok(await desks.story.post(PROVINCE_OFFICER, "/v1/projects", project))
    wrong = desks.order("grant", line, **{**grant, "cluster": f"{TIANMEN}-01"})
    problem = refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", wrong), 409, "fund-order-not-possible"
    )
    assert [entry["rule"] for entry in problem["errors"]] == ["cluster-of-project", "county-of-cluster"]
    await desks.decide("grant", line, **grant)
    await desks.pass_down(line, to_daye(1_000 * WAN))
    await desks.project(DAYE, line, "G-1", 1_000 * WAN, use="key_project")
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "G-1", 400 * WAN)))
    assert await desks.balances(line) == {
        "source": -3_000 * WAN,
        "available": 2_000 * WAN,
        "awarded": 0,
        "passed_down": 600 * WAN,
        "paid": 400 * WAN,
    }
    for city, serials in (("420200", ["S1"]), (SUIZHOU, [])):  # 大冶 is below 黄石
        paid = ok(await desks.story.get(city_finance(city), "/v1/treasury-payments"))["items"]
        assert [entry["bank_serial"] for entry in paid] == serials
    refused(
        await desks.story.post(
            county_finance(TIANMEN),
            "/v1/budget-projects",
            {"code": "G-2", "appropriation": line, "cluster": f"{DAYE}-01", "name": "甲", "unit": "乙"}
            | {"use": "key_project", "amount_fen": 1},
        ),
        404,
        "not-found",
    )


async def test_whoever_asks_for_prerequisites_waits_for_nobody(desks: Desks) -> None:
    await with_quota(desks)
    number = await desks.propose("appropriation_change", LINE, direction="decrease", amount_fen=1)
    order = ok(await desks.story.get(FINANCE_MAKER, f"/v1/fund-orders/{number}"))
    async with desks.story.funding.database.transaction() as deciding:
        await uses_of_documents(deciding, [order["document_number"]], lock=True)
        await deciding.execute(sa.select(account.c.id).with_for_update())
        asked = ok(await desks.story.get(FINANCE_REVIEWER, f"/v1/fund-orders/{number}/prerequisites"))
    assert asked["possible"]


async def test_lists_are_reviewed_in_a_bundle_all_of_them_or_none(desks: Desks) -> None:
    ok(await desks.story.publish())
    ok(await desks.story.publish(_other_purpose()))
    officer = Person("officer", (Role.PROVINCE_OFFICER,), unit="湖北省发展和改革委员会")
    codes = []
    for line, rules in ((LINE, {}), ("other", {"incentive": "hubei-other", "incentive_version": "2024.1"})):
        await desks.line(line, 2024, 8_000 * WAN)
        code = ok(
            await desks.story.post(officer, "/v1/rounds", desks.story.round(appropriation=line, **rules))
        )["code"]
        ok(await desks.story.step(officer, code, "allocation"))
        codes.append(code)
    ok(await desks.story.step(officer, codes[0], "proposal", {"note": "提出"}))
    ok(
        await desks.story.step(
            Person("own", (Role.FINANCE_MAKER,), unit="甲处"), codes[1], "proposal", {"note": "提出"}
        )
    )
    review = {"rounds": codes, "decision": "approve", "minutes": "纪要"}
    own = Person("own", (Role.FINANCE_REVIEWER,), unit="乙处")
    before = await fingerprint(desks.story.funding)
    refused(await desks.story.post(own, "/v1/round-reviews", review), 403, "maker-cannot-check")
    assert await fingerprint(desks.story.funding) == before
    done = ok(await desks.story.post(FINANCE_REVIEWER, "/v1/round-reviews", review))
    assert [entry["state"] for entry in done["rounds"]] == ["reviewed", "reviewed"]
    problem = refused(
        await desks.story.post(FINANCE_REVIEWER, "/v1/round-reviews", review), 409, "round-not-ready"
    )
    assert len(problem["errors"]) == 2


async def test_a_line_pays_for_one_live_round(desks: Desks) -> None:
    await with_awards(desks)
    ok(await desks.story.publish(_other_purpose()))
    answer = await desks.story.open_round(
        appropriation=LINE, incentive="hubei-other", incentive_version="2024.1"
    )
    refused(answer, 409, "live-round-already-exists")


def _other_purpose() -> dict[str, Any]:
    return {**programme.document("incentive"), "id": "hubei-other", "purpose": "other"}


async def test_orders_of_another_desk_do_not_exist(desks: Desks) -> None:
    await with_awards(desks)
    number = await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    elsewhere = Person("maker-elsewhere", (Role.FINANCE_MAKER, Role.FINANCE_REVIEWER), "430000", "外省")
    for path in (f"/v1/fund-orders/{number}", f"/v1/fund-orders/{number}/prerequisites"):
        refused(await desks.story.get(elsewhere, path), 404, "not-found")
        refused(await desks.story.get(county_preparer(DAYE), path), 403, "role-not-permitted")
    refused(await desks.review(number, by=elsewhere), 404, "not-found")
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    refused(await desks.story.post(elsewhere, "/v1/fund-orders", order), 404, "not-found")
    assert ok(await desks.story.get(elsewhere, "/v1/fund-orders"))["items"] == []
    listed = ok(await desks.story.get(FINANCE_REVIEWER, "/v1/fund-orders?state=proposed"))["items"]
    assert [entry["number"] for entry in listed] == [number]
