"""One test for each line of 27号 that is to be reached, named by its clause: the figures equal plain sums of what was
loaded, and the list behind a figure is what it is the sum of.

The small province is loaded once for all of them (`tests/support/targets/world.py`); they only read.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from services.registry.app import create_app
from services.registry.settings import RegistrySettings
from shared.documents.keys import public_key_set
from tests.support.people import PROVINCE_OFFICER, Issuer
from tests.support.postgres import Server, cloned_database
from tests.support.register_story import RegisterStory
from tests.support.registry_story import ok
from tests.support.services import RunningService, closing, example_settings
from tests.support.targets.plain import PLAIN
from tests.support.targets.rows import SUIXIAN, TIANMEN, ZENGDU
from tests.support.targets.world import World, build_world

PROGRAMME = "hubei-county-clusters"
YEARS = (2024, 2025)


@dataclass
class Told:
    """What the registry answered: lines by year and code, and the units behind each."""

    world: World
    lines: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)
    units: dict[tuple[int, str], list[dict[str, Any]]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def told(server: Server, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("targets")
    jwks = folder / "release-jwks.json"
    jwks.write_text(json.dumps(public_key_set(OKPKey.generate_key("Ed25519"))), "utf-8")
    with cloned_database(server, "registry") as url:
        settings = example_settings(folder, issuer, url, release_jwks=str(jwks))
        yield asyncio.run(_ask(RegistrySettings.model_validate(settings), issuer))


async def _ask(settings: RegistrySettings, issuer: Issuer) -> Told:
    async with closing(create_app(settings)) as app:
        registry = RunningService("registry", app, issuer)
        found = Told(await build_world(registry))
        desk = RegisterStory(registry, PROVINCE_OFFICER)
        for year in YEARS:
            table = ok(await desk.get("/v1/targets", programme=PROGRAMME, year=year))
            for line in table["items"]:
                path = f"/v1/targets/{PROGRAMME}/{line['code']}/units"
                found.lines[year, line["code"]] = line
                found.units[year, line["code"]] = ok(await desk.get(path, year=year, limit=1000))["items"]
    return found


def check(told: Told, code: str, clause: str, unit: str) -> dict[str, Any]:
    """Both years against the plain sums; the line of the later one."""
    for year in YEARS:
        line, units = told.lines[year, code], told.units[year, code]
        value, counted = PLAIN[code](told.world, year)
        assert (line["clause"], line["label"], line["unit"]) == (clause, "official", unit)
        assert value is not None
        assert Decimal(line["value"]) == value
        assert {entry["code"] for entry in units if entry["state"] == "counted"} == counted
        assert counted, "a line of which nothing counts shows nothing"
        states = [entry["state"] for entry in units]
        assert line["counts"] == {name: states.count(name) for name in line["counts"]}
        assert line["definition"]["zh"]
        assert line["definition"]["en"]
        assert line["population"]["number"] > 0
        assert line["path"][-1]["value"] == line["value"]
    return told.lines[2025, code]


def projected(line: dict[str, Any]) -> Decimal:
    """A straight line from the first year with a figure through the last."""
    known = [
        (int(year["year"]), Decimal(year["value"])) for year in line["path"] if year["value"] is not None
    ]
    (first, before), (last, now) = known[0], known[-1]
    return before + (now - before) * (int(line["target_year"]) - first) / (last - first)


def test_27_1_one_cluster_above_100_billion(told: Told) -> None:
    code = "clusters_over_100_billion"
    units = {entry["code"]: entry for entry in told.units[2025, code]}
    first, second = (entry["code"] for entry in told.world.clusters[:2])
    line = told.lines[2025, code]
    assert (line["value"], line["counting"]) == ("1", "nested")
    assert PLAIN[code](told.world, 2025) == (Decimal(1), {first})
    assert PLAIN[code](told.world, 2024) == (Decimal(told.lines[2024, code]["value"]), set())
    assert (units[first]["source"], units[first]["reference"]) == ("attested", "测试〔2025〕2号")
    assert (units[second]["value"], units[second]["state"]) == ("10000000", "not_counted")  # 超 is >
    assert line["against_target"] == {"expected": "1", "place": "within", "fulfilled": True, "reason": None}


def test_27_1_three_clusters_above_50_billion(told: Told) -> None:
    line = check(told, "clusters_over_50_billion", "27号 一", "个")
    assert Decimal(line["projection"]["value"]) == projected(line)
    assert line["projection"]["method"] == "linear"


def test_27_1_ten_clusters_above_30_billion(told: Told) -> None:
    line = check(told, "clusters_over_30_billion", "27号 一", "个")
    assert [entry["year"] for entry in line["path"]] == [2024, 2025]
    assert line["on_the_way"] == {"expected": "7", "place": "below", "fulfilled": False, "reason": None}


def test_27_1_forty_clusters_above_10_billion(told: Told) -> None:
    line = check(told, "clusters_over_10_billion", "27号 一", "个")
    units = {entry["code"]: entry for entry in told.units[2025, "clusters_over_10_billion"]}
    removed, never = told.world.clusters[6]["code"], told.world.clusters[8]["code"]
    assert not {removed, never} & set(units)
    assert line["population"]["number"] == len(units)


def test_27_1_eight_leading_firms(told: Told) -> None:
    check(told, "leading_firms", "27号 一", "家")
    units = told.units[2025, "leading_firms"]
    exactly = [entry for entry in units if entry["value"] == "1000000"]
    assert exactly
    assert {entry["state"] for entry in exactly} == {"not_counted"}
    assert any(len(entry["clusters"]) == 2 for entry in units)  # in two clusters, counted once
    assert len({entry["code"] for entry in units}) == len(units)


def test_27_1_fifty_backbone_firms(told: Told) -> None:
    check(told, "backbone_firms", "27号 一", "家")
    stated = [entry for entry in told.units[2025, "backbone_firms"] if entry["source"] == "attested"]
    assert [(entry["kind"], entry["value"]) for entry in stated] == [("cluster", "7")]
    cluster = stated[0]["code"]
    assert not [
        entry for entry in told.units[2025, "backbone_firms"][1:] if cluster in entry["clusters"]
    ]  # its firms are within the department's figure


def test_27_1_five_hundred_srdi_firms(told: Told) -> None:
    check(told, "srdi_firms", "27号 一", "家")


def test_27_1_one_hundred_provincial_brands(told: Told) -> None:
    check(told, "provincial_brands", "27号 一", "个")
    same = [entry for entry in told.units[2025, "provincial_brands"] if entry["code"] == "同名"]
    assert [len(entry["clusters"]) for entry in same] == [2]


def test_27_2_1_leading_industries_have_about_70_percent_of_each_county(told: Told) -> None:
    line = check(told, "leading_industry_share", "27号 二(一)", "%")
    units = {entry["code"]: entry for entry in told.units[2025, "leading_industry_share"]}
    assert set(units) == set(told.world.counties)
    assert (units[ZENGDU]["reference"], units[TIANMEN]["reference"]) == ("全口径", "规上口径")
    assert line["stated_denominators"] == ["全口径", "规上口径"]
    assert (units[SUIXIAN]["state"], units[SUIXIAN]["value"]) == ("unknown", None)
    assert line["tolerance"] == {"below": "5", "above": None, "label": "illustrative", "clause": None}
    assert [entry["year"] for entry in line["path"]] == [2023, 2024, 2025]
    assert Decimal(line["whole"]) == 2 * 1234567


def test_27_2_1_forty_provincial_clusters(told: Told) -> None:
    line = check(told, "provincial_clusters", "27号 二(一)", "个")
    assert line["tolerance"]["above"] == "2"


def test_27_2_1_ten_national_clusters(told: Told) -> None:
    check(told, "national_clusters", "27号 二(一)", "个")


def test_27_2_2_eighty_percent_of_the_firms_are_in_parks(told: Told) -> None:
    line = check(told, "park_entry_rate", "27号 二(二)", "%")
    assert Decimal(line["whole"]) == line["counts"]["counted"] + line["counts"]["not_counted"]


def test_27_2_2_investment_per_mu_grows_by_about_10_percent_a_year(told: Told) -> None:
    line = check(told, "investment_per_mu_growth", "27号 二(二)", "%")
    assert (line["base_year"], line["projection"]["method"]) == (2023, "constant")
    assert line["projection"]["value"] == line["value"]
    assert line["path"][0]["reason"]["code"] == "is-base-year"
    shared = [entry for entry in told.units[2025, "investment_per_mu_growth"] if entry["code"] == "P0"]
    assert [len(entry["clusters"]) for entry in shared] == [2]  # one park of two clusters


def test_27_2_3_two_thousand_four_above_firms(told: Told) -> None:
    check(told, "four_above_firms", "27号 二(三)", "家")


def test_27_2_3_fifteen_hundred_above_scale_firms(told: Told) -> None:
    check(told, "above_scale_firms", "27号 二(三)", "家")


def test_27_2_3_about_twenty_listed_firms(told: Told) -> None:
    line = check(told, "listed_firms", "27号 二(三)", "家")
    assert line["against_target"]["expected"] == "20"
    assert line["tolerance"]["below"] == "2"


def test_27_2_4_provincial_platforms_cover_every_cluster(told: Told) -> None:
    check(told, "platform_coverage", "27号 二(四)", "%")
    units = told.units[2025, "platform_coverage"]
    lacking = {entry["code"] for entry in units if entry["state"] == "not_counted"}
    assert lacking  # they are named
    assert {entry["reason"]["code"] for entry in units if entry["code"] in lacking} == {"too-few"}


def test_27_2_5_one_hundred_hubei_premium_brands(told: Told) -> None:
    check(told, "hubei_brands", "27号 二(五)", "个")


def test_27_2_1_a_county_has_at_most_three_leading_industries(told: Told) -> None:
    line = check(told, "leading_industries_within_cap", "27号 二(一)", "%")
    units = {entry["code"]: entry for entry in told.units[2025, "leading_industries_within_cap"]}
    assert (units[TIANMEN]["value"], units[TIANMEN]["reason"]["code"]) == ("4", "waived")
    assert (units[ZENGDU]["value"], units[ZENGDU]["reason"]) == ("3", None)
    assert units["420114"]["value"] == "0"  # a county with none is listed too
    assert (line["target_year"], line["projection"]["reason"]["code"]) == (None, "every-year")


def test_27_2_1_a_county_has_one_or_two_clusters_in_focus(told: Told) -> None:
    check(told, "clusters_in_focus_within_cap", "27号 二(一)", "%")
    units = {entry["code"]: entry for entry in told.units[2025, "clusters_in_focus_within_cap"]}
    assert (units[SUIXIAN]["value"], units[SUIXIAN]["reason"]["code"]) == ("3", "waived")
    assert units[ZENGDU]["value"] == "2"
    assert (units["420114"]["state"], units["420114"]["reason"]["code"]) == ("not_counted", "too-few")


def test_27_2_1_counties_without_any_cluster_are_named(told: Told) -> None:
    check(told, "cluster_in_each_county", "27号 二(一)", "%")
    units = told.units[2025, "cluster_in_each_county"]
    assert len([entry for entry in units if entry["state"] == "not_counted"]) == len(told.world.counties) - 3


def test_27_3_4_counties_without_a_vocational_school_are_named(told: Told) -> None:
    check(told, "vocational_school_in_each_county", "27号 三(四)", "%")
    units = {entry["code"]: entry for entry in told.units[2025, "vocational_school_in_each_county"]}
    assert units[SUIXIAN]["state"] == "not_counted"  # one that is only planned is none


def test_every_line_of_the_programme_has_its_plain_sum(told: Told) -> None:
    assert {code for _, code in told.lines} == set(PLAIN)
