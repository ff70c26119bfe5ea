"""One test for each clause of 27号 that the registry serves, named by its id."""

from typing import Any

import httpx

from shared.text.credit_code import make_test_code
from tests.e2e.registry.conftest import Province
from tests.support.designations import designated
from tests.support.people import PROVINCE_OFFICER, city_reviewer, county_preparer, source_department
from tests.support.register_story import ABOUT, firm, membership
from tests.support.registry_story import SUIZHOU, ZENGDU, ok, refused

PROGRAMME = "hubei-county-clusters"


async def derived(province: Province, year: int = 2025) -> dict[str, dict[str, str]]:
    """Derived figures by cluster and indicator."""
    table = ok(await province.desk.get("/v1/derived-indicators", programme=PROGRAMME, data_year=year))
    found = {
        entry["cluster"]: {name: value["value"] for name, value in entry["values"].items()}
        for entry in table["clusters"]
    }
    return found | {"totals": table["totals"]}


def project(number: int, cluster: str, **more: Any) -> dict[str, Any]:
    return {
        "project_code": f"2404-421303-04-01-{number:06d}", "name": f"项目{number}", "unit": "某公司",
        "cluster": cluster,
        "investment_wan": "12000", "stage": "在建", **ABOUT, **more,
    }  # fmt: skip


async def test_p01_a_county_names_three_rooted_industries_and_two_clusters_in_focus(
    province: Province,
) -> None:
    industry = {"class_51020": "千亿级特色产业", "industry_codes": ["36"], **ABOUT}
    ok(
        await province.desk.enter(
            "leading-industries", *[{**industry, "name": n} for n in ("汽车制造", "食品", "纺织")]
        )
    )
    refused(
        await province.desk.enter("leading-industries", {**industry, "name": "医药"}), 422, "entries-invalid"
    )
    ok(
        await province.desk.enter(
            "leading-industries", {**industry, "name": "医药", "waiver_reason": "省级试点"}
        )
    )
    listed = await province.desk.listed("leading-industries")
    assert {entry["data"]["class_51020"] for entry in listed} == {"emerging"}
    refused(await province.story.register("第三个重点集群"), 422, "too-many-clusters-in-focus")
    # A cluster is of one of these; the register alone says its class.
    other = ok(await province.story.register("其他集群", in_focus=False, leading_industry=" 食品"))
    assert (other["leading_industry"], other["class_51020"]) == ("食品", "emerging")
    differs = await province.story.register(
        "另一集群", in_focus=False, leading_industry="食品", class_51020="pillar"
    )
    refused(differs, 422, "class-differs")
    refused(
        await province.story.register("建材集群", in_focus=False, leading_industry="建材"),
        422,
        "too-many-leading-industries",
    )
    path = "/v1/registers/leading-industries"
    async with province.story.registry.as_(county_preparer(ZENGDU)) as client:
        etag = (await client.get(f"{path}/entries/421303|食品")).headers["ETag"]
        headers = {"If-Match": etag}
        withdrawn = await client.post(
            f"{path}/withdrawals/421303|食品", json={"reason": "误登"}, headers=headers
        )
    assert refused(withdrawn, 422, "entries-invalid")["errors"][0]["rule"] == "referred-to"
    unknown = await province.story.register("再一集群", in_focus=False, class_51020="千亿级")
    refused(unknown, 422, "invalid-request")


async def test_p02_each_cluster_has_counterpart_departments_and_what_the_city_secures(
    province: Province,
) -> None:
    counterpart = {"cluster": province.first, "department": "省经信厅", **ABOUT}
    ok(await province.desk.enter("counterpart-departments", counterpart, by=source_department("省经信厅")))
    for kind in ("土地", "用能", "资金", "用工"):
        promise = {"cluster": province.first, "year": 2025, "kind": kind, "promise": f"{kind}保障", **ABOUT}
        ok(await province.desk.enter("city-guarantees", promise, by=city_reviewer(SUIZHOU)))
        refused(await province.desk.enter("city-guarantees", promise), 403, "role-not-permitted")
    assert {e["data"]["kind"] for e in await province.desk.listed("city-guarantees", sort="kind")} == {
        "land", "energy", "money", "people",
    }  # fmt: skip


async def test_p07_clusters_stand_in_parks_and_investment_per_mu_grows(province: Province) -> None:
    desk = province.desk
    zone = {
        "code": "ZD",
        "name": "曾都经济开发区",
        "level": "省级",
        "area_mu": "9000",
        **ABOUT,
        "valid_from": "2020-01-01",
    }
    inner = {
        **zone,
        "code": "ZD-1",
        "name": "专汽园",
        "level": "园中园",
        "parent_park": "ZD",
        "area_mu": "1000",
    }
    ok(await desk.enter("parks", zone, inner))
    ok(
        await desk.enter(
            "cluster-parks", {"cluster": province.first, "park": "ZD-1", **ABOUT, "valid_from": "2020-01-01"}
        )
    )
    for year, invested in ((2024, "300000"), (2025, "330000")):
        landed = {
            "park": "ZD-1",
            "year": year,
            "investment_wan": invested,
            "new_landings": 4,
            "moved_in": 2,
            **ABOUT,
        }
        ok(await desk.enter("park-years", landed))
    firms = [firm(n, f"企业{n}", park="ZD-1" if n < 4 else None, valid_from="2020-01-01") for n in range(5)]
    ok(await desk.enter("enterprises", *firms))
    ok(
        await desk.enter(
            "cluster-memberships", *[membership(n, province.first, valid_from="2020-01-01") for n in range(5)]
        )
    )
    before, after = await derived(province, 2024), await derived(province, 2025)
    assert (before[province.first]["investment_per_mu"], after[province.first]["investment_per_mu"]) == (
        "300",
        "330",
    )
    assert after[province.first]["park_entry_rate"] == "80"


async def test_p08_firms_count_once_with_dated_qualifications_and_chain_roles(province: Province) -> None:
    desk, since = province.desk, {"valid_from": "2023-01-01"}
    ok(await desk.enter("enterprises", *[firm(n, f"企业{n}", **since) for n in range(4)]))
    ok(await desk.enter("cluster-memberships", *[membership(n, province.first, **since) for n in range(3)]))
    ok(
        await desk.enter(
            "cluster-memberships",
            membership(3, province.first, split="0.5", **since),
            membership(3, province.second, split="0.5", **since),
        )
    )
    titles = [
        {"enterprise": make_test_code(n), "kind": "规上工业企业", **ABOUT, "valid_from": "2024-06-01"}
        for n in (0, 1, 3)
    ] + [
        {
            "enterprise": make_test_code(0),
            "kind": "瞪羚企业",
            **ABOUT,
            "valid_from": "2023-01-01",
            "valid_to": "2024-06-01",
        }
    ]
    ok(await desk.enter("qualifications", *titles))
    assert (await derived(province, 2024))["totals"]["above_scale_firms"] == "0"  # none is designated yet
    await designated(desk.registry, province.first, province.second, since="2024-01-01")
    found = await derived(province, 2024)
    assert (found[province.first]["above_scale_firms"], found[province.second]["above_scale_firms"]) == (
        "2.5",
        "0.5",
    )
    assert found["totals"]["above_scale_firms"] == "3"  # the shared firm counts once
    assert (await derived(province, 2023))[province.first]["above_scale_firms"] == "0"
    roles = [("链长", "市委书记"), ("链主", "某集团"), ("链创", "武汉理工大学")]
    ok(
        await desk.enter(
            "chain-roles", *[{"cluster": province.first, "role": r, "holder": h, **ABOUT} for r, h in roles]
        )
    )
    assert len(await desk.listed("chain-roles", where=f"cluster={province.first}")) == 3


async def test_p09_coverage_by_provincial_platforms_is_derived(province: Province) -> None:
    def platform(name: str, kind: str, level: str) -> dict[str, Any]:
        return {"cluster": province.first, "name": name, "kind": kind, "level": level, **ABOUT}

    ok(
        await province.desk.enter(
            "platforms", platform("实验室", "科创平台", "省级"), platform("中试基地", "科创平台", "市级"),
            platform("检测中心", "公共服务平台", "县级"),
        )
    )  # fmt: skip
    market = {
        "cluster": province.first,
        "name": "香菇交易中心",
        "kind": "产品交易中心",
        "year": 2025,
        "turnover_wan": "5000",
    }
    ok(await province.desk.enter("markets", {**market, **ABOUT}))
    found = await derived(province)
    assert (found[province.first]["research_platforms"], found[province.first]["service_platforms"]) == (
        "1",
        "1",
    )
    assert province.second not in found


async def test_p10_brands_and_standards_are_kept_and_counted(province: Province) -> None:
    desk = province.desk
    ok(await desk.enter("enterprises", firm(1, "企业")))
    brand = {"cluster": province.first, "name": "编钟牌", "kind": "湖北精品", **ABOUT}
    ok(await desk.enter("brands", brand, {**brand, "name": "随州香菇", "kind": "区域公用品牌"}))
    standard = {
        "number": "GB/T 12345-2024",
        "title": "专用汽车",
        "enterprise": make_test_code(1),
        "cluster": province.first,
    }
    ok(await desk.enter("standards", {**standard, "level": "国家标准", "role": "主导", **ABOUT}))
    found = (await derived(province))[province.first]
    assert (found["hubei_brands"], found["standards"]) == ("1", "1")
    key = f"GB/T 12345-2024|{make_test_code(1)}"
    assert ok(await desk.get(f"/v1/registers/standards/entries/{key}"))["data"]["role"] == "led"


async def test_p12_each_cluster_has_its_plan_and_policy_with_yearly_goals(province: Province) -> None:
    desk = province.desk
    plan = {
        "cluster": province.first,
        "kind": "计划",
        "title": "三年行动计划",
        "document_number": "曾政发〔2024〕5号",
        **ABOUT,
    }
    ok(
        await desk.enter(
            "plans",
            {**plan, "plan_version": "1"},
            {**plan, "plan_version": "2"},
            {**plan, "kind": "政策", "plan_version": "1"},
        )
    )
    goals = [
        {
            "cluster": province.first,
            "year": year,
            "indicator": "operating_revenue",
            "goal": goal,
            "goal_unit": "亿元",
            **ABOUT,
        }
        for year, goal in ((2024, "414"), (2025, "460"), (2026, "500"))
    ]
    ok(await desk.enter("plan-goals", *goals))
    listed = await desk.listed("plan-goals", where="indicator=operating_revenue", sort="-year")
    assert [(entry["data"]["year"], entry["data"]["goal"]) for entry in listed] == [
        (2026, "500"),
        (2025, "460"),
        (2024, "414"),
    ]


async def test_p17_seed_lists_are_qualifications_and_support_is_kept_by_cluster(province: Province) -> None:
    desk = province.desk
    ok(await desk.enter("enterprises", *[firm(n, f"企业{n}") for n in range(3)]))
    seeds = [
        {"enterprise": make_test_code(n), "kind": k, **ABOUT}
        for n, k in ((0, "金种子"), (1, "银种子"), (2, "金种子"))
    ]
    ok(await desk.enter("qualifications", *seeds))
    assert len(await desk.listed("qualifications", where="kind=gold_seed")) == 2
    support = {
        "cluster": province.first,
        "kind": "产业基金",
        "institution": "长江产业集团",
        "year": 2025,
        "amount_wan": "20000",
    }
    ok(await desk.enter("financial-supports", {**support, **ABOUT}))


async def test_p18_results_of_the_performance_platform_come_with_source_and_date(province: Province) -> None:
    result = {
        "platform": "投资项目绩效综合评价平台", "kind": "行业", "subject": "专用汽车", "year": 2024, "result": "优",
        "evaluated_on": "2025-03-01", "county_code": ZENGDU, **ABOUT, "source": "省发改委平台导出",
    }  # fmt: skip
    ok(await province.desk.enter("outside-evaluations", result, by=PROVINCE_OFFICER))
    found = await province.desk.listed("outside-evaluations")
    assert (found[0]["source"], found[0]["data"]["evaluated_on"]) == ("省发改委平台导出", "2025-03-01")


async def test_p19_talent_facts_are_kept_by_county(province: Province) -> None:
    school = {
        "year": 2025,
        "kind": "中等职业学校(技工学校)",
        "name": "曾都区职业教育中心",
        "value": 1,
        **ABOUT,
    }
    ok(await province.desk.enter("talent-facts", school, {**school, "kind": "普通高中进城", "name": "二中"}))
    assert len(await province.desk.listed("talent-facts", where="kind=vocational_school")) == 1


async def test_p20_major_projects_and_three_classes_of_land_are_facts(province: Province) -> None:
    desk = province.desk
    ok(await desk.enter("projects", project(1, province.first, major="是"), project(2, province.second)))
    assert [e["name"] for e in await desk.listed("projects", where="major=true")] == ["项目1"]
    wrong = project(3, province.first, project_code="2404-421303")
    assert (
        refused(await desk.enter("projects", wrong), 422, "entries-invalid")["errors"][0]["rule"]
        == "project-code"
    )
    parcels = [
        {
            "code": f"L{n}",
            "name": f"地块{n}",
            "kind": kind,
            "area_mu": "12.5",
            "stage": "已清查",
            "cluster": province.first,
            **ABOUT,
        }
        for n, kind in enumerate(("批而未供", "闲置", "低效用地"))
    ]
    ok(await desk.enter("land-parcels", *parcels))
    assert {e["data"]["kind"] for e in await desk.listed("land-parcels")} == {
        "approved_unsupplied",
        "idle",
        "inefficient",
    }
    [first] = [e["data"]["project_code"] for e in await desk.listed("projects", where="major=true")]
    offered = {**parcels[1], "code": "L9", "stage": "已盘活", "project": first, "offered_on": "2024-05-01"}
    ok(await desk.enter("land-parcels", offered))
    unknown = {**offered, "code": "L8", "project": "2404-421303-04-01-999999"}
    problem = refused(await desk.enter("land-parcels", unknown), 422, "entries-invalid")
    assert [item["field"] for item in problem["errors"]] == ["project"]


async def test_p11_the_lead_unit_of_a_task_reports_and_joint_units_tell_of_their_part(
    province: Province,
) -> None:
    task = f"/v1/tasks/{PROGRAMME}/public-platforms"
    report = {"noted_on": "2024-06-20", "text": "已覆盖26个集群", "percent": 65}
    ok(await province.story.post(source_department("省发改委"), f"{task}/notes", report))
    joint = {**report, "percent": 100}
    ok(await province.story.post(source_department("省人社厅"), f"{task}/notes", joint))
    found = ok(await province.desk.get(task, by=PROVINCE_OFFICER))
    assert (found["lead"], found["state"], found["percent"]) == ("省发改委", "in_progress", 65)
    assert [entry["standing"] for entry in found["latest"]] == ["joint", "lead"]
    refused(
        await province.story.post(source_department("省统计局"), f"{task}/notes", report),
        403,
        "unit-not-responsible",
    )


async def test_p23_good_practice_is_written_by_a_county_and_spread_by_the_province(
    province: Province,
) -> None:
    note = {
        "cluster": province.first,
        "title": "链主带动",
        "text": "做法……\n成效……",
        "what_was_done": "链主企业开放配套清单",
        "source": "曾都区发展和改革局",
    }
    written = ok(await province.story.post(county_preparer(ZENGDU), "/v1/case-notes", note))
    path = f"/v1/case-notes/{written['code']}/publication"
    read = {"content_hash": written["content_hash"]}
    ok(await province.story.post(PROVINCE_OFFICER, path, read))
    async with httpx.AsyncClient(transport=province.story.registry.transport, base_url="http://x") as public:
        found = ok(await public.get(f"/v1/published-case-notes/{written['code']}"))
    assert (found["title"], found["county_name"]) == ("链主带动", "曾都区")


async def test_p07_parks_and_their_zones_plan_and_build_together(province: Province) -> None:
    desk = province.desk
    park = {"code": "P1", "name": "香菇园", "level": "园中园", "area_mu": "1200", **ABOUT}
    ok(await desk.enter("parks", park))
    together = [
        {"park": "P1", "kind": kind, "content": "与开发区一并编制、建设", **ABOUT}
        for kind in ("规划共编", "政策共用", "资源共享", "设施共建")
    ]
    ok(await desk.enter("park-cooperation", *together))
    assert {entry["data"]["kind"] for entry in await desk.listed("park-cooperation")} == {
        "plan",
        "policy",
        "resources",
        "facilities",
    }


async def test_p10_quality_methods_fairs_and_hit_products_are_kept_by_cluster(province: Province) -> None:
    desk = province.desk
    facts = [
        {"cluster": province.first, "year": 2025, "kind": kind, "name": name, **ABOUT}
        for kind, name in (
            ("导入先进质量管理办法", "卓越绩效"),
            ("境外大型展会", "科隆食品展"),
            ("市县举办的专业展会", "香菇节"),
            ("爆款产品", "香菇酱"),
        )
    ]
    ok(await desk.enter("quality-and-promotion", *facts))
    assert len(await desk.listed("quality-and-promotion", where="kind=hit_product")) == 1
