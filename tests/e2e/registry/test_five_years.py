"""Five years of rolling management (27号 三(五)) as people live them, and what each day looked like afterwards."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from joserfc.jwk import OKPKey

from shared.contracts.designation_set import DesignationSet
from shared.contracts.release import Release
from tests.support.designations import PROGRAMME, designate, propose, signed, statuses, year_of
from tests.support.people import AUDITOR, NOBODY, PROVINCE_OFFICER, county_preparer
from tests.support.recodes import load, recoded
from tests.support.registry_story import TIANMEN, ZENGDU, load_programme, ok, refused, set_business_date
from tests.support.services import RunningService

HANCHUAN, SUIXIAN = "420984", "421321"


@pytest.fixture
async def counties(registry: RunningService) -> dict[str, str]:
    """The code of each cluster by a short name."""
    await load_programme(registry)
    wanted = {
        "mushrooms": (ZENGDU, "香菇产业集群"),
        "vehicles": (ZENGDU, "专用汽车产业集群"),
        "clothes": (TIANMEN, "服装产业集群"),
        "grapes": (SUIXIAN, "葡萄产业集群"),
        "food": (HANCHUAN, "食品产业集群"),
        "packaging": (HANCHUAN, "包装产业集群"),
    }
    return {short: await register(registry, county, name) for short, (county, name) in wanted.items()}


async def register(registry: RunningService, county: str, name: str, **more: Any) -> str:
    body = {
        "programme": PROGRAMME,
        "county_code": county,
        "name": name,
        "leading_industry": name.removesuffix("产业集群"),
        "industry_codes": ["14"],
        "in_focus": True,
        **more,
    }
    async with registry.as_(county_preparer(county)) as client:
        answer = await client.post("/v1/clusters", json=body, headers={"Idempotency-Key": f"r-{uuid4()}"})
    return str(ok(answer)["code"])


async def test_five_years(registry: RunningService, release_key: OKPKey, counties: dict[str, str]) -> None:
    mushrooms, vehicles, clothes = counties["mushrooms"], counties["vehicles"], counties["clothes"]
    grapes, food, packaging = counties["grapes"], counties["food"], counties["packaging"]
    c_vehicles = "c" + vehicles.replace("-", "_")

    async def decide(year: int, *releases: Release, **more: Any) -> dict[str, dict[str, Any]]:
        told = [signed(release, release_key) for release in releases]
        found = ok(await designate(registry, *told, effective_from=f"{year}-09-14", **more))
        return {entry["cluster_code"]: entry for entry in found["entries"]}

    def units(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
        return sorted(pairs)

    # 2024: five are mature, one is cultivated.
    first = units(
        (mushrooms, "designate"), (vehicles, "designate"), (clothes, "designate"), (food, "designate"),
        (packaging, "designate"), (grapes, "cultivate"),
    )  # fmt: skip
    await decide(2024, year_of(2024, *first, kind="application"))

    # 2025: vehicles fail, clothes file nothing, grapes are mature; mushrooms have a national title; clothes have
    # another name.
    title = {
        "cluster": mushrooms,
        "level": "national",
        "title": "中小企业特色产业集群",
        "ministry": "工业和信息化部",
        "document_number": "工信部企业〔2025〕88号",
        "awarded_on": "2025-09-01",
    }
    kept = units((mushrooms, "keep"), (vehicles, "rectify"), (food, "keep"), (packaging, "keep"))
    second = await decide(
        2025,
        year_of(2025, *kept, **{c_vehicles: "30"}),
        year_of(2025, (grapes, "designate"), kind="application"),
        titles=[title],
        renames=[{"cluster": clothes, "name": "时尚服装产业集群"}],
    )
    assert second[vehicles]["due_on"] == "2026-03-13"
    assert (second[clothes]["basis"], second[clothes]["reminded"]) == ("silent", True)
    known_in_2025 = datetime.now(UTC)

    # 2026: vehicles fail again and are out, clothes file nothing again.
    kept = units(
        (mushrooms, "keep"), (vehicles, "rectify"), (food, "keep"), (packaging, "keep"), (grapes, "keep")
    )
    third = await decide(2026, year_of(2026, *kept, **{c_vehicles: "35"}))
    assert third[vehicles]["reasons"][-1]["rule"] == "failed-in-rectification"
    assert third[clothes]["status"] == "rectification"

    # 2027: clothes are back in order, vehicles ask too early, packaging goes on in food.
    kept = units((mushrooms, "keep"), (clothes, "keep"), (grapes, "keep"))
    merger = {"ending": [food, packaging], "into": [food], "ground": "同一产业链,合并建设"}
    refused(
        await propose(
            registry,
            signed(year_of(2027, *units(*kept, (food, "keep"))), release_key),
            effective_from="2027-09-14",
            successions=[merger],
        ),
        422,
        "designation-not-possible",
    )  # food cannot be assessed and merged in one decision
    ok(await designate(registry, effective_from="2027-09-01", successions=[merger]))
    fourth = await decide(
        2027,
        year_of(2027, *units(*kept, (food, "keep"))),
        year_of(2027, (vehicles, "designate"), kind="application"),
    )
    assert fourth[vehicles]["reasons"][-1]["rule"] == "re-entry-wait"
    assert fourth[clothes]["status"] == "designated"
    assert packaging not in fourth  # it goes on in food, and is not silent

    # On 1 March 2028 Suixian becomes a city of Xiangyang's: its grapes go on.
    await set_business_date(registry, "2028-03-01")
    ok(await load(registry, recoded(SUIXIAN, "420690", since="2028-03-01", name="随县市", city="420600")))

    # 2028: vehicles are back; mushrooms are split in two.
    refused(
        await propose(
            registry,
            effective_from="2028-09-01",
            successions=[{"ending": [packaging], "into": [food], "ground": "再次合并"}],
        ),
        422,
        "designation-not-possible",
    )
    fresh = await register(registry, ZENGDU, "菌种产业集群", in_focus=False, leading_industry="香菇")
    dried = await register(registry, ZENGDU, "干菇产业集群", in_focus=False, leading_industry="香菇")
    kept = units((mushrooms, "keep"), (clothes, "keep"), (grapes, "keep"), (food, "keep"))
    fifth = await decide(
        2028, year_of(2028, *kept), year_of(2028, (vehicles, "designate"), kind="application")
    )
    assert fifth[vehicles]["status"] == "designated"
    split = {"ending": [mushrooms], "into": [fresh, dried], "ground": "分别建设"}
    ok(await designate(registry, effective_from="2028-12-01", successions=[split]))

    # Afterwards: what held on each day, and what was known at a moment.
    told = {
        day: await statuses(registry, day)
        for day in ("2024-12-31", "2025-12-31", "2026-12-31", "2027-12-31", "2028-12-31")
    }
    assert {day: own.get(vehicles) for day, own in told.items()} == {
        "2024-12-31": "designated",
        "2025-12-31": "rectification",
        "2026-12-31": "removed",
        "2027-12-31": "refused",
        "2028-12-31": "designated",
    }
    assert [own.get(clothes) for own in told.values()] == [
        "designated", "designated", "rectification", "designated", "designated",
    ]  # fmt: skip
    assert [own.get(grapes) for own in told.values()] == ["cultivated"] + ["designated"] * 4
    assert [own.get(packaging) for own in told.values()] == ["designated"] * 3 + ["succeeded"] * 2
    last = told["2028-12-31"]
    assert (last[mushrooms], last[fresh], last[dried]) == ("succeeded", "designated", "designated")
    assert await statuses(registry, "2028-12-31", known_at=known_in_2025) == told["2025-12-31"]
    assert await announced(registry, "2025-08-31") == {
        mushrooms: ("香菇产业集群", "provincial"),
        vehicles: ("专用汽车产业集群", "provincial"),
        clothes: ("服装产业集群", "provincial"),
        food: ("食品产业集群", "provincial"),
        packaging: ("包装产业集群", "provincial"),
    }
    assert await county_of(registry, grapes, "2028-02-29") == (SUIXIAN, "421300")
    assert await county_of(registry, grapes, "2028-03-01") == ("420690", "420600")
    known = known_in_2025.isoformat()
    assert await county_of(registry, grapes, "2028-03-01", known_at=known) == (SUIXIAN, "421300")
    async with registry.as_(county_preparer("420690")) as client:
        told_here = ok(await client.get(f"/v1/clusters/{grapes}/designations"))["items"]
    assert [entry["status"] for entry in told_here] == ["designated"] * 4 + ["cultivated"]  # the newest first
    named = await announced(registry, "2025-12-31")
    assert (named[clothes], named[mushrooms][1]) == (("时尚服装产业集群", "provincial"), "national")
    async with registry.as_(county_preparer(HANCHUAN)) as client:
        [ended, *_] = ok(await client.get(f"/v1/clusters/{packaging}/designations"))["items"]
    assert ended["reasons"][0]["zh"] == f"由 {food} 承接"


async def county_of(registry: RunningService, cluster: str, day: str, **more: str) -> tuple[str, str]:
    """The codes of a cluster's county and city on a day."""
    async with registry.as_(AUDITOR) as client:
        answer = await client.get(f"/v1/designation-sets/{PROGRAMME}", params={"as_of": day, **more})
    [entry] = [own for own in DesignationSet.parse(answer.content).designations if own.cluster == cluster]
    return entry.county_code, entry.division_path[-2]


async def announced(registry: RunningService, day: str) -> dict[str, tuple[str, str]]:
    async with registry.as_(NOBODY) as client:
        found = ok(await client.get(f"/v1/designated-clusters/{PROGRAMME}", params={"as_of": day}))
    return {entry["cluster"]: (entry["name"], entry["level"]) for entry in found["clusters"]}


async def test_what_was_decided_before_the_system_enters_once_by_its_own_document(
    registry: RunningService, release_key: OKPKey, counties: dict[str, str]
) -> None:
    earlier = {
        counties["mushrooms"]: ("designated", "2022-09-20"),
        counties["vehicles"]: ("removed", "2023-11-30"),
        counties["grapes"]: ("cultivated", "2023-09-20"),
    }
    async with registry.as_(PROVINCE_OFFICER) as client:
        refused(await propose(registry, opening=True), 409, "nothing-to-open")
        for code, (status, since) in earlier.items():
            entry = {
                "programme": PROGRAMME,
                "cluster": code,
                "status": status,
                "since": since,
                "document_number": f"鄂发改县域〔{since[:4]}〕9号",
                "source": "历年认定文件",
                "period": since[:4],
                "valid_from": "2024-06-01",
            }
            key = {"Idempotency-Key": f"earlier-{uuid4()}"}
            path = "/v1/registers/earlier-designations/entries"
            ok(await client.post(path, json={"entries": [entry]}, headers=key))
    opened = ok(await designate(registry, effective_from="2024-06-20", opening=True))
    assert opened["releases"] == []
    assert {entry["basis"] for entry in opened["entries"]} == {"earlier"}
    assert await statuses(registry, "2022-09-19") == {}
    assert await statuses(registry, "2023-12-31") == {code: status for code, (status, _) in earlier.items()}
    async with registry.as_(AUDITOR) as client:
        path = f"/v1/clusters/{counties['mushrooms']}/designations"
        [told] = ok(await client.get(path))["items"]
    assert (told["effective_from"], told["document_number"]) == ("2022-09-20", "鄂发改县域〔2022〕9号")
    assert told["reasons"][0]["rule"] == "before-the-system"
    refused(await propose(registry, effective_from="2024-06-21", opening=True), 409, "nothing-to-open")

    # The memory is that of the years before the system, too.
    release = year_of(2024, (counties["vehicles"], "designate"), kind="application")
    found = ok(await designate(registry, signed(release, release_key), effective_from="2024-09-14"))
    assert found["entries"][0]["reasons"][-1]["rule"] == "re-entry-wait"
