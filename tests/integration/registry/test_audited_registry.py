"""What an auditor tried on the registry: firms counted twice, desks nobody can leave, days that cannot be."""

import io
from typing import Any

import pytest
from joserfc.jwk import OKPKey
from openpyxl import load_workbook

from services.registry.domain.filings.form import SHEET as FORM_SHEET
from shared.text.credit_code import make_test_code
from shared.web.principals import Role
from tests.support import raw_workbook as raw
from tests.support.designations import designate, signed
from tests.support.people import EVALUATOR, Person, city_reviewer, county_signer
from tests.support.register_story import ABOUT, RegisterStory, firm, membership
from tests.support.registry_story import (
    ROUND,
    SUIZHOU,
    ZENGDU,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    refused,
    set_business_date,
)
from tests.support.release import final_release
from tests.support.services import RunningService


@pytest.fixture
async def story(registry: RunningService) -> RegistryStory:
    await load_programme(registry)
    return RegistryStory(registry)


@pytest.fixture
async def desk(story: RegistryStory) -> RegisterStory:
    return RegisterStory(story.registry)


async def derived(desk: RegisterStory, cluster: str) -> dict[str, str]:
    asked: dict[str, Any] = {"programme": "hubei-county-clusters", "data_year": 2023}
    table = ok(await desk.get("/v1/derived-indicators", **asked))
    (found,) = (entry for entry in table["clusters"] if entry["cluster"] == cluster)
    return {name: value["value"] for name, value in found["values"].items()}


async def test_a_yearly_figure_that_was_corrected_later_counts_once(
    story: RegistryStory, desk: RegisterStory
) -> None:
    cluster = ok(await story.register())["code"]
    since = {"valid_from": "2020-01-01"}
    ok(await desk.enter("enterprises", firm(1, "甲公司", **since)))
    ok(await desk.enter("cluster-memberships", membership(1, cluster, **since)))
    year = {"enterprise": make_test_code(1), "year": 2023, **ABOUT}
    ok(await desk.enter("enterprise-years", {**year, "operating_revenue_wan": "150000"}))
    assert (await derived(desk, cluster))["backbone_firms"] == "1"
    await set_business_date(story.registry, "2024-07-05")
    ok(await desk.enter("enterprise-years", {**year, "operating_revenue_wan": "160000"}))
    assert (await derived(desk, cluster))["backbone_firms"] == "1"


async def test_a_share_of_a_third_makes_no_figure_that_scoring_cannot_read(
    story: RegistryStory, desk: RegisterStory
) -> None:
    first, second = [ok(await story.register(name))["code"] for name in ("甲集群", "乙集群")]
    since = {"valid_from": "2020-01-01"}
    ok(await desk.enter("enterprises", firm(1, "两边公司", **since)))
    thirds = [(first, "0.333333333333"), (second, "0.666666666667")]
    ok(await desk.enter("cluster-memberships", *[membership(1, c, split=s, **since) for c, s in thirds]))
    year = {"enterprise": make_test_code(1), "year": 2023, **ABOUT}
    ok(await desk.enter("enterprise-years", {**year, "operating_revenue_wan": "1000.1234"}))
    assert (await derived(desk, first))[
        "operating_revenue"
    ] == "333.374466666333"  # 12 decimals, as any figure


async def test_absurd_figures_of_a_draft_are_compared_all_the_same(
    story: RegistryStory, desk: RegisterStory
) -> None:
    cluster = ok(await story.register())["code"]
    content = plausible_content(revenue="100000000000000000")
    (before,) = (
        v for v in content["values"] if (v["indicator"], v["data_year"]) == ("operating_revenue", 2022)
    )
    before["value"] = "0.000000000001"
    code = (await story.prepare(cluster, content))["code"]
    lines = ok(await desk.get(f"/v1/applications/{code}/comparison"))["figures"]
    grown = {line["data_year"]: line for line in lines if line["indicator"] == "operating_revenue"}
    assert grown[2023]["reported_growth_percent"].startswith("1" + "0" * 30)
    since = {"valid_from": "2020-01-01"}
    park = {
        "code": "ZD-1",
        "name": "园区",
        "level": "provincial",
        "area_mu": "0.000000000001",
        **ABOUT,
        **since,
    }
    ok(await desk.enter("parks", park))
    ok(await desk.enter("cluster-parks", {"cluster": cluster, "park": "ZD-1", **ABOUT, **since}))
    invested = {"park": "ZD-1", "year": 2023, "investment_wan": "100000000000000000", **ABOUT} | {
        "new_landings": 0,
        "moved_in": 0,
    }
    ok(await desk.enter("park-years", invested))
    ok(await desk.enter("enterprises", firm(1, "甲公司", **since)))
    ok(await desk.enter("cluster-memberships", membership(1, cluster, **since)))
    assert "investment_per_mu" not in await derived(desk, cluster)


async def test_half_a_membership_cannot_be_withdrawn(story: RegistryStory, desk: RegisterStory) -> None:
    first, second = [ok(await story.register(name))["code"] for name in ("甲集群", "乙集群")]
    ok(await desk.enter("enterprises", firm(1, "两边公司")))
    halves = [membership(1, cluster, split="0.5") for cluster in (first, second)]
    ok(await desk.enter("cluster-memberships", *halves))
    key = f"{make_test_code(1)}|{first}"
    one = await desk.get(f"/v1/registers/cluster-memberships/entries/{key}")
    path = f"/v1/registers/cluster-memberships/withdrawals/{key}"
    answer = await desk.post(path, {"reason": "误登"}, by=None, **{"If-Match": one.headers["ETag"]})
    assert answer.status_code in {409, 422}, answer.text
    assert len(await desk.listed("cluster-memberships")) == 2


async def test_what_was_sent_back_after_the_filing_days_is_corrected_until_the_cut_off(
    story: RegistryStory,
) -> None:
    cluster = ok(await story.register())["code"]
    filed = await story.prepare(cluster)
    ok(await story.sign_off(filed["code"], filed["content_hash"]))
    await set_business_date(story.registry, "2024-08-05")  # filing closed on 31 July
    reason = {"indicator": "tax_paid", "data_year": 2023, "reason": "与税务口径不符"}
    ok(await story.send_back(city_reviewer(SUIZHOU), filed["code"], reason))
    now = await story.revise(filed["code"], plausible_content(tax_paid="82000"))
    revised = ok(now)
    ok(await story.sign_off(filed["code"], revised["content_hash"]))


async def test_who_did_not_sign_in_the_filing_days_is_too_late(story: RegistryStory) -> None:
    filed = await story.prepare(ok(await story.register())["code"])
    await set_business_date(story.registry, "2024-08-05")
    refused(await story.revise(filed["code"], plausible_content()), 409, "round-closed")
    refused(await story.sign_off(filed["code"], filed["content_hash"]), 409, "round-closed")


async def test_a_designation_does_not_begin_before_its_notice_is_over(
    story: RegistryStory, release_key: OKPKey
) -> None:
    cluster = ok(await story.register())["code"]
    release = final_release((cluster, "designate"))
    for typo in ("2014-09-14", "2024-09-10"):
        early = await designate(story.registry, signed(release, release_key), effective_from=typo)
        refused(early, 422, "designation-precedes-its-release")
    ok(await designate(story.registry, signed(release, release_key)))


async def test_who_prepared_by_way_of_a_service_cannot_sign(story: RegistryStory) -> None:
    cluster = ok(await story.register())["code"]
    signer = county_signer(ZENGDU)
    gateway = Person(
        "gateway", (Role.SERVICE, Role.COUNTY_PREPARER, Role.COUNTY_SIGNER), ZENGDU, "曾都区政务平台"
    )
    body = {"round": ROUND, "cluster": cluster, **plausible_content()}
    async with story.registry.as_(gateway) as client:
        prepared = {"Idempotency-Key": "prepare-0001", "On-Behalf-Of": signer.subject}
        filed = ok(await client.post("/v1/applications", json=body, headers=prepared))
        refused(await story.sign_off(filed["code"], filed["content_hash"]), 403, "maker-cannot-check")
        signed = {"Idempotency-Key": "sign-0001", "On-Behalf-Of": "somebody-else"}
        path = f"/v1/applications/{filed['code']}/sign-off"
        ok(await client.post(path, json={"content_hash": filed["content_hash"]}, headers=signed))


async def test_a_city_does_not_recommend_what_the_county_changed_meanwhile(story: RegistryStory) -> None:
    filed = await story.prepare(ok(await story.register())["code"])
    ok(await story.sign_off(filed["code"], filed["content_hash"]))
    revised = ok(await story.revise(filed["code"], plausible_content(tax_paid="82000")))
    ok(await story.sign_off(filed["code"], revised["content_hash"]))
    path = f"/v1/applications/{filed['code']}/recommendation"
    read = {"note": "同意推荐", "content_hash": filed["content_hash"]}
    refused(await story.post(city_reviewer(SUIZHOU), path, read), 409, "sign-off-void")
    read["content_hash"] = revised["content_hash"]
    ok(await story.post(city_reviewer(SUIZHOU), path, read))


async def test_a_value_confirmed_on_the_spot_is_a_possible_one(story: RegistryStory) -> None:
    filed = await story.prepare(ok(await story.register())["code"])
    ok(await story.sign_off(filed["code"], filed["content_hash"]))
    path = f"/v1/applications/{filed['code']}/on-site-checks"
    check = {"indicator": "park_entry_rate", "data_year": 2023, "confirmed": "825", "note": "抄录有误"}
    problem = refused(await story.post(EVALUATOR, path, check), 422, "filing-has-errors")
    assert [entry["rule"] for entry in problem["errors"]] == ["range"]
    check = {"indicator": "above_scale_firms", "data_year": 2023, "confirmed": "82.5", "note": "抄录有误"}
    refused(await story.post(EVALUATOR, path, check), 422, "filing-has-errors")


async def test_cells_in_percent_format_are_not_read_as_hundredths(
    story: RegistryStory, desk: RegisterStory
) -> None:
    cluster = ok(await story.register())["code"]
    form = await desk.get("/v1/applications/form", round=ROUND, cluster=cluster)
    book = load_workbook(io.BytesIO(form.content))
    page = book.worksheets[0]
    for row in page.iter_rows(min_row=2):
        for cell in row[5:]:
            cell.number_format = "0.0%"  # also the empty and the written ones
        if row[0].value == "park_entry_rate" and row[3].value == 2023:
            row[5].value, row[8].value, place = 0.825, "台账", row[5].row
    buffer = io.BytesIO()
    book.save(buffer)
    upload = ok(await desk.upload(buffer.getvalue(), "form.xlsx"))["id"]
    body = {"upload": upload, "mode": "check", "round": ROUND, "cluster": cluster}
    found = ok(await desk.post("/v1/applications/imports", body))
    problems = [entry for entry in await desk.problems(found) if entry[2] == "percent-cell"]
    assert found["state"] == "refused"
    assert problems == [(place, "value", "percent-cell")]


@pytest.mark.parametrize("mode", ["check", "apply"])
async def test_a_form_with_a_cell_at_the_end_of_the_sheet_is_refused_and_the_registry_stays_up(
    story: RegistryStory, desk: RegisterStory, mode: str
) -> None:
    cluster = ok(await story.register())["code"]
    far = raw.raw_workbook(
        raw.row(1, raw.cell("A1")) + raw.row(1048576, raw.cell("XFD1048576")), sheet=FORM_SHEET
    )
    upload = ok(await desk.upload(far, "form.xlsx"))["id"]
    body = {"upload": upload, "mode": mode, "round": ROUND, "cluster": cluster}
    found = ok(await desk.post("/v1/applications/imports", body))
    assert found["state"] == "refused"
    assert [problem[2] for problem in await desk.problems(found)] == ["too-many-rows"]
    assert (await desk.get("/v1/applications/form", round=ROUND, cluster=cluster)).status_code == 200
