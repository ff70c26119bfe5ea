"""Designations are proposed by one and approved by another, on signed releases, with the memory of the years before."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from shared.contracts.release import Release
from tests.support import programme
from tests.support.designations import (
    PROGRAMME,
    approve,
    designate,
    post,
    propose,
    signed,
    statuses,
    year_of,
)
from tests.support.people import (
    AUDITOR,
    NOBODY,
    PROVINCE_DECIDER,
    PROVINCE_OFFICER,
    Person,
    county_preparer,
)
from tests.support.registry_story import (
    TIANMEN,
    ZENGDU,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    refused,
)
from tests.support.release import final_release
from tests.support.services import RunningService

FIRST, SECOND = f"{ZENGDU}-01", f"{ZENGDU}-02"


@pytest.fixture
async def story(registry: RunningService) -> RegistryStory:
    """Two clusters of 曾都."""
    await load_programme(registry)
    story = RegistryStory(registry)
    for name in ("香菇产业集群", "专用汽车产业集群"):
        ok(await story.register(name))
    return story


@pytest.mark.strangers
async def test_who_proposes_does_not_approve_and_nothing_holds_before(
    story: RegistryStory, release_key: OKPKey
) -> None:
    release = signed(final_release((FIRST, "designate"), (SECOND, "cultivate")), release_key)
    proposed = ok(await propose(story.registry, release))
    assert proposed["state"] == "proposed"
    assert proposed["counts"] == {"designated": 1, "cultivated": 1}
    assert await statuses(story.registry, "2024-09-14") == {}
    both = Person(PROVINCE_OFFICER.subject, PROVINCE_DECIDER.roles, PROVINCE_OFFICER.division, "另一处室")
    refused(await approve(story.registry, proposed["code"], by=both), 403, "maker-cannot-check")
    approved = ok(await approve(story.registry, proposed["code"]))
    assert (approved["state"], approved["document_number"]) == ("approved", "鄂发改县域〔2024〕200号")
    assert [step["action"] for step in approved["steps"]] == ["proposed", "approved"]
    assert await statuses(story.registry, "2024-09-14") == {FIRST: "designated", SECOND: "cultivated"}
    refused(await approve(story.registry, proposed["code"]), 409, "designation-decision-not-in-state")
    async with story.registry.as_(AUDITOR) as client:
        [listed] = ok(await client.get("/v1/designation-decisions", params={"programme": PROGRAMME}))["items"]
        shown = ok(await client.get(f"/v1/designation-decisions/{proposed['code']}"))
        refused(await client.get("/v1/designation-decisions/none"), 404, "not-found")
    assert (listed["code"], shown) == (proposed["code"], approved)


async def test_one_decision_of_a_programme_at_a_time_and_a_rejected_one_may_come_again(
    story: RegistryStory, release_key: OKPKey
) -> None:
    release = signed(final_release((FIRST, "designate")), release_key)
    first = ok(await propose(story.registry, release))
    refused(await propose(story.registry, release), 409, "designation-decision-open")
    rejected = ok(
        await post(story.registry, PROVINCE_DECIDER, f"/{first['code']}/rejection", {"minutes": "再议"})
    )
    assert rejected["state"] == "rejected"
    second = ok(await propose(story.registry, release))
    withdrawn = {"reason": "补充材料"}
    ok(await post(story.registry, PROVINCE_OFFICER, f"/{second['code']}/withdrawal", withdrawn))
    refused(await approve(story.registry, second["code"]), 409, "designation-decision-not-in-state")
    ok(await designate(story.registry, release))
    refused(await propose(story.registry, release), 409, "release-already-designated")
    other = signed(final_release((FIRST, "refuse"), number=2), release_key)
    refused(await propose(story.registry, other), 409, "release-already-designated")


async def test_of_two_proposals_at_once_one_stands(story: RegistryStory, release_key: OKPKey) -> None:
    release = signed(final_release((FIRST, "designate")), release_key)
    answers = await asyncio.gather(*(propose(story.registry, release) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    code = next(answer.json()["code"] for answer in answers if answer.is_success)
    approvals = await asyncio.gather(*(approve(story.registry, code) for _ in range(3)))
    assert sorted(answer.status_code for answer in approvals) == [201, 409, 409]


async def test_a_holder_is_rectified_removed_waits_and_comes_back(
    story: RegistryStory, release_key: OKPKey
) -> None:
    """Asked as of days in between, and as known at a moment in between."""

    async def decide(release: Release, day: str) -> dict[str, Any]:
        return ok(await designate(story.registry, signed(release, release_key), effective_from=day))

    await decide(final_release((FIRST, "designate"), (SECOND, "cultivate")), "2024-09-14")
    silent_before = await statuses(story.registry, "2024-12-31")
    moment = datetime.now(UTC)
    failed = await decide(year_of(2025, (FIRST, "rectify")), "2025-09-14")
    [entry] = failed["entries"]
    assert (entry["status"], entry["due_on"]) == ("designated", None)  # its score of 80 is near the line
    low = year_of(2026, (FIRST, "rectify"), c421303_01="30")
    [entry] = (await decide(low, "2026-09-14"))["entries"]
    assert (entry["before"], entry["status"], entry["due_on"]) == (
        "designated",
        "rectification",
        "2027-03-13",
    )
    again = year_of(2027, (FIRST, "rectify"))
    [entry] = (await decide(again, "2027-09-14"))["entries"]
    assert (entry["status"], entry["reasons"][-1]["rule"]) == ("removed", "failed-in-rectification")
    early = year_of(2028, (FIRST, "designate"), kind="application")
    [entry] = (await decide(early, "2028-09-14"))["entries"]
    assert (entry["status"], entry["reasons"][-1]["rule"]) == ("refused", "re-entry-wait")
    back = year_of(2029, (FIRST, "designate"), kind="application")
    [entry] = (await decide(back, "2029-09-14"))["entries"]
    assert entry["status"] == "designated"

    days = ("2024-09-13", "2025-12-31", "2027-09-13", "2027-09-14", "2028-12-31", "2029-09-14")
    told = [(await statuses(story.registry, day)).get(FIRST) for day in days]
    assert told == [None, "designated", "rectification", "removed", "refused", "designated"]
    assert await statuses(story.registry, "2029-12-31", known_at=moment) == silent_before
    async with story.registry.as_(county_preparer(ZENGDU)) as client:
        decided = ok(await client.get(f"/v1/clusters/{FIRST}/designations"))["items"]
    assert [own["status"] for own in decided] == [
        "designated",
        "refused",
        "removed",
        "rectification",
        "designated",
        "designated",
    ]
    assert decided[2]["reasons"][-1]["zh"] == "限期整改后再次评估仍未达标"


async def test_a_holder_without_a_return_is_reminded_and_on_the_list(
    story: RegistryStory, release_key: OKPKey
) -> None:
    both = final_release((FIRST, "designate"), (SECOND, "designate"))
    ok(await designate(story.registry, signed(both, release_key)))
    for year, status, reminded in ((2025, "designated", True), (2026, "rectification", False)):
        release = signed(year_of(year, (FIRST, "keep")), release_key)
        found = ok(await designate(story.registry, release, effective_from=f"{year}-09-14"))
        [entry] = [entry for entry in found["entries"] if entry["cluster_code"] == SECOND]
        assert (entry["basis"], entry["status"], entry["reminded"]) == ("silent", status, reminded)
        assert entry["release_sha256"] is None


async def test_applicants_and_holders_are_decided_together(story: RegistryStory, release_key: OKPKey) -> None:
    ok(await designate(story.registry, signed(final_release((FIRST, "designate")), release_key)))
    releases = [
        signed(year_of(2025, (FIRST, "keep")), release_key),
        signed(year_of(2025, (SECOND, "designate"), kind="application"), release_key),
    ]
    found = ok(await designate(story.registry, *releases, effective_from="2025-09-14"))
    assert {entry["cluster_code"]: entry["basis"] for entry in found["entries"]} == {
        FIRST: "assessment",
        SECOND: "application",
    }
    assert len(found["releases"]) == 2
    mixed = [releases[0], signed(year_of(2026, (SECOND, "keep"), kind="application"), release_key)]
    refused(await propose(story.registry, *mixed, effective_from="2026-09-14"), 422, "releases-do-not-fit")
    refused(
        await propose(story.registry, releases[0], releases[0], effective_from="2026-09-14"),
        422,
        "releases-do-not-fit",
    )


@pytest.mark.parametrize(
    ("kind", "unit", "changes", "day", "rule"),
    [
        ("assessment", (SECOND, "keep"), [], "2025-09-14", "holds-no-designation"),
        ("application", (FIRST, "designate"), [], "2025-09-14", "holds-already"),
        ("application", (SECOND, "keep"), [], "2025-09-14", "skips-a-step"),
        ("assessment", (FIRST, "keep"), [], "2024-09-13", "in-order"),
        ("assessment", (FIRST, "keep"), [(FIRST, "refused")], "2025-09-14", "skips-a-step"),
        ("assessment", (FIRST, "keep"), [(SECOND, "designated")], "2025-09-14", "not-in-decision"),
    ],
)
async def test_what_skips_a_step_is_refused_by_cluster_and_rule(
    story: RegistryStory,
    release_key: OKPKey,
    kind: str,
    unit: tuple[str, str],
    changes: list[tuple[str, str]],
    day: str,
    rule: str,
) -> None:
    ok(await designate(story.registry, signed(final_release((FIRST, "designate")), release_key)))
    release = signed(year_of(int(day[:4]), unit, kind=kind), release_key)
    wished = [{"cluster": code, "status": status, "ground": "另有依据"} for code, status in changes]
    answer = await propose(story.registry, release, effective_from=day, changes=wished)
    problem = refused(answer, 422, "designation-not-possible")
    assert [item["rule"] for item in problem["errors"]] == [rule]
    assert await statuses(story.registry, "2099-01-01") == {FIRST: "designated"}


async def test_a_change_takes_a_ground(story: RegistryStory, release_key: OKPKey) -> None:
    ok(await designate(story.registry, signed(final_release((FIRST, "designate")), release_key)))
    release = signed(year_of(2025, (FIRST, "keep")), release_key)
    removal = {"cluster": FIRST, "status": "removed"}
    answer = await propose(story.registry, release, effective_from="2025-09-14", changes=[removal])
    refused(answer, 422, "invalid-request")
    with_ground = [{**removal, "ground": "审计认定虚报营业收入"}]
    found = ok(await designate(story.registry, release, effective_from="2025-09-14", changes=with_ground))
    [entry] = found["entries"]
    assert (entry["by_rule"], entry["status"], entry["ground"]) == (
        "designated",
        "removed",
        "审计认定虚报营业收入",
    )


@pytest.mark.strangers
async def test_a_cluster_with_two_national_titles_is_national_once(
    story: RegistryStory, release_key: OKPKey
) -> None:
    ok(await designate(story.registry, signed(final_release((FIRST, "designate")), release_key)))

    def title(name: str, day: str, cluster: str = FIRST) -> dict[str, str]:
        return {
            "cluster": cluster,
            "level": "national",
            "title": name,
            "ministry": "工业和信息化部",
            "document_number": "工信部企业〔2025〕1号",
            "awarded_on": day,
        }

    titles = [
        title("中小企业特色产业集群", "2025-03-01"),
        title("国家新型工业化产业示范基地", "2025-02-01"),
    ]
    ok(await designate(story.registry, effective_from="2025-03-10", titles=titles))
    async with story.registry.as_(NOBODY) as client:
        del client.headers["Authorization"]
        path = f"/v1/designated-clusters/{PROGRAMME}"
        for day, level in (("2025-01-31", "provincial"), ("2025-02-01", "national")):
            answer = await client.get(path, params={"as_of": day})
            assert "public" in answer.headers["Cache-Control"]
            [announced] = ok(answer)["clusters"]
            assert (announced["cluster"], announced["level"]) == (FIRST, level)
            assert "score" not in announced
        known = {"If-None-Match": answer.headers["ETag"]}
        assert (await client.get(path, params={"as_of": day}, headers=known)).status_code == 304
    again = await propose(
        story.registry,
        effective_from="2025-03-10",
        titles=[titles[0], title("新称号", "2025-03-11", "429006-09")],
    )
    problem = refused(again, 422, "designation-not-possible")
    assert {(item["field"], item["rule"]) for item in problem["errors"]} == {
        ("titles[0].title", "unique"),
        ("titles[1].cluster", "registered"),
        ("titles[1].awarded_on", "not-after"),
    }


async def test_a_decision_about_nothing_is_refused(story: RegistryStory) -> None:
    refused(await propose(story.registry), 422, "invalid-request")


@pytest.mark.strangers
async def test_a_county_reads_what_was_decided_on_its_own_clusters(
    story: RegistryStory, release_key: OKPKey
) -> None:
    ok(await designate(story.registry, signed(final_release((FIRST, "designate")), release_key)))
    async with story.registry.as_(county_preparer(ZENGDU)) as client:
        assert ok(await client.get(f"/v1/clusters/{FIRST}"))["name"] == "香菇产业集群"
        [own] = ok(await client.get(f"/v1/clusters/{FIRST}/designations"))["items"]
        assert own["status"] == "designated"
    async with story.registry.as_(county_preparer(TIANMEN)) as client:
        refused(await client.get(f"/v1/clusters/{FIRST}"), 404, "not-found")
        refused(await client.get(f"/v1/clusters/{FIRST}/designations"), 404, "not-found")
        refused(
            await client.get("/v1/designation-decisions", params={"programme": PROGRAMME}),
            403,
            "role-not-permitted",
        )


async def test_another_province_decides_nothing_about_these_clusters(
    story: RegistryStory, release_key: OKPKey
) -> None:
    """With a programme of its own: to it, they are not registered."""
    there = {"code": "430000", "name": "湖南省", "level": "province", "kind": "province", "parent_code": None,
             "pinyin": "Hunan"}  # fmt: skip
    county = {
        **there,
        "code": "430121",
        "name": "长沙县",
        "level": "county",
        "kind": "county",
        "parent_code": "430000",
    }
    async with story.registry.as_(PROVINCE_OFFICER) as client:
        divisions = [*programme.divisions(), there, county]
        assert (await client.put("/v1/divisions", json={"divisions": divisions})).is_success
    officer = Person("officer-hunan", PROVINCE_OFFICER.roles, "430000", "湖南省发展和改革委员会")
    document = programme.document("programme") | {"programme": "hunan-clusters"}
    document["scope"] = {**document["scope"], "counties": ["430121"]}
    over_there = document | {"scope": {**document["scope"], "counties": ["430121", ZENGDU]}}
    async with story.registry.as_(officer) as client:
        problem = refused(await client.post("/v1/programmes", json=over_there), 422, "programme-inconsistent")
        assert [item["field"] for item in problem["errors"]] == ["scope.counties[1]"]
        ok(await client.post("/v1/programmes", json=document))

    async def rules(*releases: dict[str, Any], **more: Any) -> set[str]:
        answer = await propose(story.registry, *releases, by=officer, programme="hunan-clusters", **more)
        assert answer.status_code == 422, answer.text
        return {item["rule"] for item in answer.json()["errors"]}

    title = {
        "cluster": FIRST,
        "level": "national",
        "title": "称号",
        "ministry": "部委",
        "document_number": "工信部〔2024〕1号",
        "awarded_on": "2024-01-01",
    }
    release = final_release((FIRST, "designate"), programme="hunan-clusters")
    assert await rules(signed(release, release_key)) == {"registered"}
    assert await rules(renames=[{"cluster": FIRST, "name": "别名"}]) == {"registered"}
    async with story.registry.as_(officer) as client:
        own = {"programme": "hunan-clusters"}
        ok(await client.post("/v1/indicator-catalogues", json=programme.document("indicators") | own))
        calendar = programme.calendar() | own
        rounds = [{**calendar["rounds"][0], "code": "hunan-2024"}]
        ok(await client.post("/v1/calendars", json={**calendar, "rounds": rounds}))
    body = {"round": "hunan-2024", "cluster": FIRST, **plausible_content()}
    refused(await story.post(county_preparer(ZENGDU), "/v1/applications", body), 422, "county-out-of-scope")
    refused(
        await propose(story.registry, by=officer, renames=[{"cluster": FIRST, "name": "别名"}]),
        403,
        "out-of-scope",
    )
    assert await rules(titles=[title]) == {"registered"}
    merger = {"ending": [FIRST], "into": [SECOND], "ground": "合并"}
    assert await rules(successions=[merger]) == {"registered"}
    async with story.registry.as_(PROVINCE_OFFICER) as client:
        assert ok(await client.get(f"/v1/clusters/{FIRST}"))["name"] == "香菇产业集群"


async def test_a_renamed_cluster_has_its_new_name_wherever_it_is_named(
    story: RegistryStory, release_key: OKPKey
) -> None:
    ok(await designate(story.registry, signed(final_release((FIRST, "designate")), release_key)))
    note = {
        "cluster": FIRST,
        "title": "链主带动",
        "text": "做法",
        "what_was_done": "开放配套清单",
        "figures": [],
        "source": "曾都区发展和改革局",
    }
    written = ok(await story.post(county_preparer(ZENGDU), "/v1/case-notes", note))
    path = f"/v1/case-notes/{written['code']}/publication"
    ok(await story.post(PROVINCE_OFFICER, path, {"content_hash": written["content_hash"]}))
    ok(
        await designate(
            story.registry,
            effective_from="2024-10-01",
            renames=[{"cluster": FIRST, "name": "食用菌产业集群"}],
        )
    )
    async with story.registry.as_(PROVINCE_OFFICER) as client:
        asked = {"year": "2024", "as_of": "2024-12-31"}
        units = ok(await client.get(f"/v1/targets/{PROGRAMME}/provincial_clusters/units", params=asked))
        read = ok(await client.get(f"/v1/published-case-notes/{written['code']}"))
        cluster = ok(await client.get(f"/v1/clusters/{FIRST}"))
    names = [unit["name"] for unit in units["items"]] + [read["cluster_name"], cluster["name"]]
    assert names == ["食用菌产业集群"] * 3
