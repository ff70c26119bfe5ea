"""What every service has: health, who may see events, the business date, problem documents, request ids."""

import re
from datetime import timedelta
from typing import Any

import pytest

from shared.data.business_clock import utc_now
from shared.data.events import append_event, read_events, seal_events, verify_event_chain
from shared.text.identifiers import first_id_at, new_id
from tests.support.people import AUDITOR, NOBODY, PIPELINE, Person
from tests.support.services import RunningService


async def test_ready_tells_that_the_schema_is_current(registry: RunningService) -> None:
    async with registry.as_(NOBODY) as client:
        answer = await client.get("/health/ready")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"status": "ok", "service": "registry"}


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1_000_000_000},
        {"aud": ["scoring"]},
        {"iss": "https://elsewhere.example"},
        {"roles": "auditor"},
        {"sub": None},
    ],
    ids=["expired", "made for another service", "another issuer", "roles not a list", "no subject"],
)
async def test_a_bad_token_is_refused(registry: RunningService, claims: dict[str, Any]) -> None:
    async with registry.as_(AUDITOR, **claims) as client:
        answer = await client.get("/v1/events")
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:county-clusters:problem:not-authenticated"


async def test_a_wrong_role_is_refused_with_a_problem_document(registry: RunningService) -> None:
    async with registry.as_(NOBODY) as client:
        answer = await client.get("/v1/events", headers={"X-Request-Id": "request-0001"})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == "request-0001"
    assert answer.json()["request_id"] == "request-0001"


async def test_events_are_served_in_order_once_they_are_sealed(registry: RunningService) -> None:
    async with registry.database.transaction() as session:
        await append_event(session, "thing.done", subject="a", actor="test", data={"数": 1})
        await append_event(session, "thing.done", subject="b", actor="test")
    async with registry.as_(AUDITOR) as client:
        assert (await client.get("/v1/events")).json()["events"] == []
        async with registry.database.transaction() as session:
            assert await seal_events(session) == 2
            assert await seal_events(session) == 0
            assert await verify_event_chain(session) == 2
        feed = (await client.get("/v1/events", params={"limit": 1})).json()
        assert [entry["subject"] for entry in feed["events"]] == ["a"]
        rest = (await client.get("/v1/events", params={"after": feed["last"]})).json()
    assert [(entry["number"], entry["subject"]) for entry in rest["events"]] == [(2, "b")]


async def test_the_business_date_moves_forward_only(registry: RunningService) -> None:
    async with registry.as_(PIPELINE) as client:
        path = "/v1/trial/business-date"
        assert (await client.put(path, json={"business_date": "2024-06-01"})).status_code == 200
        assert (await client.put(path, json={"business_date": "2024-06-01"})).status_code == 200
        back = await client.put(path, json={"business_date": "2024-05-31"})
        assert back.status_code == 409
        assert (await client.get(path)).json() == {"business_date": "2024-06-01"}
        year_zero = await client.put(path, json={"business_date": "0000-01-01"})
        assert year_zero.status_code == 422


async def test_a_body_that_is_too_large_is_refused(registry: RunningService) -> None:
    async with registry.as_(PIPELINE) as client:
        answer = await client.put("/v1/trial/business-date", content=b" " * (9 * 1024 * 1024))
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:county-clusters:problem:body-too-large"


async def test_an_unknown_person_sees_no_route_without_a_token(registry: RunningService) -> None:
    async with registry.as_(Person("x", ())) as client:
        del client.headers["Authorization"]
        assert (await client.get("/v1/events")).status_code == 401


async def test_the_api_page_needs_nothing_from_elsewhere(registry: RunningService) -> None:
    async with registry.as_(NOBODY) as client:
        page = await client.get("/docs")
        assert page.status_code == 200
        addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(addresses) == 3
        for address in addresses:
            assert address.startswith("http://registry/"), address
            assert (await client.get(address)).status_code == 200


async def test_an_event_that_is_committed_late_is_numbered_and_not_skipped(registry: RunningService) -> None:
    async with registry.database.transaction() as slow:
        await append_event(slow, "thing.done", subject="slow", actor="test")
        async with registry.database.transaction() as quick:
            await append_event(quick, "thing.done", subject="quick", actor="test")
        async with registry.database.transaction() as session:
            assert await seal_events(session) == 1
    async with registry.database.transaction() as session:
        assert await seal_events(session) == 1
        assert [row.subject for row in await read_events(session, after=0, limit=9)] == ["quick", "slow"]
        assert await verify_event_chain(session) == 2


def test_identifiers_sort_by_time() -> None:
    before = utc_now()
    made = [new_id() for _ in range(3)]
    assert first_id_at(before) < made[0] < made[1] < made[2] < first_id_at(before + timedelta(minutes=1))
