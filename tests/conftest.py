"""Fixtures for all tests. Unit tests use none of them and cannot open a socket."""

import json
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey
from xdist.scheduler import LoadScopeScheduling

from services.registry.app import create_app as create_registry
from services.registry.settings import RegistrySettings
from shared.documents.keys import public_key_set
from tests.support.funding import BelowFunding, running_funding
from tests.support.people import Issuer
from tests.support.pipeline.office import Office
from tests.support.pipeline.running import running_pipeline
from tests.support.postgres import Server, begin_run, cloned_database, end_run, running_server
from tests.support.scoring import Shelf, running_scoring
from tests.support.services import RunningService, closing, example_settings


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        begin_run()


#: Tests that share something dear to make: a played year, a checked copy of the code.
TOGETHER = {
    "tests/e2e/test_demo.py": "the demo",
    "tests/e2e/test_fuzz.py": "the demo",
    "tests/e2e/test_cycle_commands.py": "the demo",
    "tests/architecture/test_import_rules.py": "the import rules",
    "tests/e2e/registry/test_target_lines.py": "the small province",
}


class SomeOnOneWorker(LoadScopeScheduling):  # type: ignore[misc]
    """Each test goes to the next free worker, but those that share something dear stay together.

    (The marks of ``--dist loadgroup`` have no effect with this version of pytest.)
    """

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.split("::", 1)[0], nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return SomeOnOneWorker(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        end_run()


@pytest.fixture(autouse=True)
def _unit_tests_have_no_socket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "unit" in request.path.parts:

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("a unit test opened a connection")

        monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="session")
def server() -> Server:
    return running_server()


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="session")
def release_key() -> OKPKey:
    """The key by which scoring signs releases."""
    return OKPKey.generate_key("Ed25519", parameters={"kid": "test-release"})


@pytest.fixture
def release_jwks(tmp_path: Path, release_key: OKPKey) -> Path:
    path = tmp_path / "release-jwks.json"
    path.write_text(json.dumps(public_key_set(release_key)), "utf-8")
    return path


@pytest.fixture
def registry_url(server: Server) -> Iterator[str]:
    with cloned_database(server, "registry") as url:
        yield url


@pytest.fixture
async def registry(
    registry_url: str, issuer: Issuer, release_jwks: Path, tmp_path: Path
) -> AsyncIterator[RunningService]:
    settings = example_settings(tmp_path, issuer, registry_url, release_jwks=str(release_jwks))
    async with closing(create_registry(RegistrySettings.model_validate(settings))) as app:
        yield RunningService("registry", app, issuer)


@pytest.fixture
def scoring_url(server: Server) -> Iterator[str]:
    with cloned_database(server, "scoring") as url:
        yield url


@pytest.fixture
def shelf() -> Shelf:
    """Snapshots for scoring in the registry's place, where a test needs no whole registry."""
    return Shelf()


@pytest.fixture
async def scoring(
    scoring_url: str, issuer: Issuer, release_key: OKPKey, tmp_path: Path, shelf: Shelf
) -> AsyncIterator[RunningService]:
    async with running_scoring(tmp_path, issuer, scoring_url, release_key, shelf.transport) as running:
        yield running


@pytest.fixture
def pipeline_url(server: Server) -> Iterator[str]:
    with cloned_database(server, "pipeline") as url:
        yield url


@pytest.fixture
def office() -> Office:
    """An office in the place of the three services, for the pipeline."""
    return Office()


@pytest.fixture
async def pipeline(
    pipeline_url: str, issuer: Issuer, tmp_path: Path, office: Office
) -> AsyncIterator[RunningService]:
    async with running_pipeline(tmp_path, issuer, pipeline_url, office) as running:
        yield running


@pytest.fixture
def funding_url(server: Server) -> Iterator[str]:
    with cloned_database(server, "funding") as url:
        yield url


@pytest.fixture
def below_funding(release_key: OKPKey) -> BelowFunding:
    """Signed releases and designations in the place of scoring and the registry."""
    return BelowFunding(release_key)


@pytest.fixture
async def funding(
    funding_url: str, issuer: Issuer, release_jwks: Path, tmp_path: Path, below_funding: BelowFunding
) -> AsyncIterator[RunningService]:
    async with running_funding(
        tmp_path, issuer, funding_url, release_jwks, below_funding.transports
    ) as running:
        yield running
