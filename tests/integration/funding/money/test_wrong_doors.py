"""Ways in which money could be claimed twice, go down the wrong path, or move after the end."""

from typing import Any

import pytest

from shared.web.principals import Role
from tests.support.fingerprint import fingerprint
from tests.support.funding import CLUSTERS, WAN, BelowFunding, FundingStory
from tests.support.money import DAYE, SUIZHOU, ZENGDU, Desks, with_awards, with_quota
from tests.support.people import (
    FINANCE_MAKER,
    FINANCE_REVIEWER,
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
    await desks.decide("recovery", LINE, amount_fen=600 * WAN, **recovered, **OF_DAYE)
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
    await desks.line("other-2025", 2025, 1_000 * WAN, programme="another-programme")
    await grant(desks, "other-2025", DAYE, ["420000", "420200", DAYE])
    await desks.pass_down("other-2025", {"to_division": DAYE, "amount_fen": WAN, **OF_DAYE})


async def grant(desks: Desks, line: str, county: str, path: list[str]) -> None:
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
    await desks.decide("grant", line, **grant_to(county, path))


def grant_to(county: str, path: list[str]) -> dict[str, Any]:
    return {
        "project": f"P-{county}",
        "own_rule": "省预算内投资管理办法",
        "division_path": path,
        "cluster": f"{county}-01",
        "amount_fen": 1_000 * WAN,
    }


async def test_a_grant_to_a_district_goes_by_its_own_city(desks: Desks) -> None:
    await desks.line("grants", 2024, 3_000 * WAN)
    await grant(desks, "grants", ZENGDU, ["420000", SUIZHOU, ZENGDU])
    for path in (
        ["420000", ZENGDU],
        ["420000", "420000", ZENGDU],
        ["420000", ZENGDU, ZENGDU],
        ["420000", "420500", ZENGDU],
    ):
        rules = await broken_rules(desks, "grant", "grants", **grant_to(ZENGDU, path))
        assert rules == ["path-of-project", "one-path"]


async def test_an_award_by_another_path_than_a_grant_of_the_line_is_not_issued(desks: Desks) -> None:
    """Else the grant's money would go down to the award's county."""
    ok(await desks.story.publish())
    await desks.line(LINE, 2024, 9_000 * WAN)
    project = {"cluster": f"{DAYE}-01"}
    body = {
        "code": "P-1",
        "name": "共建平台",
        "county_code": "420222",
        "unit": "平台公司",
        "investment_fen": 9_000 * WAN,
        "use": "public_technical_service",
        **project,
    }
    ok(await desks.story.post(PROVINCE_OFFICER, "/v1/projects", body))
    path = ["420000", "420200", "420222"]
    given = {**grant_to(DAYE, path), "project": "P-1"}
    await desks.decide("grant", LINE, **given)
    code = ok(await desks.story.open_round(appropriation=LINE))["code"]
    ok(await desks.story.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await desks.story.step(PROVINCE_OFFICER, code, "proposal", {"note": "按规则提出"}))
    approve = {"decision": "approve", "minutes": "厅务会纪要"}
    ok(await desks.story.step(FINANCE_REVIEWER, code, "review", approve))
    before = await fingerprint(desks.story.funding)
    asked = ok(await desks.story.get(FINANCE_MAKER, f"/v1/rounds/{code}/prerequisites?step=issue"))
    assert [reason["rule"] for reason in asked["reasons"]] == ["one-path"]
    problem = refused(await desks.story.step(FINANCE_MAKER, code, "issue"), 409, "round-not-ready")
    assert [(entry["field"], entry["rule"]) for entry in problem["errors"]] == [(f"{DAYE}-01", "one-path")]
    assert await fingerprint(desks.story.funding) == before


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
