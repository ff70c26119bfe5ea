"""Targets for everybody: years that are over, of the whole programme, without a token."""

from typing import Any

import httpx
import pytest

from tests.support.designations import designated
from tests.support.people import NOBODY, PROVINCE_OFFICER
from tests.support.register_story import RegisterStory, firm, membership
from tests.support.registry_story import RegistryStory, load_programme, ok, refused, set_business_date
from tests.support.services import RunningService
from tests.support.targets.world import build_world

PATH = "/v1/published-targets/hubei-county-clusters"


async def ask(registry: RunningService, path: str = PATH, **more: Any) -> httpx.Response:
    async with registry.as_(NOBODY) as client:
        del client.headers["Authorization"]
        return await client.get(path, **more)


async def test_the_public_reads_the_figures_that_the_province_reads(registry: RunningService) -> None:
    await build_world(registry)  # on a day of 2026
    table = ok(await ask(registry))
    assert (table["year"], table["as_of"]) == (2025, "2025-12-31")
    desk = RegisterStory(registry, PROVINCE_OFFICER)
    own = ok(await desk.get("/v1/targets", programme="hubei-county-clusters", year=2025))
    fields = ("code", "target", "value", "reason", "definition", "on_the_way", "against_target", "path")
    assert [[line[name] for name in fields] for line in table["items"]] == [
        [line[name] for name in fields] for line in own["items"]
    ]
    assert not {"counts", "part", "whole", "projection"} & set(table["items"][0])
    assert ok(await ask(registry, params={"year": 2024}))["year"] == 2024


async def test_a_running_year_an_unknown_programme_and_odd_years_are_refused(
    registry: RunningService,
) -> None:
    await load_programme(registry)  # on a day of 2024
    for year in (2024, 2199):
        problem = refused(await ask(registry, params={"year": year}), 409, "year-not-over")
        assert "2023" in problem["detail"]
    refused(await ask(registry, "/v1/published-targets/none"), 404, "not-found")
    for odd in ("1999", "x", "2024.5"):
        refused(await ask(registry, params={"year": odd}), 422, "invalid-request")


async def test_a_cache_may_keep_it_until_something_changes(registry: RunningService) -> None:
    await load_programme(registry)
    answer = await ask(registry)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    known = {"If-None-Match": answer.headers["ETag"]}
    assert (await ask(registry, headers=known)).status_code == 304
    [cluster] = [ok(await RegistryStory(registry).register())["code"]]
    await designated(registry, cluster, since="2023-06-01")
    assert (await ask(registry, headers=known)).status_code == 200


@pytest.mark.parametrize(("firms", "value"), [(2, None), (3, "0")])
async def test_a_share_of_one_or_two_firms_is_not_told(
    registry: RunningService, firms: int, value: str | None
) -> None:
    await load_programme(registry)
    desk = RegisterStory(registry)
    [cluster] = [ok(await RegistryStory(registry).register())["code"]]
    await designated(registry, cluster, since="2024-06-01")
    rows = [firm(number, f"企业{number}", valid_from="2024-01-01") for number in range(firms)]
    ok(await desk.enter("enterprises", *rows))
    members = [membership(number, cluster, valid_from="2024-01-01") for number in range(firms)]
    ok(await desk.enter("cluster-memberships", *members))
    await set_business_date(registry, "2025-01-02")
    lines = {line["code"]: line for line in ok(await ask(registry))["items"]}
    told = lines["park_entry_rate"]
    assert told["value"] == value
    assert told["path"][-1]["value"] == value
    assert ((told["reason"] or {}).get("code"), told["against_target"]["place"]) == (
        ("too-few-units", None) if value is None else (None, "below")
    )
    assert lines["four_above_firms"]["value"] == "0"  # an amount is told
