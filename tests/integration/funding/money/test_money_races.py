"""Sixteen clients at once: exactly one effect of each, nobody left waiting, no 500."""

import asyncio
from collections import Counter
from collections.abc import Awaitable

import httpx
import pytest

from shared.web.principals import Role
from tests.support.funding import WAN, BelowFunding, FundingStory, key
from tests.support.money import APPROVE, DAYE, NOTE, Desks, county_finance, with_awards, with_quota
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, PROVINCE_OFFICER, Person
from tests.support.registry_story import ok
from tests.support.services import RunningService

CLIENTS = 16
LINE = "line-2024"


@pytest.fixture
def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    return Desks(FundingStory(funding, below_funding))


async def at_once(*requests: Awaitable[httpx.Response]) -> Counter[int]:
    answers = await asyncio.gather(*requests)
    statuses = Counter(answer.status_code for answer in answers)
    assert not [answer.text for answer in answers if answer.status_code >= 500]
    return statuses


async def sound(desks: Desks) -> int:
    proof = ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))
    assert proof["sound"], proof
    return int(proof["transfers"])


async def proposed_round(desks: Desks) -> str:
    ok(await desks.story.publish())
    await desks.line(LINE, 2024, 9_000 * WAN)
    code = str(ok(await desks.story.open_round(appropriation=LINE))["code"])
    ok(await desks.story.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await desks.story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
    return code


async def test_a_round_is_allocated_once(desks: Desks) -> None:
    ok(await desks.story.publish())
    await desks.line(LINE, 2024, 9_000 * WAN)
    code = str(ok(await desks.story.open_round(appropriation=LINE))["code"])
    statuses = await at_once(
        *(desks.story.step(PROVINCE_OFFICER, code, "allocation") for _ in range(CLIENTS))
    )
    assert statuses == {201: 1, 409: CLIENTS - 1}
    assert (await desks.balances(LINE))["reserved"] == 8_000 * WAN
    assert await sound(desks) == 2


async def test_one_round_is_opened_and_allocated_while_another_is_withdrawn(desks: Desks) -> None:
    code = await proposed_round(desks)
    withdraw = {"reason": "重新测算"}
    opening = [desks.story.open_round(appropriation=LINE) for _ in range(CLIENTS // 2)]
    withdrawing = [
        desks.story.step(PROVINCE_OFFICER, code, "withdrawal", withdraw) for _ in range(CLIENTS // 2)
    ]
    statuses = await at_once(*opening, *withdrawing)
    assert statuses[200] == 1
    assert statuses[201] <= 1
    assert (await desks.balances(LINE))["available"] == 9_000 * WAN


async def test_a_list_is_reviewed_once_or_withdrawn_never_both(desks: Desks) -> None:
    code = await proposed_round(desks)
    reviewers = [Person(f"reviewer-{n}", (Role.FINANCE_REVIEWER,), unit=f"财政厅{n}处") for n in range(8)]
    statuses = await at_once(
        *(desks.story.step(person, code, "review", APPROVE) for person in reviewers),
        *(desks.story.step(PROVINCE_OFFICER, code, "withdrawal", {"reason": "撤回"}) for _ in range(8)),
    )
    steps = ok(await desks.story.get(AUDITOR, f"/v1/rounds/{code}"))["steps"]
    taken = Counter(step["action"] for step in steps)
    assert taken["approved"] <= 1
    assert taken["withdrawn"] == 1  # also a reviewed list can be withdrawn
    assert statuses[200] == taken["approved"] + taken["withdrawn"]
    assert (await desks.balances(LINE))["available"] == 9_000 * WAN
    await sound(desks)


async def test_an_order_is_approved_once(desks: Desks) -> None:
    await with_quota(desks)
    number = await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    others = [Person(f"reviewer-{n}", (Role.FINANCE_REVIEWER,)) for n in range(CLIENTS)]
    statuses = await at_once(*(desks.review(number, by=person) for person in others))
    assert statuses == {200: 1, 409: CLIENTS - 1}
    assert (await desks.balances(LINE))["available"] == 1_001 * WAN


async def test_bundles_that_overlap_in_opposite_order_all_end(desks: Desks) -> None:
    await with_quota(desks)
    numbers = [
        await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=WAN)
        for _ in range(8)
    ]
    bundles = [numbers[start:] + numbers[:start] for start in range(8)]
    people = [Person(f"reviewer-{n}", (Role.FINANCE_REVIEWER,)) for n in range(CLIENTS)]
    statuses = await at_once(
        *(
            desks.review(*bundle, by=person)
            for bundle, person in zip(bundles + bundles[::-1], people, strict=True)
        )
    )
    assert statuses == {200: 1, 409: 15}
    assert (await desks.balances(LINE))["available"] == 1_008 * WAN


async def test_bundles_that_touch_the_same_accounts_in_opposite_order_all_end(desks: Desks) -> None:
    await with_quota(desks)
    await desks.line("other", 2024, 9_000 * WAN)
    bundles: list[list[str]] = [[] for _ in range(CLIENTS)]
    for number in range(
        4 * CLIENTS
    ):  # bundle 0 takes LINE first and the other line then, bundle 1 the other way
        line = LINE if number // CLIENTS % 2 == number % 2 else "other"
        order = await desks.propose("appropriation_change", line, direction="increase", amount_fen=WAN)
        bundles[number % CLIENTS].append(order)
    statuses = await at_once(*(desks.review(*bundle) for bundle in bundles))
    assert statuses == {200: CLIENTS}
    total = (await desks.balances(LINE))["available"] + (await desks.balances("other"))["available"]
    assert total == (1_000 + 9_000 + 4 * CLIENTS) * WAN


async def test_a_document_number_is_used_once(desks: Desks) -> None:
    await with_quota(desks)
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    line = desks.story.appropriation(document_number=order["document_number"])
    statuses = await at_once(
        *(desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order) for _ in range(8)),
        *(
            desks.story.post(FINANCE_MAKER, "/v1/fund-orders", {**line, "appropriation": f"line-{n}"})
            for n in range(8)
        ),
    )
    assert statuses == {201: 1, 409: 15}


async def test_payment_against_recovery_spends_the_quota_once(desks: Desks) -> None:
    await with_quota(desks)
    recoveries = [
        await desks.propose(
            "recovery",
            LINE,
            cluster=f"{DAYE}-01",
            division=DAYE,
            method="quota_withdrawn",
            ground="unspent",
            amount_fen=400 * WAN,
            plan_cuts=[{"budget_project": "DY-1", "planned_fen": 300 * WAN}],
        )
        for _ in range(4)
    ]
    statuses = await at_once(
        *(desks.pay(DAYE, f"F{n}", desks.payment(f"S{n}", "DY-1", 400 * WAN)) for n in range(12)),
        *(desks.review(number) for number in recoveries),
    )
    assert statuses == {201: 1, 409: 15}
    found = await desks.balances(LINE)
    assert found["paid"] + found["returned"] == 400 * WAN
    assert found["passed_down"] == 300 * WAN
    await sound(desks)


async def test_the_same_serial_in_many_files_is_paid_once(desks: Desks) -> None:
    await with_quota(desks)
    await desks.pass_down(LINE, {"cluster": "420984-01", "to_division": "420984", "amount_fen": 1_000 * WAN})
    statuses = await at_once(
        *(desks.pay(DAYE, f"F{n}", desks.payment("S1", "DY-1", WAN)) for n in range(CLIENTS))
    )
    assert statuses == {201: 1, 409: CLIENTS - 1}
    assert (await desks.balances(LINE))["paid"] == WAN


async def test_the_same_key_with_the_same_and_with_another_body(desks: Desks) -> None:
    await with_quota(desks)
    one = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    other = {**one, "amount_fen": 2 * WAN}
    name = key()
    statuses = await at_once(
        *(
            desks.story.post(FINANCE_MAKER, "/v1/fund-orders", body, command=name)
            for body in [one, other] * (CLIENTS // 2)
        )
    )
    assert statuses == {201: 8, 422: 8}
    orders = ok(await desks.story.get(FINANCE_REVIEWER, "/v1/fund-orders?state=proposed"))["items"]
    assert len(orders) == 1
    body = {
        "file_number": "F1",
        "control_count": 1,
        "control_total_fen": WAN,
        "payments": [desks.payment("S1", "DY-1", WAN)],
    }
    path, same = "/v1/treasury-payments", key()
    statuses = await at_once(
        *(desks.story.post(county_finance(DAYE), path, body, command=same) for _ in range(CLIENTS))
    )
    assert statuses == {201: CLIENTS}
    assert (await desks.balances(LINE))["paid"] == WAN


async def test_seals_taken_at_once_form_one_chain(desks: Desks) -> None:
    await with_quota(desks)
    statuses = await at_once(
        *(desks.story.post(FINANCE_REVIEWER, "/v1/ledger/seals") for _ in range(4)),
        *(desks.pay(DAYE, f"F{n}", desks.payment(f"S{n}", "DY-1", WAN)) for n in range(12)),
    )
    assert statuses == {201: CLIENTS}
    ok(await desks.story.post(FINANCE_REVIEWER, "/v1/ledger/seals"))
    seals = ok(await desks.story.get(AUDITOR, "/v1/ledger/seals"))["items"]
    assert [seal["number"] for seal in seals] == [1, 2, 3, 4, 5]
    assert sum(seal["transfers"] for seal in seals) == await sound(desks)
    for seal in seals:
        verified = ok(await desks.story.get(AUDITOR, f"/v1/ledger/seals/{seal['number']}/verification"))
        assert verified["sound"]


async def test_a_round_is_closed_before_an_order_or_not_at_all(desks: Desks) -> None:
    code = await with_awards(desks)
    for award in desks.awards[LINE]:
        left = {"left_in": "awarded", "cluster": award["cluster"], "amount_fen": award["amount_fen"]}
        await desks.decide("year_end", LINE, disposition="return", **left)
    increases = [
        desks.order("variation", LINE, method="increase", cluster=f"{DAYE}-01", amount_fen=WAN)
        for _ in range(CLIENTS // 2)
    ]
    await at_once(
        *(desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order) for order in increases),
        *(desks.story.step(FINANCE_MAKER, code, "closing", {"note": "办结"}) for _ in range(CLIENTS // 2)),
    )
    state = ok(await desks.story.get(AUDITOR, f"/v1/rounds/{code}"))["state"]
    open_orders = ok(await desks.story.get(AUDITOR, "/v1/fund-orders?state=proposed"))["items"]
    assert (state, bool(open_orders)) in {("closed", False), ("passed_down", True)}
