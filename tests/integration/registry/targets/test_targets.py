"""Targets over HTTP: from filings, as of a day, as known at a moment, by division, page by page."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support import programme
from tests.support.designations import designated
from tests.support.people import (
    AUDITOR,
    FINANCE_MAKER,
    PROVINCE_OFFICER,
    city_reviewer,
    county_preparer,
    source_department,
)
from tests.support.register_story import ABOUT, RegisterStory, firm, membership
from tests.support.registry_story import (
    SUIZHOU,
    TIANMEN,
    ZENGDU,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    refused,
    set_business_date,
    value,
)
from tests.support.services import RunningService
from tests.support.statements import belongs_to_the_request
from tests.support.targets.world import build_world

PROGRAMME = "hubei-county-clusters"
SINCE = {"valid_from": "2020-01-01"}


@pytest.fixture
async def desk(registry: RunningService) -> RegisterStory:
    await load_programme(registry)
    return RegisterStory(registry, PROVINCE_OFFICER)


async def lines(desk: RegisterStory, year: int = 2023, **query: Any) -> dict[str, dict[str, Any]]:
    found = ok(await desk.get("/v1/targets", programme=PROGRAMME, year=year, **query))
    return {line["code"]: line for line in found["items"]}


async def line(desk: RegisterStory, code: str, year: int = 2023, **query: Any) -> dict[str, Any]:
    found = ok(await desk.get(f"/v1/targets/{PROGRAMME}/{code}", year=year, **query))
    assert [entry["code"] for entry in found["items"]] == [code]
    return dict(found["items"][0])


async def units(desk: RegisterStory, code: str, year: int = 2023, **query: Any) -> list[dict[str, Any]]:
    found = ok(await desk.get(f"/v1/targets/{PROGRAMME}/{code}/units", year=year, **query))
    return list(found["items"])


def why(found: dict[str, Any]) -> tuple[str | None, str | None]:
    return found["value"], None if found["reason"] is None else found["reason"]["code"]


async def test_without_clusters_or_figures_there_is_no_figure_and_never_a_zero(desk: RegisterStory) -> None:
    empty = await lines(desk)
    for code, found in empty.items():
        expected = {
            "provincial_clusters": ("0", None),  # how many there are is known
            "national_clusters": ("0", None),
            "leading_industry_share": (None, "no-counties"),  # the programme begins in May 2024
        }.get(code, (None, "no-clusters" if found["population"]["kind"] == "clusters" else "no-counties"))
        assert why(found) == expected, code
    cluster = str(ok(await RegistryStory(desk.registry).register())["code"])
    await designated(desk.registry, cluster, since="2024-06-01")
    held = await lines(desk, as_of="2024-06-20")
    assert why(held["clusters_over_10_billion"]) == (None, "no-figures")
    assert why(held["four_above_firms"]) == (None, "no-figures")
    assert why(held["park_entry_rate"]) == (None, "no-figures")
    assert why(held["leading_industry_share"]) == (None, "no-figures")
    assert why(held["investment_per_mu_growth"]) == (None, "is-base-year")
    assert why(await line(desk, "investment_per_mu_growth", 2024, as_of="2024-06-20")) == (None, "no-base")
    assert why(held["platform_coverage"]) == ("0", None)  # a cluster without any platform lacks one
    assert held["four_above_firms"]["counts"] == {"counted": 0, "not_counted": 0, "unknown": 1}
    assert held["four_above_firms"]["projection"]["reason"]["code"] == "too-few-years"
    assert held["four_above_firms"]["on_the_way"]["reason"]["code"] == "no-step"


async def test_a_denominator_of_zero_is_no_share(desk: RegisterStory) -> None:
    nothing = {
        "year": 2024,
        "operating_revenue_wan": "0",
        "leading_revenue_wan": "0",
        "denominator": "全口径",
    }
    ok(await desk.enter("county-years", {**nothing, "county_code": ZENGDU, **ABOUT}))
    assert why(await line(desk, "leading_industry_share", 2024)) == (None, "no-figures")
    found = await units(desk, "leading_industry_share", 2024, state="unknown", limit=1000)
    assert {entry["value"] for entry in found} == {None}


async def test_revenue_comes_from_an_accepted_filing_and_as_it_was_known_then(desk: RegisterStory) -> None:
    story = RegistryStory(desk.registry)
    cluster = ok(await story.register())["code"]
    filed = await story.prepare(cluster, plausible_content(revenue="4140000"))
    asked: dict[str, Any] = {"as_of": "2024-06-20"}
    ok(await story.sign_off(filed["code"], filed["content_hash"]))
    ok(await story.recommend(filed["code"]))
    await story.confirm(filed["code"])
    ready = datetime.now(UTC).isoformat()
    await designated(desk.registry, cluster, since="2024-06-01")
    held = datetime.now(UTC).isoformat()
    assert why(await line(desk, "clusters_over_30_billion", **asked)) == (None, "no-figures")
    ok(await story.accept(filed["code"]))
    accepted = datetime.now(UTC).isoformat()
    found = await line(desk, "clusters_over_30_billion", **asked)
    assert (found["value"], found["population"]["number"]) == ("1", 1)
    [unit] = await units(desk, "clusters_over_30_billion", **asked)
    assert (unit["value"], unit["source"], unit["reference"]) == ("4140000", "filings", filed["code"])

    await set_business_date(desk.registry, "2024-09-05")
    body = {
        "reason": "更正",
        "values": [value("operating_revenue", 2023, "2950000"), value("tax_paid", 2023, "60000")],
    }
    ok(await story.post(PROVINCE_OFFICER, f"/v1/applications/{filed['code']}/restatements", body))
    assert (await line(desk, "clusters_over_30_billion", **asked))["value"] == "0"
    [then] = await units(desk, "clusters_over_30_billion", known_at=accepted, **asked)
    assert (then["value"], then["state"]) == ("4140000", "counted")
    assert why(await line(desk, "clusters_over_30_billion", known_at=held, **asked)) == (None, "no-figures")
    assert why(await line(desk, "clusters_over_30_billion", known_at=ready, **asked)) == (None, "no-clusters")

    aggregate = {
        "round": "2024-application", "cluster": cluster, "indicator": "operating_revenue", "data_year": 2023,
        "value": "3000001", "document_number": "测试〔2024〕9号",
    }  # fmt: skip
    ok(await desk.post("/v1/attested-aggregates", aggregate, by=source_department("省统计局")))
    [unit] = await units(desk, "clusters_over_30_billion", **asked)
    assert (unit["source"], unit["reference"], unit["state"]) == ("attested", "测试〔2024〕9号", "counted")


async def test_clusters_are_those_of_the_day_and_firms_as_known_at_a_moment(desk: RegisterStory) -> None:
    story = RegistryStory(desk.registry)
    one, two = [str(ok(await story.register(name))["code"]) for name in ("甲", "乙")]
    await designated(desk.registry, one, two, since="2024-07-01")
    await designated(desk.registry, two, since="2024-08-01", status="removed")
    await set_business_date(desk.registry, "2024-12-31")
    ok(await desk.enter("enterprises", *[firm(n, f"公司{n}", county_code=ZENGDU, **SINCE) for n in range(3)]))
    ok(
        await desk.enter(
            "cluster-memberships", *[membership(n, one if n else two, **SINCE) for n in range(3)]
        )
    )
    title = {"kind": "listed", "county_code": ZENGDU, **ABOUT, **SINCE}
    held = [{"enterprise": firm(n, "")["credit_code"], **title} for n in range(3)]
    ok(await desk.enter("qualifications", *held[:2]))
    before = datetime.now(UTC).isoformat()
    ok(await desk.enter("qualifications", held[2]))

    async def listed(**query: Any) -> str | None:
        found: str | None = (await line(desk, "listed_firms", 2024, **query))["value"]
        return found

    assert await listed(as_of="2024-07-15") == "3"
    assert await listed(as_of="2024-08-15") == "2"
    assert await listed() == "2"
    assert await listed(known_at=before) == "1"
    assert await listed(known_at=before, as_of="2024-07-15") == "2"
    assert await listed(as_of="2024-06-30") is None


@pytest.mark.strangers
async def test_a_division_sees_its_own_part_and_nobody_elses(registry: RunningService) -> None:
    await build_world(registry)
    desk = RegisterStory(registry, PROVINCE_OFFICER)
    counties = (ZENGDU, "421321", TIANMEN)

    async def figures(code: str) -> tuple[int, list[int]]:
        """Of the province, and of each county."""
        parts = [await line(desk, code, 2025, division=county) for county in counties]
        return int((await line(desk, code, 2025))["value"]), [int(part["value"]) for part in parts]

    whole, parts = await figures("provincial_clusters")
    assert whole == sum(parts)
    whole, parts = await figures("leading_firms")
    assert max(parts) <= whole < sum(parts)  # a firm of two counties counts in each, and once in all
    own = await line(desk, "provincial_clusters", 2025, division=TIANMEN)
    assert (own["against_target"]["place"], own["against_target"]["reason"]["code"]) == (
        None,
        "of-the-whole-programme",
    )
    share = await line(desk, "leading_industry_share", 2025, division=ZENGDU)
    assert (share["against_target"]["place"], share["population"]["number"]) == ("within", 1)

    city, county = city_reviewer(SUIZHOU), county_preparer(ZENGDU)
    for person, asked, known in (
        (city, {}, {"421321", ZENGDU}),
        (city, {"division": ZENGDU}, {ZENGDU}),
        (county, {}, {ZENGDU}),
    ):
        table = ok(await desk.get("/v1/targets", by=person, programme=PROGRAMME, year=2025, **asked))
        assert table["division"] == asked.get("division", person.division)
        path = f"/v1/targets/{PROGRAMME}/cluster_in_each_county/units"
        behind = ok(await desk.get(path, by=person, year=2025, limit=1000, **asked))["items"]
        assert {entry["code"] for entry in behind} & {"421321", ZENGDU, TIANMEN} == known


async def test_another_division_is_as_if_it_did_not_exist(desk: RegisterStory) -> None:
    city, county = city_reviewer(SUIZHOU), county_preparer(ZENGDU)
    line = f"/v1/targets/{PROGRAMME}/listed_firms"
    for person, division in (
        (city, "420000"), (city, TIANMEN), (county, "421321"), (county, "999999"), (county, "x"),
    ):  # fmt: skip
        asked: dict[str, Any] = {"year": 2025, "division": division}
        refused(await desk.get("/v1/targets", by=person, programme=PROGRAMME, **asked), 404, "not-found")
        for path in (line, f"{line}/units"):
            refused(await desk.get(path, by=person, **asked), 404, "not-found")


async def test_a_firm_that_another_county_keeps_is_named_by_its_code_only(desk: RegisterStory) -> None:
    here, there = RegistryStory(desk.registry), RegistryStory(desk.registry, TIANMEN, None)
    own = str(ok(await here.register())["code"])
    ok(await there.register())
    await designated(desk.registry, own, since="2024-01-01")
    ok(await desk.enter("enterprises", firm(1, "天门公司", county_code=TIANMEN, **SINCE)))
    ok(await desk.enter("cluster-memberships", membership(1, own, **SINCE)))
    year = {"enterprise": firm(1, "")["credit_code"], "year": 2024, "operating_revenue_wan": "123456"}
    ok(await desk.enter("enterprise-years", {**year, "county_code": TIANMEN, **ABOUT}))
    [seen] = await units(desk, "backbone_firms", 2024)
    assert (seen["name"], seen["value"], seen["county_code"]) == ("天门公司", "123456", TIANMEN)
    path = f"/v1/targets/{PROGRAMME}/backbone_firms/units"
    [hidden] = ok(await desk.get(path, by=county_preparer(ZENGDU), year=2024))["items"]
    assert (hidden["name"], hidden["value"], hidden["county_code"]) == (None, None, None)
    assert (hidden["code"], hidden["clusters"], hidden["state"]) == (seen["code"], [own], "counted")


async def test_the_list_behind_a_figure_comes_in_pages_that_fit_together(registry: RunningService) -> None:
    await build_world(registry)
    desk = RegisterStory(registry, AUDITOR)
    for code in ("backbone_firms", "provincial_brands", "investment_per_mu_growth"):
        path = f"/v1/targets/{PROGRAMME}/{code}/units"
        all_of_them = await units(desk, code, 2025, limit=1000)
        paged: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            page = ok(await desk.get(path, year=2025, limit=7, **cursor))
            paged += page["items"]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert paged == all_of_them
        by_state = [
            await units(desk, code, 2025, limit=1000, state=s) for s in ("counted", "not_counted", "unknown")
        ]
        assert sorted(e["code"] for part in by_state for e in part) == sorted(e["code"] for e in all_of_them)
    refused(await desk.get(path, year=2025, cursor="MQ"), 422, "cursor-invalid")
    refused(await desk.get(path, year=2025, cursor="WzEsMl0"), 422, "cursor-invalid")


async def test_bad_questions_are_refused_by_name(desk: RegisterStory) -> None:
    good: dict[str, Any] = {"programme": PROGRAMME, "year": 2025}
    for query in (
        {"programme": PROGRAMME},
        {"year": 2025},
        {**good, "year": 1999},
        {**good, "year": "2025.5"},
        {**good, "as_of": "20250101"},
        {**good, "known_at": "2025-01-01"},
        {**good, "division": "4213033"},
        {**good, "county": ZENGDU},
    ):
        refused(await desk.get("/v1/targets", **query), 422, "invalid-request")
    refused(await desk.get("/v1/targets", **{**good, "programme": "nothing"}), 404, "not-found")
    for rest in ("", "/units"):
        refused(await desk.get(f"/v1/targets/{PROGRAMME}/nothing{rest}", year=2025), 404, "not-found")
        refused(await desk.get(f"/v1/targets/nothing/listed_firms{rest}", year=2025), 404, "not-found")
    path = f"/v1/targets/{PROGRAMME}/listed_firms/units"
    refused(await desk.get(path, year=2025, state="all"), 422, "invalid-request")
    refused(await desk.get("/v1/targets", by=FINANCE_MAKER, **good), 403, "role-not-permitted")


async def test_the_number_of_statements_does_not_grow_with_clusters_or_firms(
    registry: RunningService,
) -> None:
    await load_programme(registry)
    desk = RegisterStory(registry, PROVINCE_OFFICER)
    counted: list[str] = []

    @sa.event.listens_for(registry.database.engine.sync_engine, "before_cursor_execute")
    def count(_c: object, _k: object, statement: str, _p: object, _x: object, _m: object) -> None:
        if belongs_to_the_request(statement):
            counted.append(statement)

    async def asked(path: str, **query: Any) -> int:
        counted.clear()
        ok(await desk.get(path, **query))
        return len(counted)

    async def all_of_them() -> list[int]:
        return [
            await asked("/v1/targets", programme=PROGRAMME, year=2025, as_of="2025-12-31"),
            await asked(f"/v1/targets/{PROGRAMME}/listed_firms/units", year=2025, as_of="2025-12-31"),
        ]

    story = RegistryStory(registry)
    codes = [str(ok(await story.register("集群0"))["code"])]
    await designated(registry, codes[0], since="2024-01-01")
    before = await all_of_them()
    ok(
        await desk.enter(
            "enterprises", *[firm(n, f"公司{n}", county_code=ZENGDU, **SINCE) for n in range(120)]
        )
    )
    for number in range(1, 6):
        codes.append(str(ok(await story.register(f"集群{number}", in_focus=False))["code"]))
        await designated(registry, codes[-1], since="2024-01-01")
    members = [membership(n, codes[n % 6], **SINCE) for n in range(120)]
    ok(await desk.enter("cluster-memberships", *members))
    assert await all_of_them() == before
    table = programme.document("programme")
    number_of_lines = len(table["targets"]) + len(table["county_lines"])
    assert number_of_lines <= before[0] <= number_of_lines + 10
    assert before[1] <= 8


async def test_a_measure_that_names_what_there_is_not_is_refused_when_it_is_published(
    desk: RegisterStory,
) -> None:
    document = programme.document("programme")
    document |= {"version": "2024.9"}
    place = {target["code"]: number for number, target in enumerate(document["targets"])}

    async def tried(code: str, **changed: Any) -> dict[str, Any]:
        spoiled = programme.document("programme") | {"version": "2024.9"}
        spoiled["targets"][place[code]]["measure"] |= changed
        return refused(await desk.post("/v1/programmes", spoiled), 422, "invalid-request")

    for code, changed, named in (
        ("hubei_brands", {"register": "trademarks"}, "there is no register trademarks"),
        ("hubei_brands", {"register": "qualifications", "where": {}}, "qualifications is no register of clusters"),
        ("hubei_brands", {"where": {"colour": ["red"]}}, "brands has no field colour"),
        ("hubei_brands", {"where": {"kind": ["red"]}}, "brands.kind cannot be red"),
        ("leading_firms", {"own": {"field": "profit", "threshold": {"comparison": "more_than", "value": "1"}}},
         "enterprise-years has no field profit"),
        ("clusters_over_10_billion", {"tier": "9999"}, "9999"),
    ):  # fmt: skip
        problem = await tried(code, **changed)
        assert named in str(problem["errors"]), problem

    document["targets"][place["hubei_brands"]]["measure"]["indicator"] = "nothing"
    ok(await desk.post("/v1/programmes", document))
    catalogue = programme.document("indicators") | {"version": "2024.9"}
    problem = refused(await desk.post("/v1/indicator-catalogues", catalogue), 422, "programme-inconsistent")
    assert [entry["field"] for entry in problem["errors"]] == ["targets.hubei_brands.measure"]
    assert Decimal(problem["status"]) == 422
