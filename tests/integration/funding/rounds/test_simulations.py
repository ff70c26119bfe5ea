"""Simulations: rules and budgets side by side, nothing held; money at stake at each cut; last year beside this one."""

from copy import deepcopy
from typing import Any

import pytest

from shared.web.principals import Role
from tests.support import programme
from tests.support.funding import WAN, BelowFunding, FundingStory, client_of, key
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

NOTE = {"note": "按规则提出"}
APPROVE = {"decision": "approve", "minutes": "纪要"}
OWN = {"name": "现行规则"}
EQUAL = {
    "name": "平均分配",
    "document": {
        "schema": "county-clusters/incentive/2",
        "reward": {"cut": {"top": 10, "ties": "all"}, "amounts": {"method": "equal"}},
    },
}


@pytest.fixture
async def story(funding: RunningService, below_funding: BelowFunding) -> FundingStory:
    told = FundingStory(funding, below_funding)
    ok(await told.publish())
    await told.record()
    return told


async def simulated(story: FundingStory, code: str, *variants: dict[str, Any]) -> dict[str, Any]:
    answer = await story.post(
        PROVINCE_OFFICER, f"/v1/rounds/{code}/simulations", {"variants": list(variants)}
    )
    done: dict[str, Any] = ok(answer)
    return done


async def opened(story: FundingStory, **changed: Any) -> str:
    return str(ok(await story.open_round(**changed))["code"])


async def issue(story: FundingStory, code: str) -> None:
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
    ok(await story.step(FINANCE_REVIEWER, code, "review", APPROVE))
    ok(await story.step(FINANCE_MAKER, code, "issue"))


async def test_rules_and_budgets_side_by_side_and_nothing_is_held(story: FundingStory) -> None:
    code = await opened(story)
    before = ok(await story.get(AUDITOR, "/v1/ledger/proof"))
    smaller = {"name": "资金减少", "pool_fen": 7_000 * WAN}
    made = await simulated(story, code, OWN, EQUAL, smaller)
    assert [variant["name"] for variant in made["variants"]] == ["现行规则", "平均分配", "资金减少"]
    assert [variant["published"] for variant in made["variants"]] == [True, False, True]
    assert made["variants"][2]["refusal"]["code"] == "tiers-exceed-pool"
    fifth = next(row for row in made["clusters"] if row["code"] == "421303-01")
    assert (fifth["rank"], fifth["amounts_fen"]) == (5, [700 * WAN, 800 * WAN, None])
    county = next(row for row in made["counties"] if row["code"] == "421303")
    assert county["amounts_fen"] == [700 * WAN, 800 * WAN, None]
    assert [sum(r["amounts_fen"][i] for r in made["clusters"]) for i in (0, 1)] == [8_000 * WAN] * 2
    assert ok(await story.get(AUDITOR, "/v1/ledger/proof")) == before
    shown = ok(await story.get(AUDITOR, f"/v1/rounds/{code}"))
    assert shown["state"] == "simulated"
    again = await simulated(story, code, EQUAL)
    assert again["number"] == 2
    listed = ok(await story.get(AUDITOR, f"/v1/rounds/{code}/simulations"))["items"]
    assert [entry["number"] for entry in listed] == [1, 2]
    assert ok(await story.get(AUDITOR, f"/v1/rounds/{code}/simulations/1")) == made
    await issue(story, code)


async def test_the_typed_client_reads_a_simulation(story: FundingStory) -> None:
    code = await opened(story)
    officer = client_of(story.funding, PROVINCE_OFFICER)
    made = await officer.simulate(code, variants=[OWN], key=key())
    assert made.variants[0].awarded_fen == 8_000 * WAN
    assert made.clusters[0].amounts_fen == [1_000 * WAN]
    assert made.stakes["available"] is False


async def test_without_rank_probabilities_the_answer_says_so(story: FundingStory) -> None:
    made = await simulated(story, await opened(story), OWN)
    assert (made["stakes"]["available"], made["stakes"]["cuts"]) == (False, [])
    assert "没有稳健性分析" in made["stakes"]["zh"]


async def test_money_at_stake_at_each_cut_follows_the_rank_probabilities(story: FundingStory) -> None:
    units = {
        "420581-01": {"p_rank": {"2": 0.25, "3": 0.5, "4": 0.25}},  # released rank 3, the last first prize
        "420281-01": {"p_rank": {"3": 0.25, "4": 0.75}},  # released rank 4
    }
    story.below.robustness[story.release.sha256] = {
        "release_sha256": story.release.sha256,
        "state": "done",
        "done": 10_000,
        "total": 10_000,
        "problem": None,
        "result": {"draws": 10_000, "seed": 1, "units": units},
    }
    made = await simulated(story, await opened(story), OWN)
    assert (made["stakes"]["available"], made["stakes"]["draws"]) == (True, 10_000)
    first, second, third = made["stakes"]["cuts"]
    assert (first["tier"], first["last_rank"], first["step_fen"]) == ("first", 3, 300 * WAN)
    assert first["at_stake_fen"] == 75 * WAN  # a quarter of 300
    exposed = {unit["unit"]: (unit["inside"], unit["draws_inside"]) for unit in first["units"]}
    assert exposed == {"420581-01": (True, 7_500), "420281-01": (False, 2_500)}
    assert (second["tier"], second["at_stake_fen"]) == ("second", 0)
    assert (third["tier"], third["step_fen"]) == ("third", 500 * WAN)


async def test_an_analysis_that_still_runs_is_not_taken(story: FundingStory) -> None:
    story.below.robustness[story.release.sha256] = {
        "release_sha256": story.release.sha256,
        "state": "running",
        "done": 5,
        "total": 10_000,
        "problem": None,
        "result": None,
    }
    made = await simulated(story, await opened(story), OWN)
    assert made["stakes"]["available"] is False
    assert "(running)" in made["stakes"]["en"]


async def test_last_year_stands_beside_this_one_by_cluster_and_county(story: FundingStory) -> None:
    await issue(story, await opened(story))
    line = story.appropriation(code="2025", fiscal_year=2025, document_number="鄂财预〔2025〕1号")
    await story.record(line)
    code = await opened(story, appropriation="2025", second_reward_ground="省政府专题会议纪要第3期")
    made = await simulated(story, code, EQUAL)
    assert made["last_year"] == 2024
    rows = {row["code"]: (row["last_year_fen"], row["amounts_fen"][0]) for row in made["clusters"]}
    assert rows["420115-01"] == (1_000 * WAN, 800 * WAN)
    assert rows["420981-01"] == (500 * WAN, 0)  # rank 11: a third prize last year, nothing now
    assert sum(row["last_year_fen"] for row in made["counties"]) == 8_000 * WAN
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    shown = ok(await story.get(AUDITOR, f"/v1/rounds/{code}/comparison"))
    assert (shown["fiscal_year"], shown["last_year"]) == (2025, 2024)
    assert shown["second_reward_ground"] == made["second_reward_ground"] == "省政府专题会议纪要第3期"
    assert [entry["fiscal_year"] for entry in shown["earlier_rewards"]] == [2024]
    assert shown["earlier_rewards"] == made["earlier_rewards"]
    assert all(row["amounts_fen"] == [row["last_year_fen"]] for row in shown["clusters"])


async def test_nothing_is_simulated_after_the_allocation(story: FundingStory) -> None:
    code = await opened(story)
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    answer = await story.post(PROVINCE_OFFICER, f"/v1/rounds/{code}/simulations", {"variants": [OWN]})
    refused(answer, 409, "round-not-in-state")


async def test_a_simulation_is_made_once_for_a_key(story: FundingStory) -> None:
    code, command = await opened(story), key()
    path, body = f"/v1/rounds/{code}/simulations", {"variants": [OWN]}
    first = ok(await story.post(PROVINCE_OFFICER, path, body, command=command))
    story.below.away = True
    assert ok(await story.post(PROVINCE_OFFICER, path, body, command=command)) == first
    story.below.away = False
    other = {"variants": [EQUAL]}
    refused(await story.post(PROVINCE_OFFICER, path, other, command=command), 422, "idempotency-key-reused")
    assert len(ok(await story.get(AUDITOR, path))["items"]) == 1


async def test_variants_are_checked(story: FundingStory) -> None:
    code = await opened(story)
    path = f"/v1/rounds/{code}/simulations"
    for variants, status, problem in (
        ([OWN, OWN], 422, "variants-clash"),
        ([OWN | {"incentive": "x"}], 422, "variants-clash"),
        ([EQUAL | {"incentive": "x", "incentive_version": "1"}], 422, "variants-clash"),
        ([OWN | {"incentive": "x", "incentive_version": "1"}], 404, "not-found"),
        (
            [{"name": "x", "document": {"schema": "county-clusters/incentive/2"}}],
            422,
            "incentive-rules-invalid",
        ),
        ([], 422, "invalid-request"),
        ([{"name": str(n)} for n in range(11)], 422, "invalid-request"),
        ([OWN | {"pool_fen": 0}], 422, "invalid-request"),
    ):
        refused(await story.post(PROVINCE_OFFICER, path, {"variants": variants}), status, problem)
    other = deepcopy(programme.document("incentive")) | {"programme": "sme-clusters"}
    answer = await story.post(PROVINCE_OFFICER, path, {"variants": [{"name": "x", "document": other}]})
    refused(answer, 422, "rules-of-other-programme")
    assert ok(await story.get(AUDITOR, path))["items"] == []


async def test_only_those_of_the_budget_simulate_and_see_simulations(story: FundingStory) -> None:
    code = await opened(story)
    path, body = f"/v1/rounds/{code}/simulations", {"variants": [OWN]}
    ok(await story.post(FINANCE_MAKER, path, body))
    for person in (AUDITOR, FINANCE_REVIEWER, county_preparer("421303")):
        refused(await story.post(person, path, body), 403, "role-not-permitted")
    elsewhere = Person("elsewhere", (Role.PROVINCE_OFFICER,), "430000", "湖南省发改委")
    refused(await story.post(elsewhere, path, body), 404, "not-found")
    city = Person("city", (Role.CITY_FINANCE,), "421300", "随州市财政局")
    for shown in (path, f"{path}/1", f"/v1/rounds/{code}/comparison"):
        ok(await story.get(AUDITOR, shown))
        refused(await story.get(elsewhere, shown), 404, "not-found")
        for person in (county_preparer("421303"), county_preparer("420115"), city):
            refused(await story.get(person, shown), 403, "role-not-permitted")
    refused(await story.get(AUDITOR, f"{path}/2"), 404, "not-found")
    refused(await story.get(AUDITOR, f"{path}?cursor=WyJ4Il0"), 422, "cursor-invalid")


async def test_missing_money_is_told_before_the_allocation_of_a_draft_and_of_a_simulated_round(
    story: FundingStory,
) -> None:
    less = story.appropriation(code="less", amount_fen=7_999 * WAN, document_number="鄂财预〔2024〕19号")
    await story.record(less)
    code = await opened(story, appropriation="less")
    path = f"/v1/rounds/{code}/prerequisites?step=allocation"
    draft = ok(await story.get(PROVINCE_OFFICER, path))
    assert [reason["rule"] for reason in draft["reasons"]] == ["money-not-available"]
    await simulated(story, code, OWN)
    assert ok(await story.get(PROVINCE_OFFICER, path)) == draft
    refused(await story.step(PROVINCE_OFFICER, code, "allocation"), 409, "money-not-available")
    ok(await story.step(PROVINCE_OFFICER, code, "withdrawal", {"reason": "资金不足"}))
    over = ok(await story.get(PROVINCE_OFFICER, path))
    assert [reason["rule"] for reason in over["reasons"]] == ["round-not-in-state"]
