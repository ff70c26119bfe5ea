"""The 2018 Sichuan story end to end over HTTP: 31 on notice, one removed, 30 issued without backfill; and with it."""

import pytest

from shared.contracts.award_list import AwardList
from tests.support import sichuan
from tests.support.funding import WAN, BelowFunding, FundingStory, designations_of
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, PROVINCE_OFFICER
from tests.support.registry_story import ok
from tests.support.services import RunningService

NOTE = {"note": "按规则提出"}
APPROVE = {"decision": "approve", "minutes": "厅务会纪要"}


@pytest.fixture
async def story(funding: RunningService, below_funding: BelowFunding) -> FundingStory:
    told = FundingStory(funding, below_funding)
    for backfill in (False, True):
        ok(await told.publish(sichuan.rules(backfill=backfill)))
    line = told.appropriation(amount_fen=sichuan.BUDGET_FEN)
    await told.record(line)
    return told


async def opened(story: FundingStory, *, removed: str | None, version: str) -> str:
    release = sichuan.release(number=1 if removed is None else 2, removed=removed)
    story.below.put(release)
    story.below.designate(designations_of(release))
    answer = await story.open_round(
        release_sha256=release.sha256, incentive="sichuan-2018", incentive_version=version
    )
    return str(ok(answer)["code"])


async def issued(story: FundingStory, code: str) -> AwardList:
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
    ok(await story.step(FINANCE_REVIEWER, code, "review", APPROVE))
    done = ok(await story.step(FINANCE_MAKER, code, "issue"))
    content = (await story.get(AUDITOR, f"/v1/award-lists/{done['list_number']}/document")).content
    return AwardList.parse(content, expected_sha256=done["sha256"])


@pytest.mark.parametrize(
    ("version", "counts", "total_wan"),
    [
        ("as-published", sichuan.FACTS["final"], sichuan.FACTS["expected_total_wan_yuan"]["final"]),
        (
            "with-backfill",
            sichuan.FACTS["candidates"],
            sichuan.FACTS["expected_total_wan_yuan"]["candidates"],
        ),
    ],
)
async def test_31_on_notice_one_removed_and_its_place_stays_empty_or_is_filled(
    story: FundingStory, version: str, counts: dict[str, int], total_wan: int
) -> None:
    first = await opened(story, removed=None, version=version)
    on_notice = ok(await story.step(PROVINCE_OFFICER, first, "allocation"))
    assert (len(on_notice["awards"]), on_notice["awarded_fen"]) == (31, 144_000 * WAN)
    assert f"{sichuan.REMOVED}-01" in {award["cluster"] for award in on_notice["awards"]}
    ok(await story.step(PROVINCE_OFFICER, first, "withdrawal", {"reason": "公示期有异议,评估结果已更正"}))

    code = await opened(story, removed=sichuan.REMOVED, version=version)
    made = ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    steps = {step["step"]: step for step in made["steps"]}
    reasons = {line["unit"]: line["zh"] for line in steps["eligibility"]["lines"]}
    assert "公示后取消:公示期取消" in reasons[f"{sichuan.REMOVED}-01"]
    document = await issued(story, code)
    names = dict(zip(sichuan.CODES.values(), sichuan.CODES, strict=True))
    found = {name: sum(names[a.tier] == name for a in document.awards) for name in counts}
    assert found == counts
    assert sum(award.amount_fen for award in document.awards) == total_wan * WAN
    assert document.unallocated_fen == (144_000 - total_wan) * WAN
    assert f"{sichuan.REMOVED}-01" not in {award.cluster for award in document.awards}
    if document.unallocated_fen:
        assert await story.balance(AUDITOR, "returned") == (144_000 - total_wan) * WAN
    assert ok(await story.get(AUDITOR, "/v1/ledger/proof"))["sound"]
