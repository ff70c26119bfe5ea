"""Document numbers of orders, lists and lines: one form, and one number for one document."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.support import programme
from tests.support.fingerprint import fingerprint
from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import DAYE, TIANMEN, Desks, county_finance, with_awards, with_quota
from tests.support.people import AUDITOR, FINANCE_MAKER
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE = "line-2024"
NUMBER = "鄂财建发〔2024〕88号"


@pytest.fixture
def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    return Desks(FundingStory(funding, below_funding))


def quota(county: str) -> dict[str, Any]:
    return {"cluster": f"{county}-01", "to_division": county, "amount_fen": 700 * WAN}


async def propose(desks: Desks, order: dict[str, Any]) -> Any:
    return await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order)


async def refused_order(desks: Desks, order: dict[str, Any]) -> list[tuple[str, str]]:
    """Rule and text of everything that is wrong with its document number; nothing was changed."""
    before = await fingerprint(desks.story.funding)
    problem = refused(await propose(desks, order), 409, "fund-order-not-possible")
    assert await fingerprint(desks.story.funding) == before
    return [(entry["rule"], entry["message"]) for entry in problem["errors"] if "document" in entry["field"]]


async def list_number(desks: Desks) -> str:
    (issued,) = ok(await desks.story.get(AUDITOR, "/v1/award-lists"))["items"]
    return str(issued["document_number"])


async def test_what_has_not_the_form_of_a_document_number_is_refused_by_naming_it(desks: Desks) -> None:
    await with_awards(desks)
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    for wrong in ("88号", "鄂财建发2024-88", "鄂财建发〔2024〕088号", "鄂财建发〔2024〕88\u00b9号"):
        ((rule, message),) = await refused_order(desks, {**order, "document_number": wrong})
        assert rule == "document-number-form"
        assert f"文号 {wrong} 不符合格式 机关代字〔年份〕序号号" in message
    recovery = desks.order(
        "recovery",
        LINE,
        cluster=f"{DAYE}-01",
        division=DAYE,
        method="quota_withdrawn",
        ground="audit_decision",
        decision_document_number="审计决定",
        amount_fen=WAN,
    )
    ((rule, message),) = await refused_order(desks, recovery)
    assert (rule, "审计决定" in message) == ("document-number-form", True)


async def test_a_number_is_kept_in_its_form_however_it_is_typed(desks: Desks) -> None:
    await with_awards(desks)
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    made = ok(await propose(desks, {**order, "document_number": " 鄂财建发 [\uff12024\uff3d 88号"}))
    assert made["document_number"] == NUMBER


async def test_the_form_is_that_of_the_programmes_newest_rules(desks: Desks) -> None:
    await with_awards(desks)
    rules = programme.document("incentive")
    rules |= {"id": "own-form", "version": "1"}
    rules["document_numbers"] |= {
        "form": "{office}字〔{year}〕第{number}号",
        "example": "鄂财字〔2024〕第1号",
    }
    ok(await desks.story.publish(rules))
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    ((rule, message),) = await refused_order(desks, order)
    assert (rule, "如 鄂财字〔2024〕第1号" in message) == ("document-number-form", True)
    ok(await propose(desks, {**order, "document_number": "鄂财字〔2024〕第88号"}))


async def test_a_written_consent_has_a_document_number_too(desks: Desks) -> None:
    await with_awards(desks)
    await desks.pass_down(LINE, quota(DAYE))
    body = {
        "code": "DY-1",
        "appropriation": LINE,
        "cluster": f"{DAYE}-01",
        "name": "其他",
        "unit": "某单位",
        "use": "other",
        "consent_document_number": "领导同意",
        "amount_fen": WAN,
    }
    before = await fingerprint(desks.story.funding)
    answer = await desks.story.post(county_finance(DAYE), "/v1/budget-projects", body)
    problem = refused(answer, 409, "budget-project-refused")
    assert [(entry["field"], entry["rule"]) for entry in problem["errors"]] == [
        ("consent_document_number", "document-number-form")
    ]
    assert await fingerprint(desks.story.funding) == before
    consent = {"consent_document_number": "鄂发改函(2024)9号"}
    made = ok(await desks.story.post(county_finance(DAYE), "/v1/budget-projects", {**body, **consent}))
    assert made["consent_document_number"] == "鄂发改函〔2024〕9号"


async def test_one_document_carries_several_orders_of_one_bundle(desks: Desks) -> None:
    await with_awards(desks)
    numbers = []
    for county in (DAYE, TIANMEN):
        order = desks.order("pass_down", LINE, deadline="2026-12-31", lines=[quota(county)])
        numbers.append(ok(await propose(desks, {**order, "document_number": NUMBER}))["number"])
    again = desks.order("pass_down", LINE, deadline="2026-12-31", lines=[quota(DAYE)])
    found = await refused_order(desks, {**again, "document_number": NUMBER})
    assert [message.rpartition(":")[2] for _, message in found] == ["同一事项"]
    ok(await desks.review(*numbers))
    notices = [
        ok(await desks.story.get(county_finance(county), "/v1/quota-notices"))["items"]
        for county in (DAYE, TIANMEN)
    ]
    assert [[notice["document_number"] for notice in listed] for listed in notices] == [[NUMBER], [NUMBER]]
    late = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    found = await refused_order(desks, {**late, "document_number": NUMBER})
    assert [message.rpartition(":")[2] for _, message in found] == ["该文件的资金单已审核"] * 2


async def test_orders_of_two_days_are_not_of_one_document(desks: Desks) -> None:
    await with_awards(desks)
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    ok(await propose(desks, order))
    await desks.to("2024-10-09")
    other = desks.order("pass_down", LINE, deadline="2026-12-31", lines=[quota(DAYE)])
    found = await refused_order(desks, {**other, "document_number": order["document_number"]})
    assert [message.rpartition(":")[2] for _, message in found] == ["该文件由 420000 于 2024-10-08 印发"]


async def test_the_document_of_a_list_also_passes_its_quota_down_and_does_nothing_else(desks: Desks) -> None:
    await with_awards(desks)
    of_list = {"document_number": await list_number(desks)}
    change = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    ((rule, message),) = await refused_order(desks, {**change, **of_list})
    assert (rule, "奖励名单 2024-001" in message) == ("document-number-once", True)
    order = desks.order("pass_down", LINE, deadline="2026-12-31", lines=[quota(DAYE)])
    number = ok(await propose(desks, {**order, **of_list}))["number"]
    ok(await desks.review(number))
    assert (await desks.balances(LINE))["passed_down"] == 700 * WAN


async def test_an_order_does_not_bear_the_number_of_a_line(desks: Desks) -> None:
    await with_quota(desks)
    line = ok(await desks.story.get(AUDITOR, f"/v1/appropriations/{LINE}"))["document_number"]
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    ((rule, message),) = await refused_order(desks, {**order, "document_number": line})
    assert (rule, f"预算安排 {LINE}" in message) == ("document-number-once", True)


async def test_the_same_order_proposed_at_once_by_many_is_made_once(desks: Desks) -> None:
    await with_awards(desks)
    order = desks.order("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    answers = await asyncio.gather(*(propose(desks, order) for _ in range(8)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
