"""The tests' PostgreSQL: an embedded server shared by all workers of a run, or a real one (``TEST_DATABASE_URL``).

Every test that commits gets a database of its own, cloned from a template that the service's migrations built.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from clients.local.postgres.embedded import EmbeddedPostgres
from shared.data.migrations import upgrade

FOLDER_VARIABLE = "COUNTY_CLUSTERS_TEST_FOLDER"
REAL_SERVER_VARIABLE = "TEST_DATABASE_URL"
#: What a run needs at most: the log between checkpoints, and the databases of its workers.
ROOM_BYTES = 4 << 30


class Server(Protocol):
    def execute(self, sql: str) -> str: ...

    def create_database(self, name: str, *, owner: str, template: str | None = None) -> None: ...

    def drop_database(self, name: str) -> None: ...

    def has_database(self, name: str) -> bool: ...

    def database_url(self, database: str, *, role: str | None = None) -> str: ...


class RealServer:
    """A server that somebody else runs; its user may create databases, and owns them all."""

    def __init__(self, admin_url: str) -> None:
        self._parts = urlsplit(admin_url.replace("postgresql+asyncpg", "postgresql"))

    def create_database(self, name: str, *, owner: str, template: str | None = None) -> None:
        self._execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))

    def drop_database(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def has_database(self, name: str) -> bool:
        return bool(self._execute(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def database_url(self, database: str, *, role: str | None = None) -> str:
        return urlunsplit(self._parts._replace(scheme="postgresql+asyncpg", path="/" + database))

    def execute(self, sql: str) -> str:
        return "\n".join("|".join(str(value) for value in row) for row in self._execute(sql))

    def _execute(self, sql: str) -> list[asyncpg.Record]:
        async def run() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(urlunsplit(self._parts))
            try:
                return list(await connection.fetch(sql))
            finally:
                await connection.close()

        return asyncio.run(run())


def begin_run() -> None:
    """Called once, before the workers start: chooses the folder that they share."""
    folder = tempfile.mkdtemp(prefix="county-clusters-test-", dir=room_for_servers())
    Path(folder).chmod(
        0o755
    )  # the low user that runs PostgreSQL enters it; what is secret in it has its own mode
    os.environ[FOLDER_VARIABLE] = folder


def room_for_servers() -> str:
    """In memory where there is room: on ext4 without a journal, a clone of 300 files takes 300 ms instead of 20.

    (It looks for inodes that were not freed within the last minute, one by one, and every test frees 300.)
    """
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free >= ROOM_BYTES:
        return str(memory)
    return "/var/tmp"


def end_run() -> None:
    """Called once, after the workers: stops the server and removes the folder."""
    folder = Path(os.environ.pop(FOLDER_VARIABLE))
    EmbeddedPostgres(folder / "postgres", durable=False).destroy()
    shutil.rmtree(folder, ignore_errors=True)


def shared_folder() -> Path:
    return Path(os.environ[FOLDER_VARIABLE])


def running_server() -> Server:
    if url := os.environ.get(REAL_SERVER_VARIABLE):
        return RealServer(url)
    return EmbeddedPostgres(shared_folder() / "postgres", durable=False).ensure_running()


@contextmanager
def cloned_database(server: Server, service: str) -> Iterator[str]:
    """The address of a fresh database with the service's newest schema; dropped at the end."""
    template = _template(server, service)
    name = f"test_{service}_{uuid4().hex[:12]}"
    with one_at_a_time("clone-" + service):
        server.create_database(name, owner=service, template=template)
    try:
        yield server.database_url(name, role=service)
    finally:
        server.drop_database(name)


def package_of(service: str) -> str:
    """Where the code of what keeps this database lies."""
    return "clients.pipeline" if service == "pipeline" else f"services.{service}"


def _template(server: Server, service: str) -> str:
    name = f"template_{service}_{shared_folder().name[-8:]}"
    ready = shared_folder() / f"{name}.ready"
    with one_at_a_time("template-" + service):
        if not ready.exists():
            server.create_database(name, owner=service)
            upgrade(package_of(service), server.database_url(name, role=service))
            ready.touch()
    return name


@contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    with (shared_folder() / f"{what}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
