"""A neighbour learns neither whose a thing is nor that it is there, beyond what a code that exists once must refuse."""

import io
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from shared.text.credit_code import make_test_code
from tests.support.people import PROVINCE_OFFICER, Person, city_reviewer, county_preparer, source_department
from tests.support.register_story import ABOUT, RegisterStory, csv_text, firm, membership
from tests.support.registry_story import TIANMEN, ZENGDU, RegistryStory, load_programme, ok, refused
from tests.support.services import RunningService

NEIGHBOUR = county_preparer(TIANMEN)
GUANGSHUI = "421381"

#: What has a code that exists once in the province, and the code.
ONCE: dict[str, tuple[dict[str, Any], str]] = {
    "parks": (
        {"code": "ZD-1", "name": "经济开发区", "level": "provincial", "area_mu": "12000", **ABOUT},
        "ZD-1",
    ),
    "land-parcels": (
        {
            "code": "L-1",
            "name": "闲置地块",
            "kind": "idle",
            "area_mu": "10",
            "stage": "found",
            **ABOUT,
        },
        "L-1",
    ),
    "enterprises": (firm(1, "专用车公司"), make_test_code(1)),
}
#: By what the county that keeps it could be told.
TELLING = (ZENGDU, "曾都", "4213", "随州")


@pytest.fixture
async def desk(registry: RunningService) -> RegisterStory:
    await load_programme(registry)
    return RegisterStory(registry)


def tells_nothing(text: str) -> None:
    assert [word for word in TELLING if word in text] == []


@pytest.mark.parametrize("register", ONCE)
async def test_who_keeps_a_code_is_not_told_to_a_neighbour(desk: RegisterStory, register: str) -> None:
    entry, code = ONCE[register]
    ok(await desk.enter(register, entry))
    answer = await desk.enter(register, entry, by=NEIGHBOUR)
    (item,) = refused(answer, 422, "entries-invalid")["errors"]
    assert (item["rule"], item["message"].startswith(f"{code} 不能在此登记")) == ("kept-elsewhere", True)
    tells_nothing(answer.text)

    content = csv_text(register, [entry]).encode()
    found = await desk.import_(register, content, name="a.csv", mode="check", by=NEIGHBOUR)
    listed = await desk.get(f"/v1/imports/{found['id']}/problems", by=NEIGHBOUR)
    assert [problem["rule"] for problem in ok(listed)["items"]] == ["kept-elsewhere"]
    tells_nothing(listed.text)
    report = await desk.get(f"/v1/imports/{found['id']}/report", by=NEIGHBOUR)
    book = load_workbook(io.BytesIO(report.content))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    said = [str(cell.value) for cell in cells] + [cell.comment.text for cell in cells if cell.comment]
    assert any("不能在此登记" in text for text in said)
    tells_nothing("\n".join(said))


async def test_a_city_is_told_which_of_its_counties_keeps_a_code_and_no_other(desk: RegisterStory) -> None:
    def keeper(city: str) -> Person:
        return replace(county_preparer(city), division=city)

    entry, code = ONCE["parks"]
    ok(await desk.enter("parks", entry))
    answer = await desk.enter("parks", {**entry, "county_code": GUANGSHUI}, by=keeper("421300"))
    (item,) = refused(answer, 422, "entries-invalid")["errors"]
    assert item["message"] == f"{code} 已由 {ZENGDU} 曾都区 登记"
    answer = await desk.enter("parks", {**entry, "county_code": "420281"}, by=keeper("420200"))
    refused(answer, 422, "entries-invalid")
    tells_nothing(answer.text)


async def test_a_neighbours_cluster_is_as_if_it_did_not_exist(desk: RegisterStory) -> None:
    cluster = ok(await RegistryStory(desk.registry).register())["code"]
    ok(await desk.enter("enterprises", firm(2, "天门公司"), by=NEIGHBOUR))
    told = []
    for code in (cluster, f"{ZENGDU}-99"):
        entry = {**membership(2, code), "county_code": TIANMEN}
        answer = refused(await desk.enter("cluster-memberships", entry, by=NEIGHBOUR), 422, "entries-invalid")
        told.append([(item["rule"], item["message"].replace(code, "?")) for item in answer["errors"]])
    assert told[0] == told[1] == [("cluster-not-known", "没有登记集群 ?")]


@pytest.mark.parametrize(
    ("register", "about", "kept_by"),
    [
        (
            "park-years",
            {"park": "ZD-1", "year": 2024, "investment_wan": "1", "new_landings": 0, "moved_in": 0},
            "parks",
        ),
        ("qualifications", {"enterprise": make_test_code(1), "kind": "gazelle"}, "enterprises"),
        (
            "enterprise-years",
            {"enterprise": make_test_code(1), "year": 2024, "operating_revenue_wan": "1"},
            "enterprises",
        ),
    ],
)
async def test_a_neighbour_says_nothing_about_another_countys_park_or_firm(
    desk: RegisterStory, register: str, about: dict[str, Any], kept_by: str
) -> None:
    ok(await desk.enter(kept_by, ONCE[kept_by][0]))
    entry = {**about, **ABOUT}
    reference = next(iter(about))
    told = []
    for code in (about[reference], make_test_code(77) if reference == "enterprise" else "NONE-1"):
        answer = await desk.enter(register, {**entry, reference: code}, by=NEIGHBOUR)
        problem = refused(answer, 422, "entries-invalid")
        told.append([(item["rule"], item["message"].replace(code, "?")) for item in problem["errors"]])
    assert told[0] == told[1]
    assert [rule for rule, _ in told[0]] == ["reference"]
    ok(await desk.enter(register, entry))
    if register == "qualifications":
        whole = source_department("省经信厅")
        ok(await desk.enter(register, {**entry, "kind": "high_tech", "county_code": ZENGDU}, by=whole))


async def test_of_an_entry_that_was_moved_each_county_sees_and_withdraws_its_own_part(
    desk: RegisterStory,
) -> None:
    code = make_test_code(1)
    before = firm(1, "曾都时期", valid_from="2020-01-01")
    ok(await desk.enter("enterprises", before))
    moved = firm(1, "天门时期", county_code=TIANMEN, valid_from="2024-01-01")
    ok(await desk.enter("enterprises", moved, by=PROVINCE_OFFICER))
    answer = await desk.get(f"/v1/registers/enterprises/histories/{code}", by=NEIGHBOUR)
    assert {entry["name"] for entry in ok(answer)["entries"]} == {"天门时期"}
    tells_nothing(answer.text)
    path = f"/v1/registers/enterprises/entries/{code}"
    async with desk.registry.as_(NEIGHBOUR) as client:
        etag = (await client.get(path)).headers["ETag"]
        withdrawal = f"/v1/registers/enterprises/withdrawals/{code}"
        ok(await client.post(withdrawal, json={"reason": "误登"}, headers={"If-Match": etag}))
    refused(await desk.get(path, by=NEIGHBOUR), 404, "not-found")
    assert ok(await desk.get(path, as_of="2023-12-31"))["name"] == "曾都时期"
    whole = ok(await desk.get(f"/v1/registers/enterprises/histories/{code}", by=PROVINCE_OFFICER))
    assert {entry["name"] for entry in whole["entries"]} == {"曾都时期", "天门时期"}


async def test_the_same_person_in_another_division_has_other_uploads_and_imports(desk: RegisterStory) -> None:
    content = csv_text("parks", [ONCE["parks"][0]]).encode()
    upload = ok(await desk.upload(content, "a.csv"))["id"]
    body = {"upload": upload, "mode": "check"}
    found = ok(await desk.post("/v1/registers/parks/imports", body))["id"]
    elsewhere = replace(desk.person, division=TIANMEN)
    for path in (f"/v1/uploads/{upload}", f"/v1/imports/{found}", f"/v1/imports/{found}/problems"):
        assert (await desk.get(path)).is_success
        refused(await desk.get(path, by=elsewhere), 404, "not-found")
    refused(await desk.post("/v1/registers/parks/imports", body, by=elsewhere), 404, "not-found")


@pytest.mark.parametrize("who", [NEIGHBOUR, city_reviewer("429006")])
async def test_ids_of_others_and_ids_of_nothing_get_one_answer(desk: RegisterStory, who: Person) -> None:
    story = RegistryStory(desk.registry)
    cluster = ok(await story.register())["code"]
    code = (await story.prepare(cluster))["code"]
    upload = ok(await desk.upload(b"%PDF-1.7", "a.pdf", purpose="evidence"))["id"]
    given = {"upload": upload, "kind": "other", "title": "x"}
    evidence = ok(await desk.post(f"/v1/applications/{code}/evidence", given))["id"]
    nothing = "01900000-0000-7000-8000-000000000000"
    pairs = [
        (f"/v1/applications/{code}", "/v1/applications/none-1"),
        (f"/v1/clusters/{cluster}", f"/v1/clusters/{ZENGDU}-99"),
        (f"/v1/evidence/{evidence}/content", f"/v1/evidence/{nothing}/content"),
    ]
    for there, not_there in pairs:
        told = []
        for path in (there, not_there):
            answer = refused(await desk.get(path, by=who), 404, "not-found")
            told.append({key: answer[key] for key in ("type", "title", "detail", "detail_en")})
        assert told[0] == told[1]
