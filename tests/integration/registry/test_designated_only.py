"""Totals are about clusters that are designated at the date; a round reminds only those who were due in it."""

from typing import Any

import pytest

from shared.text.credit_code import make_test_code
from tests.support.designations import designated
from tests.support.people import PROVINCE_OFFICER, city_reviewer, county_preparer
from tests.support.register_story import ABOUT, RegisterStory, firm, membership
from tests.support.registry_story import (
    ROUND,
    SUIZHOU,
    TIANMEN,
    RegistryStory,
    load_programme,
    ok,
    refused,
    set_business_date,
)
from tests.support.services import RunningService

PROGRAMME = "hubei-county-clusters"
SINCE = {"valid_from": "2020-01-01"}


@pytest.fixture
async def desk(registry: RunningService) -> RegisterStory:
    await load_programme(registry)
    return RegisterStory(registry)


async def clusters(desk: RegisterStory, number: int) -> list[str]:
    """Clusters of 曾都, cluster n with a firm of n 亿元 in 2023."""
    story = RegistryStory(desk.registry)
    codes = []
    for n in range(1, number + 1):
        code = str(ok(await story.register(f"集群{n}", in_focus=n <= 2))["code"])
        ok(await desk.enter("enterprises", firm(n, f"公司{n}", **SINCE)))
        ok(await desk.enter("cluster-memberships", membership(n, code, **SINCE)))
        year = {"enterprise": make_test_code(n), "year": 2023, **ABOUT}
        ok(await desk.enter("enterprise-years", {**year, "operating_revenue_wan": f"{n}0000"}))
        codes.append(code)
    return codes


async def table(desk: RegisterStory, **more: Any) -> dict[str, Any]:
    asked = {"programme": PROGRAMME, "data_year": 2023, **more}
    return dict(ok(await desk.get("/v1/derived-indicators", by=PROVINCE_OFFICER, **asked)))


async def test_totals_count_the_clusters_that_are_designated_at_the_date(desk: RegisterStory) -> None:
    one, two, three, four = await clusters(desk, 4)
    await designated(desk.registry, one, two, three, since="2024-07-01")
    await designated(desk.registry, four, since="2024-07-01", status="cultivated")
    await designated(desk.registry, two, since="2024-08-01", status="rectification")
    await designated(desk.registry, three, since="2024-08-01", status="removed")
    await designated(desk.registry, four, since="2024-09-01")

    async def counted(day: str) -> tuple[int, str]:
        found = await table(desk, as_of=day)
        assert found["as_of"] == day
        assert len(found["clusters"]) == 4  # all are listed, with their status
        return found["counted"], found["totals"]["operating_revenue"]

    assert await counted("2024-06-30") == (0, "0")
    assert await counted("2024-07-01") == (3, "60000")
    assert await counted("2024-08-01") == (2, "30000")
    assert await counted("2024-09-01") == (3, "70000")
    found = await table(desk, as_of="2024-08-15")
    assert {entry["cluster"]: entry["status"] for entry in found["clusters"]} == {
        one: "designated",
        two: "rectification",
        three: "removed",
        four: "cultivated",
    }


async def test_totals_are_of_the_business_date_unless_a_day_is_asked_for(desk: RegisterStory) -> None:
    one, _ = await clusters(desk, 2)
    await designated(desk.registry, one, since="2024-07-01")
    await set_business_date(desk.registry, "2024-06-30")
    assert (await table(desk))["counted"] == 0
    await set_business_date(desk.registry, "2024-07-01")
    found = await table(desk)
    assert (found["as_of"], found["counted"], found["totals"]["operating_revenue"]) == (
        "2024-07-01",
        1,
        "10000",
    )
    assert {entry["cluster"]: entry["status"] for entry in found["clusters"]}[one] == "designated"


async def test_a_designated_cluster_without_figures_is_counted_and_a_division_counts_its_own(
    desk: RegisterStory,
) -> None:
    one, _ = await clusters(desk, 2)
    elsewhere = str(
        ok(
            await desk.post(
                "/v1/clusters",
                {
                    "programme": PROGRAMME,
                    "county_code": TIANMEN,
                    "name": "天门集群",
                    "leading_industry": "服装",
                    "industry_codes": ["18"],
                    "in_focus": True,
                },
                by=county_preparer(TIANMEN),
            )
        )["code"]
    )
    await designated(desk.registry, one, elsewhere, since="2024-01-01")
    assert (await table(desk))["counted"] == 2
    asked: dict[str, Any] = {"programme": PROGRAMME, "data_year": 2023}
    own = ok(await desk.get("/v1/derived-indicators", by=city_reviewer(SUIZHOU), **asked))
    assert (own["counted"], own["totals"]["operating_revenue"]) == (1, "10000")


async def test_a_day_that_is_none_is_refused(desk: RegisterStory) -> None:
    asked: dict[str, Any] = {"programme": PROGRAMME, "data_year": 2023, "as_of": "20240701"}
    refused(await desk.get("/v1/derived-indicators", **asked), 422, "invalid-request")


async def reminded(desk: RegisterStory) -> list[str]:
    found = ok(await desk.get(f"/v1/rounds/{ROUND}/reminders", by=PROVINCE_OFFICER))
    return [entry["cluster"] for entry in found["outstanding"]]


async def test_a_closed_round_reminds_those_who_could_file_on_its_closing_day(desk: RegisterStory) -> None:
    """The round takes applications until 2024-07-31."""
    story = RegistryStory(desk.registry)
    await set_business_date(desk.registry, "2024-07-20")
    first, held_before, held_after = [
        str(ok(await story.register(f"集群{n}", in_focus=n == 0))["code"]) for n in range(3)
    ]
    await designated(desk.registry, held_before, since="2024-07-31")
    await designated(desk.registry, held_after, since="2024-08-01")
    assert await reminded(desk) == [first, held_before, held_after]  # as of that day none is designated
    await set_business_date(desk.registry, "2024-07-31")
    assert await reminded(desk) == [first, held_after]
    await set_business_date(desk.registry, "2024-09-15")
    late = str(ok(await story.register("后来的集群", in_focus=False))["code"])
    assert await reminded(desk) == [first, held_after]
    assert late not in await reminded(desk)
