"""A county with money is recoded: its accounts keep their code, and it goes on with them under its new one."""

from typing import Any

import pytest

from tests.support.funding import WAN, BelowFunding, FundingStory, designations_of, release_of
from tests.support.money import DAYE, Desks, city_finance, city_reviewer, county_finance, with_quota
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

HUANGSHI, DISTRICT, CLUSTER = "420200", "420206", f"{DAYE}-01"
LINE, NEXT = "line-2024", "line-2025"


@pytest.fixture
def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    """大冶市 becomes a district of Huangshi's on the day."""
    below_funding.recodes = [
        {
            "code": DAYE,
            "successor_code": DISTRICT,
            "kept_code": DAYE,
            "holds_from": "2024-10-08",
            "path_before": [HUBEI, HUANGSHI, DAYE],
            "path_after": [HUBEI, HUANGSHI, DISTRICT],
        }
    ]
    return Desks(FundingStory(funding, below_funding))


async def take_over(desks: Desks, by: Person = PIPELINE, code: str = DAYE) -> Any:
    async with desks.story.funding.as_(by) as client:
        return await client.put(f"/v1/division-recodes/{code}")


def renamed() -> dict[str, dict[str, Any]]:
    """The county as a release after the recode has it."""
    return {DAYE: {"county_code": DISTRICT, "division_path": [HUBEI, HUANGSHI, DISTRICT]}}


async def holdings(desks: Desks, line: str) -> dict[tuple[str, str], int]:
    found = ok(await desks.story.get(AUDITOR, f"/v1/spending?appropriation={line}"))["lines"]
    return {(entry["division"], entry["cluster"]): entry["held_fen"] for entry in found}


async def test_a_county_goes_on_with_its_money_under_the_new_code(desks: Desks) -> None:
    await with_quota(desks)
    ok(await desks.pay(DAYE, "F-1", desks.payment("S-1", "DY-1", 200 * WAN)))
    refused(
        await desks.pay(DISTRICT, "F-1", desks.payment("S-2", "DY-1", 300 * WAN)), 409, "payments-refused"
    )
    taken = ok(await take_over(desks))
    assert (taken["successor_code"], taken["kept_code"]) == (DISTRICT, DAYE)
    assert ok(await take_over(desks)) == taken

    # The district pays out of the county's plan, and its payments are one list with the county's.
    ok(await desks.pay(DISTRICT, "F-2", desks.payment("S-2", "DY-1", 300 * WAN)))
    for person in (county_finance(DISTRICT), county_finance(DAYE), city_finance(HUANGSHI), AUDITOR):
        path = f"/v1/treasury-payments?county={DISTRICT}"
        found = ok(await desks.story.get(person, path))["items"]
        assert [(entry["bank_serial"], entry["county_code"]) for entry in found] == [
            ("S-1", DAYE),
            ("S-2", DAYE),
        ]
    again = await desks.pay(DISTRICT, "F-3", desks.payment("S-1", "DY-1", WAN))
    refused(again, 409, "payments-refused")  # a serial of the county is known to the district

    # The province names it by either code; the order keeps the one of the accounts.
    cut = [{"budget_project": "DY-1", "planned_fen": 650 * WAN}]
    number = await desks.decide(
        "recovery", LINE, cluster=CLUSTER, division=DISTRICT, method="quota_withdrawn", ground="unspent",
        amount_fen=50 * WAN, plan_cuts=cut,
    )  # fmt: skip
    shown = ok(await desks.story.get(FINANCE_MAKER, f"/v1/fund-orders/{number}"))
    assert shown["body"]["division"] == DAYE
    assert await holdings(desks, LINE) == {(DAYE, CLUSTER): 150 * WAN}
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["sound"]


async def test_the_next_award_goes_to_the_same_accounts_by_the_new_way(desks: Desks) -> None:
    await with_quota(desks)
    ok(await take_over(desks))
    await desks.to("2025-10-08")
    await desks.line(NEXT, 2025, 9_000 * WAN)
    release = release_of(assessment_year=2025, data_year=2024, changed_units=renamed())
    desks.story.release = release
    desks.story.below.put(release)
    desks.story.below.designate(designations_of(release))
    code = str(ok(await desks.story.open_round(appropriation=NEXT))["code"])
    await finish(desks, code)

    quota = {"cluster": CLUSTER, "to_division": DISTRICT, "amount_fen": 700 * WAN}
    order = desks.order("pass_down", NEXT, deadline="2026-12-31", lines=[quota])
    problem = refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order), 409, "fund-order-not-possible"
    )
    assert [item["rule"] for item in problem["errors"]] == [
        "next-level"
    ]  # a district's money goes by its city
    await desks.pass_down(NEXT, {**quota, "to_division": HUANGSHI})
    await desks.pass_down(NEXT, quota, by=city_finance(HUANGSHI), reviewer=city_reviewer(HUANGSHI))
    assert await holdings(desks, NEXT) == {(DAYE, CLUSTER): 700 * WAN, (HUANGSHI, CLUSTER): 0}
    await desks.project(DISTRICT, NEXT, "DY-2", 700 * WAN, cluster=CLUSTER)
    ok(await desks.pay(DISTRICT, "F-9", desks.payment("S-9", "DY-2", 100 * WAN)))
    awards = ok(await desks.story.get(county_finance(DISTRICT), "/v1/awards"))["items"]
    assert [entry["county_code"] for entry in awards] == [DAYE, DISTRICT]  # each as it was awarded
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["sound"]


async def finish(desks: Desks, code: str) -> None:
    """To the issued list with its document number."""
    story = desks.story
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", {"note": "按规则提出"}))
    review = {"decision": "approve", "minutes": "厅务会纪要"}
    ok(await story.step(FINANCE_REVIEWER, code, "review", review))
    issued = ok(await story.step(FINANCE_MAKER, code, "issue"))
    await story.write_back(issued["list_number"], desks.document(), desks.today)


async def test_where_money_came_under_the_new_code_first_that_code_stays(desks: Desks) -> None:
    ok(await desks.story.publish())
    await desks.line(LINE, 2024, 9_000 * WAN)
    release = release_of(changed_units=renamed())
    desks.story.release = release
    desks.story.below.put(release)
    desks.story.below.designate(designations_of(release))
    code = str(ok(await desks.story.open_round(appropriation=LINE))["code"])
    await finish(desks, code)
    quota = {"cluster": CLUSTER, "to_division": HUANGSHI, "amount_fen": 700 * WAN}
    await desks.pass_down(LINE, quota)
    await desks.pass_down(
        LINE, {**quota, "to_division": DISTRICT}, by=city_finance(HUANGSHI), reviewer=city_reviewer(HUANGSHI)
    )
    assert ok(await take_over(desks))["kept_code"] == DISTRICT
    await desks.project(DISTRICT, LINE, "DY-1", 700 * WAN, cluster=CLUSTER)
    ok(await desks.pay(DISTRICT, "F-1", desks.payment("S-1", "DY-1", 100 * WAN)))
    assert await holdings(desks, LINE) == {(DISTRICT, CLUSTER): 600 * WAN, (HUANGSHI, CLUSTER): 0}


async def test_only_what_the_registry_tells_is_taken_over(desks: Desks) -> None:
    refused(await take_over(desks, code="421321"), 404, "not-found")
    refused(await take_over(desks, by=county_finance(DISTRICT)), 403, "role-not-permitted")
    elsewhere = Person("officer-hunan", PROVINCE_OFFICER.roles, "430000", "湖南省")
    refused(await take_over(desks, by=elsewhere), 403, "out-of-scope")
    desks.story.below.away = True
    refused(await take_over(desks), 503, "upstream-unavailable")
    async with desks.story.funding.as_(AUDITOR) as client:
        assert ok(await client.get("/v1/division-recodes"))["items"] == []
