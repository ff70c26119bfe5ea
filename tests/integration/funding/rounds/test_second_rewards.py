"""The results of a year are rewarded once for a purpose, in whatever line, fiscal year or filing round."""

import asyncio
from typing import Any

import pytest

from shared.contracts.award_list import AwardList
from tests.support.fingerprint import fingerprint
from tests.support.funding import BelowFunding, FundingStory, designations_of, release_of
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, PROVINCE_OFFICER
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

FIRST = "hubei-county-clusters-2024-incentive-1"
GROUND = "省政府专题会议纪要第3期"


@pytest.fixture
async def story(funding: RunningService, below_funding: BelowFunding) -> FundingStory:
    told = FundingStory(funding, below_funding)
    ok(await told.publish())
    lines = (
        ("2024-incentive", 2024),
        ("2024-second", 2024),
        ("2026", 2026),
        ("2027", 2027),
    )
    for place, (code, fiscal_year) in enumerate(lines, start=1):
        line = told.appropriation(
            code=code, fiscal_year=fiscal_year, document_number=f"鄂财预〔2024〕{place}号"
        )
        await told.record(line)
    ok(await told.open_round())
    return told


async def issued(story: FundingStory, code: str) -> dict[str, Any]:
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", {"note": "提出"}))
    ok(await story.step(FINANCE_REVIEWER, code, "review", {"decision": "approve", "minutes": "纪要"}))
    return ok(await story.step(FINANCE_MAKER, code, "issue"))


@pytest.mark.parametrize("line", ["2026", "2027"])
async def test_another_fiscal_year_does_not_reward_the_same_release_again(
    story: FundingStory, line: str
) -> None:
    await issued(story, FIRST)
    before = await fingerprint(story.funding)
    problem = refused(await story.open_round(appropriation=line), 409, "second-reward-without-ground")
    assert [(item["field"], item["rule"]) for item in problem["errors"]] == [(FIRST, "rewarded-already")]
    assert "8,000 万元" in problem["errors"][0]["message"]
    assert await fingerprint(story.funding) == before


async def test_nor_does_another_filing_round_of_the_year(story: FundingStory) -> None:
    holders = release_of(kind="assessment")
    story.below.put(holders)
    story.below.designate(designations_of(holders))
    answer = await story.open_round(appropriation="2026", release_sha256=holders.sha256)
    refused(answer, 409, "second-reward-without-ground")


async def test_results_of_another_year_are_a_first_reward(story: FundingStory) -> None:
    later = release_of(assessment_year=2025, data_year=2024)
    story.below.put(later)
    story.below.designate(designations_of(later))
    opened = ok(await story.open_round(appropriation="2026", release_sha256=later.sha256))
    assert opened["second_reward_ground"] is None


async def test_a_withdrawn_round_rewarded_nothing(story: FundingStory) -> None:
    ok(await story.step(PROVINCE_OFFICER, FIRST, "withdrawal", {"reason": "规则修订"}))
    assert ok(await story.open_round(appropriation="2026"))["second_reward_ground"] is None


async def test_a_ground_without_an_earlier_reward_is_refused(story: FundingStory) -> None:
    ok(await story.step(PROVINCE_OFFICER, FIRST, "withdrawal", {"reason": "规则修订"}))
    answer = await story.open_round(second_reward_ground=GROUND)
    refused(answer, 409, "second-reward-without-first")


@pytest.mark.parametrize("line", ["2024-second", "2026"])
async def test_its_ground_is_shown_wherever_the_second_reward_is_decided(
    story: FundingStory, line: str
) -> None:
    code = str(ok(await story.open_round(appropriation=line, second_reward_ground=GROUND))["code"])
    shown = ok(await story.get(AUDITOR, f"/v1/rounds/{code}"))
    assert shown["second_reward_ground"] == GROUND
    assert [entry["round"] for entry in shown["earlier_rewards"]] == [FIRST]
    asked = ok(await story.get(FINANCE_REVIEWER, f"/v1/rounds/{code}/prerequisites?step=review"))
    assert [note["rule"] for note in asked["notes"]] == ["second-reward", "rewarded-already"]
    assert GROUND in asked["notes"][0]["zh"]
    listed = await issued(story, code)
    assert listed["second_reward_ground"] == GROUND
    content = await story.get(AUDITOR, f"/v1/award-lists/{listed['list_number']}/document")
    document = AwardList.parse(content.content, expected_sha256=listed["sha256"])
    assert document.second_reward_ground == GROUND
    compared = ok(await story.get(AUDITOR, f"/v1/rounds/{code}/comparison"))
    assert compared["second_reward_ground"] == GROUND
    first = ok(await story.get(FINANCE_REVIEWER, f"/v1/rounds/{FIRST}/prerequisites?step=review"))
    assert first["notes"] == []


async def test_of_two_first_rewards_at_once_one_is_opened(story: FundingStory) -> None:
    ok(await story.step(PROVINCE_OFFICER, FIRST, "withdrawal", {"reason": "规则修订"}))
    answers = await asyncio.gather(*(story.open_round(appropriation=line) for line in ("2026", "2027")))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
