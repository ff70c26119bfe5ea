"""The real applications in process, each on its own database, with people who ask."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.data.database import Database
from shared.web.service_main import EXAMPLE_SETTINGS
from shared.web.state import Plumbing
from tests.support.people import Issuer, Person


@dataclass(frozen=True)
class RunningService:
    """A service's real app. ``as_(person)`` gives an HTTP client that carries that person's token."""

    name: str
    app: FastAPI
    issuer: Issuer

    @property
    def database(self) -> Database:
        database: Database = self.app.state.plumbing.database
        return database

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        below = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return _Listening(self, below) if listeners else below

    def as_(self, person: Person, **claims: Any) -> httpx.AsyncClient:
        token = self.issuer.token(person, self.name, **claims)
        return httpx.AsyncClient(
            transport=self.transport,
            base_url=f"http://{self.name}",
            headers={"Authorization": f"Bearer {token}"},
            event_hooks={"response": [_refuse_server_errors]},
        )

    def token_source(self, person: Person) -> Any:
        """For the typed clients of ``shared.http``."""
        return lambda: self.issuer.token(person, self.name)


#: Told of every answer, where a test listens (`tests/support/strangers.py`).
listeners: list[Callable[[RunningService, httpx.Response], None]] = []


@dataclass(frozen=True)
class _Listening(httpx.AsyncBaseTransport):
    """Passes calls on, and tells of the answers."""

    service: RunningService
    below: httpx.AsyncBaseTransport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.below.handle_async_request(request)
        await answer.aread()
        answer.request = request
        for listen in listeners:
            listen(self.service, answer)
        return answer


async def _refuse_server_errors(response: httpx.Response) -> None:
    if response.status_code == 500:
        await response.aread()
        raise AssertionError(f"500 from {response.request.url}: {response.text}")


async def until_not_busy(send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Sends a keyed command again while the service says that it is busy, as our clients do."""
    for _ in range(10):
        answer = await send()
        if answer.status_code != 503 or not answer.json()["type"].endswith(":busy"):
            break
    return answer


def example_settings(folder: Path, issuer: Issuer, database_url: str, **more: Any) -> dict[str, Any]:
    """Settings of a service in trial mode; the JWKS files lie in ``folder``."""
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps(issuer.jwks), "utf-8")
    return {**EXAMPLE_SETTINGS, "database_url": database_url, "auth_jwks": str(jwks), **more}


@asynccontextmanager
async def closing(app: FastAPI) -> AsyncIterator[FastAPI]:
    """The application, until the end of the block; its database is closed then."""
    shared = _BUILT.get(_shape(app)) or _BUILT.setdefault(_shape(app), _Built(app))
    used = app if shared.in_use else shared.app
    used.state.plumbing, used.state.own = app.state.plumbing, app.state.own
    if used is shared.app:
        shared.begin_use(app.state.plumbing.database)
    try:
        yield used
    finally:
        await app.state.plumbing.database.close()
        shared.in_use = shared.in_use and used is not shared.app


class _Built:
    """An application whose routes are built, and an engine that knows its statements.

    To build and to compile them takes longer than most tests, so the tests of a process share them. What differs
    between two tests is their state: database, clock, keys, and the services below.
    """

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.in_use = False
        self._engine: AsyncEngine = app.state.plumbing.database.engine
        self._url = self._engine.url
        sa.event.listen(self._engine.sync_engine, "do_connect", self._to_the_tests_database)

    def begin_use(self, database: Database) -> None:
        """A test's database is reached by the shared engine from now on, seen without the other tests' listeners."""
        self.in_use = True
        self._url = database.engine.url
        database.engine = self._engine.execution_options()

    def _to_the_tests_database(
        self, dialect: sa.Dialect, _record: object, _arguments: object, parameters: dict[str, Any]
    ) -> None:
        parameters.update(dialect.create_connect_args(self._url)[1])


_BUILT: dict[tuple[object, ...], _Built] = {}


def _shape(app: FastAPI) -> tuple[object, ...]:
    """What an application and its engine are built by, beside their state."""
    plumbing: Plumbing = app.state.plumbing
    settings = plumbing.settings
    of_the_engine = (settings.pool_size, settings.statement_timeout_seconds, settings.lock_timeout_seconds)
    return plumbing.service, settings.mode, settings.max_body_bytes, settings.cors_origins, of_the_engine


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every operation in the API description."""
    for path, operations in app.openapi()["paths"].items():
        for method in operations:
            yield method.upper(), path
