"""What the registry freezes for scoring, and what it records on scoring's signed release."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from joserfc.jwk import OKPKey

from services.registry.storage.filings.filings import lock_filings
from services.registry.storage.tables.filings import filing_value
from shared.contracts.designation_set import DesignationSet
from shared.contracts.snapshot import Snapshot
from shared.documents.keys import sign_hash
from tests.support.designations import designate, signed
from tests.support.people import AUDITOR, PROVINCE_OFFICER
from tests.support.registry_story import (
    ROUND,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    refused,
    set_business_date,
    value,
)
from tests.support.release import final_release
from tests.support.services import RunningService


@pytest.fixture
async def story(registry: RunningService) -> RegistryStory:
    await load_programme(registry)
    return RegistryStory(registry)


async def freeze(registry: RunningService) -> httpx.Response:
    async with registry.as_(PROVINCE_OFFICER) as client:
        return await client.post(
            f"/v1/rounds/{ROUND}/snapshots", headers={"Idempotency-Key": f"freeze-{uuid4()}"}
        )


@pytest.mark.strangers
async def test_a_snapshot_is_its_own_proof_and_holds_accepted_values_only(story: RegistryStory) -> None:
    await story.accepted()
    ok(await story.register("未完成的集群"))
    refused(await freeze(story.registry), 409, "cut-off-not-reached")
    await set_business_date(story.registry, "2024-08-16")
    frozen = ok(await freeze(story.registry))
    assert frozen["units"] == 1
    assert ok(await freeze(story.registry))["sha256"] == frozen["sha256"]
    async with story.registry.as_(AUDITOR) as client:
        content = (await client.get(f"/v1/snapshots/{frozen['sha256']}")).content
        snapshot = Snapshot.parse(content, expected_sha256=frozen["sha256"])
        listed = (await client.get(f"/v1/rounds/{ROUND}/snapshots")).json()["snapshots"]
        refused(await client.get("/v1/snapshots/sha256:" + "0" * 64), 404, "not-found")
    assert [entry["sha256"] for entry in listed] == [frozen["sha256"]]
    unit = snapshot.units[0]
    assert (unit.unit, unit.division_path, unit.groups) == (
        "421303-01",
        ("420000", "421300", "421303"),
        {"city": "421300"},
    )
    years = {entry.data_year for entry in unit.values if entry.indicator == "operating_revenue"}
    assert years == {2022, 2023}


async def test_an_empty_round_has_no_snapshot(story: RegistryStory) -> None:
    await set_business_date(story.registry, "2024-08-16")
    refused(await freeze(story.registry), 409, "nothing-accepted")


async def test_a_restatement_makes_a_new_snapshot_and_keeps_the_old_one(story: RegistryStory) -> None:
    code = await story.accepted()
    await set_business_date(story.registry, "2024-09-05")
    before = ok(await freeze(story.registry))
    body = {"reason": "异议成立:出口额漏报", "values": [value("exports", 2023, "4321")]}
    restated = ok(await story.post(PROVINCE_OFFICER, f"/v1/applications/{code}/restatements", body))
    assert restated["state"] == "accepted"
    after = ok(await freeze(story.registry))
    assert (after["number"], after["sha256"] != before["sha256"]) == (2, True)
    bad = {"reason": "?", "values": [value("park_entry_rate", 2023, "140")]}
    refused(
        await story.post(PROVINCE_OFFICER, f"/v1/applications/{code}/restatements", bad),
        422,
        "filing-has-errors",
    )
    assert ok(await freeze(story.registry))["sha256"] == after["sha256"]


async def test_a_snapshot_waits_for_a_restatement_under_way(story: RegistryStory) -> None:
    code = await story.accepted()
    await set_business_date(story.registry, "2024-09-05")
    exports = sa.update(filing_value).where(filing_value.c.filing_code == code)
    exports = exports.where(filing_value.c.indicator == "exports", filing_value.c.data_year == 2023)
    waited_for = sa.text(
        "SELECT count(*) FROM pg_locks, pg_sleep(0.01) "
        "WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    )
    async with story.registry.database.transaction() as restating:
        await lock_filings(restating, [code])
        freezing = asyncio.create_task(freeze(story.registry))
        while not freezing.done() and not await restating.scalar(waited_for):
            continue
        await restating.execute(exports.values(state="value", value=4321))
    frozen = ok(await freezing)
    async with story.registry.as_(AUDITOR) as client:
        content = (await client.get(f"/v1/snapshots/{frozen['sha256']}")).content
    (unit,) = Snapshot.parse(content, expected_sha256=frozen["sha256"]).units
    assert [v.value for v in unit.values if (v.indicator, v.data_year) == ("exports", 2023)] == ["4321"]


@pytest.mark.strangers
async def test_a_signed_final_release_gives_each_cluster_its_status(
    story: RegistryStory, release_key: OKPKey
) -> None:
    for name in ("甲集群", "乙集群"):
        ok(await story.register(name))
    release = final_release(("421303-01", "designate"), ("421303-02", "cultivate"))
    recorded = ok(await designate(story.registry, signed(release, release_key)))
    assert recorded["counts"] == {"designated": 1, "cultivated": 1}
    async with story.registry.as_(AUDITOR) as client:
        path = "/v1/designation-sets/hubei-county-clusters"
        content = (await client.get(path, params={"as_of": "2024-09-20"})).content
        before = (await client.get(path, params={"as_of": "2024-09-13"})).content
    found = DesignationSet.parse(content)
    assert [(entry.cluster, entry.status) for entry in found.designations] == [
        ("421303-01", "designated"),
        ("421303-02", "cultivated"),
    ]
    assert DesignationSet.parse(before).designations == ()
    again = await designate(story.registry, signed(release, release_key))
    refused(again, 409, "release-already-designated")


async def test_a_holder_files_a_return_and_an_applicant_applies(
    story: RegistryStory, release_key: OKPKey
) -> None:
    cluster = ok(await story.register())["code"]
    release = final_release((cluster, "designate"))
    ok(await designate(story.registry, signed(release, release_key)))
    await set_business_date(story.registry, "2024-07-01")
    await story.prepare(cluster)  # the designation is not in effect yet


@pytest.mark.parametrize(
    ("changed", "code", "status"),
    [
        ({"stage": "proposed"}, "release-not-final", 409),
        ({"programme": "another"}, "release-of-other-programme", 422),
    ],
)
async def test_a_release_that_may_not_be_used_is_refused(
    story: RegistryStory, release_key: OKPKey, changed: dict[str, Any], code: str, status: int
) -> None:
    ok(await story.register())
    release = final_release(("421303-01", "designate"), **changed)
    refused(await designate(story.registry, signed(release, release_key)), status, code)


async def test_a_release_with_a_wrong_signature_or_unknown_clusters_is_refused(
    story: RegistryStory, release_key: OKPKey
) -> None:
    ok(await story.register())
    release = final_release(("421303-01", "designate"))
    stranger = OKPKey.generate_key("Ed25519", parameters={"kid": "test-release"})
    refused(
        await designate(story.registry, signed(release, stranger)),
        422,
        "signature-invalid",
    )
    other = signed(release, release_key) | {"signature": sign_hash("sha256:" + "9" * 64, release_key)}
    refused(await designate(story.registry, other), 422, "signature-invalid")
    unknown = final_release(("421303-01", "designate"), ("429006-07", "designate"))
    refused(
        await designate(story.registry, signed(unknown, release_key)),
        422,
        "clusters-not-registered",
    )
    async with story.registry.as_(AUDITOR) as client:
        content = (await client.get("/v1/designation-sets/hubei-county-clusters?as_of=2025-01-01")).content
    assert DesignationSet.parse(content).designations == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 2**53},
        {"number": 10**30},
        {"programme": "\ud800"},
        {"data_year": -(10**20)},
        {"scheme": None},
    ],
    ids=["2^53", "10^30", "a lone surrogate", "a year before all years", "no scheme"],
)
async def test_a_release_that_no_reader_could_hold_is_refused(
    story: RegistryStory, changed: dict[str, Any]
) -> None:
    release = json.loads(final_release(("421303-01", "designate")).canonical()) | changed
    body = {
        "programme": "hubei-county-clusters",
        "releases": [{"release": release, "signature": "x" * 40}],
        "effective_from": "2024-09-14",
        "note": "提请认定",
    }
    headers = {"Idempotency-Key": "designate-0001", "Content-Type": "application/json"}
    async with story.registry.as_(PROVINCE_OFFICER) as client:
        answer = await client.post("/v1/designation-decisions", content=json.dumps(body), headers=headers)
    refused(answer, 422, "invalid-request")


async def test_a_published_programme_is_immutable(registry: RunningService) -> None:
    await load_programme(registry)
    from tests.support import programme  # noqa: PLC0415 - only this test posts it again

    document = programme.document("programme")
    async with registry.as_(PROVINCE_OFFICER) as client:
        same = await client.post("/v1/programmes", json=document)
        assert same.status_code == 201
        refused(
            await client.post("/v1/programmes", json={**document, "title": "另一个"}),
            409,
            "version-already-published",
        )
        zone = {
            **document,
            "version": "2024.8",
            "scope": {**document["scope"], "counties": ["421303", "421071"]},
        }
        problem = refused(await client.post("/v1/programmes", json=zone), 422, "programme-inconsistent")
        assert ("scope.counties[1]", 2) in [(item["field"], item["row"]) for item in problem["errors"]]
        unknown_key = await client.post(
            "/v1/programmes", json={**document, "version": "2024.9", "surprise": 1}
        )
        refused(unknown_key, 422, "invalid-request")
        to_come = {**document, "version": "2199.1", "document_number": "鄂政办发〔2199〕1号"}
        to_come |= {"published_on": "2199-01-01", "effective_from": "2199-01-01"}
        to_come["scope"] = {**document["scope"], "effective_from": "2199-01-01"}
        problem = refused(await client.post("/v1/programmes", json=to_come), 409, "document-not-public")
        assert "鄂政办发〔2199〕1号 公布于 2199-01-01" in problem["errors"][0]["message"]


async def test_divisions_are_checked_as_a_whole(registry: RunningService) -> None:
    good = {"code": "420000", "name": "湖北省", "level": "province", "kind": "province", "parent_code": None,
            "pinyin": "Hubei"}  # fmt: skip
    orphan = {**good, "code": "421303", "name": "曾都区", "level": "county", "parent_code": "421300"}
    async with registry.as_(PROVINCE_OFFICER) as client:
        problem = refused(
            await client.put("/v1/divisions", json={"divisions": [good, orphan, good]}),
            422,
            "divisions-inconsistent",
        )
        assert {(item["row"], item["rule"]) for item in problem["errors"]} >= {(2, "parent"), (1, "unique")}
        assert (await client.get("/v1/divisions")).json()["items"] == []


async def test_a_list_continues_page_by_page_without_gaps(registry: RunningService) -> None:
    await load_programme(registry)
    seen: list[str] = []
    async with registry.as_(AUDITOR) as client:
        path: str | None = "/v1/divisions?limit=50"
        while path:
            answer = await client.get(path)
            seen += [entry["code"] for entry in answer.json()["items"]]
            path = str(answer.url.join(answer.links["next"]["url"])) if "next" in answer.links else None
        assert (await client.get("/v1/divisions?cursor=nonsense")).status_code == 422
    assert len(seen) == 120
    assert seen == sorted(set(seen))


def test_plausible_content_covers_two_data_years() -> None:
    assert {entry["data_year"] for entry in plausible_content()["values"]} == {2022, 2023}
