"""A revoked token is refused at once, the list is the operator's alone, and it does not grow for ever."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from shared.data.business_clock import utc_now
from shared.data.revoked_tokens import revoked_token, revoked_token_ids
from shared.web.tokens.lookups import Lookup
from tests.support.people import AUDITOR, PIPELINE, PROVINCE_DECIDER
from tests.support.services import RunningService

BODY = {"reason": "电脑遗失"}


@pytest.fixture(params=["registry", "scoring", "funding", "pipeline"])
def service(request: pytest.FixtureRequest) -> RunningService:
    found: RunningService = request.getfixturevalue(request.param)
    return found


async def revoke(service: RunningService, token_id: str, **body: Any) -> dict[str, Any]:
    async with service.as_(PIPELINE, jti="the operator's") as operator:
        answer = await operator.put(f"/v1/revoked-tokens/{token_id}", json={**BODY, **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_revoked_token_is_refused_at_the_next_request(service: RunningService) -> None:
    async with service.as_(AUDITOR, jti="lost") as lost, service.as_(AUDITOR, jti="kept") as kept:
        assert (await lost.get("/v1/events")).status_code == 200
        await revoke(service, "lost")
        refused = await lost.get("/v1/events")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert refused.json()["type"].endswith(":not-authenticated")
        assert (await kept.get("/v1/events")).status_code == 200


async def test_another_process_sees_it_within_a_second(
    registry: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [100.0]
    clock = SimpleNamespace(monotonic=lambda: moment[0])
    monkeypatch.setattr("shared.web.tokens.lookups.time", clock)
    other = Lookup(registry.database, revoked_token_ids)
    assert "lost" not in await other.get()
    async with registry.database.transaction() as session:
        await session.execute(sa.insert(revoked_token).values(entry("lost", timedelta(hours=1))))
    moment[0] += 0.9
    assert "lost" not in await other.get()  # the list of 0.9 seconds ago
    moment[0] += 0.1
    assert "lost" in await other.get()


async def test_only_the_operator_revokes_and_reads_the_list(service: RunningService) -> None:
    for person in (PROVINCE_DECIDER, AUDITOR):
        async with service.as_(person) as client:
            assert (await client.put("/v1/revoked-tokens/x", json=BODY)).status_code == 403
            assert (await client.get("/v1/revoked-tokens")).status_code == 403


async def test_an_entry_stays_for_as_long_as_a_token_can_live_and_then_goes(registry: RunningService) -> None:
    told = await revoke(registry, "lost")
    longest = timedelta(seconds=registry.app.state.plumbing.settings.auth_max_token_seconds + 60)
    async with registry.database.transaction() as session:
        row = (await session.execute(sa.select(revoked_token))).one()
        assert row.expires_at - row.revoked_at == longest
        await session.execute(sa.insert(revoked_token).values(entry("long ago", timedelta(seconds=-1))))
    async with registry.as_(AUDITOR, jti="long ago") as client:
        assert (await client.get("/v1/events")).status_code == 200  # by itself it would have expired by now
    await revoke(registry, "another")
    async with registry.database.transaction() as session:
        kept = (await session.scalars(sa.select(revoked_token.c.token_id))).all()
    assert sorted(kept) == ["another", "lost"]
    assert told["revoked_by"] == PIPELINE.subject


async def test_revoking_again_changes_nothing_and_is_one_event(registry: RunningService) -> None:
    first = await revoke(registry, "lost")
    assert await revoke(registry, "lost", reason="又一次") == first
    async with registry.database.transaction() as session:
        events = sa.text("SELECT subject, actor FROM event WHERE kind = 'token.revoked'")
        assert [tuple(row) for row in await session.execute(events)] == [("lost", PIPELINE.subject)]


async def test_the_list_comes_in_pages(registry: RunningService) -> None:
    for token_id in ("b", "a", "c/with:odd+letters="):
        await revoke(registry, token_id)
    async with registry.as_(PIPELINE) as client:
        page = (await client.get("/v1/revoked-tokens", params={"limit": 2})).json()
        rest = (await client.get("/v1/revoked-tokens", params={"cursor": page["next"]})).json()
    assert [entry["token_id"] for entry in page["items"] + rest["items"]] == ["a", "b", "c/with:odd+letters="]
    assert rest["next"] is None
    assert page["items"][0]["reason"] == BODY["reason"]


@pytest.mark.parametrize(
    ("token_id", "body"),
    [
        ("x" * 201, BODY),
        ("x", {}),
        ("x", {"reason": ""}),
        ("x", {"reason": "a\0b"}),
        ("x", {**BODY, "more": 1}),
    ],
)
async def test_what_is_no_revocation_is_refused(
    registry: RunningService, token_id: str, body: dict[str, Any]
) -> None:
    async with registry.as_(PIPELINE) as client:
        assert (await client.put(f"/v1/revoked-tokens/{token_id}", json=body)).status_code == 422


async def test_a_token_id_with_a_control_character_is_refused(registry: RunningService) -> None:
    async with registry.as_(PIPELINE) as client:
        assert (await client.put("/v1/revoked-tokens/a%00b", json=BODY)).status_code == 422


def entry(token_id: str, left: timedelta) -> dict[str, Any]:
    now = utc_now()
    return {
        "token_id": token_id,
        "reason": "x",
        "revoked_by": "x",
        "revoked_at": now,
        "expires_at": now + left,
    }
