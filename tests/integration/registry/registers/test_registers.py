"""Registers: one mechanism for what is kept, when it held, who may see and change it."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.registry.domain.registers.declared import REGISTERS
from shared.text.credit_code import make_test_code
from tests.support.people import AUDITOR, PROVINCE_OFFICER, county_preparer, source_department
from tests.support.register_story import ABOUT, RegisterStory, firm, membership
from tests.support.registry_story import TIANMEN, ZENGDU, RegistryStory, load_programme, ok, refused
from tests.support.services import RunningService

GUANGSHUI = "421381"


@pytest.fixture
async def desk(registry: RunningService) -> RegisterStory:
    await load_programme(registry)
    return RegisterStory(registry)


@pytest.fixture
async def clusters(desk: RegisterStory) -> list[str]:
    story = RegistryStory(desk.registry)
    return [ok(await story.register(name))["code"] for name in ("甲集群", "乙集群")]


@pytest.mark.strangers
async def test_an_entry_is_kept_listed_and_shown_with_where_it_comes_from(desk: RegisterStory) -> None:
    kept = ok(
        await desk.enter(
            "enterprises", firm(1, "曾都专用车有限公司"), firm(2, "随州香菇公司", provenance="published")
        )
    )
    assert (kept["added"], kept["changed"]) == (2, 0)
    listed = await desk.listed("enterprises")
    assert [entry["name"] for entry in listed] == ["随州香菇公司", "曾都专用车有限公司"]  # sui before zeng
    one = ok(await desk.get(f"/v1/registers/enterprises/entries/{make_test_code(2)}"))
    assert (one["source"], one["period"], one["definition"], one["provenance"]) == (
        "县发改局台账", "2025", "按登记说明", "published",
    )  # fmt: skip
    assert one["data"]["industry_codes"] == ["36"]
    async with desk.registry.database.transaction() as session:
        events = (
            await session.execute(sa.text("SELECT kind, data FROM event WHERE subject = 'enterprises'"))
        ).all()
    assert [(event.kind, event.data["added"]) for event in events] == [
        ("register.changed", 2)
    ]  # one for the batch


@pytest.mark.parametrize(
    "query",
    [
        {"known_at": "4.9e-191"},
        {"known_at": "1700000000"},
        {"known_at": "2024-05-01T08:00:00"},
        {"as_of": "1700000000"},
        {"as_of": "0001-01-01"},
    ],
)
async def test_a_bare_number_is_no_day_and_no_moment_of_a_list(
    desk: RegisterStory, query: dict[str, str]
) -> None:
    (field,) = query
    for path in ("/v1/registers/enterprises/entries", "/v1/registers/enterprises/entries/any"):
        async with desk.registry.as_(PROVINCE_OFFICER) as client:
            problem = refused(await client.get(path, params=query), 422, "invalid-request")
        assert problem["errors"][0]["field"] == field


@pytest.mark.strangers
async def test_the_same_again_is_no_change_and_other_content_follows_from_its_day(
    desk: RegisterStory,
) -> None:
    ok(await desk.enter("enterprises", firm(1, "旧名公司", valid_from="2020-01-01")))
    again = ok(await desk.enter("enterprises", firm(1, "旧名公司", valid_from="2020-01-01")))
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 1)
    moment = ok(await desk.get(f"/v1/registers/enterprises/entries/{make_test_code(1)}"))["recorded_at"]
    ok(await desk.enter("enterprises", firm(1, "新名公司", valid_from="2024-01-01")))
    path = f"/v1/registers/enterprises/entries/{make_test_code(1)}"
    assert ok(await desk.get(path))["name"] == "新名公司"
    assert ok(await desk.get(path, as_of="2023-12-31"))["name"] == "旧名公司"
    assert ok(await desk.get(path, as_of="2024-02-01", known_at=moment))["name"] == "旧名公司"
    refused(await desk.get(path, as_of="2019-12-31"), 404, "not-found")
    history = ok(await desk.get(f"/v1/registers/enterprises/histories/{make_test_code(1)}"))["entries"]
    assert [(e["name"], e["valid_from"], e["valid_to"], e["superseded_at"] is None) for e in history] == [
        ("旧名公司", "2020-01-01", None, False),
        ("旧名公司", "2020-01-01", "2024-01-01", True),
        ("新名公司", "2024-01-01", None, True),
    ]
    datetime.fromisoformat(history[0]["recorded_at"])


async def test_every_wrong_field_is_named_at_once_and_nothing_is_kept(desk: RegisterStory) -> None:
    answer = await desk.enter(
        "enterprises",
        firm(1, "好公司"),
        firm(2, "", size="巨型", county_code="421071"),
        firm(3, "丙", credit_code="91000000000000051X", surprise="x"),
        firm(4, "丁", industry_codes="99999", valid_from="2024-02-30"),
    )
    problem = refused(answer, 422, "entries-invalid")
    found = {(item["row"], item["field"], item["rule"]) for item in problem["errors"]}
    assert found == {
        (2, "name", "required"), (2, "size", "choice"), (2, "county_code", "division-not-known"),
        (3, "credit_code", "credit-code-outer"), (3, "surprise", "known"),
        (4, "industry_codes", "industry-not-known"), (4, "valid_from", "date"),
    }  # fmt: skip
    assert await desk.listed("enterprises") == []


async def test_a_county_sees_and_changes_its_own_only(desk: RegisterStory) -> None:
    ok(await desk.enter("enterprises", firm(1, "曾都公司")))
    other = county_preparer(TIANMEN)
    path = f"/v1/registers/enterprises/entries/{make_test_code(1)}"
    refused(await desk.get(path, by=other), 404, "not-found")
    assert await desk.listed("enterprises", by=other) == []
    problem = refused(await desk.enter("enterprises", firm(1, "曾都公司"), by=other), 422, "entries-invalid")
    assert problem["errors"][0]["rule"] == "kept-elsewhere"
    problem = refused(
        await desk.enter("enterprises", firm(9, "公司", county_code=ZENGDU), by=other), 422, "entries-invalid"
    )
    assert problem["errors"][0]["rule"] == "not-your-county"
    moved = ok(await desk.enter("enterprises", firm(1, "曾都公司", county_code=TIANMEN), by=PROVINCE_OFFICER))
    assert moved["changed"] == 1
    assert ok(await desk.get(path, by=other))["county_code"] == TIANMEN


async def test_each_register_has_its_keepers(desk: RegisterStory, clusters: list[str]) -> None:
    entry = {"cluster": clusters[0], "department": "省经信厅", **ABOUT}
    refused(await desk.enter("counterpart-departments", entry), 403, "role-not-permitted")
    ok(await desk.enter("counterpart-departments", entry, by=source_department("省经信厅")))
    refused(await desk.enter("nonsense", entry), 404, "not-found")


async def test_two_people_at_once_the_second_is_told(desk: RegisterStory) -> None:
    ok(await desk.enter("enterprises", firm(1, "公司", valid_from="2020-01-01")))
    path = f"/v1/registers/enterprises/entries/{make_test_code(1)}"
    etag = (await desk.get(path)).headers["ETag"]

    async def edit(name: str, tag: str, number: int = 1) -> Any:
        async with desk.registry.as_(desk.person) as client:
            return await client.put(path, json={"entry": firm(number, name)}, headers={"If-Match": tag})

    first, second = await asyncio.gather(edit("甲改", etag), edit("乙改", etag))
    assert sorted([first.status_code, second.status_code]) == [200, 412]
    newest = (await desk.get(path)).headers["ETag"]
    refused(await edit("丙改", newest, number=2), 422, "entries-invalid")
    async with desk.registry.as_(desk.person) as client:
        withdrawal = f"/v1/registers/enterprises/withdrawals/{make_test_code(1)}"
        refused(
            await client.post(withdrawal, json={"reason": "误登"}, headers={"If-Match": etag}), 412, "stale"
        )
        ok(await client.post(withdrawal, json={"reason": "误登"}, headers={"If-Match": newest}))
    refused(await desk.get(path), 404, "not-found")


async def test_references_must_lead_somewhere(desk: RegisterStory, clusters: list[str]) -> None:
    problem = refused(
        await desk.enter("qualifications", {"enterprise": make_test_code(7), "kind": "gazelle", **ABOUT}),
        422, "entries-invalid",
    )  # fmt: skip
    assert problem["errors"][0]["rule"] == "reference"
    zone = {"code": "ZD-1", "name": "曾都经济开发区", "level": "provincial", "area_mu": "12000", **ABOUT}
    inner = {
        "code": "ZD-1-1",
        "name": "专汽园",
        "parent_park": "ZD-1",
        "level": "within",
        "area_mu": "800.5",
        **ABOUT,
    }
    ok(await desk.enter("parks", inner, zone))  # one file may hold both
    problem = refused(
        await desk.enter("parks", {**inner, "code": "X", "parent_park": "none"}), 422, "entries-invalid"
    )
    assert problem["errors"][0]["field"] == "parent_park"
    async with desk.registry.as_(desk.person) as client:
        etag = (await client.get("/v1/registers/parks/entries/ZD-1")).headers["ETag"]
        refused(
            await client.post("/v1/registers/parks/withdrawals/ZD-1", json={"reason": "x"}, headers={"If-Match": etag}),
            422, "entries-invalid",
        )  # fmt: skip


async def test_shares_of_a_firm_in_two_clusters_add_up_to_one(
    desk: RegisterStory, clusters: list[str]
) -> None:
    first, second = clusters
    ok(await desk.enter("enterprises", firm(1, "两边公司")))
    ok(await desk.enter("cluster-memberships", membership(1, first, valid_from="2023-01-01")))
    problem = refused(
        await desk.enter("cluster-memberships", membership(1, second, valid_from="2024-01-01")),
        422,
        "entries-invalid",
    )
    assert problem["errors"][0]["rule"] == "split"
    ok(
        await desk.enter(
            "cluster-memberships",
            membership(1, first, valid_from="2024-01-01", split="0.6"),
            membership(1, second, valid_from="2024-01-01", split="0.4"),
        )
    )
    before = await desk.listed("cluster-memberships", as_of="2023-06-01")
    after = await desk.listed("cluster-memberships", as_of="2024-06-01")
    assert [entry["data"]["split"] for entry in before] == ["1"]
    assert sorted(entry["data"]["split"] for entry in after) == ["0.4", "0.6"]
    leaving = membership(1, second, valid_from="2024-01-01", valid_to="2025-01-01", split="0.4")
    refused(await desk.enter("cluster-memberships", leaving), 422, "entries-invalid")  # 0.6 alone would stay
    whole = membership(1, first, valid_from="2025-01-01", split="1")
    ok(await desk.enter("cluster-memberships", leaving, whole))
    assert [e["data"]["split"] for e in await desk.listed("cluster-memberships", as_of="2025-06-01")] == ["1"]


async def test_the_database_itself_refuses_shares_that_are_off(
    desk: RegisterStory, clusters: list[str]
) -> None:
    ok(await desk.enter("enterprises", firm(1, "两边公司")))

    async def join(cluster: str) -> int:
        return (await desk.enter("cluster-memberships", membership(1, cluster))).status_code

    assert sorted(await asyncio.gather(*(join(cluster) for cluster in clusters))) in ([201, 409], [201, 422])
    with pytest.raises(DBAPIError, match="append-only"):
        async with desk.registry.database.transaction() as session:
            await session.execute(sa.text("DELETE FROM register_fact"))
    with pytest.raises(DBAPIError, match="append-only"):
        async with desk.registry.database.transaction() as session:
            await session.execute(sa.text("UPDATE register_fact SET data = '{}'"))


async def test_more_than_three_leading_industries_take_a_reason(desk: RegisterStory) -> None:
    def industry(name: str, **more: str) -> dict[str, Any]:
        return {"name": name, "class_51020": "advantage", "industry_codes": "36", **ABOUT, **more}

    ok(await desk.enter("leading-industries", industry("汽车"), industry("食品"), industry("纺织")))
    problem = refused(await desk.enter("leading-industries", industry("医药")), 422, "entries-invalid")
    assert problem["errors"][0]["rule"] == "cap"
    ok(await desk.enter("leading-industries", industry("医药", waiver_reason="省级试点")))


async def test_lists_filter_search_sort_and_page_without_gaps(desk: RegisterStory) -> None:
    names = ["专用汽车", "安陆食品", "重庆路材料", "随州专汽部件", "北斗科技"]
    ok(
        await desk.enter(
            "enterprises",
            *[firm(n, name, size="small" if n % 2 else "large") for n, name in enumerate(names)],
        )
    )
    assert [e["name"] for e in await desk.listed("enterprises", where="size=small")] == [
        "安陆食品",
        "随州专汽部件",
    ]
    assert [e["name"] for e in await desk.listed("enterprises", search="专汽")] == ["随州专汽部件"]
    assert [e["name"] for e in await desk.listed("enterprises", search="zyqc")] == ["专用汽车"]
    assert [e["name"] for e in await desk.listed("enterprises", search="ZQ")] == ["随州专汽部件"]
    assert [e["name"] for e in await desk.listed("enterprises", where="industry_codes=36", sort="-name")] == [
        "专用汽车", "随州专汽部件", "重庆路材料", "北斗科技", "安陆食品",
    ]  # fmt: skip
    seen: list[str] = []
    path: str | None = "/v1/registers/enterprises/entries?limit=2&sort=size"
    async with desk.registry.as_(desk.person) as client:
        while path:
            answer = await client.get(path)
            seen += [entry["name"] for entry in answer.json()["items"]]
            path = str(answer.url.join(answer.links["next"]["url"])) if "next" in answer.links else None
    assert sorted(seen) == sorted(names)
    refused(await desk.get("/v1/registers/enterprises/entries", where="nonsense=1"), 422, "list-wish-invalid")
    refused(await desk.get("/v1/registers/enterprises/entries", sort="nonsense"), 422, "list-wish-invalid")


async def test_a_county_given_as_filter_stays_within_the_own_division(desk: RegisterStory) -> None:
    ok(await desk.enter("enterprises", firm(1, "曾都公司")))
    assert await desk.listed("enterprises", county=GUANGSHUI, by=AUDITOR) == []
    assert len(await desk.listed("enterprises", county="421300", by=AUDITOR)) == 1
    assert await desk.listed("enterprises", county=ZENGDU, by=county_preparer(TIANMEN)) == []


def test_every_register_is_declared_soundly() -> None:
    assert len(REGISTERS) >= 20
    for register in REGISTERS.values():
        codes = [spec.code for spec in register.fields]
        assert len(codes) == len(set(codes)), register.code
        assert {*register.key, register.name} <= {*codes, "county_code"}, register.code
        assert register.cluster is None or register.cluster in codes
        assert all(spec.register in REGISTERS for spec in register.references)
        assert register.writers, register.code
        assert register.clause.startswith("27号"), register.code
