"""What was decided before the system is entered once, confirmed by a second person, and is money like any other."""

from datetime import date
from typing import Any

import pytest

from tests.support.fingerprint import fingerprint
from tests.support.funding import WAN, BelowFunding, FundingStory, client_of, key
from tests.support.money import DAYE, SUIZHOU, TIANMEN, ZENGDU, Desks, city_finance, city_reviewer
from tests.support.openings import Earlier, as_csv, as_xlsx, of_nobody, propose_opening, yuan
from tests.support.people import AUDITOR, FINANCE_MAKER, Person
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE, OTHER = "2024-before", "2025-before"
#: 700 万元 each: with the city of a district, with a county, and half passed down to a province-run city.
ZENGDU_AWARD = Earlier(ZENGDU, (0, 300 * WAN, 150 * WAN, 250 * WAN, 0, 0))
DAYE_AWARD = Earlier(DAYE, (0, 0, 500 * WAN, 150 * WAN, 50 * WAN, 0))
TIANMEN_AWARD = Earlier(TIANMEN, (400 * WAN, 0, 100 * WAN, 100 * WAN, 0, 100 * WAN))
#: Of a city's finance department, with the role of those who enter openings.
CITY_MAKER = Person("city-maker", FINANCE_MAKER.roles, SUIZHOU, "随州市财政局")
AWARDS = (ZENGDU_AWARD, DAYE_AWARD, TIANMEN_AWARD)
ROWS = [*(award.row() for award in AWARDS), of_nobody(returned_fen=30 * WAN, carried_over_fen=70 * WAN)]


@pytest.fixture
async def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    found = Desks(FundingStory(funding, below_funding))
    ok(await found.story.publish())
    await found.line(LINE, 2024, 2_500 * WAN)
    await found.to("2024-12-31")
    return found


async def confirmed(desks: Desks, line: str = LINE, content: bytes | None = None, **changed: Any) -> str:
    answer = await propose_opening(desks, line, content or as_csv(*ROWS), **changed)
    number = str(ok(answer)["number"])
    ok(await desks.review(number))
    return number


async def faults(
    desks: Desks, content: bytes, code: str, **changed: Any
) -> list[tuple[int | None, str, str]]:
    """Row, field and rule of all that is wrong; nothing was changed."""
    before = await fingerprint(desks.story.funding)
    answer = await propose_opening(desks, LINE, content, **changed)
    problem = refused(answer, answer.status_code, code)
    assert answer.status_code in (409, 422)
    assert await fingerprint(desks.story.funding) == before
    assert all(item["message"] and item["message_en"] for item in problem["errors"])
    return [(item["row"], item["field"], item["rule"]) for item in problem["errors"]]


async def accounts(desks: Desks, line: str = LINE) -> dict[str, int]:
    listed = ok(await desks.story.get(AUDITOR, f"/v1/ledger/accounts?appropriation={line}"))["items"]
    return {
        account["code"].removeprefix(f"{line}:"): account["balance_fen"]
        for account in listed
        if account["balance_fen"]
    }


async def test_nothing_is_opened_before_another_person_confirms_it(desks: Desks) -> None:
    number = str(ok(await propose_opening(desks, LINE, as_xlsx(*ROWS)))["number"])
    assert await accounts(desks) == {"source": -2_500 * WAN, "available": 2_500 * WAN}
    refused(await desks.review(number, by=FINANCE_MAKER), 403, "role-not-permitted")
    ok(await desks.review(number))
    assert await accounts(desks) == {
        "source": -2_500 * WAN,
        "available": 300 * WAN,
        "awarded:429006-01": 400 * WAN,
        "passed_down:421300:421303-01": 300 * WAN,
        "passed_down:421303:421303-01": 150 * WAN,
        "passed_down:420281:420281-01": 500 * WAN,
        "passed_down:429006:429006-01": 100 * WAN,
        "paid:421303:421303-01": 250 * WAN,
        "paid:420281:420281-01": 150 * WAN,
        "paid:429006:429006-01": 100 * WAN,
        "returned": 80 * WAN,
        "carried_over": 170 * WAN,
    }
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["sound"]


async def test_a_line_of_another_desk_is_not_told_from_one_that_is_not_there(desks: Desks) -> None:
    content = as_csv(ZENGDU_AWARD.row())
    for line in (LINE, "none"):
        answer = await propose_opening(desks, line, content, by=CITY_MAKER, purpose="unknown")
        refused(answer, 404, "not-found")


async def test_a_desk_awards_nothing_outside_of_its_area(desks: Desks) -> None:
    answer = await propose_opening(desks, LINE, as_csv(DAYE_AWARD.row()), by=CITY_MAKER)
    (item,) = refused(answer, 422, "opening-invalid")["errors"]
    assert (item["row"], item["field"], item["rule"]) == (2, "county_code", "known-division")


async def test_an_opening_is_shown_to_its_desk_and_reversed_by_it_alone(desks: Desks) -> None:
    number = await confirmed(desks)
    reversal = {"document_number": desks.document(), "document_date": "2024-12-31", "reason": "录错"}
    for at in (number, "2024-420000-9999"):
        refused(await desks.story.get(CITY_MAKER, f"/v1/openings/{at}"), 404, "not-found")
        answer = await desks.story.post(CITY_MAKER, f"/v1/openings/{at}/reversal", reversal)
        refused(answer, 404, "not-found")
    assert ok(await desks.story.get(CITY_MAKER, "/v1/openings"))["items"] == []


async def test_codes_are_read_as_people_see_them(desks: Desks) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in "420281")
    row = DAYE_AWARD.row(cluster=f"{wide}-01\u200b", county_code=wide, document_number="鄂财建发[2024] 7 号")
    number = await confirmed(desks, content=as_csv(row))
    (award,) = (await client_of(desks.story.funding, AUDITOR).opening(number)).awards
    assert (award.row, award.cluster, award.document_number) == (2, "420281-01", "鄂财建发〔2024〕7号")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_csv_says_the_same_as_a_workbook(desks: Desks, encoding: str) -> None:
    number = await confirmed(desks, content=as_csv(*ROWS, encoding=encoding))
    shown = await client_of(desks.story.funding, AUDITOR).opening(number)
    assert (shown.basis, shown.state, shown.total_fen) == ("before_the_system", "approved", 2_200 * WAN)
    assert [award.awarded_fen for award in shown.awards] == [700 * WAN] * 3


async def test_it_is_shown_as_of_before_the_system_and_passes_for_nothing_else(desks: Desks) -> None:
    number = await confirmed(desks)
    (listed,) = await client_of(desks.story.funding, AUDITOR).openings()
    assert (listed.number, listed.balances_of, listed.reversed_by) == (number, date(2024, 12, 31), None)
    for path in ("/v1/rounds", "/v1/award-lists", "/v1/awards"):
        assert ok(await desks.story.get(AUDITOR, path))["items"] == []
    kinds = [row["kind"] for row in ok(await desks.story.get(AUDITOR, "/v1/ledger/transfers"))["items"]]
    assert kinds == ["appropriation.recorded", "balances.opened"]
    found = ok(await desks.story.get(AUDITOR, "/v1/ledger/summary?by=appropriation"))
    opened = {m["purpose"]: m["before_system_fen"] for m in found["sums"][0]["movements"]}
    assert (opened["source"], opened["available"], opened["paid"]) == (0, -2_200 * WAN, 500 * WAN)


async def test_a_line_is_opened_once_and_before_anything_rests_on_it(desks: Desks) -> None:
    number = str(ok(await propose_opening(desks, LINE, as_csv(*ROWS)))["number"])
    once = [(None, "appropriation", "opening-once")]
    found = await faults(desks, as_csv(*ROWS), "fund-order-not-possible")
    assert once[0] in found
    ok(await desks.review(number))
    assert once[0] in await faults(desks, as_csv(DAYE_AWARD.row()), "fund-order-not-possible")
    await desks.line(OTHER, 2025, 900 * WAN)
    await desks.decide("appropriation_change", OTHER, direction="increase", amount_fen=WAN)
    answer = await propose_opening(desks, OTHER, as_csv(Earlier(DAYE, (WAN, 0, 0, 0, 0, 0)).row()))
    rules = {item["rule"] for item in refused(answer, 409, "fund-order-not-possible")["errors"]}
    assert rules == {"line-in-use", "award-once"}


async def test_a_mistake_is_reversed_as_a_whole_and_the_line_opened_anew(desks: Desks) -> None:
    number = await confirmed(desks, content=as_csv(DAYE_AWARD.row()))
    client = client_of(desks.story.funding, FINANCE_MAKER)
    back = await client.propose_opening_reversal(
        number, document_number=desks.document(), document_date=date(2024, 12, 31), reason="录错", key=key()
    )
    assert (back.kind, back.state) == ("opening_reversal", "proposed")
    ok(await desks.review(back.number))
    assert await accounts(desks) == {"source": -2_500 * WAN, "available": 2_500 * WAN}
    assert (await client_of(desks.story.funding, AUDITOR).opening(number)).reversed_by == back.number
    ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))
    answer = await desks.story.post(
        FINANCE_MAKER,
        f"/v1/openings/{number}/reversal",
        {"document_number": desks.document(), "document_date": "2024-12-31", "reason": "再次"},
    )
    assert "opening-reversed-once" in {
        item["rule"] for item in refused(answer, 409, "fund-order-not-possible")["errors"]
    }
    again = await confirmed(desks)
    assert (await accounts(desks))["carried_over"] == 170 * WAN
    await desks.project(DAYE, LINE, "DY-1", 500 * WAN)
    answer = await desks.story.post(
        FINANCE_MAKER,
        f"/v1/openings/{again}/reversal",
        {"document_number": desks.document(), "document_date": "2024-12-31", "reason": "再次"},
    )
    assert "line-in-use" in {
        item["rule"] for item in refused(answer, 409, "fund-order-not-possible")["errors"]
    }


async def test_every_wrong_cell_is_told_with_row_column_and_rule(desks: Desks) -> None:
    rows = [
        DAYE_AWARD.row(cluster="420281 01", county_code="42028"),
        DAYE_AWARD.row(awarded="70000.001", document_date="2024-02-30"),
        DAYE_AWARD.row(awarded="-1", name="", document_number="x"),
        DAYE_AWARD.row(cluster="999999-01", county_code="999999"),
        DAYE_AWARD.row(county_code=ZENGDU),
        DAYE_AWARD.row(awarded="", paid="1e3"),
        of_nobody(returned_fen=1),
        [*[""] * 9, "5", "", "", ""],
        [*DAYE_AWARD.row(), "", "备注"],
    ]
    assert await faults(desks, as_csv(*rows), "opening-invalid") == [
        (2, "county_code", "code"),
        (2, "cluster", "code"),
        (3, "document_date", "date"),
        (3, "awarded_yuan", "amount"),
        (4, "name", "name"),
        (4, "document_number", "document-number"),
        (4, "awarded_yuan", "amount"),
        (5, "county_code", "known-division"),
        (5, "cluster", "known-cluster"),
        (6, "county_code", "county-of-cluster"),
        (7, "paid_yuan", "amount"),
        (9, "cluster", "one-row-without-cluster"),
        (9, "with_county_yuan", "without-cluster"),
        (10, "15", "cell-without-column"),
    ]
    assert await faults(desks, as_csv(DAYE_AWARD.row(awarded="0")), "opening-invalid") == [
        (2, "awarded_yuan", "amount")
    ]


async def test_what_only_the_whole_shows_is_told_by_the_order(desks: Desks) -> None:
    rows = [
        DAYE_AWARD.row(awarded=yuan(699 * WAN)),
        ZENGDU_AWARD.row(document_date="2025-01-01"),
        Earlier(DAYE, (0, WAN, 0, 0, 0, 0), document_number="第七号").row(),
        Earlier(TIANMEN, (2_000 * WAN, 0, 0, 0, 0, 0)).row(),
    ]
    found = await faults(desks, as_csv(*rows), "fund-order-not-possible")
    assert found == [
        (None, "420281-01.document_number", "document-number-form"),
        (2, "awarded_fen", "parts-add-up"),
        (2, "cluster", "cluster-once"),
        (3, "document_date", "award-before-balances"),
        (4, "with_city_fen", "city-between"),
        (4, "cluster", "cluster-once"),
        (None, "2024-before:available", "money-not-available"),
    ]
    assert await faults(desks, as_csv(), "fund-order-not-possible") == [(None, "awards", "opening-not-empty")]


@pytest.mark.parametrize(
    "content",
    [b"", b"\x81\xff", b"PK\x03\x04 no zip", b"a,b\n1,2\n", b'"', "集群编码,集群编码\n".encode()],
    ids=["empty", "no encoding", "no zip", "another heading", "no csv", "twice"],
)
async def test_a_file_that_is_none_changes_nothing(desks: Desks, content: bytes) -> None:
    before = await fingerprint(desks.story.funding)
    answer = await propose_opening(desks, LINE, content)
    assert answer.status_code == 422, answer.text
    assert await fingerprint(desks.story.funding) == before


async def test_an_opening_comes_by_its_own_door_only(desks: Desks) -> None:
    number = await confirmed(desks)
    order = ok(await desks.story.get(AUDITOR, f"/v1/fund-orders/{number}"))["body"]
    assert (await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order)).status_code == 422


async def test_no_round_is_opened_on_an_opened_line(desks: Desks) -> None:
    await confirmed(desks)
    refused(await desks.story.open_round(appropriation=LINE), 409, "line-is-opened")


async def test_the_same_results_are_rewarded_once_more_with_a_ground_only(desks: Desks) -> None:
    number = await confirmed(desks)
    await desks.line(OTHER, 2025, 8_000 * WAN)
    problem = refused(await desks.story.open_round(appropriation=OTHER), 409, "second-reward-without-ground")
    assert [(item["field"], item["rule"]) for item in problem["errors"]] == [(number, "rewarded-already")]
    opened = ok(await desks.story.open_round(appropriation=OTHER, second_reward_ground="专题会议纪要"))
    shown = ok(await desks.story.get(AUDITOR, f"/v1/rounds/{opened['code']}"))
    assert shown["earlier_rewards"] == [
        {"round": None, "opening": number, "fiscal_year": 2024, "state": None, "pool_fen": 2_100 * WAN}
    ]


async def test_opened_money_goes_on_like_any_other(desks: Desks) -> None:
    await confirmed(desks)
    districts = {"cluster": f"{ZENGDU}-01", "to_division": ZENGDU, "amount_fen": 300 * WAN}
    by_city = {"by": city_finance(SUIZHOU), "reviewer": city_reviewer(SUIZHOU)}
    await desks.pass_down(LINE, districts, **by_city)
    down = {"cluster": f"{TIANMEN}-01", "to_division": TIANMEN, "amount_fen": 400 * WAN}
    await desks.pass_down(LINE, down, late_ground="系统启用前未及下达")
    await desks.project(ZENGDU, LINE, "ZD-1", 450 * WAN, use="anything_decided_before")
    ok(await desks.pay(ZENGDU, "F1", desks.payment("S1", "ZD-1", 400 * WAN)))
    over = await desks.pay(ZENGDU, "F2", desks.payment("S2", "ZD-1", 51 * WAN))
    refused(over, 409, "payments-refused")
    await desks.decide(
        "recovery", LINE, cluster=f"{DAYE}-01", division=DAYE, method="quota_withdrawn", ground="unspent",
        amount_fen=200 * WAN,
    )  # fmt: skip
    await desks.decide(
        "year_end", LINE, left_in="passed_down", cluster=f"{DAYE}-01", division=DAYE, disposition="carry_over",
        amount_fen=300 * WAN,
    )  # fmt: skip
    await desks.line(OTHER, 2025, 1_000 * WAN)
    await desks.decide("carry_in", LINE, into=OTHER, amount_fen=470 * WAN)
    found = await accounts(desks)
    assert found["paid:421303:421303-01"] == 650 * WAN
    assert (found["returned"], found["carried_forward"]) == (280 * WAN, 470 * WAN)
    assert (await accounts(desks, OTHER))["available"] == 1_470 * WAN
    spent = ok(await desks.story.get(AUDITOR, f"/v1/spending?appropriation={LINE}"))["lines"]
    assert {row["division"]: row["paid_fen"] for row in spent}[ZENGDU] == 650 * WAN
    own = ok(await desks.story.get(city_finance(SUIZHOU), "/v1/spending"))["lines"]
    assert {row["division"] for row in own} == {SUIZHOU, ZENGDU}
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["sound"]
