"""Deny by default: every route has a permission, and lets nobody else pass."""

import httpx
import pytest

from shared.web.principals import PROVINCIAL, Role, Scope
from tests.support.people import NOBODY, Person
from tests.support.routes import Operation, ignores_who_asks, operations, waits_for_a_thread
from tests.support.services import RunningService

#: Routes that anybody may call without signing in, each for a reason.
OPEN = {
    "/health/live": "load balancers ask it",
    "/health/ready": "load balancers ask it",
    "/.well-known/jwks.json": "public keys",
    "/": "leads to the API page",
    "/docs": "the API page",
    "/swagger/swagger-ui-bundle.js": "the API page's own files",
    "/swagger/swagger-ui.css": "the API page's own files",
    "/swagger/favicon-32x32.png": "the API page's own files",
    "/v1/assessments/{assessment_id}/public-notice": "a public notice is public",
    "/v1/public-notices": "a notice that nobody finds is none",
    "/v1/published-targets/{programme}": "how far the province is with its targets is announced",
    "/v1/designated-clusters/{programme}": "the announced list is public",
    "/v1/published-case-notes": "good practice is to be spread (27号 三(五))",
    "/v1/published-case-notes/{code}": "good practice is to be spread (27号 三(五))",
}


@pytest.fixture(params=["registry", "scoring", "funding", "pipeline"])
def service(request: pytest.FixtureRequest) -> RunningService:
    found: RunningService = request.getfixturevalue(request.param)
    return found


def test_every_route_has_a_permission(service: RunningService) -> None:
    found = list(operations(service.app))
    assert len(found) > 8
    assert {entry.path for entry in found if entry.roles is None} <= OPEN.keys()
    assert {entry.method for entry in found if entry.roles is None} == {"GET"}


def test_no_route_waits_for_a_thread(service: RunningService) -> None:
    """A permission or a page's parameters are a few instructions: the way to a thread and back costs more."""
    assert waits_for_a_thread(service.app) == set()


def test_who_asks_for_things_of_a_division_is_looked_at(service: RunningService) -> None:
    """Only for what is published, and for what is the installation's own, is the role enough."""
    assert ignores_who_asks(service.app) <= {Scope.PUBLISHED, Scope.INSTALLATION}


async def test_without_a_token_every_route_says_401(service: RunningService) -> None:
    async with service.as_(NOBODY) as client:
        del client.headers["Authorization"]
        for operation in _guarded(service):
            answer = await _call(client, operation)
            assert answer.status_code == 401, operation


async def test_with_all_roles_but_the_right_ones_every_route_says_403(service: RunningService) -> None:
    for operation in _guarded(service):
        assert operation.roles is not None
        others = tuple(sorted(frozenset(Role) - operation.roles))
        async with service.as_(Person("other", others)) as client:
            answer = await _call(client, operation)
        assert answer.status_code == 403, operation
        assert answer.json()["type"].endswith("role-not-permitted")


async def test_what_concerns_the_whole_installation_is_refused_to_another_province(
    service: RunningService,
) -> None:
    of_all = [entry for entry in _guarded(service) if entry.scope is Scope.INSTALLATION]
    assert of_all
    for operation in of_all:
        async with service.as_(Person("elsewhere", tuple(operation.roles or ()), "430000")) as client:
            answer = await _call(client, operation)
        assert answer.status_code == 403, operation
        assert answer.json()["type"].endswith("out-of-scope")


async def test_the_roles_of_a_province_give_nothing_in_a_county(service: RunningService) -> None:
    for operation in _guarded(service):
        async with service.as_(Person("ambitious", tuple(PROVINCIAL), "421303")) as client:
            answer = await _call(client, operation)
        assert answer.status_code == 403, operation
        assert answer.json()["type"].endswith("role-not-permitted")


def _guarded(service: RunningService) -> list[Operation]:
    return [entry for entry in operations(service.app) if entry.roles is not None]


async def _call(client: httpx.AsyncClient, operation: Operation) -> httpx.Response:
    return await client.request(
        operation.method,
        operation.example_path,
        headers={"Idempotency-Key": "test-0001", "If-Match": '"1"'},
        json={},
    )
