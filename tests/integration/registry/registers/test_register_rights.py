"""Another county's registers, files and filings are as if they did not exist; lists ask a constant number of times."""

from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.people import AUDITOR, county_preparer
from tests.support.register_story import RegisterStory, firm
from tests.support.registry_story import ROUND, TIANMEN, RegistryStory, load_programme, ok, refused
from tests.support.services import RunningService
from tests.support.statements import belongs_to_the_request


@pytest.fixture
async def desk(registry: RunningService) -> RegisterStory:
    await load_programme(registry)
    return RegisterStory(registry)


async def test_what_lies_beside_a_filing_is_hidden_from_other_counties(desk: RegisterStory) -> None:
    story = RegistryStory(desk.registry)
    cluster = ok(await story.register())["code"]
    code = (await story.prepare(cluster))["code"]
    stranger = county_preparer(TIANMEN)
    for path in ("comparison", "on-site-checks", "evidence", "differences"):
        query: dict[str, Any] = {"before": 1, "after": 1} if path == "differences" else {}
        assert (await desk.get(f"/v1/applications/{code}/{path}", **query)).is_success
        refused(await desk.get(f"/v1/applications/{code}/{path}", by=stranger, **query), 404, "not-found")
    for path in ("form", "proposal"):
        refused(
            await desk.get(f"/v1/applications/{path}", by=stranger, round=ROUND, cluster=cluster),
            404,
            "not-found",
        )
    upload = ok(await desk.upload(b"%PDF-1.7", "a.pdf", purpose="evidence", by=stranger))["id"]
    body = {"upload": upload, "kind": "other", "title": "x"}
    refused(await desk.post(f"/v1/applications/{code}/evidence", body, by=stranger), 404, "not-found")
    refused(
        await desk.post(f"/v1/applications/{code}/evidence", body), 404, "not-found"
    )  # somebody else's file
    reminders = ok(await desk.get(f"/v1/rounds/{ROUND}/reminders", by=stranger))
    assert reminders["outstanding"] == []
    refused(await desk.get(f"/v1/applications/{code}/differences", before=1, after=9), 404, "not-found")


async def test_uploads_and_imports_are_their_makers_own(desk: RegisterStory) -> None:
    upload = ok(await desk.upload(b"a,b\n1,2\n", "a.csv"))["id"]
    found = ok(await desk.post("/v1/registers/parks/imports", {"upload": upload, "mode": "check"}))
    assert (found["state"], found["errors"]) == ("refused", 1)
    stranger = county_preparer(TIANMEN)
    refused(await desk.get(f"/v1/uploads/{upload}", by=stranger), 404, "not-found")
    for path in ("", "/problems", "/report"):
        assert (await desk.get(f"/v1/imports/{found['id']}{path}")).is_success
        refused(await desk.get(f"/v1/imports/{found['id']}{path}", by=stranger), 404, "not-found")
    body = {"upload": upload, "mode": "check"}
    refused(await desk.post("/v1/registers/parks/imports", body, by=stranger), 404, "not-found")


async def test_histories_derived_figures_and_exports_stay_within_the_division(desk: RegisterStory) -> None:
    entry = firm(1, "曾都公司")
    ok(await desk.enter("enterprises", entry))
    stranger = county_preparer(TIANMEN)
    refused(
        await desk.get(f"/v1/registers/enterprises/histories/{entry['credit_code']}", by=stranger),
        404,
        "not-found",
    )
    assert (await desk.get("/v1/registers/enterprises/export", by=stranger, format="json")).json() == []
    assert len((await desk.get("/v1/registers/enterprises/export", by=AUDITOR, format="json")).json()) == 1
    path = f"/v1/registers/enterprises/entries/{entry['credit_code']}"
    async with desk.registry.as_(stranger) as client:
        refused(await client.put(path, json={"entry": entry}, headers={"If-Match": '"1"'}), 404, "not-found")


async def test_a_list_asks_the_database_a_constant_number_of_times(desk: RegisterStory) -> None:
    counted: list[str] = []
    engine = desk.registry.database.engine.sync_engine

    @sa.event.listens_for(engine, "before_cursor_execute")
    def count(_c: object, _k: object, statement: str, _p: object, _x: object, _m: object) -> None:
        if belongs_to_the_request(statement):
            counted.append(statement)

    async def asked(path: str) -> int:
        counted.clear()
        ok(await desk.get(path))
        return len(counted)

    paths = [
        "/v1/registers/enterprises/entries",
        "/v1/clusters",
        "/v1/applications",
        f"/v1/rounds/{ROUND}/reminders",
    ]
    before = [await asked(path) for path in paths]
    ok(await desk.enter("enterprises", *[firm(n, f"公司{n}") for n in range(150)]))
    story = RegistryStory(desk.registry)
    for name in ("甲集群", "乙集群"):
        await story.prepare(ok(await story.register(name))["code"])
    assert [await asked(path) for path in paths] == before
    assert max(before) <= 8
