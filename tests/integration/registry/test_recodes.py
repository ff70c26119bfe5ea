"""A county is recoded (撤县设市, change of city): its things stay, and those above its new code deal with them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from shared.contracts.designation_set import DesignationSet
from shared.contracts.snapshot import Snapshot
from tests.integration.registry.test_snapshot_and_designation import freeze
from tests.support.designations import PROGRAMME, designate, signed, year_of
from tests.support.people import AUDITOR, NOBODY, Person, city_reviewer, county_preparer
from tests.support.recodes import load, recoded
from tests.support.registry_story import (
    SUIZHOU,
    RegistryStory,
    load_programme,
    ok,
    refused,
    set_business_date,
)
from tests.support.services import RunningService

SUIXIAN, SUIXIAN_CITY, XIANGYANG = "421321", "420690", "420600"
DAY = "2024-06-25"
PATH = "/v1/registers/county-years/entries"


@pytest.fixture
async def story(registry: RunningService) -> RegistryStory:
    await load_programme(registry)
    return RegistryStory(registry, county=SUIXIAN)


def moved(since: str = DAY) -> list[dict[str, Any]]:
    """随县 becomes a city of Xiangyang's."""
    return recoded(SUIXIAN, SUIXIAN_CITY, since=since, name="随县市", city=XIANGYANG)


async def recode(registry: RunningService) -> None:
    await set_business_date(registry, DAY)
    ok(await load(registry, moved()))


async def get(registry: RunningService, person: Person, path: str, **params: str) -> Any:
    async with registry.as_(person) as client:
        return await client.get(path, params=params)


async def test_clusters_and_filings_go_on_under_the_new_code(story: RegistryStory) -> None:
    registry = story.registry
    cluster = ok(await story.register())["code"]
    filing = (await story.prepare(cluster))["code"]
    await recode(registry)

    for person in (
        county_preparer(SUIXIAN_CITY),
        county_preparer(SUIXIAN),
        city_reviewer(XIANGYANG),
        AUDITOR,
    ):
        [shown] = ok(await get(registry, person, "/v1/clusters"))["items"]
        assert (shown["code"], shown["county_code"]) == (cluster, SUIXIAN_CITY)
        assert ok(await get(registry, person, f"/v1/clusters/{cluster}"))["county_code"] == SUIXIAN_CITY
        [listed] = ok(await get(registry, person, "/v1/applications"))["items"]
        assert listed["code"] == filing
    assert ok(await get(registry, city_reviewer(SUIZHOU), "/v1/clusters"))["items"] == []
    refused(await get(registry, city_reviewer(SUIZHOU), f"/v1/clusters/{cluster}"), 404, "not-found")
    # A filing goes on where it was begun, too.
    assert ok(await get(registry, city_reviewer(SUIZHOU), "/v1/applications"))["items"] != []

    # The county works on: numbers continue, the caps count what it had.
    story.county = SUIXIAN_CITY
    second = ok(await story.register("香菇产业集群"))
    assert (second["code"], second["county_code"]) == (f"{SUIXIAN_CITY}-02", SUIXIAN_CITY)
    refused(await story.register("葡萄产业集群"), 422, "too-many-clusters-in-focus")
    refused(await story.register("香菇产业集群", in_focus=False), 409, "cluster-name-taken")
    story.county = SUIXIAN
    refused(await story.register("葡萄产业集群", in_focus=False), 422, "division-code-retired")


async def test_entries_of_a_register_are_one_list_under_both_codes(story: RegistryStory) -> None:
    registry = story.registry
    year = {
        "source": "县统计年报",
        "period": "2023",
        "operating_revenue_wan": "1200000",
        "leading_revenue_wan": "800000",
        "denominator": "规上工业企业",
    }

    async def write(county: str, **more: Any) -> Any:
        entry = {"county_code": county, "year": 2023, **year, **more}
        return await story.post(county_preparer(county), PATH, {"entries": [entry]})

    first = await write(SUIXIAN)
    assert first.is_success, first.text
    await recode(registry)
    again = await write(SUIXIAN_CITY)
    assert ok(again)["unchanged"] == 1
    problem = refused(await write(SUIXIAN), 422, "entries-invalid")
    assert problem["errors"][0]["rule"] == "division-code-retired"
    [entry] = ok(await get(registry, county_preparer(SUIXIAN_CITY), PATH))["items"]
    assert entry["county_code"] == SUIXIAN_CITY
    assert ok(await get(registry, city_reviewer(SUIZHOU), PATH))["items"] == []
    [entry] = ok(await get(registry, AUDITOR, PATH, county=SUIXIAN_CITY))["items"]
    assert ok(await get(registry, AUDITOR, PATH, where=f"county_code={SUIXIAN_CITY}"))["items"] == [entry]
    export = await get(registry, AUDITOR, "/v1/registers/county-years/export", format="csv")
    assert SUIXIAN_CITY in export.text
    assert SUIXIAN not in export.text


async def test_documents_have_the_code_of_their_day_as_it_was_known(
    story: RegistryStory, release_key: OKPKey
) -> None:
    registry = story.registry
    cluster = ok(await story.register())["code"]
    release = year_of(2024, (cluster, "designate"), kind="application")
    ok(await designate(registry, signed(release, release_key), effective_from="2024-09-14"))
    before = datetime.now(UTC)
    await set_business_date(registry, "2025-03-01")
    ok(await load(registry, moved("2025-02-01")))

    async def told(day: str, **more: str) -> tuple[str, str, tuple[str, ...]]:
        answer = await get(registry, AUDITOR, f"/v1/designation-sets/{PROGRAMME}", as_of=day, **more)
        [entry] = DesignationSet.parse(answer.content).designations
        return entry.county_code, entry.county_name, entry.division_path

    old = (SUIXIAN, "随县", ("420000", SUIZHOU, SUIXIAN))
    new = (SUIXIAN_CITY, "随县市", ("420000", XIANGYANG, SUIXIAN_CITY))
    assert await told("2025-01-31") == old
    assert await told("2025-02-01") == new
    assert await told("2025-02-01", known_at=before.isoformat()) == old
    public = ok(await get(registry, NOBODY, f"/v1/designated-clusters/{PROGRAMME}", as_of="2025-03-01"))
    assert [entry["county_code"] for entry in public["clusters"]] == [SUIXIAN_CITY]
    own = ok(await get(registry, county_preparer(SUIXIAN_CITY), f"/v1/clusters/{cluster}/designations"))
    assert [entry["status"] for entry in own["items"]] == ["designated"]


@pytest.mark.parametrize(("since", "code"), [(DAY, SUIXIAN_CITY), ("2024-09-01", SUIXIAN)])
async def test_a_round_goes_on_and_is_frozen_with_the_codes_of_its_cut_off(
    story: RegistryStory, since: str, code: str
) -> None:
    """Begun by the county, signed off under its new code, recommended by the city that it went to."""
    filed = await story.prepare(ok(await story.register())["code"])
    story.county, story.city = (SUIXIAN_CITY, XIANGYANG) if code == SUIXIAN_CITY else (SUIXIAN, SUIZHOU)
    if code == SUIXIAN_CITY:
        await recode(story.registry)
    ok(await story.sign_off(filed["code"], filed["content_hash"]))
    ok(await story.recommend(filed["code"]))
    await story.confirm(filed["code"])
    ok(await story.accept(filed["code"]))
    await set_business_date(story.registry, "2024-09-02")
    ok(await load(story.registry, moved(since)))  # the later one after the cut-off
    frozen = ok(await freeze(story.registry))
    async with story.registry.as_(AUDITOR) as client:
        content = (await client.get(f"/v1/snapshots/{frozen['sha256']}")).content
    [unit] = Snapshot.parse(content, expected_sha256=frozen["sha256"]).units
    assert (unit.county_code, unit.division_path[-1]) == (code, code)
    assert unit.groups == {"city": XIANGYANG if code == SUIXIAN_CITY else SUIZHOU}


async def test_counties_behind_a_target_are_those_of_the_day(story: RegistryStory) -> None:
    registry = story.registry
    ok(await story.register())
    path = f"/v1/targets/{PROGRAMME}/clusters_in_focus_within_cap/units"

    async def counties(day: str) -> dict[str, tuple[str, str]]:
        async with registry.as_(AUDITOR) as client:
            answer = await client.get(path, params={"year": 2024, "as_of": day, "limit": 500})
        found = ok(answer)["items"]
        return {unit["code"]: (unit["name"], unit["value"]) for unit in found}

    before = await counties(DAY)
    await recode(registry)
    after = await counties(DAY)
    assert before[SUIXIAN] == ("随县", "1")
    assert after == {
        **{code: told for code, told in before.items() if code != SUIXIAN},
        SUIXIAN_CITY: ("随县市", "1"),
    }
    assert await counties("2024-06-24") == before


async def test_a_goal_of_a_plan_names_the_county_of_today(story: RegistryStory) -> None:
    cluster = ok(await story.register())["code"]
    goal = {
        "cluster": cluster,
        "year": 2024,
        "indicator": "operating_revenue",
        "goal": "900",
        "goal_unit": "万元",
    }
    about = {"source": "集群规划", "period": "2024"}
    path = "/v1/registers/plan-goals/entries"
    ok(await story.post(county_preparer(SUIXIAN), path, {"entries": [{**goal, **about}]}))
    await recode(story.registry)
    [shown] = ok(await get(story.registry, AUDITOR, "/v1/plan-goals", programme=PROGRAMME))["items"]
    assert shown["county_code"] == SUIXIAN_CITY


async def test_everybody_reads_the_recodes_and_the_feed_tells_them(story: RegistryStory) -> None:
    registry = story.registry
    assert ok(await get(registry, AUDITOR, "/v1/division-recodes"))["items"] == []
    await recode(registry)
    await recode(registry)  # the same list again changes nothing
    [shown] = ok(await get(registry, county_preparer("421303"), "/v1/division-recodes"))["items"]
    assert shown.pop("recorded_at")
    assert shown == {
        "code": SUIXIAN,
        "successor_code": SUIXIAN_CITY,
        "kept_code": SUIXIAN,
        "holds_from": DAY,
        "path_before": ["420000", SUIZHOU, SUIXIAN],
        "path_after": ["420000", XIANGYANG, SUIXIAN_CITY],
    }
    # A second recode of the same county keeps the thread.
    await set_business_date(registry, "2024-08-01")
    again = recoded(SUIXIAN_CITY, "420691", since="2024-08-01", name="随县区", listed=moved())
    ok(await load(registry, again))
    recodes = ok(await get(registry, AUDITOR, "/v1/division-recodes"))["items"]
    assert [(one["code"], one["kept_code"]) for one in recodes] == [
        (SUIXIAN_CITY, SUIXIAN),
        (SUIXIAN, SUIXIAN),
    ]


async def test_a_county_absorbed_by_another_hands_its_things_over(story: RegistryStory) -> None:
    registry = story.registry
    cluster = ok(await story.register())["code"]
    divisions = [
        {**row, "valid_to": DAY, "successor_code": "421303"} if row["code"] == SUIXIAN else row
        for row in moved()
        if row["code"] != SUIXIAN_CITY
    ]
    await set_business_date(registry, DAY)
    ok(await load(registry, divisions))
    [shown] = ok(await get(registry, county_preparer("421303"), "/v1/clusters"))["items"]
    assert (shown["code"], shown["county_code"]) == (cluster, "421303")
    story.county = "421303"
    ok(await story.register("香菇产业集群"))
    refused(await story.register("葡萄产业集群"), 422, "too-many-clusters-in-focus")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"successor_code": "420699"}, "successor"),  # a code that never existed
        ({"successor_code": None}, "successor-needed"),
        ({"valid_to": "2024-06-26"}, "recode-to-come"),
        ({"valid_to": None}, "successor-of-valid"),
        ({"successor_code": "420600"}, "successor-level"),
        ({"successor_code": SUIXIAN}, "successor-not-valid"),
        ({"successor_code": "421023"}, "successor-not-valid"),  # holds no more itself
    ],
)
async def test_what_no_recode_can_be_is_refused(
    story: RegistryStory, change: dict[str, Any], rule: str
) -> None:
    await set_business_date(story.registry, DAY)
    divisions = [{**row, **change} if row["code"] == SUIXIAN else row for row in moved()]
    problem = refused(await load(story.registry, divisions), 422, "divisions-inconsistent")
    row = divisions.index(next(row for row in divisions if row["code"] == SUIXIAN)) + 1
    assert (row, rule) in {(item["row"], item["rule"]) for item in problem["errors"]}
    assert ok(await get(story.registry, AUDITOR, "/v1/division-recodes"))["items"] == []


async def test_a_recode_stands(story: RegistryStory) -> None:
    await recode(story.registry)
    for divisions in (
        moved("2024-06-24"),
        [row for row in moved() if row["code"] != SUIXIAN] + [unretired()],
    ):
        problem = refused(await load(story.registry, divisions), 422, "divisions-inconsistent")
        assert [item["rule"] for item in problem["errors"]] == ["recode-stands"]


def unretired() -> dict[str, Any]:
    [row] = [row for row in moved() if row["code"] == SUIXIAN]
    return {**row, "valid_to": None, "successor_code": None}
