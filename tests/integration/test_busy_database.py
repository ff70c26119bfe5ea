"""What only came at a bad moment is 503 with Retry-After, changes nothing, and succeeds when it is sent again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy import event

from shared.data.database import Database
from shared.web.idempotency import holder_of
from shared.web.problems import install_problem_handlers
from tests.integration.test_hostile_input import COMMANDS
from tests.support.fingerprint import fingerprint
from tests.support.people import PROVINCE_OFFICER
from tests.support.programme import document
from tests.support.registry_story import load_programme, ok
from tests.support.services import RunningService

KEYED = {"Idempotency-Key": "test-0001"}


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("40001", 503, "busy"),  # serialization failure
        ("40P01", 503, "busy"),  # deadlock
        ("55P03", 503, "busy"),  # lock not had in time
        ("57014", 503, "database-unavailable"),  # statement cancelled
        ("53300", 503, "database-unavailable"),  # too many connections
        ("23505", 409, "conflict"),
        ("23514", 409, "conflict"),
        ("40002", 409, "conflict"),
        ("22021", 422, "invalid-data"),
    ],
)
async def test_only_what_exists_already_is_a_conflict(
    registry: RunningService, state: str, status: int, code: str
) -> None:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/")
    async def fail() -> None:
        async with registry.database.transaction() as session:
            await session.execute(
                sa.text(f"DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '{state}'; END $$")
            )

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (status, code)
    assert answer.headers.get("retry-after") == ("5" if status == 503 else None)


@asynccontextmanager
async def impatient(database: Database) -> AsyncIterator[None]:
    """Waits for a lock 0.2 seconds only."""

    def set_timeout(connection: Any, _record: Any) -> None:
        connection.cursor().execute("SET lock_timeout = '200ms'")

    await database.engine.dispose()
    event.listen(database.engine.sync_engine, "connect", set_timeout)
    try:
        yield
    finally:
        event.remove(database.engine.sync_engine, "connect", set_timeout)
        await database.engine.dispose()


async def test_a_cluster_whose_county_is_locked_is_registered_when_sent_again(
    registry: RunningService,
) -> None:
    await load_programme(registry)
    person, path, body, _ = COMMANDS["registry"]
    async with registry.as_(person) as client, impatient(registry.database):
        before = await fingerprint(registry)
        async with registry.database.transaction() as other:
            await other.execute(sa.text("SELECT 1 FROM division WHERE code = '421303' FOR UPDATE"))
            answer = await client.post(path, json=body, headers=KEYED)
            assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5"), answer.text
            assert answer.json()["type"].endswith(":busy")
            assert not answer.json()["detail"].isascii()
        assert await fingerprint(registry) == before
        ok(await client.post(path, json=body, headers=KEYED))


async def test_a_key_that_another_request_holds_is_had_when_sent_again(scoring: RunningService) -> None:
    body = {"document": document("scheme")}
    async with scoring.as_(PROVINCE_OFFICER) as client, impatient(scoring.database):
        async with scoring.database.transaction() as other:
            await other.execute(
                sa.text(
                    "INSERT INTO idempotency_record (holder, key, actor, request_hash, recorded_at) "
                    "VALUES (:holder, 'test-0001', 'somebody', 'x', now())"
                ),
                {"holder": holder_of(PROVINCE_OFFICER.principal)},
            )
            answer = await client.post("/v1/scheme-versions", json=body, headers=KEYED)
            assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (503, "busy")
            await other.rollback()
        ok(await client.post("/v1/scheme-versions", json=body, headers=KEYED))


async def test_no_connection_in_time_is_503(
    registry: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = registry.database.engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.1)
    size = pool.size() + pool._max_overflow  # type: ignore[attr-defined]
    connections = [await registry.database.engine.connect() for _ in range(size)]
    try:
        async with registry.as_(PROVINCE_OFFICER) as client:
            answer = await client.get("/v1/clusters")
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (503, "busy")
    finally:
        await asyncio.gather(*(connection.close() for connection in connections))
