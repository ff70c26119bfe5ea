"""Rules of a whole chain over HTTP: publication, worked examples, problems with path and clause, last year."""

from typing import Any

import pytest

from tests.support.funding import PROGRAMME, WAN, BelowFunding, FundingStory
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, PROVINCE_OFFICER
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService


def rules(**changed: Any) -> dict[str, Any]:
    """27号: ranked at the front and developing well; money in proportion to the score above 90."""
    return {
        "schema": "county-clusters/incentive/2",
        "id": "chain",
        "version": "1",
        "programme": PROGRAMME,
        "purpose": "incentive",
        "title": {"zh": "按得分分配", "en": "By score"},
        "label": "official",
        "clause": "27号 三(五)",
        "document": {"number": "鄂政办发〔2024〕27号", "published_on": "2024-05-27"},
        "effective": {"from": "2024-05-27"},
        "reward": {
            "pool": {"amount_fen": 8_000 * WAN},
            "eligibility": {"statuses": ["designated"], "tests": ["eligible", "developing_well"]},
            "cut": {"top": 5, "ties": "all"},
            "amounts": {"method": "proportional", "to": {"above": "90", "of": "score"}},
            "caps": [{"code": "most", "amount": {"percent": "25", "of": "pool"}}],
            "rounding": {"unit_fen": WAN},
        },
        "examples": [
            {
                "name": "two",
                "budget_fen": 300 * WAN,
                "units": [
                    {
                        "unit": unit,
                        "rank": rank,
                        "score": score,
                        "status": "designated",
                        "eligible": "yes",
                        "developing_well": "yes",
                    }
                    for unit, rank, score in (("a", 1, "98"), ("b", 2, "96"))
                ],
                "expect": {"a": 75 * WAN, "b": 75 * WAN},
                "remainder_fen": 150 * WAN,
            }
        ],
        **changed,
    }


@pytest.fixture
async def story(funding: RunningService, below_funding: BelowFunding) -> FundingStory:
    told = FundingStory(funding, below_funding)
    await told.record()
    return told


async def test_the_chain_from_publication_to_an_issued_list(story: FundingStory) -> None:
    ok(await story.publish(rules()))
    code = ok(await story.open_round(incentive="chain", incentive_version="1"))["code"]
    made = ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    # scores 99 to 95, so 9 : 8 : 7 : 6 : 5 of 35; the first is at its cap of a quarter
    assert [award["amount_fen"] // WAN for award in made["awards"]] == [2000, 1846, 1615, 1385, 1154]
    assert [step["step"] for step in made["steps"]] == [
        "reserve", "eligibility", "cut", "amounts", "limits", "rounding", "exhaustion", "remainder",
    ]  # fmt: skip
    limits = {line["unit"]: line for line in made["steps"][4]["lines"]}
    first = limits.pop("420115-01")
    assert (first["zh"], first["rule"].partition(";")[0]) == ("达到上限", "reward.caps.most")
    assert {line["en"] for line in limits.values()} == {"more: others are at their caps"}
    # 8,000 for 35 points; then 6,000 for the other 26
    assert made["steps"][3]["found"] == {"level_fen": "228571428.571429"}
    assert made["steps"][4]["found"] == {"level_fen": "230769230.769231"}
    assert made["awards"][0]["clause"] == "27号 三(五); chain 1 reward.amounts.proportional"
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", {"note": "提出"}))
    approve = {"decision": "approve", "minutes": "纪要"}
    ok(await story.step(FINANCE_REVIEWER, code, "review", approve))
    issued = ok(await story.step(FINANCE_MAKER, code, "issue"))
    assert issued["list_number"] == "2024-001"
    assert ok(await story.get(AUDITOR, "/v1/ledger/proof"))["sound"]


async def test_rules_whose_worked_examples_fail_are_not_published(story: FundingStory) -> None:
    wrong = rules()
    wrong["examples"][0]["expect"]["a"] = 80 * WAN
    problem = refused(await story.publish(wrong), 422, "examples-fail")
    assert [(item["field"], item["rule"]) for item in problem["errors"]] == [
        ("examples[0].expect.a", "example-fails")
    ]
    assert "80000000, found 75000000" in str(problem["errors"])
    assert ok(await story.get(AUDITOR, "/v1/incentive-rules"))["versions"] == []


async def test_every_problem_has_its_path_its_rule_and_its_clause(story: FundingStory) -> None:
    wrong = rules()
    wrong["reward"]["cut"] = {"top": 5, "label": "official", "clause": "27号 三(五) 靠前"}
    wrong["reward"]["caps"][0]["amount"] = {"percentage": "25"}
    wrong["reward"]["rounding"]["method"] = "coin"
    problem = refused(await story.publish(wrong), 422, "incentive-rules-invalid")
    assert {(item["field"], item["rule"]) for item in problem["errors"]} == {
        ("reward.cut.ties", "tie-policy-missing"),
        ("reward.caps[0].amount", "quantity-expected"),
        ("reward.rounding.method", "choice-expected"),
    }
    assert "(clause: 27号 三(五) 靠前)" in str(problem["errors"])


async def test_a_published_version_needs_its_names(story: FundingStory) -> None:
    minimal = {"schema": "county-clusters/incentive/2", "reward": {"amounts": {"method": "equal"}}}
    problem = refused(await story.publish(minimal), 422, "incentive-rules-invalid")
    missing = {item["field"] for item in problem["errors"] if item["rule"] == "missing-key"}
    assert missing == {"id", "version", "programme", "purpose", "title", "label", "effective"}


async def test_rules_without_a_pool_leave_it_to_the_round(story: FundingStory) -> None:
    without = rules(examples=[])
    del without["reward"]["pool"]
    ok(await story.publish(without))
    named = {"incentive": "chain", "incentive_version": "1"}
    refused(await story.open_round(**named), 422, "pool-missing")
    ok(await story.open_round(**named, pool_fen=8_000 * WAN))


async def test_floors_above_the_pool_are_refused_and_nothing_changes(story: FundingStory) -> None:
    greedy = rules(examples=[])
    greedy["reward"] |= {"floors": [{"code": "least", "amount": 1_601 * WAN}], "caps": None}
    del greedy["reward"]["caps"]
    ok(await story.publish(greedy))
    code = ok(await story.open_round(incentive="chain", incentive_version="1"))["code"]
    problem = refused(await story.step(PROVINCE_OFFICER, code, "allocation"), 409, "floors-exceed-pool")
    assert "8,005 万元" in problem["detail"]
    assert await story.balance(AUDITOR, "available") == 8_000 * WAN
    assert ok(await story.get(AUDITOR, f"/v1/rounds/{code}"))["state"] == "draft"


async def test_hold_harmless_reads_last_years_issued_lists(story: FundingStory) -> None:
    ok(await story.publish(rules()))
    first = ok(await story.open_round(incentive="chain", incentive_version="1"))["code"]
    for person, step, body in (
        (PROVINCE_OFFICER, "allocation", None),
        (PROVINCE_OFFICER, "proposal", {"note": "提出"}),
        (FINANCE_REVIEWER, "review", {"decision": "approve", "minutes": "纪要"}),
        (FINANCE_MAKER, "issue", None),
    ):
        ok(await story.step(person, first, step, body))
    line = story.appropriation(code="2025", fiscal_year=2025, document_number="鄂财预〔2025〕1号")
    await story.record(line)
    held = rules(version="2", examples=[])
    held["reward"] |= {
        "cut": {"top": 13, "ties": "all"},
        "amounts": {"method": "equal"},
        "floors": [{"code": "hold_harmless", "amount": {"percent": "90", "of": "last_year"}}],
    }
    ok(await story.publish(held))
    named = {
        "appropriation": "2025",
        "incentive": "chain",
        "incentive_version": "2",
        "second_reward_ground": "批复",
    }
    second = ok(await story.open_round(**named))["code"]
    made = ok(await story.step(PROVINCE_OFFICER, second, "allocation"))
    amounts = [award["amount_fen"] // WAN for award in made["awards"]]
    assert amounts[:5] == [1800, 1662, 1454, 1247, 1039]  # 90 % of last year, up to whole 万元
    assert sum(amounts) == 8_000
    assert set(amounts[5:]) == {99, 100}
    shown = ok(await story.get(AUDITOR, f"/v1/rounds/{second}/comparison"))
    first_row = shown["clusters"][0]
    assert (first_row["last_year_fen"], first_row["amounts_fen"]) == (2_000 * WAN, [1_800 * WAN])
    for step, person, body in (
        ("proposal", PROVINCE_OFFICER, {"note": "提出"}),
        ("review", FINANCE_REVIEWER, {"decision": "approve", "minutes": "纪要"}),
        ("issue", FINANCE_MAKER, None),
    ):
        ok(await story.step(person, second, step, body))
