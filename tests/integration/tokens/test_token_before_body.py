"""Who has no valid token makes a service read nothing; and what every answer says in its headers."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.registry.app import create_app
from services.registry.settings import RegistrySettings
from tests.support.people import AUDITOR, NOBODY, PIPELINE, PROVINCE_OFFICER, Issuer
from tests.support.routes import operations
from tests.support.services import RunningService, closing, example_settings

OFFICER_PAGE = "/v1/revoked-tokens"


@pytest.fixture(params=["registry", "scoring", "funding", "pipeline"])
def service(request: pytest.FixtureRequest) -> RunningService:
    found: RunningService = request.getfixturevalue(request.param)
    return found


async def ask(service: RunningService, method: str, path: str, headers: dict[str, str]) -> tuple[int, int]:
    """Status, and how often the application asked for a part of the body."""
    asked = 0
    status = 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"{" * 65_536, "more_body": asked < 800}

    async def send(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http", "server": ("x", 80),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await service.app(scope, receive, send)
    return status, asked


def guarded(service: RunningService) -> Iterator[tuple[str, str]]:
    for entry in operations(service.app):
        if entry.roles is not None:
            yield entry.method, entry.example_path


async def test_without_a_token_no_byte_of_a_body_is_read(service: RunningService) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "test-0001"}
    found = {call: await ask(service, *call, headers) for call in guarded(service)}
    assert len(found) > 20
    assert set(found.values()) == {(401, 0)}
    sizes = {**headers, "Content-Length": str(50 * 1024 * 1024), "Authorization": "Bearer a.b.c"}
    found = {call: await ask(service, *call, sizes) for call in guarded(service)}
    assert set(found.values()) == {(401, 0)}  # and not 413: that is told to those who may ask


async def test_with_a_token_the_body_is_read(registry: RunningService) -> None:
    """Else the test above would say nothing."""
    token = registry.issuer.token(PIPELINE, "registry")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    status, asked = await ask(registry, "PUT", "/v1/trial/business-date", headers)
    assert (status, asked > 100) == (413, True)
    too_large = {**headers, "Content-Length": str(50 * 1024 * 1024)}
    assert await ask(registry, "PUT", "/v1/trial/business-date", too_large) == (413, 0)


async def test_what_does_not_exist_is_not_told_to_strangers(service: RunningService) -> None:
    for method, path in [
        ("GET", "/v1/nothing"),
        ("POST", "/v1/nothing"),
        ("DELETE", "/v1/events"),
        ("GET", "/v1"),
    ]:
        assert (await ask(service, method, path, {}))[0] == 401
    async with service.as_(AUDITOR) as client:
        assert (await client.get("/v1/nothing")).status_code == 404
        assert (await client.delete("/v1/events")).status_code == 405
        assert (
            await client.get("/v1/events/", follow_redirects=False)
        ).status_code == 404  # no way to another host
    assert (await ask(service, "GET", "/nothing", {}))[0] == 404


async def test_a_permission_lies_below_v1_where_the_gate_is(service: RunningService) -> None:
    assert {
        entry.path for entry in operations(service.app) if entry.roles and not entry.path.startswith("/v1/")
    } == set()


async def test_a_token_is_verified_once(registry: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    verifier, verified = registry.app.state.plumbing.verifier, []
    verify = type(verifier).verify

    async def counted(self: Any, token: str) -> Any:
        verified.append(token)
        return await verify(self, token)

    monkeypatch.setattr(type(verifier), "verify", counted)
    async with registry.as_(PROVINCE_OFFICER) as client:
        headers = {"Idempotency-Key": "test-0001"}
        await client.post("/v1/clusters", json={}, headers=headers, params={"unknown": 1})
        await client.post("/v1/clusters", json={}, headers=headers)
    assert len(verified) == 2


async def test_every_answer_says_nosniff_and_what_needs_a_token_is_kept_nowhere(
    service: RunningService,
) -> None:
    async with service.as_(AUDITOR) as client:
        for method, path, status, kept in [
            ("GET", "/v1/events", 200, False), ("GET", "/v1/nothing", 404, False), ("POST", "/v1/events", 405, False),
            ("GET", "/v1/revoked-tokens", 403, False), ("GET", "/v1/events?limit=x", 422, False),
            ("GET", "/health/live", 200, True), ("GET", "/openapi.json", 200, True), ("GET", "/docs", 200, True),
            ("GET", "/nothing", 404, True),
        ]:  # fmt: skip
            answer = await client.request(method, path)
            assert (path, answer.status_code) == (path, status)
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert (answer.headers.get("cache-control") == "no-store") is not kept, path
        del client.headers["Authorization"]
        answer = await client.get("/v1/events")
        assert (answer.status_code, answer.headers["cache-control"]) == (401, "no-store")


async def test_a_public_notice_needs_no_token_and_may_be_kept(scoring: RunningService) -> None:
    async with scoring.as_(NOBODY) as client:
        del client.headers["Authorization"]
        path = "/v1/assessments/a-1/public-notice"
        answer = await client.get(path)
        assert (answer.status_code, "cache-control" in answer.headers) == (404, False)
        assert (await client.post(path)).status_code == 401  # only what is open is open


async def test_allow_names_every_method_of_the_address(service: RunningService) -> None:
    methods: dict[str, set[str]] = {}
    for entry in operations(service.app):
        methods.setdefault(entry.path, set()).add(entry.method)
    example = {entry.path: entry.example_path for entry in operations(service.app)}
    several = [path for path, found in methods.items() if len(found) > 1 and path.startswith("/v1")]
    assert len(several) > 1
    async with service.as_(AUDITOR) as client:
        for path in several:
            answer = await client.request("TRACE", example[path])
            assert answer.status_code == 405
            assert set(answer.headers["allow"].split(", ")) >= methods[path], path
            assert answer.json()["type"].endswith(":method-not-allowed")


async def test_links_say_nothing_of_host(registry: RunningService) -> None:
    async with registry.as_(PIPELINE) as client:
        for token_id in ("a", "b"):
            await client.put(f"/v1/revoked-tokens/{token_id}", json={"reason": "x"})
        forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        answer = await client.get(OFFICER_PAGE, params={"limit": 1}, headers=forged)
        link = answer.headers["link"]
        assert link.startswith(f"<{OFFICER_PAGE}?limit=1&cursor=")
        assert link.endswith('>; rel="next"')
        following = await client.get(f"http://registry{link[1 : link.index('>')]}")
        assert [entry["token_id"] for entry in following.json()["items"]] == ["b"]
        assert (await client.get("/", follow_redirects=False)).headers["location"] == "docs"


@pytest.fixture
async def configured(
    registry_url: str, issuer: Issuer, release_jwks: Path, tmp_path: Path
) -> AsyncIterator[RunningService]:
    """A registry that knows its own address, and the console's."""
    more = {"public_url": "https://clusters.example/registry/", "cors_origins": "https://console.example"}
    settings = example_settings(tmp_path, issuer, registry_url, release_jwks=str(release_jwks), **more)
    async with closing(create_app(RegistrySettings.model_validate(settings))) as app:
        yield RunningService("registry", app, issuer)


async def test_links_lead_to_the_configured_address(configured: RunningService) -> None:
    async with configured.as_(PIPELINE) as client:
        for token_id in ("a", "b"):
            await client.put(f"/v1/revoked-tokens/{token_id}", json={"reason": "x"})
        answer = await client.get(OFFICER_PAGE, params={"limit": 1}, headers={"Host": "evil.example"})
    assert answer.headers["link"].startswith(
        "<https://clusters.example/registry/v1/revoked-tokens?limit=1&cursor="
    )


PREFLIGHT = {
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization,if-match",
}


async def test_pages_of_other_origins_are_shut_out_by_default(registry: RunningService) -> None:
    async with registry.as_(AUDITOR) as client:
        answer = await client.get("/v1/events", headers={"Origin": "https://console.example"})
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        asked = await client.options("/v1/events", headers={"Origin": "https://console.example", **PREFLIGHT})
    assert not asked.is_success
    assert not [name for name in asked.headers if name.startswith("access-control-")]


async def test_pages_of_a_named_origin_may_call(configured: RunningService) -> None:
    async with configured.as_(AUDITOR) as client:
        named, other = (
            {"Origin": "https://console.example"},
            {"Origin": "https://console.example.evil.example"},
        )
        answer = await client.get("/v1/events", headers=named)
        assert answer.headers["access-control-allow-origin"] == "https://console.example"
        assert "access-control-allow-credentials" not in answer.headers
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-origin" not in (await client.get("/v1/events", headers=other)).headers
        del client.headers["Authorization"]  # a browser asks first, without a token
        asked = await client.options("/v1/events", headers={**named, **PREFLIGHT})
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (
            200,
            "https://console.example",
        )
        assert asked.headers["x-content-type-options"] == "nosniff"
        refused = await client.options("/v1/events", headers={**other, **PREFLIGHT})
        assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (400, False)
        answer = await client.get("/v1/events", headers=named)  # the refusal can be read by the page, too
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, named["Origin"])
