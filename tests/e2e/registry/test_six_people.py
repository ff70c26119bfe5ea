"""From an empty application to an accepted one, as six different people: the story of a filing season."""

import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook

from shared.contracts.snapshot import Snapshot
from tests.e2e.registry.conftest import Province
from tests.support.people import (
    AUDITOR,
    EVALUATOR,
    PROVINCE_OFFICER,
    city_reviewer,
    county_preparer,
    county_signer,
    source_department,
)
from tests.support.register_story import firm, membership, saved
from tests.support.registry_story import (
    ROUND,
    SUIZHOU,
    TIANMEN,
    ZENGDU,
    ok,
    plausible_content,
    refused,
    set_business_date,
)

PREPARER, SIGNER, CITY = county_preparer(ZENGDU), county_signer(ZENGDU), city_reviewer(SUIZHOU)
STATISTICS = source_department("省统计局")
APPLICATIONS = "/v1/applications"


def fill_form(content: bytes, **changed: str) -> bytes:
    """The county officer opens the downloaded form and fills in every row."""
    plan = plausible_content(**changed)
    figures = {(value["indicator"], value["data_year"]): value["value"] for value in plan["values"]}
    book = load_workbook(io.BytesIO(content))
    page = book["填报表"]
    for row in range(2, page.max_row + 1):
        code, year = str(page.cell(row, 1).value), page.cell(row, 4).value
        if year is None:
            page.cell(row, 6, "否")
        elif page.cell(row, 6).value is None:
            number = figures[code, int(str(year))]
            page.cell(row, 6, float(number) if "." in number else int(number))
            page.cell(row, 9, "县统计年报")
    return saved(book)


@pytest.mark.strangers
async def test_an_application_from_the_empty_form_to_the_restated_snapshot(province: Province) -> None:
    desk, cluster = province.desk, province.first
    firms = [firm(n, f"企业{n}", valid_from="2020-01-01") for n in range(3)]
    ok(await desk.enter("enterprises", *firms))
    ok(
        await desk.enter(
            "cluster-memberships", *[membership(n, cluster, valid_from="2020-01-01") for n in range(3)]
        )
    )

    # The province looks who has to be reminded.
    reminders = ok(await desk.get(f"/v1/rounds/{ROUND}/reminders", by=PROVINCE_OFFICER))
    assert reminders["days_left"] == 41
    assert reminders["remind_on"] == ["2024-07-17", "2024-07-24", "2024-07-28", "2024-07-30"]
    assert {entry["cluster"] for entry in reminders["outstanding"]} == {province.first, province.second}

    # 1. The preparer downloads the form, fills it, checks it, and files it.
    form = (await desk.get(f"{APPLICATIONS}/form", round=ROUND, cluster=cluster)).content
    filled = fill_form(form)

    async def send(content: bytes, mode: str, version: int | None = None) -> dict[str, Any]:
        upload = ok(await desk.upload(content, "form.xlsx"))["id"]
        body = {"upload": upload, "round": ROUND, "cluster": cluster, "mode": mode, "version": version}
        return ok(await desk.post(f"{APPLICATIONS}/imports", body))

    broken = load_workbook(io.BytesIO(filled))
    broken["填报表"].cell(2, 6, "四百亿")
    broken["填报表"].cell(3, 4, 1999)
    refused_form = await send(saved(broken), "apply")
    assert refused_form["state"] == "refused"
    assert await desk.problems(refused_form) == [(2, "value", "number"), (3, "indicator", "known")]
    checked = await send(filled, "check")
    assert checked["state"] == "checked"
    assert (2, "value", "differs_from_registers") not in await desk.problems(
        checked
    )  # no firm's figures are known
    assert ok(await desk.get(APPLICATIONS))["items"] == []
    assert (await send(filled, "apply"))["state"] == "applied"
    code = f"{ROUND}.{cluster}"
    filed = ok(await desk.get(f"{APPLICATIONS}/{code}"))
    assert {finding["severity"] for finding in filed["findings"]} <= {"warning"}
    scan = b"%PDF-1.7 stamped"
    upload = ok(await desk.upload(scan, "盖章页.pdf", purpose="evidence"))["id"]
    evidence = ok(
        await desk.post(
            f"{APPLICATIONS}/{code}/evidence",
            {"upload": upload, "kind": "stamped_scan", "title": "盖章扫描件"},
        )
    )

    # 2. The signer signs off; the preparer cannot.
    refused(
        await province.story.sign_off(code, filed["content_hash"], by=PREPARER), 403, "role-not-permitted"
    )
    ok(await province.story.sign_off(code, filed["content_hash"]))

    # The preparer edits once more: the sign-off is void and has to be given again.
    edited = fill_form(form, exports="12345")
    assert (await send(edited, "apply", version=2))["state"] == "applied"
    filed = ok(await desk.get(f"{APPLICATIONS}/{code}"))
    assert (filed["state"], filed["signed_off_by"]) == ("draft", None)
    refused(await province.story.recommend(code), 409, "step-not-possible")
    changes = ok(await desk.get(f"{APPLICATIONS}/{code}/differences", before=1, after=3))["changes"]
    assert [(change["field"], change["data_year"]) for change in changes] == [
        ("exports", 2022),
        ("exports", 2023),
    ]
    ok(await province.story.sign_off(code, filed["content_hash"]))

    # 3. The city sends it back with a reason for one field, then endorses the corrected one.
    reason = {"indicator": "exports", "data_year": 2023, "reason": "与海关数不一致"}
    ok(await province.story.send_back(CITY, code, reason))
    mended = fill_form(form, exports="23456")
    await send(mended, "apply", version=5)
    filed = ok(await desk.get(f"{APPLICATIONS}/{code}"))
    ok(await province.story.sign_off(code, filed["content_hash"]))
    ok(await province.story.recommend(code))

    # 4. The third-party evaluator finds other figures on the spot.
    before = next(v for v in filed["values"] if (v["indicator"], v["data_year"]) == ("employees", 2023))
    check = {"indicator": "employees", "data_year": 2023, "confirmed": "20001", "note": "核对社保名册"}
    found = ok(await desk.post(f"{APPLICATIONS}/{code}/on-site-checks", check, by=EVALUATOR))
    assert (found["original"], found["confirmed"]) == (before["value"], "20001")
    refused(
        await desk.post(f"{APPLICATIONS}/{code}/on-site-checks", check, by=CITY), 403, "role-not-permitted"
    )
    assert (
        ok(await desk.get(f"{APPLICATIONS}/{code}"))["content_hash"] == filed["content_hash"]
    )  # still as signed

    # 5. Source departments confirm; one attests an aggregate with its document.
    attested = {
        "round": ROUND, "cluster": cluster, "indicator": "above_scale_firms", "data_year": 2023, "value": "131",
        "document_number": "鄂统函〔2024〕8号",
    }  # fmt: skip
    ok(await desk.post("/v1/attested-aggregates", attested, by=STATISTICS))
    refused(
        await desk.post("/v1/attested-aggregates", attested, by=source_department("省税务局")),
        403,
        "role-not-permitted",
    )
    lines = ok(await desk.get(f"{APPLICATIONS}/{code}/comparison"))["figures"]
    line = next(x for x in lines if (x["indicator"], x["data_year"]) == ("above_scale_firms", 2023))
    assert (line["derived"]["value"], line["derived"]["origin"]) == ("131", "attested")
    assert int(line["difference"]) == int(line["reported"]) - 131
    four_above = next(x for x in lines if (x["indicator"], x["data_year"]) == ("four_above_firms", 2023))
    assert (four_above["derived"]["value"], four_above["derived"]["origin"]) == ("0", "registers")
    await province.story.confirm(code)

    # 6. The province accepts: the value confirmed on the spot stands; then the snapshot is frozen.
    ok(await province.story.accept(code))
    accepted = ok(await desk.get(f"{APPLICATIONS}/{code}", by=AUDITOR))
    assert value_of(accepted, "employees") == "20001"
    await set_business_date(desk.registry, "2024-08-16")
    frozen = ok(await desk.post(f"/v1/rounds/{ROUND}/snapshots", None, by=PROVINCE_OFFICER))
    first = await snapshot(province, frozen["sha256"])
    assert first.sha256 == frozen["sha256"]
    by_name = {(v.indicator, v.data_year): v for v in first.units[0].values}
    assert by_name["derived.above_scale_firms", 2023].value == "131"
    assert by_name["derived.above_scale_firms", 2023].provenance == "derived"
    text = json.dumps(first.model_dump(mode="json"), ensure_ascii=False)
    assert "企业0" not in text
    assert firms[0]["credit_code"] not in text

    # After the cut-off a correction is a restatement with its reason, and a snapshot of its own.
    restated = {**before, "value": "20111", "source": "更正函"}
    del restated["confirmed_by"]
    refused(
        await desk.post(f"{APPLICATIONS}/{code}/restatements", {"reason": "x", "values": [restated]}), 403,
        "role-not-permitted",
    )  # fmt: skip
    answer = await desk.post(
        f"{APPLICATIONS}/{code}/restatements",
        {"reason": "社保口径更正", "values": [restated]},
        by=PROVINCE_OFFICER,
    )
    assert value_of(ok(answer), "employees") == "20111"
    again = ok(await desk.post(f"/v1/rounds/{ROUND}/snapshots", None, by=PROVINCE_OFFICER))
    assert again["number"] == 2
    assert (await snapshot(province, frozen["sha256"])).sha256 == first.sha256

    # The whole history is there, and the evidence for those whose division holds the filing only.
    steps = [step["step"] for step in ok(await desk.get(f"{APPLICATIONS}/{code}/steps"))["steps"]]
    assert steps[:8] == [
        "prepared", "signed_off", "revised", "signed_off", "sent_back", "revised", "signed_off", "recommended",
    ]  # fmt: skip
    assert steps[-2:] == ["accepted", "restated"]
    path = f"/v1/evidence/{evidence['id']}/content"
    assert (await desk.get(path, by=CITY)).content == scan
    refused(await desk.get(path, by=county_preparer(TIANMEN)), 404, "not-found")


async def test_next_years_form_is_prefilled_and_a_closed_round_takes_nothing(province: Province) -> None:
    desk, cluster = province.desk, province.first
    empty = ok(await desk.get(f"{APPLICATIONS}/proposal", round=ROUND, cluster=cluster))
    assert empty["values"] == []
    filed = await province.story.prepare(cluster)
    ok(await province.story.sign_off(filed["code"], filed["content_hash"]))
    ok(await province.story.recommend(filed["code"]))
    await province.story.confirm(filed["code"])
    ok(await province.story.accept(filed["code"]))
    proposal = ok(await desk.get(f"{APPLICATIONS}/proposal", round=ROUND, cluster=cluster))
    assert proposal["open"] == []
    assert {value["source"] for value in proposal["values"]} == {f"已审核通过 {filed['code']}"}
    refused(
        await desk.get(f"{APPLICATIONS}/proposal", round=ROUND, cluster=cluster, by=county_preparer(TIANMEN)),
        404,
        "not-found",
    )

    form = (await desk.get(f"{APPLICATIONS}/form", round=ROUND, cluster=province.second)).content
    upload = ok(await desk.upload(fill_form(form), "f.xlsx"))["id"]
    await set_business_date(desk.registry, "2024-08-01")
    body = {"upload": upload, "round": ROUND, "cluster": province.second, "mode": "apply"}
    refused(await desk.post(f"{APPLICATIONS}/imports", body), 409, "round-closed")
    refused(await desk.post(f"{APPLICATIONS}/imports", {**body, "mode": "check"}), 409, "round-closed")


def value_of(filing: dict[str, Any], indicator: str) -> str:
    return str(
        next(v["value"] for v in filing["values"] if (v["indicator"], v["data_year"]) == (indicator, 2023))
    )


async def snapshot(province: Province, sha256: str) -> Snapshot:
    content = (await province.desk.get(f"/v1/snapshots/{sha256}", by=AUDITOR)).content
    return Snapshot.parse(content, expected_sha256=sha256)
