"""One form for names, codes, headings, words and searches, wherever a text enters the registry."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from shared.text.credit_code import make_test_code
from tests.support.people import county_preparer
from tests.support.register_story import ABOUT, RegisterStory, firm, membership, saved, workbook
from tests.support.registry_story import ROUND, ZENGDU, RegistryStory, load_programme, ok, refused
from tests.support.services import RunningService

PARK = {"name": "园区", "level": "省级", "area_mu": "10", **ABOUT}


@pytest.fixture
async def desk(registry: RunningService) -> RegisterStory:
    await load_programme(registry)
    return RegisterStory(registry)


def wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


async def names(desk: RegisterStory, **query: Any) -> list[str]:
    return [entry["name"] for entry in await desk.listed("enterprises", **query)]


async def test_a_name_is_stored_clean_and_keeps_its_punctuation(desk: RegisterStory) -> None:
    written = ["\u3000甲\u200b公司\u00a0", "乙\uff08湖北\uff09公司", "\uff21\uff22公司"]
    ok(await desk.enter("enterprises", *[firm(n, name) for n, name in enumerate(written)]))
    assert sorted(await names(desk)) == sorted(["甲公司", "乙\uff08湖北\uff09公司", "\uff21\uff22公司"])


@pytest.mark.parametrize("name", ["\ue000公司", "公\0司", "公\x1f司", "\u200b", "\u3000\u00a0", "\u3164"])
async def test_a_name_that_cannot_be_shown_is_refused(desk: RegisterStory, name: str) -> None:
    refused(await desk.enter("enterprises", firm(1, name)), 422, "entries-invalid")
    cluster: dict[str, Any] = {"programme": "hubei-county-clusters", "county_code": ZENGDU, "name": name}
    cluster |= {"leading_industry": "汽车", "industry_codes": ["36"], "in_focus": True}
    problem = refused(await desk.post("/v1/clusters", cluster), 422, "invalid-request")
    assert [item["field"] for item in problem["errors"]] == ["name"]
    assert await desk.listed("enterprises") == []


@pytest.mark.parametrize(
    "search", ["ab公司", "AB公司", "\uff21\uff22公司", "\uff41b公司", " AB\u200b公司\u00a0", "\u3000b公司"]
)
async def test_a_search_finds_a_name_however_it_is_written(desk: RegisterStory, search: str) -> None:
    written = ["AB公司一", "\uff21\uff22公司二", "ab公司三"]
    ok(await desk.enter("enterprises", *[firm(n, name) for n, name in enumerate(written)], firm(9, "别的")))
    assert sorted(await names(desk, search=search)) == sorted(written)


async def test_a_search_that_cannot_be_is_refused(desk: RegisterStory) -> None:
    queries: list[dict[str, Any]] = [{"search": "公\x07司"}, {"where": "name=公\ue000司"}]
    for query in queries:
        refused(await desk.get("/v1/registers/enterprises/entries", **query), 422, "list-wish-invalid")


async def test_a_filter_asks_for_what_is_stored(desk: RegisterStory) -> None:
    ok(await desk.enter("enterprises", firm(1, "甲公司")))
    code = make_test_code(1)
    for text in (code, code.lower(), wide(code), f" {code}\u200b"):
        assert await names(desk, where=f"credit_code={text}") == ["甲公司"], text
    assert await names(desk, where="name=\u3000甲公司") == ["甲公司"]


async def test_codes_that_differ_by_width_or_case_are_one(desk: RegisterStory) -> None:
    ok(await desk.enter("parks", {**PARK, "code": "Zone-a"}))
    ok(await desk.enter("parks", {**PARK, "code": wide("zone-A"), "name": "改名"}))
    (park,) = await desk.listed("parks")
    assert (park["key"], park["name"]) == ("ZONE-A", "改名")
    refused(
        await desk.enter("parks", {**PARK, "code": "b-1"}, {**PARK, "code": "B-1"}), 422, "entries-invalid"
    )
    ok(await desk.enter("enterprises", firm(1, "甲公司", park="zone-a")))
    ok(await desk.enter("enterprises", firm(2, "乙公司", credit_code=make_test_code(2).lower())))
    cluster = ok(await RegistryStory(desk.registry).register())["code"]
    ok(await desk.enter("cluster-memberships", membership(2, wide(cluster))))


async def test_a_superscript_is_no_digit(desk: RegisterStory) -> None:
    for area in ("1234\u00b9", "\u2460"):
        refused(await desk.enter("parks", {**PARK, "code": "P1", "area_mu": area}), 422, "entries-invalid")
    ok(await desk.enter("parks", {**PARK, "code": "P1", "area_mu": wide("1234.5")}))
    assert (await desk.listed("parks"))[0]["data"]["area_mu"] == "1234.5"


async def test_words_of_a_list_are_read_in_any_width_and_case(desk: RegisterStory) -> None:
    for number, size in enumerate(("MEDIUM", "\uff4dedium", " 中型\u200b")):
        ok(await desk.enter("enterprises", firm(number, f"公司{number}", size=size)))
    assert {entry["data"]["size"] for entry in await desk.listed("enterprises")} == {"medium"}


async def test_headings_are_read_in_any_width_and_case_and_with_line_breaks(desk: RegisterStory) -> None:
    book = load_workbook(io.BytesIO(saved(workbook("enterprises", [firm(1, "甲公司")]))))
    page = book.worksheets[0]
    for cell in page[1]:
        text = str(cell.value)
        cell.value = f"\u00a0{text[:2]}\n{text[2:]}\u200b".replace("*", "\uff0a")
    found = await desk.import_("enterprises", saved(book))
    assert (found["state"], found["added"], found["warnings"]) == ("applied", 1, 0)


async def test_clusters_of_a_county_differ_by_more_than_width_and_case(desk: RegisterStory) -> None:
    story = RegistryStory(desk.registry)
    made = ok(await story.register(" 5\uff27产业集群\u200b"))
    assert made["name"] == "5\uff27产业集群"
    for name in ("5G产业集群", "5g产业集群", "\uff15g产业集群"):
        refused(await story.register(name), 409, "cluster-name-taken")


async def test_codes_and_facts_of_a_form_are_read_in_any_width_and_case(desk: RegisterStory) -> None:
    story = RegistryStory(desk.registry)
    cluster = ok(await story.register())["code"]
    filed = await story.prepare(cluster)
    form = await desk.get("/v1/applications/form", round=ROUND, cluster=cluster)
    book = load_workbook(io.BytesIO(form.content))
    for row in book.worksheets[0].iter_rows(min_row=2):
        row[0].value = wide(str(row[0].value)).upper()
    upload = ok(await desk.upload(saved(book), "form.xlsx"))["id"]
    body = {"upload": upload, "round": ROUND, "cluster": wide(cluster), "mode": "check", "version": 1}
    found = ok(await desk.post("/v1/applications/imports", body, by=county_preparer(ZENGDU)))
    rules = {rule for _, _, rule in await desk.problems(found)}
    assert rules == {"full-width", "complete"}  # all codes are known; the form is not filled yet
    assert filed["version"] == 1
