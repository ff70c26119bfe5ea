"""Ways in which money could be claimed twice, go down the wrong path, or move after the end."""

from typing import Any

import pytest

from shared.web.principals import Role
from tests.support.fingerprint import fingerprint
from tests.support.funding import CLUSTERS, WAN, BelowFunding, FundingStory
from tests.support.money import DAYE, SUIZHOU, ZENGDU, Desks, with_awards, with_quota
from tests.support.people import (
    AUDITOR,
    FINANCE_MAKER,
    FINANCE_REVIEWER,
    HUBEI,
    PROVINCE_OFFICER,
    Person,
    county_preparer,
)
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE = "line-2024"
OF_DAYE: dict[str, Any] = {"cluster": f"{DAYE}-01"}


@pytest.fixture
def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    return Desks(FundingStory(funding, below_funding))


async def broken_rules(desks: Desks, kind: str, line: str, **body: Any) -> list[str]:
    before = await fingerprint(desks.story.funding)
    answer = await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", desks.order(kind, line, **body))
    problem = refused(answer, 409, "fund-order-not-possible")
    assert await fingerprint(desks.story.funding) == before
    return [entry["rule"] for entry in problem["errors"]]


async def test_what_was_taken_back_already_is_not_deducted_once_more(desks: Desks) -> None:
    await with_quota(desks)
    recovered: dict[str, Any] = {"division": DAYE, "method": "quota_withdrawn", "ground": "unspent"}
    cuts = [{"budget_project": "DY-1", "planned_fen": 100 * WAN}]
    await desks.decide("recovery", LINE, amount_fen=600 * WAN, plan_cuts=cuts, **recovered, **OF_DAYE)
    deduct: dict[str, Any] = {"method": "deduct_next_year", **OF_DAYE}
    assert await broken_rules(desks, "variation", LINE, amount_fen=101 * WAN, **deduct) == ["within-award"]
    await desks.decide("variation", LINE, amount_fen=100 * WAN, **deduct)


async def test_what_was_deducted_already_is_not_deducted_once_more(desks: Desks) -> None:
    await with_awards(desks)
    deduct: dict[str, Any] = {"method": "deduct_next_year", **OF_DAYE}
    await desks.decide("variation", LINE, amount_fen=700 * WAN, **deduct)
    await desks.to("2025-10-08")
    await desks.line("line-2025", 2025, 9_000 * WAN)
    await desks.issue("line-2025", assessment_year=2025)
    to_daye = {"to_division": DAYE, "amount_fen": 700 * WAN, "deducted_fen": 700 * WAN, **OF_DAYE}
    await desks.pass_down("line-2025", to_daye)
    assert await broken_rules(desks, "variation", LINE, amount_fen=1, **deduct) == ["within-award"]
    # Next year's award was paid by giving up this one's: it can itself still turn out to be wrong.
    await desks.decide("variation", "line-2025", amount_fen=700 * WAN, **deduct)


async def test_what_is_owed_to_one_programme_is_not_deducted_from_anothers_money(desks: Desks) -> None:
    await with_awards(desks)
    await desks.decide("variation", LINE, amount_fen=WAN, method="deduct_next_year", **OF_DAYE)
    await desks.to("2025-10-08")
    desks.story.below.programmes["another-programme"] = HUBEI
    await desks.line("other-2025", 2025, 1_000 * WAN, programme="another-programme")
    await grant(desks, "other-2025", DAYE)
    await desks.pass_down("other-2025", {"to_division": DAYE, "amount_fen": WAN, **OF_DAYE})


async def grant(desks: Desks, line: str, county: str) -> str:
    project = {
        "code": f"P-{county}",
        "name": "公共检测平台",
        "county_code": county,
        "cluster": f"{county}-01",
        "unit": "平台公司",
        "investment_fen": 9_000 * WAN,
        "use": "public_technical_service",
    }
    ok(await desks.story.post(county_preparer(county), "/v1/projects", project))
    return await desks.decide("grant", line, **grant_to(county))


def grant_to(county: str) -> dict[str, Any]:
    return {
        "project": f"P-{county}",
        "own_rule": "省预算内投资管理办法",
        "cluster": f"{county}-01",
        "amount_fen": 1_000 * WAN,
    }


async def test_a_grant_goes_down_by_the_division_register_and_never_by_the_caller(desks: Desks) -> None:
    await desks.line("grants", 2024, 3_000 * WAN)
    number = await grant(desks, "grants", ZENGDU)
    shown = ok(await desks.story.get(AUDITOR, f"/v1/fund-orders/{number}"))
    assert shown["division_path"] == ["420000", SUIZHOU, ZENGDU]
    given = desks.order("grant", "grants", **grant_to(ZENGDU), division_path=["420000", "420500", ZENGDU])
    problem = refused(await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", given), 422, "invalid-request")
    assert [item["field"] for item in problem["errors"]] == ["division_path"]
    wrong_city = {"cluster": f"{ZENGDU}-01", "to_division": "420500", "amount_fen": WAN}
    assert "next-level" in await broken_rules(
        desks, "pass_down", "grants", deadline="2024-12-31", lines=[wrong_city]
    )


async def test_a_grant_of_another_county_than_the_clusters_blocks_no_list(desks: Desks) -> None:
    """Else the grant's money would go down to the award's county, or the list could never be issued."""
    ok(await desks.story.publish())
    await desks.line(LINE, 2024, 9_000 * WAN)
    body = {
        "code": "P-1",
        "name": "共建平台",
        "county_code": "420222",
        "unit": "平台公司",
        "investment_fen": 9_000 * WAN,
        "use": "public_technical_service",
        "cluster": f"{DAYE}-01",
    }
    ok(await desks.story.post(PROVINCE_OFFICER, "/v1/projects", body))
    given = {**grant_to(DAYE), "project": "P-1"}
    assert await broken_rules(desks, "grant", LINE, **given) == ["county-of-cluster"]
    await grant(desks, LINE, DAYE)
    await desks.issue(LINE, assessment_year=2024)
    assert (await desks.balances(LINE))["awarded"] == 9_000 * WAN


async def test_a_grant_to_a_cluster_that_the_register_does_not_know_is_refused(desks: Desks) -> None:
    await desks.line("grants", 2024, 3_000 * WAN)
    project = {
        "code": "P-1",
        "name": "公共检测平台",
        "county_code": DAYE,
        "cluster": "none-01",
        "unit": "平台公司",
        "investment_fen": 9_000 * WAN,
        "use": "public_technical_service",
    }
    ok(await desks.story.post(PROVINCE_OFFICER, "/v1/projects", project))
    given = {**grant_to(DAYE), "project": "P-1", "cluster": "none-01"}
    assert await broken_rules(desks, "grant", "grants", **given) == ["known-cluster"]


async def test_no_award_grows_once_its_round_is_closed(desks: Desks) -> None:
    code = await with_awards(desks)
    for award in desks.awards[LINE]:
        left = {"left_in": "awarded", "cluster": award["cluster"], "amount_fen": award["amount_fen"]}
        await desks.decide("year_end", LINE, disposition="return", **left)
    ok(await desks.story.step(FINANCE_MAKER, code, "closing", {"note": "办结"}))
    increase: dict[str, Any] = {"method": "increase", "amount_fen": WAN, **OF_DAYE}
    assert await broken_rules(desks, "variation", LINE, **increase) == ["round-open"]


async def test_a_person_is_the_same_one_when_a_service_acts_for_them(desks: Desks) -> None:
    await with_awards(desks)
    console = Person("console", (Role.SERVICE, Role.FINANCE_REVIEWER), unit="湖北省财政厅")
    number = await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    review = {"orders": [number], "decision": "approve", "minutes": "审核纪要"}
    sent = {"Idempotency-Key": "review-as-myself", "On-Behalf-Of": FINANCE_MAKER.subject}
    async with desks.story.funding.as_(console) as client:
        answer = await client.post("/v1/fund-order-reviews", json=review, headers=sent)
        refused(answer, 403, "maker-cannot-check")
        sent = {"Idempotency-Key": "review-as-another", "On-Behalf-Of": FINANCE_REVIEWER.subject}
        ok(await client.post("/v1/fund-order-reviews", json=review, headers=sent))


async def test_nobody_but_a_service_acts_for_another_person(desks: Desks) -> None:
    await with_awards(desks)
    both = Person("both", (Role.FINANCE_MAKER, Role.FINANCE_REVIEWER), unit="湖北省财政厅")
    number = await desks.propose("appropriation_change", LINE, by=both, direction="increase", amount_fen=WAN)
    review = {"orders": [number], "decision": "approve", "minutes": "审核纪要"}
    sent = {"Idempotency-Key": "review-as-another", "On-Behalf-Of": FINANCE_REVIEWER.subject}
    async with desks.story.funding.as_(both) as client:
        answer = await client.post("/v1/fund-order-reviews", json=review, headers=sent)
    refused(answer, 403, "maker-cannot-check")


async def test_a_round_in_which_nobody_gets_anything_can_be_closed(desks: Desks) -> None:
    ok(await desks.story.publish())
    await desks.line(LINE, 2024, 9_000 * WAN)
    none_designated = {f"c{county}": "cultivated" for county, _, _ in CLUSTERS}
    code = await desks.issue(LINE, assessment_year=2024, **none_designated)
    assert desks.awards[LINE] == []
    closed = ok(await desks.story.step(FINANCE_MAKER, code, "closing", {"note": "办结"}))
    assert closed["state"] == "closed"


async def test_a_key_of_a_service_is_of_the_person_that_it_acts_for(desks: Desks) -> None:
    """Else the second of two approvals would be answered as done, and never be there."""
    await with_awards(desks)
    console = Person("console", (Role.SERVICE, Role.FINANCE_REVIEWER), unit="湖北省财政厅")
    number = await desks.propose("appropriation_change", LINE, direction="increase", amount_fen=WAN)
    review = {"orders": [number], "decision": "approve", "minutes": "审核纪要"}
    async with desks.story.funding.as_(console) as client:
        for person, status in (("one", 200), ("one", 200), ("another", 409)):
            sent = {"Idempotency-Key": "review-of-today", "On-Behalf-Of": person}
            answer = await client.post("/v1/fund-order-reviews", json=review, headers=sent)
            assert answer.status_code == status, answer.text
