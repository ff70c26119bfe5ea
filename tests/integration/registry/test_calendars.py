"""The calendar of a year: published under the programme, lengthened, never shortened; deadlines follow it."""

import asyncio
from datetime import date
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from tests.support import programme
from tests.support.designations import designate, propose, signed
from tests.support.fingerprint import fingerprint
from tests.support.people import AUDITOR, PROVINCE_OFFICER, Person, county_preparer, county_signer
from tests.support.registry_story import (
    ROUND,
    ZENGDU,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    refused,
    set_business_date,
)
from tests.support.release import final_release
from tests.support.services import RunningService

PROGRAMME = "hubei-county-clusters"
YEAR = f"/v1/calendars/{PROGRAMME}/2024"
ELSEWHERE = Person("officer-hunan", PROVINCE_OFFICER.roles, "430000", "湖南省发展和改革委员会")


def later(version: str = "2024.2", *added: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A later version of the calendar of 2024."""
    document = programme.calendar()
    rounds = [{**document["rounds"][0], **changed}, *added]
    return {**document, "version": version, "published_on": "2024-06-19", "rounds": rounds}


def second_round(**changed: Any) -> dict[str, Any]:
    return {
        **programme.calendar()["rounds"][0], "code": "2024-second", "opens_on": "2024-09-02",
        "closes_on": "2024-09-30", "cut_off": "2024-10-11", **changed,
    }  # fmt: skip


@pytest.fixture
async def story(registry: RunningService) -> RegistryStory:
    """20 June 2024: the round of applications has been open since the 17th."""
    await load_programme(registry)
    return RegistryStory(registry)


async def publish(story: RegistryStory, document: dict[str, Any], by: Person = PROVINCE_OFFICER) -> Any:
    async with story.registry.as_(by) as client:
        return await client.post("/v1/calendars", json=document)


async def shown(story: RegistryStory, path: str) -> Any:
    async with story.registry.as_(AUDITOR) as client:
        return await client.get(path)


async def round_named(story: RegistryStory, code: str) -> dict[str, Any]:
    rounds = ok(await shown(story, "/v1/rounds"))["rounds"]
    found: dict[str, Any] = next(entry for entry in rounds if entry["code"] == code)
    return found


@pytest.mark.strangers
async def test_a_calendar_is_published_under_the_current_programme_version(story: RegistryStory) -> None:
    version = programme.document("programme")["version"]
    (listed,) = ok(await shown(story, f"/v1/calendars?programme={PROGRAMME}"))["items"]
    assert (listed["version"], listed["number"], listed["programme_version"]) == ("2024.1", 1, version)
    assert ok(await shown(story, YEAR)) == ok(await shown(story, f"{YEAR}/versions/2024.1"))
    assert ok(await shown(story, YEAR))["rounds"][0]["closes_on"] == "2024-07-31"
    same = await publish(story, programme.calendar())
    assert (same.status_code, same.json()) == (201, listed)
    changed = {**programme.calendar(), "document_number": "另一文件"}
    refused(await publish(story, changed), 409, "version-already-published")
    round_2024 = await round_named(story, ROUND)
    assert (round_2024["version"], round_2024["calendar_version"]) == (version, "2024.1")
    assert ok(await publish(story, later()))["number"] == 2
    assert ok(await publish(story, programme.calendar()))["number"] == 1  # again, and no change


async def test_the_days_of_a_running_round_are_lengthened_and_deadlines_follow(story: RegistryStory) -> None:
    cluster = ok(await story.register())["code"]
    ok(await publish(story, later(closes_on="2024-08-09", cut_off="2024-08-23", remind_days_before=[2])))
    await set_business_date(story.registry, "2024-08-07")
    await story.prepare(cluster)  # after the first closing day
    async with story.registry.as_(county_preparer(ZENGDU)) as client:
        reminders = ok(await client.get(f"/v1/rounds/{ROUND}/reminders"))
    assert (reminders["closes_on"], reminders["remind_on"]) == ("2024-08-09", ["2024-08-07"])
    assert (reminders["days_left"], reminders["due_today"]) == (2, True)
    assert (await round_named(story, ROUND))["calendar_version"] == "2024.2"
    versions = ok(await shown(story, f"{YEAR}/versions"))["items"]
    assert [entry["version"] for entry in versions] == ["2024.1", "2024.2"]
    assert ok(await shown(story, f"{YEAR}/versions/2024.1"))["rounds"][0]["closes_on"] == "2024-07-31"


@pytest.mark.parametrize(
    ("today", "changed", "field", "rule"),
    [
        ("2024-06-20", {"closes_on": "2024-07-30"}, "closes_on", "round-shortened"),
        ("2024-06-20", {"opens_on": "2024-06-21"}, "opens_on", "round-begun"),
        ("2024-06-20", {"cut_off": "2024-08-15"}, "cut_off", "round-shortened"),
        ("2024-08-01", {"closes_on": "2024-08-09"}, "closes_on", "filing-over"),
        ("2024-08-17", {"cut_off": "2024-08-23"}, "cut_off", "cut-off-over"),
    ],
)
async def test_what_takes_something_away_is_refused_by_rule_field_and_row_and_changes_nothing(
    story: RegistryStory, today: str, changed: dict[str, str], field: str, rule: str
) -> None:
    await set_business_date(story.registry, today)
    before = await fingerprint(story.registry)
    problem = refused(await publish(story, later(**changed)), 409, "calendar-takes-away")
    assert [(item["field"], item["rule"], item["row"]) for item in problem["errors"]] == [
        (f"rounds[0].{field}", rule, 1)
    ]
    assert await fingerprint(story.registry) == before


async def test_a_snapshot_holds_the_cut_off_where_it_was(story: RegistryStory) -> None:
    await story.accepted()
    await set_business_date(story.registry, "2024-08-16")
    ok(await story.post(PROVINCE_OFFICER, f"/v1/rounds/{ROUND}/snapshots", None))
    problem = refused(await publish(story, later(cut_off="2024-08-23")), 409, "calendar-takes-away")
    assert problem["errors"][0]["rule"] == "cut-off-frozen"
    ok(await publish(story, later("2024.3", second_round())))  # another round may still be added


async def test_a_snapshot_and_a_later_cut_off_at_once_take_turns(story: RegistryStory) -> None:
    await story.accepted()
    await set_business_date(story.registry, "2024-08-16")
    frozen, moved = await asyncio.gather(
        story.post(PROVINCE_OFFICER, f"/v1/rounds/{ROUND}/snapshots", None),
        publish(story, later(cut_off="2024-08-23")),
    )
    assert sorted([frozen.status_code, moved.status_code]) == [201, 409]


async def test_a_second_round_of_the_same_kind_opens_within_the_year(story: RegistryStory) -> None:
    cluster = ok(await story.register())["code"]
    ok(await publish(story, later("2024.2", second_round())))
    assert (await round_named(story, "2024-second"))["calendar_version"] == "2024.2"
    body = {"round": "2024-second", "cluster": cluster, **plausible_content()}
    early = await story.post(county_preparer(ZENGDU), "/v1/applications", body)
    refused(early, 409, "round-closed")
    await set_business_date(story.registry, "2024-09-10")
    filed = ok(await story.post(county_preparer(ZENGDU), "/v1/applications", body))
    seen = {"content_hash": filed["content_hash"]}
    ok(await story.post(county_signer(ZENGDU), f"/v1/applications/{filed['code']}/sign-off", seen))


async def test_each_round_of_a_year_is_designated_on_its_own_release(
    story: RegistryStory, release_key: OKPKey
) -> None:
    """Two rounds of one kind: each has its snapshot, and one release of that."""
    ok(await publish(story, later("2024.2", second_round())))
    releases = []
    for name, code, filed_on, cut_off in (
        ("甲集群", ROUND, "2024-06-20", "2024-08-16"),
        ("乙集群", "2024-second", "2024-09-10", "2024-10-11"),
    ):
        await set_business_date(story.registry, filed_on)
        filed = await story.accepted({**plausible_content(), "round": code}, name=name)
        await set_business_date(story.registry, cut_off)
        frozen = ok(await story.post(PROVINCE_OFFICER, f"/v1/rounds/{code}/snapshots", None))
        unit = (filed.rpartition(".")[2], "designate")
        releases.append(final_release(unit, snapshot_sha256=frozen["sha256"]))
    for release, day in zip(releases, ("2024-10-12", "2024-11-20"), strict=True):
        ok(await designate(story.registry, signed(release, release_key), effective_from=day))
    again = releases[1].model_copy(update={"number": 2})
    refused(
        await propose(story.registry, signed(again, release_key), effective_from="2024-11-21"),
        409,
        "release-already-designated",
    )
    async with story.registry.as_(PROVINCE_OFFICER) as client:
        held = ok(await client.get(f"/v1/designation-sets/{PROGRAMME}?as_of=2024-12-01"))["designations"]
    assert [(entry["cluster"], entry["status"]) for entry in held] == [
        (f"{ZENGDU}-01", "designated"),
        (f"{ZENGDU}-02", "designated"),
    ]


async def test_rounds_rest_on_a_public_document_of_their_own_year_and_code(story: RegistryStory) -> None:
    to_come = {**later(), "published_on": "2024-06-21"}
    problem = refused(await publish(story, to_come), 409, "document-not-public")
    assert "鄂政办发〔2024〕27号 公布于 2024-06-21" in problem["errors"][0]["message"]
    other_year = {**programme.calendar(), "assessment_year": 2025, "version": "2025.1"}
    problem = refused(await publish(story, other_year), 422, "calendar-inconsistent")
    assert [(item["field"], item["row"]) for item in problem["errors"]] == [("rounds[0].code", 1)]
    early = later("2024.2", second_round(opens_on="2024-06-18"))
    problem = refused(await publish(story, early), 422, "calendar-inconsistent")
    assert [(item["field"], item["rule"]) for item in problem["errors"]] == [
        ("rounds[1].opens_on", "opens-before-document")
    ]
    disordered = later(cut_off="2024-07-30")
    problem = refused(await publish(story, disordered), 422, "invalid-request")
    assert [item["field"] for item in problem["errors"]] == ["rounds[0]"]
    refused(await publish(story, {**later(), "rounds": []}), 422, "invalid-request")
    refused(await publish(story, {**later(), "surprise": 1}), 422, "invalid-request")
    refused(await publish(story, {**later(), "programme": "no-such"}), 404, "not-found")


async def test_a_calendar_is_the_programmes_own_division_s(story: RegistryStory) -> None:
    refused(await publish(story, later(), by=ELSEWHERE), 403, "out-of-scope")
    refused(await publish(story, later(), by=county_preparer(ZENGDU)), 403, "role-not-permitted")
    refused(await shown(story, f"/v1/calendars/{PROGRAMME}/2031"), 404, "not-found")
    refused(await shown(story, f"{YEAR}/versions/2024.9"), 404, "not-found")
    refused(await shown(story, f"/v1/calendars/{PROGRAMME}/2031/versions"), 404, "not-found")


async def test_running_rounds_keep_their_programme_version_and_new_ones_take_the_current(
    story: RegistryStory,
) -> None:
    first = programme.document("programme")["version"]
    async with story.registry.as_(PROVINCE_OFFICER) as client:
        for path, name in (("/v1/programmes", "programme"), ("/v1/indicator-catalogues", "indicators")):
            ok(await client.post(path, json={**programme.document(name), "version": "2024.9"}))
    ok(await publish(story, later("2024.2", second_round(), closes_on="2024-08-09")))
    assert (await round_named(story, ROUND))["version"] == first
    assert (await round_named(story, "2024-second"))["version"] == "2024.9"


async def test_calendars_are_listed_page_by_page(story: RegistryStory) -> None:
    for year in (2025, 2026):
        days = {"opens_on": f"{year}-03-01", "closes_on": f"{year}-04-30", "cut_off": f"{year}-05-31"}
        document = {
            **programme.calendar(),
            "assessment_year": year,
            "version": f"{year}.1",
            "rounds": [{**programme.calendar()["rounds"][0], **days, "code": f"{year}-application"}],
        }
        ok(await publish(story, document))
    seen: list[int] = []
    path: str | None = "/v1/calendars?limit=2"
    while path:
        answer = await shown(story, path)
        seen += [entry["assessment_year"] for entry in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == [2024, 2025, 2026]
    refused(await shown(story, "/v1/calendars?cursor=nonsense"), 422, "cursor-invalid")


async def test_two_who_publish_the_same_version_at_once_publish_it_once(story: RegistryStory) -> None:
    document = later(closes_on="2024-08-09")
    answers = await asyncio.gather(*(publish(story, document) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["number"] for answer in answers} == {2}
    assert date.fromisoformat((await round_named(story, ROUND))["closes_on"]) == date(2024, 8, 9)
    assert len(ok(await shown(story, f"{YEAR}/versions"))["items"]) == 2
