"""Bond priority over HTTP: projects are registered, tested each, and listed with their place or their reasons."""

from typing import Any

import pytest

from tests.support import programme
from tests.support.fingerprint import fingerprint
from tests.support.funding import (
    INCENTIVE,
    WAN,
    BelowFunding,
    FundingStory,
    client_of,
    designations_of,
    key,
    release_of,
)
from tests.support.money import city_reviewer
from tests.support.people import AUDITOR, PROVINCE_OFFICER, county_preparer
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

BOND = "special_purpose_bond"
#: The negative list of 国办发〔2024〕52号 is public since 2024-12-25.
TESTED_ON = "2025-01-08"


def project(code: str, county: str, **changed: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"{code}项目",
        "county_code": county,
        "cluster": f"{county}-01",
        "unit": "城投公司",
        "investment_fen": 50_000 * WAN,
        "use": "cluster_infrastructure",
        "revenue_cover": "1.35",
        "approvals": [
            {"kind": "project_approval", "document_number": "发改审批〔2024〕12号"},
            {"kind": "land_opinion", "document_number": "资规〔2024〕3号"},
        ],
        **changed,
    }


FIVE = [
    project("p-1", "421303"),
    project("p-2", "420115", use="digital_platform"),
    project("p-3", "421303", use="public_technical_service"),
    project("p-4", "420984", classification="general_competitive_project"),
    project("p-5", "429006"),
]


@pytest.fixture
async def story(funding: RunningService, below_funding: BelowFunding) -> FundingStory:
    told = FundingStory(funding, below_funding)
    await told.set_business_date(TESTED_ON)
    ok(await told.publish(programme.newest_incentive()))
    for entry in FIVE:
        ok(await told.post(PROVINCE_OFFICER, "/v1/projects", entry))
    return told


def application(story: FundingStory, *codes: str, **changed: Any) -> dict[str, Any]:
    return {
        "incentive": INCENTIVE[0],
        "incentive_version": "2024.2",
        "instrument": BOND,
        "release_sha256": story.release.sha256,
        "projects": list(codes),
        **changed,
    }


async def apply(story: FundingStory, *codes: str, **changed: Any) -> Any:
    return await story.post(
        PROVINCE_OFFICER, "/v1/priority-applications", application(story, *codes, **changed)
    )


async def test_five_projects_four_listed_in_rank_order_one_refused(
    story: FundingStory, funding: RunningService
) -> None:
    officer = client_of(funding, PROVINCE_OFFICER)
    body = application(story, *(entry["code"] for entry in FIVE))
    applied = await officer.apply_priority(**body, key=key())
    shown = await officer.priority_list(BOND, release_sha256=story.release.sha256)
    assert shown == applied
    rows = [(entry.place, entry.project_code, entry.cluster_rank, entry.test) for entry in shown.entries]
    assert rows == [
        (1, "p-2", 1, "passed"),
        (2, "p-1", 5, "passed"),
        (3, "p-3", 5, "passed"),
        (4, "p-5", 6, "passed"),
        (None, "p-4", 2, "refused"),
    ]
    last = shown.entries[-1]
    assert [(reason.rule, reason.cited) for reason in last.reasons] == [
        ("general_competitive_project", "国办发〔2024〕52号 一(一)")
    ]
    assert last.valid_from is None
    assert {(entry.negative_list, str(entry.tested_on)) for entry in shown.entries} == {
        ("国办发〔2024〕52号", TESTED_ON)
    }
    validity = {(str(entry.valid_from), str(entry.valid_to)) for entry in shown.entries[:-1]}
    assert validity == {("2025-01-08", "2026-01-07")}


async def test_a_project_is_tested_once_for_an_instrument_and_a_release(story: FundingStory) -> None:
    ok(await apply(story, "p-1"))
    refused(await apply(story, "p-1", "p-2"), 409, "projects-already-tested")
    path = f"/v1/priority-lists/{BOND}?release_sha256={story.release.sha256}"
    entries = ok(await story.get(AUDITOR, path))["entries"]
    assert [entry["project_code"] for entry in entries] == ["p-1"]


async def test_a_replayed_application_is_answered_while_upstream_is_down(story: FundingStory) -> None:
    command, body = key(), application(story, "p-1")
    first = await story.post(PROVINCE_OFFICER, "/v1/priority-applications", body, command=command)
    story.below.away = True
    again = await story.post(PROVINCE_OFFICER, "/v1/priority-applications", body, command=command)
    assert ok(first) == ok(again)


async def test_a_county_keeps_and_sees_its_own_projects_only(story: FundingStory) -> None:
    zengdu, tianmen = county_preparer("421303"), county_preparer("429006")
    ok(await story.post(zengdu, "/v1/projects", project("p-9", "421303")))
    refused(await story.post(zengdu, "/v1/projects", project("p-8", "429006")), 404, "not-found")
    for other in (tianmen, city_reviewer("420200")):
        refused(await story.get(other, "/v1/projects/p-9"), 404, "not-found")
    assert ok(await story.get(city_reviewer("421300"), "/v1/projects/p-9"))["county_code"] == "421303"
    assert ok(await story.get(city_reviewer("420200"), "/v1/projects"))["items"] == []
    own = ok(await story.get(zengdu, "/v1/projects"))["items"]
    assert [entry["code"] for entry in own] == ["p-1", "p-3", "p-9"]
    body = application(story, "p-1", "p-5")
    refused(await story.post(zengdu, "/v1/priority-applications", body), 404, "not-found")
    ok(await apply(story, "p-1", "p-2", "p-5"))
    path = f"/v1/priority-lists/{BOND}?release_sha256={story.release.sha256}"
    entries = ok(await story.get(tianmen, path))["entries"]
    assert [(entry["place"], entry["project_code"]) for entry in entries] == [(3, "p-5")]


async def test_a_project_code_is_unique(story: FundingStory) -> None:
    answer = await story.post(PROVINCE_OFFICER, "/v1/projects", project("p-1", "420115"))
    refused(answer, 409, "project-already-registered")
    assert ok(await story.get(AUDITOR, "/v1/projects/p-1"))["county_code"] == "421303"


async def test_unknown_projects_and_instruments_are_404(story: FundingStory) -> None:
    refused(await apply(story, "p-1", "none"), 404, "not-found")
    refused(await apply(story, "p-1", instrument="lottery"), 404, "not-found")


async def test_a_list_of_an_unknown_instrument_or_release_is_404(story: FundingStory) -> None:
    for path in (
        f"/v1/priority-lists/lottery?release_sha256={story.release.sha256}",
        f"/v1/priority-lists/{BOND}?release_sha256=sha256:{'0' * 64}",
    ):
        refused(await story.get(AUDITOR, path), 404, "not-found")
    empty = ok(await story.get(AUDITOR, f"/v1/priority-lists/{BOND}?release_sha256={story.release.sha256}"))
    assert empty["entries"] == []


async def test_a_removed_cluster_gets_no_priority_by_an_older_day(story: FundingStory) -> None:
    story.below.designate(designations_of(story.release, c421303="removed"))
    refused(await apply(story, "p-1", designations_as_of="2024-09-25"), 422, "invalid-request")
    (entry,) = ok(await apply(story, "p-1"))["entries"]
    assert (entry["place"], entry["standing"]) == (None, "refused")
    assert [reason["rule"] for reason in entry["reasons"]] == ["cluster_not_designated"]
    assert entry["reasons"][0]["zh"] == "所属集群 421303-01 目前已被移出"


async def test_a_rank_of_an_older_release_than_the_present_designation_gives_no_place(
    story: FundingStory,
) -> None:
    later = release_of(assessment_year=2025, data_year=2024, kind="assessment")
    story.below.put(later)
    story.below.designate(designations_of(later))
    (old,) = ok(await apply(story, "p-1"))["entries"]
    assert [reason["rule"] for reason in old["reasons"]] == ["release_not_current"]
    (new,) = ok(await apply(story, "p-1", release_sha256=later.sha256))["entries"]
    assert (new["place"], new["reasons"]) == (1, [])


async def test_priority_is_not_asked_for_on_a_superseded_release(story: FundingStory) -> None:
    newer = release_of(number=2, decision={"document_number": "纪要〔2024〕9号", "decided_on": "2024-09-03"})
    story.below.put(newer)
    refused(await apply(story, "p-1"), 409, "release-superseded")


async def test_removal_ends_priority_and_those_behind_move_up(story: FundingStory) -> None:
    ok(await apply(story, "p-1", "p-2", "p-5"))
    path = f"/v1/priority-lists/{BOND}?release_sha256={story.release.sha256}"
    story.below.designate(designations_of(story.release, c420115="removed"))
    entries = ok(await story.get(AUDITOR, path))["entries"]
    assert [(entry["place"], entry["project_code"], entry["standing"]) for entry in entries] == [
        (1, "p-1", "listed"),
        (2, "p-5", "listed"),
        (None, "p-2", "ended"),
    ]
    assert (entries[2]["test"], entries[2]["ended_on"], entries[0]["ended_on"]) == (
        "passed",
        "2024-09-20",
        None,
    )


async def test_priority_ends_with_its_validity(story: FundingStory) -> None:
    ok(await apply(story, "p-1"))
    path = f"/v1/priority-lists/{BOND}?release_sha256={story.release.sha256}"
    for day, standing, place in (("2026-01-07", "listed", 1), ("2026-01-08", "expired", None)):
        await story.set_business_date(day)
        (entry,) = ok(await story.get(AUDITOR, path))["entries"]
        assert (entry["standing"], entry["place"]) == (standing, place)


async def test_a_project_that_is_wrong_is_refused_by_field(story: FundingStory) -> None:
    wrong = project("p-7", "42130", investment_fen=0, revenue_cover=1.35, surprise=1)
    problem = refused(await story.post(PROVINCE_OFFICER, "/v1/projects", wrong), 422, "invalid-request")
    assert {item["field"] for item in problem["errors"]} == {
        "county_code",
        "investment_fen",
        "revenue_cover",
        "surprise",
    }


async def test_rules_are_not_published_before_their_list_is_public(
    funding: RunningService, below_funding: BelowFunding
) -> None:
    """The demo's old fault: on 2024-10-28 nobody could test a project by 国办发〔2024〕52号."""
    told, rules = FundingStory(funding, below_funding), programme.newest_incentive()
    for day in ("2024-10-28", "2024-12-24"):
        await told.set_business_date(day)
        before = await fingerprint(funding)
        problem = refused(await told.publish(rules), 409, "document-not-public")
        assert ["国办发〔2024〕52号 公布于 2024-12-25" in item["message"] for item in problem["errors"]] == [
            True
        ]
        assert await fingerprint(funding) == before
    await told.set_business_date("2024-12-25")
    ok(await told.publish(rules))


async def test_a_round_is_opened_by_no_rules_that_are_not_in_effect_yet(
    funding: RunningService, below_funding: BelowFunding
) -> None:
    told, rules = FundingStory(funding, below_funding), programme.document("incentive")
    ok(await told.publish({**rules, "version": "early", "effective": {"from": "2024-10-09"}}))
    await told.record()
    refused(await told.open_round(incentive_version="early"), 409, "rules-not-in-effect")
    await told.set_business_date("2024-10-09")
    ok(await told.open_round(incentive_version="early"))


async def test_a_project_is_judged_by_the_newest_list_in_force(story: FundingStory) -> None:
    newer = programme.newest_incentive()
    newer |= {"version": "2025.1", "effective": {"from": "2025-01-06"}}
    first = newer["instruments"][0]["negative_lists"][0]
    kept = [item for item in first["items"] if item["code"] != "general_competitive_project"]
    second = {"document": "国办发〔2025〕1号", "published_on": "2025-01-06", "items": kept}
    newer["instruments"][0]["negative_lists"].append(second)
    ok(await apply(story, "p-1"))
    ok(await story.publish(newer))
    before = await fingerprint(story.funding)
    problem = refused(await apply(story, "p-2"), 409, "negative-list-superseded")
    assert problem["detail"] == "2025-01-06 起执行《国办发〔2025〕1号》的负面清单,请用规则版本 2025.1"
    assert await fingerprint(story.funding) == before
    entries = ok(await apply(story, "p-4", incentive_version="2025.1"))["entries"]
    assert [(entry["project_code"], entry["negative_list"]) for entry in entries] == [
        ("p-1", "国办发〔2024〕52号"),
        ("p-4", "国办发〔2025〕1号"),
    ]
    assert [reason["rule"] for reason in entries[1]["reasons"]] == ["classification_unknown"]


async def test_what_the_register_says_of_a_project_is_not_said_otherwise(story: FundingStory) -> None:
    told = project("p-7", "421303")
    story.below.register(told)
    own = ("code", "use", "revenue_cover", "approvals")
    only_own = {name: told[name] for name in own}
    path = "/v1/projects"
    missing = {**only_own, "code": "p-8"}
    refused(await story.post(PROVINCE_OFFICER, path, missing), 422, "project-not-in-register")
    wrong = {**only_own, "unit": "另一公司", "investment_fen": WAN, "name": " P-7项目"}
    problem = refused(await story.post(PROVINCE_OFFICER, path, wrong), 422, "project-differs")
    assert [(item["field"], item["message_en"]) for item in problem["errors"]] == [
        ("investment_fen", "the register says 50,000 万元"),
        ("unit", "the register says 城投公司"),
    ]
    story.below.projects["p-7"]["investment_fen"] = 0
    problem = refused(await story.post(PROVINCE_OFFICER, path, only_own), 422, "project-differs")
    assert [item["rule"] for item in problem["errors"]] == ["amount"]
    story.below.register(told)
    kept = ok(await story.post(PROVINCE_OFFICER, path, only_own))
    assert {name: kept[name] for name in told} == told
    story.below.away = True
    refused(
        await story.post(PROVINCE_OFFICER, path, {**only_own, "code": "p-9"}), 503, "upstream-unavailable"
    )
