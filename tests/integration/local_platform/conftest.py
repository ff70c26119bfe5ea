"""Real embedded PostgreSQL in folders of its own; every server and process is ended afterwards."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.local.errors import PortBusy
from clients.local.issuer import SERVICES
from clients.local.postgres.embedded import EmbeddedPostgres
from clients.local.service_process import refuse_busy_port
from clients.local.supervisor import SuiteOptions, Supervisor
from tests.support.postgres import room_for_servers


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A short folder that every user may enter, unlike pytest's own (mode 700); in memory, as all of a run."""
    folder = Path(tempfile.mkdtemp(prefix="cc-", dir=room_for_servers()))
    folder.chmod(0o755)
    yield folder
    for record in [*folder.rglob("instance.json")]:
        EmbeddedPostgres(record.parent).destroy()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(open_folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(open_folder / "postgres")


@pytest.fixture
def fakes(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Fake services on a server that is never asked; the folder in which failures are planted."""
    monkeypatch.setenv("PYTHONPATH", f"{Path(__file__).parent}:{Path.cwd()}")
    monkeypatch.setenv("FAKE_FOLDER", str(open_folder))
    for name in SERVICES:
        monkeypatch.setenv(f"{name.upper()}_DATABASE_URL", f"postgresql+asyncpg://{name}@nowhere/{name}")
    return open_folder


@pytest.fixture
def options(fakes: Path) -> SuiteOptions:
    return SuiteOptions(
        data_dir=fakes / "data",
        first_port=free_ports(),
        module_prefix="fake_services",
        poll_seconds=0.02,
        first_backoff_seconds=0.01,
    )


@pytest.fixture
def supervisor(options: SuiteOptions) -> Iterator[Supervisor]:
    supervisor = Supervisor(options, say=lambda _zh, _en: None)
    yield supervisor
    supervisor.stop()


def free_ports() -> int:
    """The first of four free ports, below those that the kernel gives to clients."""
    while True:
        first = 12_000 + 4 * secrets.randbelow(4_500)  # not `random`: workers may share its seed
        try:
            for port in range(first, first + 4):
                refuse_busy_port(port)
        except PortBusy:
            continue
        return first
