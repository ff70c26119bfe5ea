"""The report of a plan: its targets by year, what ends on its last day and what passes on; by cluster and by county."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support import programme
from tests.support.people import AUDITOR, PROVINCE_OFFICER, Person, county_preparer, source_department
from tests.support.register_story import RegisterStory
from tests.support.registry_story import load_programme, ok, refused, set_business_date
from tests.support.services import RunningService
from tests.support.targets.rows import SUIXIAN, TIANMEN, ZENGDU
from tests.support.targets.world import build_world
from tests.support.three_levels import OFFICER

PROGRAMME = "hubei-county-clusters"
PATH = f"/v1/plan-reports/{PROGRAMME}"


async def read(registry: RunningService, path: str = PATH, *, by: Person = AUDITOR, **asked: Any) -> Any:
    return ok(await RegisterStory(registry, by).get(path, **asked))


async def publish(registry: RunningService, **changed: Any) -> None:
    """Another version of the programme, with its catalogue."""
    async with registry.as_(PROVINCE_OFFICER) as client:
        for path, name in (("/v1/programmes", "programme"), ("/v1/indicator-catalogues", "indicators")):
            more = changed if name == "programme" else {}
            ok(await client.post(path, json={**programme.document(name), "version": "2026.9", **more}))


async def test_each_line_stands_by_year_with_actual_and_target(registry: RunningService) -> None:
    await build_world(registry)  # on a day of 2026
    report = await read(registry)
    assert (report["starts_on"], report["ends_on"], report["as_of"]) == (
        "2024-05-27", "2026-12-31", "2026-02-01",
    )  # fmt: skip
    assert (report["is_over"], report["successor"]) == (False, None)
    for place, year in enumerate((2024, 2025, 2026)):
        table = await read(registry, "/v1/targets", programme=PROGRAMME, year=year)
        assert [
            (
                line["code"], told["year"], told["actual"], told["expected"], told["met"], told["target"],
                told["target_met"],
            )
            for line in report["lines"]
            for told in [line["years"][place]]
        ] == [
            (
                line["code"], year, line["value"], line["on_the_way"]["expected"], line["on_the_way"]["fulfilled"],
                line["target"], line["against_target"]["fulfilled"],
            )
            for line in table["items"]
        ]  # fmt: skip
    assert {entry["passes_to"] for entry in report["left"]} == {None}  # nothing follows: all of it would end


async def test_on_the_last_day_all_that_is_left_ends_or_passes_on(registry: RunningService) -> None:
    world = await build_world(registry)
    follows = {"programme": "next-plan", "takes": ["designations", "tasks"], "label": "illustrative"}
    await publish(registry, successor=follows)
    lead = source_department("省发改委")
    note = {"noted_on": "2026-01-15", "text": "全部完成", "percent": 100}
    story = RegisterStory(registry, lead)
    ok(await story.post(f"/v1/tasks/{PROGRAMME}/into-parks/notes", note))
    await set_business_date(registry, "2027-03-01")
    report = await read(registry)
    assert (report["as_of"], report["is_over"]) == ("2026-12-31", True)
    assert report["successor"] == {
        "programme": "next-plan", "takes": ["designations", "tasks"], "is_published": False,
    }  # fmt: skip
    assert [told["year"] for told in report["lines"][0]["years"]] == [2024, 2025, 2026]
    codes = [entry["code"] for entry in world.clusters]
    left = {(entry["kind"], entry["code"]): entry["passes_to"] for entry in report["left"]}
    held = {
        ("designations", code): "next-plan" for place, code in enumerate(codes[:8]) if place not in (5, 6)
    }
    open_tasks = {
        ("tasks", rule["code"]): "next-plan"
        for rule in programme.document("programme")["responsibilities"]
        if rule["code"] != "into-parks"
    }
    assert left == {**held, **open_tasks, ("rectifications", codes[5]): None}
    due = {entry["code"]: entry["due_on"] for entry in report["left"] if entry["kind"] == "tasks"}
    assert (due["brands"], due["organisation"]) == ("2026-12-31", None)


async def test_each_cluster_has_its_start_end_decisions_and_figures(registry: RunningService) -> None:
    world = await build_world(registry)
    codes = [entry["code"] for entry in world.clusters]
    listed = (await read(registry, f"{PATH}/clusters"))["items"]
    assert [entry["cluster"] for entry in listed] == sorted(codes[:8])
    found = {entry["cluster"]: entry for entry in listed}
    assert {entry["start"] for entry in listed} == {None}
    assert [(found[code]["end"]["status"], found[code]["end"]["level"]) for code in codes[:8]] == [
        ("designated", "national"), ("designated", "provincial"), ("designated", "provincial"),
        ("designated", "national"), ("designated", "provincial"), ("rectification", "provincial"),
        ("removed", "provincial"), ("designated", "provincial"),
    ]  # fmt: skip
    assert [own["status"] for own in found[codes[7]]["decisions"]] == ["designated", "cultivated"]
    told = {
        (code, own["year"]): Decimal(own["value"])
        for code, entry in found.items()
        for own in entry["figures"]
        if own["code"] == "operating_revenue"
    }
    assert told == {
        (row["cluster"], row["data_year"]): Decimal(row["value"])
        for row in world.filed
        if row["state"] == "accepted" and row["cluster"] in found
    }
    page = await read(registry, f"{PATH}/clusters", limit=5)
    rest = await read(registry, f"{PATH}/clusters", limit=5, cursor=page["next"])
    assert page["items"] + rest["items"] == listed


async def test_each_county_is_listed_with_what_it_held_and_its_own_figures(registry: RunningService) -> None:
    world = await build_world(registry)
    listed = (await read(registry, f"{PATH}/counties", limit=1000))["items"]
    assert [entry["code"] for entry in listed] == sorted(world.counties)
    found = {entry["code"]: entry for entry in listed}
    assert {
        code: (found[code]["held_at_start"], found[code]["held_at_end"], found[code]["decisions"])
        for code in (ZENGDU, SUIXIAN, TIANMEN, "420114")
    } == {ZENGDU: (0, 3, 4), SUIXIAN: (0, 3, 5), TIANMEN: (0, 1, 4), "420114": (0, 0, 0)}
    rows = [
        row for row in world.rows["county-years"] if row["county_code"] == ZENGDU and int(row["year"]) >= 2024
    ]
    assert rows
    told = {(own["code"], own["year"]): Decimal(own["value"]) for own in found[ZENGDU]["figures"]}
    for row in rows:
        assert told["operating_revenue_wan", int(row["year"])] == Decimal(str(row["operating_revenue_wan"]))
    assert found["420114"]["figures"] == []


@pytest.mark.strangers
async def test_the_report_is_for_the_programmes_own_division(registry: RunningService) -> None:
    await load_programme(registry)
    for path in ("", "/clusters", "/counties"):
        assert await read(registry, PATH + path, by=PROVINCE_OFFICER)
        desk = RegisterStory(registry, OFFICER)
        refused(await desk.get(PATH + path), 403, "out-of-scope")
        refused(await desk.get(f"/v1/plan-reports/none{path}"), 404, "not-found")
        desk = RegisterStory(registry, county_preparer(ZENGDU))
        refused(await desk.get(PATH + path), 403, "role-not-permitted")
