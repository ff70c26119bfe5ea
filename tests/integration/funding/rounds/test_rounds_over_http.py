"""A round from the rules to the office's document number, and everything that may not happen on the way."""

import asyncio
from copy import deepcopy
from typing import Any

import pytest

from shared.contracts.award_list import AwardList
from shared.data.events import read_events, seal_events
from shared.web.principals import Role
from tests.support import programme
from tests.support.fingerprint import fingerprint
from tests.support.funding import (
    BUSINESS_DATE,
    WAN,
    BelowFunding,
    FundingStory,
    client_of,
    designations_of,
    key,
    release_of,
)
from tests.support.people import (
    AUDITOR,
    FINANCE_MAKER,
    FINANCE_REVIEWER,
    HUBEI,
    PIPELINE,
    PROVINCE_OFFICER,
    Person,
)
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

NOTE = {"note": "按规则提出"}
APPROVE = {"decision": "approve", "minutes": "厅务会第12次会议纪要"}
REJECT = {"decision": "reject", "minutes": "请补充说明"}
ROUND = "hubei-county-clusters-2024-incentive-1"


@pytest.fixture
async def story(funding: RunningService, below_funding: BelowFunding) -> FundingStory:
    told = FundingStory(funding, below_funding)
    ok(await told.publish())
    await told.record()
    return told


async def reviewed(story: FundingStory) -> str:
    code = str(ok(await story.open_round())["code"])
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
    ok(await story.step(FINANCE_REVIEWER, code, "review", APPROVE))
    return code


async def proof(story: FundingStory) -> dict[str, Any]:
    found = ok(await story.get(AUDITOR, "/v1/ledger/proof"))
    assert found["sound"]
    assert found["debits_fen"] == found["credits_fen"]
    return found


async def test_a_year_of_reward_money_through_the_typed_client(
    funding: RunningService, below_funding: BelowFunding
) -> None:
    story = FundingStory(funding, below_funding)
    officer, maker = client_of(funding, PROVINCE_OFFICER), client_of(funding, FINANCE_MAKER)
    reviewer, auditor = client_of(funding, FINANCE_REVIEWER), client_of(funding, AUDITOR)
    published = await officer.publish_incentive_rules(programme.document("incentive"), key=key())
    await story.record()
    opened = await officer.open_round(
        appropriation="2024-incentive",
        incentive=published.incentive,
        incentive_version=published.version,
        release_sha256=story.release.sha256,
        key=key(),
    )
    assert (opened.code, opened.state, opened.assessment_year, opened.fiscal_year) == (
        ROUND,
        "draft",
        2024,
        2024,
    )
    made = await officer.allocate(opened.code, key=key())
    assert [award.amount_fen // WAN for award in made.awards] == [1000] * 3 + [700] * 5 + [500] * 3
    fifth = made.awards[4]
    assert (fifth.cluster, fifth.rank, fifth.tier) == ("421303-01", 5, "second")
    assert await story.balance(AUDITOR, "reserved") == 8_000 * WAN
    assert (await officer.propose(opened.code, note="按规则提出", key=key())).state == "proposed"
    decided = await reviewer.review(opened.code, decision="approve", minutes="纪要", key=key())
    assert decided.state == "reviewed"
    issued = await maker.issue(opened.code, key=key())
    assert (issued.list_number, issued.document_number) == ("2024-001", None)
    document = await auditor.award_list(issued.list_number, sha256=issued.sha256)
    assert sum(award.amount_fen for award in document.awards) + document.unallocated_fen == document.pool_fen
    assert document.awards[4].clause.startswith("27号 三(五)")
    await story.write_back("2024-001", "鄂财建发〔2024〕88号", BUSINESS_DATE)
    assert (await auditor.issued_list("2024-001")).document_number == "鄂财建发〔2024〕88号"
    assert (await auditor.ledger_proof()).sound
    accounts = {account.code: account.balance_fen for account in await auditor.accounts()}
    assert accounts["2024-incentive:awarded:421303-01"] == 700 * WAN
    assert accounts["2024-incentive:available"] == accounts["2024-incentive:reserved"] == 0
    detail = await auditor.round(opened.code)
    assert [step.action for step in detail.steps] == ["opened", "allocated", "proposed", "approved", "issued"]


async def test_every_step_of_the_allocation_can_be_read(story: FundingStory) -> None:
    code = await reviewed(story)
    shown = ok(await story.get(AUDITOR, f"/v1/rounds/{code}/allocation"))
    names = [step["step"] for step in shown["steps"]]
    assert names == [
        "reserve", "eligibility", "cut", "amounts", "limits", "rounding", "exhaustion", "remainder",
    ]  # fmt: skip
    tiers = {line["unit"]: (line["amount_fen"], line["zh"]) for line in shown["steps"][3]["lines"]}
    assert tiers["421303-01"] == (700 * WAN, "第5位,二等奖")
    assert tiers["421321-01"] == (0, "第13位,未入奖励等次")


async def test_money_is_given_by_both_tests_and_by_designation(story: FundingStory) -> None:
    idle = {"outcomes": {"eligible": True, "developing_well": False, "proposed_status": "designate"}}
    release = release_of(changed_units={"420115": idle})
    story.below.put(release)
    story.below.designate(designations_of(release, c420984="cultivated"))
    code = ok(await story.open_round(release_sha256=release.sha256))["code"]
    made = ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    assert [award["cluster"] for award in made["awards"][:2]] == ["420581-01", "420281-01"]
    reasons = {line["unit"]: line["zh"] for line in made["steps"][1]["lines"]}
    assert reasons["420115-01"] == "评估结果:发展成效未达要求"
    assert reasons["420984-01"] == "认定状态为 cultivated"


async def test_a_removed_cluster_is_not_replaced_and_what_is_left_returns_to_the_budget(
    story: FundingStory,
) -> None:
    out = {
        "outcomes": {"eligible": False, "developing_well": False, "proposed_status": "refuse"},
        "removed": "数据不实",
    }
    release = release_of(changed_units={"420581": out})
    story.below.put(release)
    story.below.designate(designations_of(release, c420581="refused"))
    code = ok(await story.open_round(release_sha256=release.sha256))["code"]
    made = ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    assert (len(made["awards"]), made["unallocated_fen"]) == (10, 1_000 * WAN)
    assert made["unallocated_disposition"] == "return"
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
    ok(await story.step(FINANCE_REVIEWER, code, "review", APPROVE))
    ok(await story.step(FINANCE_MAKER, code, "issue"))
    assert await story.balance(AUDITOR, "returned") == 1_000 * WAN
    await proof(story)


@pytest.mark.parametrize("disposition", ["reserve", "carry_over"])
async def test_the_rules_say_where_unallocated_money_goes(
    funding: RunningService, below_funding: BelowFunding, disposition: str
) -> None:
    story = FundingStory(funding, below_funding)
    rules = deepcopy(programme.document("incentive"))
    rules["reward"]["remainder"]["disposition"] = disposition
    del rules["reward"]["amounts"]["tiers"][2:]
    rules["reward"]["admin_reserve"] = {
        "percent": "1",
        "fixed_fen": 0,
        "take": "max",
        "unit_fen": 100,
        "label": "illustrative",
    }
    ok(await story.publish(rules))
    await story.record()
    code = await reviewed(story)
    issued = ok(await story.step(FINANCE_MAKER, code, "issue"))
    account = {"reserve": "retained", "carry_over": "carried_over"}[disposition]
    assert await story.balance(AUDITOR, "administration") == 80 * WAN
    assert await story.balance(AUDITOR, account) == (8_000 - 80 - 6_500) * WAN
    content = (await story.get(AUDITOR, f"/v1/award-lists/{issued['list_number']}/document")).content
    document = AwardList.parse(content, expected_sha256=issued["sha256"])
    assert (document.pool_fen, document.unallocated_fen) == (7_920 * WAN, 1_420 * WAN)


async def test_a_release_that_is_not_final_is_refused(story: FundingStory) -> None:
    proposed = release_of(stage="proposed", proposed_sha256=None, decision=None, notice=None)
    story.below.put(proposed)
    answer = await story.open_round(release_sha256=proposed.sha256)
    refused(answer, 409, "release-not-final")
    assert ok(await story.get(AUDITOR, "/v1/rounds"))["items"] == []


async def test_a_release_with_a_wrong_signature_or_hash_is_refused(
    story: FundingStory, below_funding: BelowFunding
) -> None:
    other = release_of(number=2)
    signature = below_funding.releases[story.release.sha256]["signature"]
    below_funding.put(other, signature=signature)
    refused(await story.open_round(release_sha256=other.sha256), 422, "signature-invalid")
    below_funding.releases[story.release.sha256]["document"]["data_year"] = 2022
    refused(await story.open_round(), 422, "document-invalid")
    exchanged = release_of(number=3)
    below_funding.releases[story.release.sha256] = below_funding.releases[below_funding.put(exchanged)]
    refused(await story.open_round(), 422, "release-is-another")


async def test_documents_of_another_programme_are_refused(story: FundingStory) -> None:
    other = release_of(programme="sme-clusters")
    story.below.put(other)
    refused(await story.open_round(release_sha256=other.sha256), 422, "release-of-other-programme")
    story.below.designate(designations_of(other))
    refused(await story.open_round(), 422, "designations-of-other-programme")
    story.below.programmes["sme-clusters"] = HUBEI
    line = story.appropriation(code="other", programme="sme-clusters", document_number="鄂财预〔2024〕19号")
    await story.record(line)
    refused(await story.open_round(appropriation="other"), 422, "rules-of-other-programme")


async def test_no_round_before_the_designation_is_recorded(story: FundingStory) -> None:
    story.below.designate(designations_of(release_of(clusters=[("420116", "420100", "黄陂区")])))
    refused(await story.open_round(), 409, "designations-not-recorded")


async def test_a_round_stands_on_the_designations_of_its_own_day(story: FundingStory) -> None:
    refused(await story.open_round(designations_as_of="2024-09-25"), 422, "invalid-request")
    ok(await story.open_round())
    assert story.below.asked[-1].endswith("as_of=2024-10-08")


async def test_a_superseded_release_is_refused(story: FundingStory) -> None:
    newer = release_of(number=2, decision={"document_number": "纪要〔2024〕9号", "decided_on": "2024-09-03"})
    story.below.put(newer)
    before = await fingerprint(story.funding)
    refused(await story.open_round(), 409, "release-superseded")
    assert await fingerprint(story.funding) == before
    assert ok(await story.open_round(release_sha256=newer.sha256))["release_sha256"] == newer.sha256


async def test_one_live_round_for_programme_year_and_purpose(story: FundingStory) -> None:
    code = ok(await story.open_round())["code"]
    refused(await story.open_round(), 409, "live-round-already-exists")
    ok(await story.step(PROVINCE_OFFICER, code, "withdrawal", {"reason": "规则修订"}))
    assert ok(await story.open_round())["code"] == ROUND.removesuffix("1") + "2"


async def test_of_commands_at_once_one_has_its_effect(story: FundingStory) -> None:
    opened = await asyncio.gather(*(story.open_round() for _ in range(3)))
    assert sorted(answer.status_code for answer in opened) == [201, 409, 409]
    tries = [story.step(PROVINCE_OFFICER, ROUND, "allocation") for _ in range(3)]
    assert sorted([answer.status_code for answer in await asyncio.gather(*tries)]) == [201, 409, 409]
    ok(await story.step(PROVINCE_OFFICER, ROUND, "proposal", NOTE))
    ok(await story.step(FINANCE_REVIEWER, ROUND, "review", APPROVE))
    ended = await asyncio.gather(
        story.step(FINANCE_MAKER, ROUND, "issue"),
        story.step(PROVINCE_OFFICER, ROUND, "withdrawal", {"reason": "规则修订"}),
    )
    assert sorted(answer.is_success for answer in ended) == [False, True]
    assert (await proof(story))["transfers"] == 3


async def test_a_withdrawn_round_gives_its_money_back(story: FundingStory) -> None:
    code = await reviewed(story)
    assert await story.balance(AUDITOR, "available") == 0
    ok(await story.step(PROVINCE_OFFICER, code, "withdrawal", {"reason": "规则修订"}))
    assert await story.balance(AUDITOR, "available") == 8_000 * WAN
    refused(await story.step(FINANCE_MAKER, code, "issue"), 409, "round-not-in-state")
    last = ok(await story.get(AUDITOR, "/v1/ledger/transfers"))["items"][-1]
    assert last["reverses"] is not None
    await proof(story)


async def test_an_issued_list_cannot_be_withdrawn(story: FundingStory) -> None:
    code = await reviewed(story)
    ok(await story.step(FINANCE_MAKER, code, "issue"))
    refused(
        await story.step(PROVINCE_OFFICER, code, "withdrawal", {"reason": "x"}), 409, "round-not-in-state"
    )


async def test_more_than_the_appropriation_cannot_be_allocated(
    funding: RunningService, below_funding: BelowFunding
) -> None:
    story = FundingStory(funding, below_funding)
    ok(await story.publish())
    body = story.appropriation(amount_fen=8_000 * WAN - 1)
    await story.record(body)
    code = ok(await story.open_round())["code"]
    refused(await story.step(PROVINCE_OFFICER, code, "allocation"), 409, "money-not-available")
    assert ok(await story.get(AUDITOR, f"/v1/rounds/{code}"))["state"] == "draft"
    assert (await proof(story))["transfers"] == 1


async def test_tiers_above_the_rounds_pool_are_refused(story: FundingStory) -> None:
    code = ok(await story.open_round(pool_fen=7_999 * WAN))["code"]
    refused(await story.step(PROVINCE_OFFICER, code, "allocation"), 409, "tiers-exceed-pool")
    assert await story.balance(AUDITOR, "available") == 8_000 * WAN


async def test_a_tie_that_nothing_decides_is_refused(story: FundingStory) -> None:
    rules = deepcopy(programme.document("incentive"))
    rules["version"] = "2024.2"
    rules["reward"]["tie_keys"] = [{"key": "revenue", "order": "descending"}]
    ok(await story.publish(rules))
    release = release_of(ranks=[1, 2, 3, 3, *range(5, 14)])
    story.below.put(release)
    story.below.designate(designations_of(release))
    code = ok(await story.open_round(release_sha256=release.sha256, incentive_version="2024.2"))["code"]
    problem = refused(await story.step(PROVINCE_OFFICER, code, "allocation"), 409, "tie-undecided")
    assert [item["message"] for item in problem["errors"]] == ["420281-01", "420581-01"]


async def test_the_maker_and_the_makers_unit_cannot_review(story: FundingStory) -> None:
    both = Person(
        "both", (Role.PROVINCE_OFFICER, Role.FINANCE_MAKER, Role.FINANCE_REVIEWER), HUBEI, "省财政厅"
    )
    code = ok(await story.open_round())["code"]
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await story.step(both, code, "proposal", NOTE))
    refused(await story.step(both, code, "review", APPROVE), 403, "maker-cannot-check")
    same_unit = Person("colleague", (Role.FINANCE_REVIEWER,), HUBEI, "省财政厅")
    refused(await story.step(same_unit, code, "review", APPROVE), 403, "maker-cannot-check")
    lead = Person("lead", (Role.FINANCE_REVIEWER,), HUBEI, PROVINCE_OFFICER.unit)
    refused(await story.step(lead, code, "review", REJECT), 403, "maker-cannot-check")
    assert ok(await story.get(AUDITOR, f"/v1/rounds/{code}"))["state"] == "proposed"


@pytest.mark.parametrize(
    ("review", "code"), [(APPROVE, "already-approved-by-you"), (REJECT, "already-rejected-by-you")]
)
async def test_a_review_of_a_list_repeated_after_a_lost_answer_is_told_as_that(
    story: FundingStory, review: dict[str, str], code: str
) -> None:
    round_ = ok(await story.open_round())["code"]
    ok(await story.step(PROVINCE_OFFICER, round_, "allocation"))
    ok(await story.step(PROVINCE_OFFICER, round_, "proposal", NOTE))
    ok(await story.step(FINANCE_REVIEWER, round_, "review", review))
    before = await fingerprint(story.funding)
    refused(await story.step(FINANCE_REVIEWER, round_, "review", review), 409, code)
    bundle = await story.post(FINANCE_REVIEWER, "/v1/round-reviews", {"rounds": [round_], **review})
    problem = refused(bundle, 409, "round-not-ready")
    assert [item["rule"] for item in problem["errors"]] == [code]
    assert await fingerprint(story.funding) == before


async def test_a_rejected_list_goes_back_and_may_be_proposed_anew(story: FundingStory) -> None:
    code = ok(await story.open_round())["code"]
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
    assert ok(await story.step(FINANCE_REVIEWER, code, "review", REJECT))["state"] == "allocated"
    refused(await story.step(FINANCE_MAKER, code, "issue"), 409, "round-not-in-state")
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
    assert ok(await story.step(FINANCE_REVIEWER, code, "review", APPROVE))["state"] == "reviewed"


async def test_steps_out_of_order_are_refused(story: FundingStory) -> None:
    code = ok(await story.open_round())["code"]
    refused(await story.get(AUDITOR, f"/v1/rounds/{code}/allocation"), 404, "not-found")
    refused(await story.step(PROVINCE_OFFICER, code, "proposal", NOTE), 409, "round-not-in-state")
    refused(await story.step(FINANCE_REVIEWER, code, "review", APPROVE), 409, "round-not-in-state")
    refused(await story.step(FINANCE_MAKER, code, "issue"), 409, "round-not-in-state")
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    refused(await story.step(PROVINCE_OFFICER, code, "allocation"), 409, "round-not-in-state")
    assert (await proof(story))["transfers"] == 2


async def test_a_replayed_command_is_answered_while_upstream_is_down(story: FundingStory) -> None:
    command = key()
    first = await story.post(PROVINCE_OFFICER, "/v1/rounds", story.round(), command=command)
    story.below.away = True
    again = await story.post(PROVINCE_OFFICER, "/v1/rounds", story.round(), command=command)
    assert ok(first) == ok(again)
    refused(await story.open_round(), 503, "upstream-unavailable")
    other = story.round(pool_fen=5)
    refused(
        await story.post(PROVINCE_OFFICER, "/v1/rounds", other, command=command),
        422,
        "idempotency-key-reused",
    )


async def test_a_replayed_allocation_holds_the_money_once(story: FundingStory) -> None:
    code, command = ok(await story.open_round())["code"], key()
    path = f"/v1/rounds/{code}/allocation"
    first = ok(await story.post(PROVINCE_OFFICER, path, command=command))
    assert ok(await story.post(PROVINCE_OFFICER, path, command=command)) == first
    assert (await proof(story))["transfers"] == 2


async def rules_against(story: FundingStory, order: dict[str, Any]) -> list[str]:
    """By what the order cannot be made."""
    answer = await story.post(FINANCE_MAKER, "/v1/fund-orders", order)
    problem = refused(answer, 409, "fund-order-not-possible")
    return [item["rule"] for item in problem["errors"]]


async def test_a_document_number_is_written_back_once_and_is_unique(story: FundingStory) -> None:
    code = await reviewed(story)
    number = ok(await story.step(FINANCE_MAKER, code, "issue"))["list_number"]
    await story.write_back(number, "鄂财建发〔2024〕88号", BUSINESS_DATE)
    other = story.list_number(number, "鄂财建发〔2024〕89号", BUSINESS_DATE)
    assert await rules_against(story, other) == ["document-number-already-written-back"]
    line = story.appropriation(code="2025-incentive", fiscal_year=2025, document_number="鄂财预〔2025〕1号")
    await story.record(line)
    second = ok(await story.open_round(appropriation="2025-incentive", second_reward_ground="批复"))["code"]
    ok(await story.step(PROVINCE_OFFICER, second, "allocation"))
    ok(await story.step(PROVINCE_OFFICER, second, "proposal", NOTE))
    ok(await story.step(FINANCE_REVIEWER, second, "review", APPROVE))
    issued = ok(await story.step(FINANCE_MAKER, second, "issue"))
    assert issued["list_number"] == "2025-001"
    same = story.list_number("2025-001", "鄂财建发〔2024〕88号", BUSINESS_DATE)
    assert await rules_against(story, same) == ["document-number-once"]


async def test_an_appropriation_is_recorded_once(story: FundingStory) -> None:
    again = story.appropriation(document_number="鄂财预〔2024〕99号")
    assert await rules_against(story, again) == ["appropriation-once"]
    same = story.appropriation(code="another")
    assert await rules_against(story, same) == ["document-number-once"]
    for amount in (0, -1, 2**53, 2**63, "800", 1.5):
        wrong = story.appropriation(code="x", document_number="鄂财预〔2024〕98号", amount_fen=amount)
        refused(await story.post(FINANCE_MAKER, "/v1/fund-orders", wrong), 422, "invalid-request")
    assert (await proof(story))["transfers"] == 1


async def test_published_rules_are_immutable_and_checked(story: FundingStory) -> None:
    ok(await story.publish())
    changed = deepcopy(programme.document("incentive"))
    changed["reward"]["amounts"]["tiers"][2]["places"] = 2
    refused(await story.publish(changed), 409, "version-already-published")
    changed["reward"]["amounts"]["tiers"][0]["places"] = 30
    changed["version"] = "2024.9"
    problem = refused(await story.publish(changed), 422, "incentive-rules-invalid")
    assert [(item["field"], item["rule"]) for item in problem["errors"]] == [
        ("reward.amounts.tiers", "tiers-fit-pool")
    ]
    listed = ok(await story.get(AUDITOR, "/v1/incentive-rules?programme=hubei-county-clusters"))["versions"]
    assert [entry["version"] for entry in listed] == ["2024.1"]
    shown = ok(await story.get(AUDITOR, "/v1/incentive-rules/hubei-county-clusters-incentive/2024.1"))
    assert shown["document"] == programme.document("incentive")


async def test_rules_out_of_their_time_are_refused(story: FundingStory) -> None:
    await story.set_business_date("2027-01-01")
    refused(await story.open_round(), 409, "rules-not-in-effect")


async def test_what_does_not_exist_is_404(story: FundingStory) -> None:
    for changed in (
        {"appropriation": "none"},
        {"incentive_version": "9"},
        {"release_sha256": "sha256:" + "9" * 64},
    ):
        assert (await story.open_round(**changed)).status_code == 404
    for path in (
        "rounds/none",
        "award-lists/2024-009",
        "appropriations/none",
        "ledger/accounts/none/balance",
    ):
        refused(await story.get(AUDITOR, f"/v1/{path}"), 404, "not-found")


async def test_each_change_leaves_an_event(story: FundingStory) -> None:
    await reviewed(story)
    async with story.funding.database.transaction() as session:
        await seal_events(session)
        kinds = [row.kind for row in await read_events(session, after=0, limit=100)]
    assert kinds == [
        "incentive_rules.published",
        "fund_order.proposed",
        "fund_order.approved",
        "appropriation.recorded",
        "round.opened",
        "round.allocated",
        "round.proposed",
        "round.reviewed",
    ]


async def test_a_list_that_the_pipeline_made_is_not_reviewed_by_whoever_decided_it_there(
    story: FundingStory,
) -> None:
    """It acts for that person. Its own unit is none that reviews, so that the other unit's review passes."""
    code = ROUND
    async with story.funding.as_(PIPELINE) as pipeline:
        for path, body in (
            ("/v1/rounds", story.round()),
            (f"/v1/rounds/{code}/allocation", None),
            (f"/v1/rounds/{code}/proposal", NOTE),
        ):
            person = FINANCE_REVIEWER.subject if body is NOTE else None
            sent = {"Idempotency-Key": key()} | ({"On-Behalf-Of": person} if person else {})
            ok(await pipeline.post(path, json=body, headers=sent))
    refused(await story.step(FINANCE_REVIEWER, code, "review", APPROVE), 403, "maker-cannot-check")
    refused(await story.step(PIPELINE, code, "review", APPROVE), 403, "role-not-permitted")
    another = Person("another-reviewer", (Role.FINANCE_REVIEWER,), unit=FINANCE_REVIEWER.unit)
    assert ok(await story.step(another, code, "review", APPROVE))["state"] == "reviewed"
    steps = ok(await story.get(AUDITOR, f"/v1/rounds/{code}"))["steps"]
    assert [step["subject"] for step in steps] == [
        "pipeline", "pipeline", "pipeline for finance-reviewer", "another-reviewer",
    ]  # fmt: skip
