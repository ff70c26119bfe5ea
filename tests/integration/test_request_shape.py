"""Unknown query parameters and wrong content types are refused on every operation, before anything is done."""

from typing import Any

import httpx
import pytest

from shared.web.principals import Role
from tests.support.fingerprint import fingerprint
from tests.support.people import AUDITOR, NOBODY, PROVINCE_OFFICER, Person
from tests.support.routes import Operation, operations
from tests.support.services import RunningService

HEADERS = {"Idempotency-Key": "test-0001", "If-Match": '"1"'}


@pytest.fixture(params=["registry", "scoring", "funding", "pipeline"])
def service(request: pytest.FixtureRequest) -> RunningService:
    found: RunningService = request.getfixturevalue(request.param)
    return found


def below_v1(service: RunningService) -> list[Operation]:
    found = [operation for operation in operations(service.app) if operation.path.startswith("/v1/")]
    assert len(found) > 8
    return found


async def call(service: RunningService, operation: Operation, **more: Any) -> httpx.Response:
    """By somebody who may."""
    roles = tuple(sorted(operation.roles or frozenset(Role)))
    async with service.as_(Person("anyone", roles)) as client:
        headers = {**HEADERS, **more.pop("headers", {})}
        return await client.request(operation.method, operation.example_path, headers=headers, **more)


def parameters(service: RunningService, operation: Operation) -> list[str]:
    described = service.app.openapi()["paths"][operation.path.replace(":path", "")][operation.method.lower()]
    return sorted(entry["name"] for entry in described.get("parameters", []) if entry["in"] == "query")


async def test_every_operation_refuses_an_unknown_query_parameter_and_names_the_nearest(
    service: RunningService,
) -> None:
    before = await fingerprint(service)
    for operation in below_v1(service):
        known = parameters(service, operation)
        name = f"{known[0]}x" if known else "status"
        answer = await call(service, operation, params={name: "1"})
        assert answer.status_code == 422, (operation, answer.text)
        (item,) = answer.json()["errors"]
        assert (item["field"], item["rule"]) == (name, "unknown-parameter")
        assert (f"the nearest is {known[0]};" if known else "takes none") in item["message_en"], item
        for parameter in known:
            assert parameter in item["message"]
            assert parameter in item["message_en"]
    assert await fingerprint(service) == before


async def test_no_operation_refuses_a_parameter_that_it_describes(service: RunningService) -> None:
    for operation in below_v1(service):
        for name in parameters(service, operation):
            answer = await call(service, operation, params={name: "1"})
            rules = [item["rule"] for item in answer.json().get("errors", [])] if answer.is_error else []
            assert "unknown-parameter" not in rules, (operation, name)


async def test_every_unknown_parameter_is_listed_at_once(registry: RunningService) -> None:
    async with registry.as_(PROVINCE_OFFICER) as client:
        answer = await client.get("/v1/clusters?status=approved&Limit=5&cursors=x&limit=1")
    items = {item["field"]: item["message_en"] for item in answer.json()["errors"]}
    assert list(items) == ["status", "Limit", "cursors"]
    assert "the nearest is limit;" in items["Limit"]
    assert "the nearest is cursor;" in items["cursors"]


async def test_a_parameter_given_twice_is_refused(registry: RunningService) -> None:
    async with registry.as_(PROVINCE_OFFICER) as client:
        answer = await client.get("/v1/clusters?limit=1&limit=2")
    assert answer.status_code == 422
    assert [(i["field"], i["rule"]) for i in answer.json()["errors"]] == [("limit", "parameter-twice")]


async def test_who_may_not_call_is_told_that_first(registry: RunningService) -> None:
    async with registry.as_(NOBODY) as client:
        assert (await client.get("/v1/clusters?status=x")).status_code == 403
        del client.headers["Authorization"]
        assert (await client.get("/v1/clusters?status=x")).status_code == 401
        answer = await client.post("/v1/clusters", content=b"x", headers={"Content-Type": "text/plain"})
        assert answer.status_code == 401
    async with registry.as_(AUDITOR) as client:
        answer = await client.post("/v1/clusters", content=b"x", headers={"Content-Type": "text/plain"})
        assert answer.status_code == 403


async def test_the_api_page_its_description_and_health_stay_as_they_are(service: RunningService) -> None:
    async with service.as_(NOBODY) as client:
        for path in ("/docs", "/openapi.json", "/health/live", "/health/ready"):
            assert (await client.get(path, params={"v": "1"})).status_code == 200, path


WRONG = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "image/png",
    "nonsense",
]


async def test_every_operation_with_a_body_refuses_another_content_type(service: RunningService) -> None:
    before = await fingerprint(service)
    found = [operation for operation in below_v1(service) if operation.body_type is not None]
    assert {operation.method for operation in found} >= {"POST"}
    for operation in found:
        for wrong in [
            *WRONG,
            "text/xml" if operation.body_type == "application/json" else "application/json",
        ]:
            answer = await call(service, operation, content=b"{}", headers={"Content-Type": wrong})
            assert answer.status_code == 415, (operation, wrong, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert problem["type"].endswith("content-type-not-supported")
            for text in (problem["detail"], problem["detail_en"]):
                assert str(operation.body_type) in text
                assert wrong in text
    assert await fingerprint(service) == before


async def test_the_right_content_type_passes_whatever_its_parameters(service: RunningService) -> None:
    right = {
        "application/json": ["application/json", "Application/JSON; charset=UTF-8", "application/merge+json"],
        "application/octet-stream": ["application/octet-stream"],
        "text/csv": ["text/csv", "text/csv; charset=gb18030"],
    }
    for operation in below_v1(service):
        for given in right.get(operation.body_type or "", []):
            answer = await call(service, operation, content=b"{}", headers={"Content-Type": given})
            assert answer.status_code != 415, (operation, given)


async def test_json_that_does_not_say_so_or_has_another_charset_is_refused(registry: RunningService) -> None:
    async with registry.as_(Person("anyone", tuple(Role))) as client:
        for headers in ({}, {"Content-Type": "application/json; charset=gbk"}):
            answer = await client.post("/v1/clusters", content=b"{}", headers={**HEADERS, **headers})
            assert answer.status_code == 415, headers


async def test_a_body_that_is_missing_is_not_a_matter_of_type(registry: RunningService) -> None:
    async with registry.as_(Person("anyone", tuple(Role))) as client:
        answer = await client.post("/v1/clusters", headers=HEADERS)
    assert answer.status_code == 422


async def test_a_list_of_filters_may_be_given_several_times(registry: RunningService) -> None:
    async with registry.as_(PROVINCE_OFFICER) as client:
        answer = await client.get("/v1/registers/enterprises/entries?where=size=large&where=name=x")
    assert [item["rule"] for item in answer.json().get("errors", [])] == [], answer.text
