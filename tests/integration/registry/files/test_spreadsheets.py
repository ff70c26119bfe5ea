"""The spreadsheet path: template, filled in, dry run with every kind of defect, corrected, accepted; all or nothing."""

import asyncio
import io
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from shared.text.credit_code import ALPHABET, inner_check, make_test_code, outer_check
from tests.support.people import county_preparer
from tests.support.raw_workbook import cell, raw_workbook, row
from tests.support.register_story import (
    RegisterStory,
    csv_text,
    firm,
    headings,
    membership,
    saved,
    workbook,
)
from tests.support.registry_story import TIANMEN, RegistryStory, load_programme, ok, refused
from tests.support.services import RunningService


@pytest.fixture
async def desk(registry: RunningService) -> RegisterStory:
    await load_programme(registry)
    return RegisterStory(registry)


def inner_only(number: int) -> str:
    """A code whose outer check character is right and whose inner one is wrong."""
    body = make_test_code(number)[:16]
    wrong = next(c for c in ALPHABET if c != inner_check(body[8:16]) and c.isdigit())
    return body + wrong + outer_check(body + wrong)


@pytest.mark.strangers
async def test_template_filled_checked_with_planted_defects_corrected_and_accepted(
    desk: RegisterStory,
) -> None:
    ok(await desk.enter("enterprises", firm(900, "天门公司"), by=county_preparer(TIANMEN)))
    template = (await desk.get("/v1/registers/enterprises/template")).content
    book = load_workbook(io.BytesIO(template))
    page = book["企业"]
    assert [cell.value for cell in page[1]] == headings("enterprises")
    columns = {str(cell.value): number for number, cell in enumerate(page[1], start=1)}

    def put(row: int, entry: dict[str, Any]) -> None:
        for code, heading in zip(
            [*entry], [next(h for h in columns if h.startswith(_ZH[code])) for code in entry], strict=True
        ):
            page.cell(row, columns[heading], entry[code])

    put(2, firm(1, "甲公司"))
    put(3, firm(2, "  乙公司 ", established_on="2010年5月1日"))  # blanks around
    put(4, firm(3, "丙公司", established_on=40299))  # a date as a number
    put(5, firm(4, "丁公司", established_on=date(2012, 3, 4), credit_code=full_width(make_test_code(4))))
    put(6, firm(5, "戊公司", credit_code=inner_only(5)))  # fails the inner check only
    put(7, firm(1, "甲公司又一次"))  # twice in the file
    put(8, firm(900, "天门公司"))  # registered elsewhere
    put(9, firm(6, "=A2"))  # a formula
    put(10, firm(7, "合并公司"))
    put(11, firm(8, "", size="巨大", established_on="2023-02-30"))  # empty, no choice, no day
    put(12, firm(9, "己公司", county_code="421303", valid_from="2024-01-01", valid_to="2023-01-01"))
    page.merge_cells(start_row=10, start_column=columns["规模*"], end_row=10, end_column=columns["规模*"] + 1)
    content = saved(book)

    found = await desk.import_("enterprises", content, mode="check")
    assert (found["state"], found["rows"]) == ("refused", 11)
    size_next = "park"
    assert sorted(await desk.problems(found)) == sorted(
        [
            (3, "name", "blanks-around"),
            (4, "established_on", "date-as-number"),
            (5, "credit_code", "full-width"),
            (6, "credit_code", "credit-code-inner"),
            (7, "credit_code", "duplicate"),
            (8, "credit_code", "kept-elsewhere"),
            (9, "name", "formula"),
            (10, "size", "merged"),
            (10, size_next, "merged"),
            (11, "name", "required"),
            (11, "size", "choice"),
            (11, "established_on", "date"),
            (12, "valid_to", "interval"),
        ]
    )
    assert found["warnings"] == 3
    assert (await desk.import_("enterprises", content))["state"] == "refused"
    assert await desk.listed("enterprises") == []

    report = load_workbook(io.BytesIO((await desk.get(f"/v1/imports/{found['id']}/report")).content))
    marked = report["企业"].cell(6, columns["统一社会信用代码*"])
    assert marked.comment is not None
    assert "校验位" in marked.comment.text
    assert marked.fill.fgColor.rgb == "00F8C7C4"
    assert report["问题清单"].max_row == 14

    page.unmerge_cells(
        start_row=10, start_column=columns["规模*"], end_row=10, end_column=columns["规模*"] + 1
    )
    put(6, firm(5, "戊公司"))
    put(7, firm(11, "另一公司"))
    put(8, firm(12, "又一公司"))
    put(9, firm(6, "庚公司"))
    put(10, firm(7, "合并公司"))
    put(11, firm(8, "辛公司", established_on="2023-02-28"))
    put(12, firm(9, "己公司", valid_from="2023-01-01", valid_to="2099-01-01"))
    kept = await desk.import_("enterprises", saved(book))
    assert (kept["state"], kept["added"], kept["errors"]) == ("applied", 11, 0)
    days = {entry["name"]: entry["data"].get("established_on") for entry in await desk.listed("enterprises")}
    assert (days["乙公司"], days["丙公司"], days["丁公司"]) == ("2010-05-01", "2010-05-01", "2012-03-04")


_ZH = {
    "credit_code": "统一社会信用代码", "name": "企业名称", "industry_codes": "行业代码", "size": "规模",
    "source": "来源", "period": "所属期", "established_on": "成立日期", "county_code": "县级区划代码",
    "valid_from": "生效日期", "valid_to": "失效日期",
}  # fmt: skip


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


async def test_numbers_with_separators_and_full_width_digits_are_read_and_said(desk: RegisterStory) -> None:
    zone = {
        "code": "P1",
        "name": "园区",
        "level": "省级",
        "area_mu": "1,234.50",
        "source": "台账",
        "period": "2025",
    }
    other = {**zone, "code": "P2", "area_mu": full_width("1234.5"), "built_area_mu": 12.25}
    grouped_wrong = {**zone, "code": "P3", "area_mu": "12,34"}
    negative = {**zone, "code": "P4", "area_mu": -1}
    found = await desk.import_(
        "parks", saved(workbook("parks", [zone, other, grouped_wrong, negative])), mode="check"
    )
    assert sorted(await desk.problems(found)) == [
        (2, "area_mu", "thousands-separator"), (3, "area_mu", "full-width"),
        (4, "area_mu", "number"), (5, "area_mu", "range"),
    ]  # fmt: skip
    kept = await desk.import_("parks", saved(workbook("parks", [zone, other])))
    assert kept["state"] == "applied"
    assert {e["key"]: (e["data"]["area_mu"], e["data"].get("built_area_mu")) for e in await desk.listed("parks")} == {
        "P1": ("1234.5", None), "P2": ("1234.5", "12.25"),
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_csv_in_the_encodings_that_are_in_use(desk: RegisterStory, encoding: str) -> None:
    content = csv_text("enterprises", [firm(1, "随州公司㐂"), firm(2, "二")]).encode(encoding)
    kept = await desk.import_("enterprises", content, name="firms.csv")
    assert (kept["state"], kept["added"]) == ("applied", 2)
    assert {entry["name"] for entry in await desk.listed("enterprises")} == {"随州公司㐂", "二"}


async def test_a_wrong_sheet_a_missing_column_and_no_heading_are_said(desk: RegisterStory) -> None:
    wrong = await desk.import_("enterprises", saved(workbook("enterprises", [firm(1, "甲")], sheet="Sheet1")))
    assert await desk.problems(wrong) == [(0, "", "wrong-sheet")]
    missing = workbook("enterprises", [firm(1, "甲")], drop=["size", "industry_codes"])
    assert await desk.problems(await desk.import_("enterprises", saved(missing))) == [
        (1, "industry_codes", "missing-column"), (1, "size", "missing-column"),
    ]  # fmt: skip
    empty = Workbook()
    assert empty.active is not None
    empty.active.title = "企业"
    assert await desk.problems(await desk.import_("enterprises", saved(empty))) == [(0, "", "no-heading")]
    extra = workbook("enterprises", [firm(1, "甲")])
    assert extra.active is not None
    extra.active.cell(1, 20, "备注栏")
    found = await desk.import_("enterprises", saved(extra))
    assert found["state"] == "applied"
    assert await desk.problems(found) == [(1, "", "unknown-column")]


async def test_a_million_empty_rows_are_passed_over(desk: RegisterStory) -> None:
    book = workbook("enterprises", [firm(1, "甲")])
    content = saved(book)
    source = zipfile.ZipFile(io.BytesIO(content))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            data = source.read(member)
            if member == "xl/worksheets/sheet1.xml":
                rows = "".join(f'<row r="{n}"/>' for n in range(3, 1_000_003)).encode()
                data = data.replace(b"</sheetData>", rows + b"</sheetData>")
            target.writestr(member, data)
    found = await desk.import_("enterprises", buffer.getvalue())
    assert (found["state"], found["rows"]) == ("applied", 1)


def bomb(claimed: bool) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/workbook.xml", "<workbook/>")
        with target.open("xl/worksheets/sheet1.xml", "w", force_zip64=claimed) as member:
            for _ in range(300):
                member.write(b" " * 1024 * 1024)
    return buffer.getvalue()


def entities() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>')
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "rule"),
    [
        (bomb(claimed=False), "bomb.xlsx", "too-large-unpacked"),
        (entities(), "x.xlsx", "entities"),
        (b'a,"b\n' * 3, "x.csv", "csv"),
        (csv_text("enterprises", [firm(1, "A")]).encode() + b'"open', "x.csv", "csv"),
        (csv_text("enterprises", [firm(1, "A")]).encode() + b"\x81\xff\xff", "x.csv", "encoding"),
    ],
)
async def test_hostile_and_broken_files_are_refused_as_a_whole(
    desk: RegisterStory, content: bytes, name: str, rule: str
) -> None:
    found = await desk.import_("enterprises", content, name=name)
    assert found["state"] == "refused"
    assert [problem[2] for problem in await desk.problems(found)] == [rule]
    assert await desk.listed("enterprises") == []
    assert (await desk.get(f"/v1/imports/{found['id']}/report")).status_code == 200


async def test_a_file_that_is_not_what_it_says_or_not_all_there_is_refused(desk: RegisterStory) -> None:
    refused(
        await desk.upload(b"MZ\x90\x00" + b"\0" * 99, "scan.pdf", purpose="evidence"),
        422,
        "file-is-not-what-it-says",
    )
    refused(
        await desk.upload(b"%PDF-1.7 ...", "photo.png", purpose="evidence"), 422, "file-is-not-what-it-says"
    )
    refused(await desk.upload(b"%PDF-1.7 ...", "a.pdf"), 422, "file-is-not-what-it-says")  # no spreadsheet
    refused(await desk.upload(b"x", "run.exe"), 422, "file-is-not-what-it-says")
    body = {"file_name": "a.csv", "bytes": 10, "sha256": "sha256:" + "0" * 64, "purpose": "import"}
    upload = ok(await desk.post("/v1/uploads", body))["id"]
    async with desk.registry.as_(desk.person) as client:
        ok(await client.put(f"/v1/uploads/{upload}/parts/1", content=b"12345"))
        ok(await client.put(f"/v1/uploads/{upload}/parts/1", content=b"12345"))
        refused(await client.put(f"/v1/uploads/{upload}/parts/1", content=b"54321"), 409, "part-differs")
        refused(await client.put(f"/v1/uploads/{upload}/parts/2", content=b"1234567"), 413, "file-too-large")
        refused(await client.post(f"/v1/uploads/{upload}/completion"), 409, "file-incomplete")
    async with desk.registry.as_(county_preparer(TIANMEN)) as client:
        refused(await client.put(f"/v1/uploads/{upload}/parts/2", content=b"1"), 404, "not-found")
    refused(
        await desk.post("/v1/registers/parks/imports", {"upload": upload, "mode": "apply"}),
        409,
        "file-incomplete",
    )
    huge = {**body, "bytes": 2**40 - 1}
    refused(await desk.post("/v1/uploads", huge), 413, "file-too-large")


async def test_the_same_firm_in_two_uploads_at_once_is_kept_once(desk: RegisterStory) -> None:
    other = RegisterStory(desk.registry, county_preparer(TIANMEN))
    files = [
        saved(workbook("enterprises", [firm(1, name), firm(number, "x")]))
        for number, name in ((2, "甲"), (3, "乙"))
    ]
    uploads = [
        ok(await who.upload(file, "f.xlsx"))["id"] for who, file in zip((desk, other), files, strict=True)
    ]
    path = "/v1/registers/enterprises/imports"
    answers = await asyncio.gather(
        *(
            who.post(path, {"upload": u, "mode": "apply"})
            for who, u in zip((desk, other), uploads, strict=True)
        )
    )
    states = [answer.json().get("state", answer.status_code) for answer in answers]
    assert states.count("applied") == 1, states
    assert {state for state in states if state != "applied"} <= {409, "refused"}
    everything = [*await desk.listed("enterprises"), *await other.listed("enterprises")]
    assert [entry["key"] for entry in everything].count(make_test_code(1)) == 1
    assert len(everything) == 2


async def test_the_same_firm_in_two_clusters_of_two_files_at_once(desk: RegisterStory) -> None:
    story = RegistryStory(desk.registry)
    clusters = [ok(await story.register(name))["code"] for name in ("甲集群", "乙集群")]
    ok(await desk.enter("enterprises", firm(1, "甲")))
    uploads = [
        ok(await desk.upload(saved(workbook("cluster-memberships", [membership(1, c)])), "f.xlsx"))["id"]
        for c in clusters
    ]
    path = "/v1/registers/cluster-memberships/imports"
    answers = await asyncio.gather(*(desk.post(path, {"upload": u, "mode": "apply"}) for u in uploads))
    states = [answer.json().get("state", answer.status_code) for answer in answers]
    assert states.count("applied") == 1, states
    assert len(await desk.listed("cluster-memberships")) == 1


async def test_an_export_holds_what_the_list_shows_and_can_be_imported_again(desk: RegisterStory) -> None:
    ok(
        await desk.enter(
            "enterprises", *[firm(n, f"公司{n:02d}", established_on="2020-01-02") for n in range(30)]
        )
    )
    listed = await desk.listed("enterprises", search="公司", where="size=medium")
    exported = await desk.get(
        "/v1/registers/enterprises/export", format="json", search="公司", where="size=medium"
    )
    assert [entry["key"] for entry in exported.json()] == [entry["key"] for entry in listed]
    for form in ("csv", "xlsx"):
        content = (await desk.get("/v1/registers/enterprises/export", format=form)).content
        again = await desk.import_("enterprises", content, name=f"again.{form}")
        assert (again["state"], again["unchanged"], again["added"], again["changed"]) == ("applied", 30, 0, 0)


async def test_headings_and_separators_may_be_full_width(desk: RegisterStory) -> None:
    line = f"{make_test_code(1)},甲,36\uff0c37\uff1b38,,medium,,,,,,,台账,2025,,"
    head = ",".join(headings("enterprises")).replace("*", "\uff0a")
    found = await desk.import_("enterprises", f"{head}\n{line}\n".encode(), name="a.csv")
    assert found["state"] == "applied"
    assert (await desk.listed("enterprises"))[0]["data"]["industry_codes"] == ["36", "37", "38"]
    area = "占地面积\uff08亩\uff09"
    row = {
        "园区编码": "P1",
        "园区名称": "甲|乙",
        "级别": "省级",
        area: "10",
        "来源": "台账",
        "所属期": "2025",
    }
    content = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    assert (await desk.import_("parks", content.encode(), name="p.csv"))["state"] == "applied"


@pytest.mark.parametrize("mode", ["check", "apply"])
@pytest.mark.parametrize(
    ("number", "place", "rule"),
    [(1048576, "XFD1048576", "too-many-rows"), (99999999999, "A99999999999", "cell-reference")],
)
async def test_a_cell_at_the_end_of_the_sheet_is_refused_and_the_registry_stays_up(
    desk: RegisterStory, mode: str, number: int, place: str, rule: str
) -> None:
    content = raw_workbook(row(1, cell("A1")) + row(number, cell(place)))
    found = await desk.import_("enterprises", content, mode=mode)
    assert (found["state"], found["rows"]) == ("refused", 0)
    assert [problem[2] for problem in await desk.problems(found)] == [rule]
    (problem,) = ok(await desk.get(f"/v1/imports/{found['id']}/problems"))["items"]
    assert place in problem["message"]
    assert place in problem["message_en"]
    assert (await desk.get(f"/v1/imports/{found['id']}/report")).status_code == 200
    assert await desk.listed("enterprises") == []
