"""Another plan with its own targets works beside the first one: all of it is data."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from clients.programme.folder import ProgrammeFolder
from tests.support.designations import designated
from tests.support.people import PROVINCE_OFFICER
from tests.support.register_story import RegisterStory
from tests.support.registry_story import ok
from tests.support.services import RunningService
from tests.support.targets.plain import in_force, of_year
from tests.support.targets.rows import TIANMEN, ZENGDU
from tests.support.targets.world import World, build_world

FOLDER = Path(__file__).parents[3] / "cases" / "sme-clusters"
ASKED: dict[str, Any] = {"programme": "sme-clusters", "year": 2025}


def revenue_of_registers(world: World, year: int) -> dict[str, Decimal]:
    rows = of_year(world.rows["enterprise-years"], year)
    money = {row["enterprise"]: Decimal(row["operating_revenue_wan"]) for row in rows}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in in_force(world.rows["cluster-memberships"], f"{year}-12-31"):
        sums[row["cluster"]] += Decimal(row.get("split", "1")) * money.get(row["enterprise"], Decimal(0))
    return sums


async def test_a_second_programme_counts_its_own_clusters_by_its_own_rules(registry: RunningService) -> None:
    world = await build_world(registry)
    desk = RegisterStory(registry, PROVINCE_OFFICER)
    before = ok(await desk.get("/v1/targets", programme="hubei-county-clusters", year=2025))
    folder = ProgrammeFolder(FOLDER)
    ok(await desk.post("/v1/programmes", folder.programme))
    ok(await desk.post("/v1/indicator-catalogues", folder.indicators))
    own = [world.clusters[place]["code"] for place in (0, 1, 2, 4, 7)]
    await designated(registry, *own, since="2025-06-01", programme="sme-clusters")

    lines = {line["code"]: line for line in ok(await desk.get("/v1/targets", **ASKED))["items"]}
    revenue = revenue_of_registers(world, 2025)
    rungs = {
        "clusters_over_50_billion": (5_000_000, None),
        "clusters_over_10_billion": (1_000_000, 5_000_000),
        "clusters_over_5_billion": (500_000, 1_000_000),
    }
    for code, (low, high) in rungs.items():
        expected = [c for c in own if revenue[c] > low and (high is None or revenue[c] <= high)]
        assert (lines[code]["value"], lines[code]["counting"]) == (str(len(expected)), "exclusive")
    assert sum(int(lines[code]["value"]) for code in rungs) == len([c for c in own if revenue[c] > 500_000])
    assert [lines[code]["target"] for code in (*rungs, "sme_clusters")] == ["2", "5", "20", "50"]
    assert (lines["sme_clusters"]["value"], lines["sme_clusters"]["population"]["number"]) == ("5", 5)
    assert lines["stated_only"]["reason"]["code"] == "not-measured"
    assert (lines["projects"]["value"], lines["projects"]["counts"]["counted"]) == ("1", 1)
    assert lines["projects"]["projection"]["reason"]["code"] == "no-base-year"

    behind = ok(await desk.get("/v1/targets/sme-clusters/projects/units", year=2025, state="counted"))[
        "items"
    ]
    assert [(entry["kind"], entry["code"]) for entry in behind] == [("project", "2404-421303-04-01-000001")]
    units = ok(await desk.get("/v1/targets/sme-clusters/clusters_over_5_billion/units", year=2025))["items"]
    assert {entry["code"] for entry in units} == set(own)
    higher = {entry["code"] for entry in units if (entry["reason"] or {}).get("code") == "higher-tier"}
    assert higher == {code for code in own if revenue[code] > 1_000_000}
    caps = ok(await desk.get("/v1/targets/sme-clusters/leading_industries_within_cap/units", year=2025))
    found = {e["code"]: (e["value"], e["state"], (e["reason"] or {}).get("code")) for e in caps["items"]}
    assert found[ZENGDU] == ("3", "not_counted", "above-cap")
    assert found[TIANMEN] == ("4", "counted", "waived")
    assert ok(await desk.get("/v1/targets", programme="hubei-county-clusters", year=2025)) == before
