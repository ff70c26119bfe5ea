"""What a kill leaves behind, and that no committed row is lost by it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from clients.local.postgres.embedded import EmbeddedPostgres
from clients.local.postgres.server import Server
from clients.local.processes import identify, living_processes_in, send_signal, wait_until_gone

WRITER = """
import asyncio, asyncpg, sys
async def main():
    connection = await asyncpg.connect(sys.argv[1])
    number = 0
    while True:
        number += 1
        await connection.execute("INSERT INTO kept VALUES ($1)", number)
        print(number, flush=True)
asyncio.run(main())
"""


def start_writer(server: Server) -> subprocess.Popen[str]:
    server.execute("CREATE TABLE kept (n integer PRIMARY KEY)", database="registry", role="registry")
    url = server.database_url("registry").replace("+asyncpg", "")
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def kill(pid: int) -> None:
    process = identify(pid)
    assert process is not None
    send_signal(process, signal.SIGKILL)
    assert wait_until_gone([process], 20)


def acknowledged(writer: subprocess.Popen[str], at_least: int) -> int:
    """Numbers that the writer was told are committed."""
    assert writer.stdout is not None
    last = 0
    while last < at_least:
        last = int(writer.stdout.readline())
    return last


def last_acknowledged(writer: subprocess.Popen[str], known: int) -> int:
    rest = writer.communicate()[0].split()
    return int(rest[-1]) if rest else known


def rows(server: Server) -> int:
    return int(server.execute("SELECT count(*) FROM kept", database="registry", role="registry"))


def test_a_killed_client_harms_nothing(postgres: EmbeddedPostgres) -> None:
    server = postgres.ensure_running()
    writer = start_writer(server)
    told = acknowledged(writer, 50)
    writer.kill()
    told = last_acknowledged(writer, told)
    found = postgres.ensure_running()
    assert (found.pid, found.started_here) == (server.pid, False)
    assert rows(found) >= told
    postgres.stop()
    assert not living_processes_in(postgres.data_dir / "pgdata")


def test_a_killed_postmaster_loses_no_committed_row(postgres: EmbeddedPostgres) -> None:
    server = postgres.ensure_running()
    writer = start_writer(server)
    told = acknowledged(writer, 50)
    kill(server.pid)
    told = last_acknowledged(writer, told)
    again = postgres.ensure_running()
    assert again.started_here
    assert again.pid != server.pid
    assert rows(again) >= told


def test_a_postmaster_killed_with_a_client_deep_in_a_query_is_recovered(postgres: EmbeddedPostgres) -> None:
    server = postgres.ensure_running()
    busy = subprocess.Popen(
        [
            *(server.binaries.program("psql"), "-X", "-h", str(server.socket_dir), "-U", "registry"),
            *("-d", "registry", "-c", "SELECT pg_sleep(600)"),
        ],
        env={
            **os.environ,
            "PGPASSWORD": (postgres.data_dir / "secrets/postgres-registry.password").read_text(),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while (
            server.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'") != "1"
        ):
            pass
        kill(server.pid)
        assert postgres.ensure_running().execute("SELECT 1") == "1"
    finally:
        busy.kill()
        busy.wait()


def test_remains_that_name_a_stranger_are_not_taken_for_a_server(postgres: EmbeddedPostgres) -> None:
    server = postgres.ensure_running()
    kill(server.pid)
    pid_file = postgres.data_dir / "pgdata" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        Path(f"{server.socket_dir}/.s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
        assert postgres.ensure_running().execute("SELECT 1") == "1"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_zombie_postmaster_is_not_taken_for_a_server(postgres: EmbeddedPostgres) -> None:
    server = postgres.ensure_running()
    kill(server.pid)
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    try:
        while identify(zombie.pid) is not None:  # ended, and not yet waited for
            pass
        pid_file = postgres.data_dir / "pgdata" / "postmaster.pid"
        pid_file.write_text("\n".join([str(zombie.pid), *pid_file.read_text().splitlines()[1:]]) + "\n")
        assert postgres.ensure_running().execute("SELECT 1") == "1"
    finally:
        zombie.wait()
