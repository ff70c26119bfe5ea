"""An application from the first figure to its acceptance, and everything that may not happen on the way."""

from typing import Any

import pytest

from tests.support.people import PROVINCE_OFFICER, county_preparer, county_signer, source_department
from tests.support.registry_story import (
    ROUND,
    TIANMEN,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    refused,
    set_business_date,
    value,
)
from tests.support.services import RunningService


@pytest.fixture
async def story(registry: RunningService) -> RegistryStory:
    await load_programme(registry)
    return RegistryStory(registry)


async def test_an_application_goes_from_county_to_province(story: RegistryStory) -> None:
    cluster = ok(await story.register())["code"]
    assert cluster == "421303-01"
    filed = await story.prepare(cluster)
    assert (filed["state"], filed["findings"]) == ("draft", [])
    code = filed["code"]
    refused(await story.recommend(code), 409, "step-not-possible")
    assert ok(await story.sign_off(code, filed["content_hash"]))["state"] == "signed_off"
    assert ok(await story.recommend(code))["state"] == "recommended"
    refused(await story.accept(code), 409, "step-not-possible")
    await story.confirm(code, departments=story.departments[:-1])
    refused(await story.accept(code), 409, "step-not-possible")
    await story.confirm(code, departments=story.departments[-1:])
    assert ok(await story.accept(code))["filings"][0]["state"] == "accepted"
    async with story.registry.as_(PROVINCE_OFFICER) as client:
        steps = (await client.get(f"/v1/applications/{code}/steps")).json()["steps"]
    names = [step["step"] for step in steps]
    assert names == [
        "prepared",
        "signed_off",
        "recommended",
        *["confirmed"] * len(story.departments),
        "accepted",
    ]
    assert steps[0]["business_date"] == "2024-06-20"


async def test_a_unit_that_the_province_runs_has_no_city_step(registry: RunningService) -> None:
    await load_programme(registry)
    story = RegistryStory(registry, county=TIANMEN, city=None)
    cluster = ok(await story.register("医药产业集群"))["code"]
    filed = await story.prepare(cluster)
    assert filed["division_path"] == ["420000", TIANMEN]
    assert ok(await story.sign_off(filed["code"], filed["content_hash"]))["state"] == "recommended"


async def test_errors_stop_the_sign_off_and_name_every_field(story: RegistryStory) -> None:
    content = plausible_content()
    by_key = {(entry["indicator"], entry["data_year"]): entry for entry in content["values"]}
    by_key["operating_revenue", 2023]["value"] = "414"  # 亿元 where 万元 belongs
    del by_key["employees", 2022]
    by_key["park_entry_rate", 2023]["value"] = "101"
    by_key["above_scale_firms", 2023]["value"] = "12.5"
    content["values"] = list(by_key.values())
    filed = await story.prepare(ok(await story.register())["code"], content)
    problem = refused(await story.sign_off(filed["code"], filed["content_hash"]), 422, "filing-has-errors")
    found = {(item["field"], item["rule"]) for item in problem["errors"]}
    assert {
        ("operating_revenue.2023", "unit_slip"),
        ("employees.2022", "complete"),
        ("park_entry_rate.2023", "range"),
        ("above_scale_firms.2023", "integer"),
    } <= found


async def test_a_waivable_error_is_lifted_by_a_reason(story: RegistryStory) -> None:
    content = plausible_content()
    for entry in content["values"]:
        if (entry["indicator"], entry["data_year"]) == ("operating_revenue", 2022):
            entry["value"] = "1000000"
    content["waivers"] = [
        {
            "rule": "large_change",
            "indicator": "operating_revenue",
            "data_year": 2023,
            "reason": "两家链主企业当年投产",
        }
    ]
    filed = await story.prepare(ok(await story.register())["code"], content)
    assert [(entry["rule"], entry["waived_because"]) for entry in filed["findings"]] == [
        ("large_change", "两家链主企业当年投产")
    ]
    ok(await story.sign_off(filed["code"], filed["content_hash"]))


async def test_the_preparer_cannot_sign_off_even_with_both_roles(story: RegistryStory) -> None:
    filed = await story.prepare(ok(await story.register())["code"])
    both = county_signer(story.county)
    both = type(both)(county_preparer(story.county).subject, both.roles, both.division, both.unit)
    refused(await story.sign_off(filed["code"], filed["content_hash"], by=both), 403, "maker-cannot-check")


async def test_an_edit_voids_the_sign_off(story: RegistryStory) -> None:
    filed = await story.prepare(ok(await story.register())["code"])
    signed = ok(await story.sign_off(filed["code"], filed["content_hash"]))
    async with story.registry.as_(county_preparer(story.county)) as client:
        path = f"/v1/applications/{filed['code']}/content"
        stale = await client.put(path, json=plausible_content(exports="1000"), headers={"If-Match": '"1"'})
        refused(stale, 412, "stale")
        changed = ok(
            await client.put(
                path, json=plausible_content(exports="1000"), headers={"If-Match": f'"{signed["version"]}"'}
            )
        )
    assert (changed["state"], changed["signed_off_by"]) == ("draft", None)
    refused(await story.sign_off(filed["code"], filed["content_hash"]), 409, "sign-off-void")


async def test_what_is_sent_back_is_corrected_and_only_the_change_is_confirmed_again(
    story: RegistryStory,
) -> None:
    filed = await story.prepare(ok(await story.register())["code"])
    code = filed["code"]
    ok(await story.sign_off(code, filed["content_hash"]))
    ok(await story.recommend(code))
    await story.confirm(code)
    reason = {"indicator": "exports", "data_year": 2023, "reason": "与海关数据不符"}
    unknown = {"indicator": "exports", "data_year": 2020, "reason": "?"}
    refused(await story.send_back(PROVINCE_OFFICER, code, unknown), 422, "field-not-filed")
    refused(await story.send_back(source_department("省商务厅"), code, reason), 403, "role-not-permitted")
    sent_back = ok(await story.send_back(PROVINCE_OFFICER, code, reason))
    assert sent_back["state"] == "draft"
    async with story.registry.as_(county_preparer(story.county)) as client:
        changed = ok(
            await client.put(
                f"/v1/applications/{code}/content",
                json=plausible_content(exports="1234"),
                headers={"If-Match": f'"{sent_back["version"]}"'},
            )
        )
    open_now = {entry["indicator"] for entry in changed["values"] if entry["confirmed_by"] is None}
    assert open_now == {"exports"}
    ok(await story.sign_off(code, changed["content_hash"]))
    assert ok(await story.recommend(code))["state"] == "recommended"
    await story.confirm(code, departments=["省商务厅"])
    assert ok(await story.accept(code))["filings"][0]["state"] == "accepted"


async def test_a_county_files_only_in_the_filing_days(story: RegistryStory) -> None:
    cluster = ok(await story.register())["code"]
    await set_business_date(story.registry, "2024-08-01")
    answer = await story.post(
        county_preparer(story.county),
        "/v1/applications",
        {"round": ROUND, "cluster": cluster, **plausible_content()},
    )
    refused(answer, 409, "round-closed")


async def test_another_county_sees_nothing(story: RegistryStory) -> None:
    code = (await story.prepare(ok(await story.register())["code"]))["code"]
    stranger = county_preparer("421381")
    async with story.registry.as_(stranger) as client:
        refused(await client.get(f"/v1/applications/{code}"), 404, "not-found")
        refused(await client.get("/v1/clusters/421303-01"), 404, "not-found")
        assert (await client.get("/v1/applications")).json()["items"] == []
        assert (await client.get("/v1/clusters")).json()["items"] == []
        revised = await client.put(
            f"/v1/applications/{code}/content", json=plausible_content(), headers={"If-Match": '"1"'}
        )
        refused(revised, 404, "not-found")
    refused(
        await story.post(
            stranger, "/v1/applications", {"round": ROUND, "cluster": "421303-01", **plausible_content()}
        ),
        404,
        "not-found",
    )
    refused(await story.sign_off(code, "sha256:" + "0" * 64, by=county_signer("421381")), 404, "not-found")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"county_code": "421071"}, "division-not-known"),
        ({"county_code": "421023"}, "division-code-retired"),
        ({"county_code": "421300"}, "division-not-county"),
        ({"county_code": "420102"}, "not-found"),
        ({"industry_codes": ["36", "99"]}, "industry-not-known"),
        ({"name": "a\u0000b"}, "invalid-request"),
        ({"name": 7}, "invalid-request"),
        ({"unknown": 1}, "invalid-request"),
    ],
)
async def test_a_bad_cluster_is_refused(story: RegistryStory, changed: dict[str, Any], code: str) -> None:
    refused(await story.register(**changed), 404 if code == "not-found" else 422, code)
    async with story.registry.as_(PROVINCE_OFFICER) as client:
        assert (await client.get("/v1/clusters")).json()["items"] == []


async def test_a_third_cluster_in_focus_takes_a_reason(story: RegistryStory) -> None:
    ok(await story.register("甲集群"))
    ok(await story.register("乙集群"))
    refused(await story.register("丙集群"), 422, "too-many-clusters-in-focus")
    assert ok(await story.register("丙集群", in_focus=False))["code"] == "421303-03"
    assert ok(await story.register("丁集群", waiver_reason="省委专题会议同意"))["waiver_reason"]
    refused(await story.register("甲集群", in_focus=False), 409, "cluster-name-taken")


async def test_a_fourth_leading_industry_takes_a_reason(story: RegistryStory) -> None:
    for number, industry in enumerate(("汽车", "食品", "建材")):
        ok(await story.register(f"集群{number}", leading_industry=industry, in_focus=False))
    refused(
        await story.register("集群9", leading_industry="纺织", in_focus=False),
        422,
        "too-many-leading-industries",
    )
    neighbour = RegistryStory(story.registry, county=TIANMEN, city=None)
    ok(await neighbour.register("集群1", leading_industry="医药", in_focus=False))


async def test_caps_are_of_a_county_whatever_its_neighbours_have(story: RegistryStory) -> None:
    for name in ("甲集群", "乙集群"):
        ok(await story.register(name))
    neighbour = RegistryStory(story.registry, county=TIANMEN, city=None)
    assert ok(await neighbour.register("甲集群"))["code"] == f"{TIANMEN}-01"


async def test_the_same_key_registers_once(story: RegistryStory) -> None:
    body = {
        "programme": "hubei-county-clusters",
        "county_code": story.county,
        "name": "专用车产业集群",
        "leading_industry": "汽车制造",
        "industry_codes": ["36"],
        "in_focus": True,
    }
    person = county_preparer(story.county)
    first = ok(await story.post(person, "/v1/clusters", body, key="register-0001"))
    assert ok(await story.post(person, "/v1/clusters", body, key="register-0001")) == first
    other = {**body, "name": "另一个集群"}
    refused(
        await story.post(person, "/v1/clusters", other, key="register-0001"), 422, "idempotency-key-reused"
    )
    async with story.registry.as_(PROVINCE_OFFICER) as client:
        assert len((await client.get("/v1/clusters")).json()["items"]) == 1


async def test_a_zero_is_said_and_a_missing_value_has_no_number(story: RegistryStory) -> None:
    cluster = ok(await story.register())["code"]
    for bad in (
        {**value("exports", 2023, "0"), "state": "value"},
        {**value("exports", 2023, "5"), "state": "missing"},
        {**value("exports", 2023, "5"), "value": 5.5},
        {**value("exports", 2023, "5"), "value": "1e30"},
        {**value("exports", 2023, "5"), "data_year": 10_000},
    ):
        body = {"round": ROUND, "cluster": cluster, "values": [bad], "facts": {}}
        problem = refused(
            await story.post(county_preparer(story.county), "/v1/applications", body), 422, "invalid-request"
        )
        assert problem["errors"][0]["row"] == 1
