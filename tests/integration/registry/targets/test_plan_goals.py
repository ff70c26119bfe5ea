"""A goal of a plan has its unit and its actual beside it, or the reason why there is none."""

from typing import Any

import pytest

from tests.support.people import PROVINCE_OFFICER, Person, county_preparer
from tests.support.register_story import RegisterStory
from tests.support.registry_story import (
    TIANMEN,
    ZENGDU,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    refused,
)
from tests.support.services import RunningService

PROGRAMME = "hubei-county-clusters"


def goal(
    indicator: str, value: str, unit: str, year: int = 2023, cluster: str = f"{ZENGDU}-01"
) -> dict[str, Any]:
    return {
        "cluster": cluster,
        "year": year,
        "indicator": indicator,
        "goal": value,
        "goal_unit": unit,
        "source": "集群发展计划",
        "period": str(year),
    }


async def goals(registry: RunningService, by: Person, **asked: Any) -> list[dict[str, Any]]:
    desk = RegisterStory(registry, by)
    found: list[dict[str, Any]] = ok(await desk.get("/v1/plan-goals", programme=PROGRAMME, **asked))["items"]
    return found


@pytest.mark.strangers
async def test_goals_stand_beside_what_was_accepted(registry: RunningService) -> None:
    await load_programme(registry)
    code = await RegistryStory(registry).accepted(plausible_content(revenue="4140000"))
    desk = RegisterStory(registry)
    ok(
        await desk.enter(
            "plan-goals",
            goal("operating_revenue", "4000000", "万元"),
            goal("operating_revenue", "5000000", "万元", year=2024),
            goal("tax_paid", "8.5", "亿元"),
            goal("happiness", "1", "分"),
        )
    )
    found = {(entry["indicator"], entry["year"]): entry for entry in await goals(registry, PROVINCE_OFFICER)}
    told = {
        key: (entry["actual"], entry["actual_unit"], entry["difference"], (entry["reason"] or {}).get("code"))
        for key, entry in found.items()
    }
    assert told == {
        ("operating_revenue", 2023): ("4140000", "万元", "140000", None),
        ("operating_revenue", 2024): (None, "万元", None, "nothing-accepted"),
        ("tax_paid", 2023): ("82800", "万元", None, "other-unit"),
        ("happiness", 2023): (None, None, None, "not-in-catalogue"),
    }
    first = found["operating_revenue", 2023]
    assert (first["zh"], first["goal"], first["goal_unit"], first["filing"]) == (
        "营业收入", "4000000", "万元", code,
    )  # fmt: skip
    assert found["happiness", 2023]["filing"] is None
    assert [entry["year"] for entry in await goals(registry, PROVINCE_OFFICER, year=2024)] == [2024]
    assert len(await goals(registry, county_preparer(ZENGDU), cluster=f"{ZENGDU}-01")) == 4
    page = ok(await desk.get("/v1/plan-goals", programme=PROGRAMME, limit=3))
    rest = ok(await desk.get("/v1/plan-goals", programme=PROGRAMME, limit=3, cursor=page["next"]))
    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (3, 1, None)


async def test_another_county_sees_nothing_of_it(registry: RunningService) -> None:
    await load_programme(registry)
    ok(await RegistryStory(registry).register())
    ok(await RegisterStory(registry).enter("plan-goals", goal("operating_revenue", "1", "万元")))
    assert await goals(registry, county_preparer(TIANMEN)) == []
    desk = RegisterStory(registry, county_preparer(TIANMEN))
    of_others = await desk.get("/v1/plan-goals", programme=PROGRAMME, cluster=f"{ZENGDU}-01")
    refused(of_others, 404, "not-found")
    refused(await desk.get("/v1/plan-goals", programme="none"), 404, "not-found")
