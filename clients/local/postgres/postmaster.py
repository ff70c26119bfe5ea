"""The postmaster: made, started, asked, stopped, and its remains cleared after a kill."""

from __future__ import annotations

import enum
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from clients.local.errors import PostgresDidNotStart
from clients.local.postgres.binaries import Binaries, LowUser, clean_environment
from clients.local.postgres.layout import Layout
from clients.local.postgres.server import ADMIN, PORT
from clients.local.processes import (
    ProcessIdentity,
    identify,
    living_processes_in,
    send_signal,
    wait_until_gone,
)

_FAST_STOP_SECONDS = 60.0
_HARD_STOP_SECONDS = 10.0
_ORPHANS_SECONDS = 10.0
_LOG_TAIL_LINES = 12
_MAX_CONNECTIONS = 200
_FIRST_MAJOR_WITH_BUILTIN_LOCALE = 17

_SPEED_FOR_TESTS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")

# A shell in between lets the server belong to nobody's session: it outlives us, and we need not reap it.
_DETACH = '"$@" >&2 </dev/null & echo $!'


class Answer(enum.Enum):
    """What pg_isready says."""

    ACCEPTS = 0
    REJECTS = 1
    SILENT = 2


@dataclass(frozen=True)
class PostgresProcess:
    """The programs applied to one layout."""

    binaries: Binaries
    user: LowUser
    layout: Layout
    durable: bool

    def ask(self) -> Answer:
        done = subprocess.run(
            [self.binaries.program("pg_isready"), "-q", "-h", str(self.layout.socket_dir), "-p", str(PORT)],
            capture_output=True,
            check=False,
            timeout=30,
            env=clean_environment(),
        )
        return Answer(done.returncode) if done.returncode in {0, 1} else Answer.SILENT

    def initialise(self, admin_password: str) -> None:
        """initdb into a folder beside, then rename: a killed initdb leaves nothing that looks finished."""
        parent = self.layout.pgdata.parent
        fresh = parent / "pgdata.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.layout.pgdata, ignore_errors=True)  # holds no PG_VERSION: not a database
        fresh.mkdir(mode=0o700)
        self.user.own(fresh)
        password = self.layout.socket_dir / "initdb.password"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(admin_password + "\n", encoding="ascii")
        self.user.own(password)
        try:
            done = self.user.run(
                [
                    *(self.binaries.program("initdb"), "-D", str(fresh), "-U", ADMIN),
                    *("--encoding=UTF8", *self._locale(), "--auth=scram-sha-256"),
                    *(f"--pwfile={password}", *([] if self.durable else ["--no-sync"])),
                ],
                timeout_seconds=300,
            )
        finally:
            password.unlink(missing_ok=True)
        if done.returncode != 0:
            raise PostgresDidNotStart(
                f"建立数据库文件失败:{done.stderr.strip()}", f"initdb failed: {done.stderr.strip()}"
            )
        # Local sockets only, and never without the password.
        hba = fresh / "pg_hba.conf"
        hba.write_text("local all all scram-sha-256\n", encoding="ascii")
        self.user.own(hba)
        fresh.rename(self.layout.pgdata)

    def spawn(self) -> int:
        """Start the postmaster in a session of its own and return its process id; do not wait."""
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.layout.socket_dir}",
            f"port={PORT}",
            f"max_connections={_MAX_CONNECTIONS}",
            "password_encryption=scram-sha-256",
            "timezone=UTC",
            "log_timezone=UTC",
            "lc_messages=C",
            "logging_collector=off",
            *(_DURABLE if self.durable else _SPEED_FOR_TESTS),
        ]
        command = [self.binaries.program("postgres"), "-D", str(self.layout.pgdata)]
        self.layout.log_file.touch(mode=0o600)
        with self.layout.log_file.open("ab") as log_handle:
            done = subprocess.run(
                [
                    *("/bin/sh", "-c", _DETACH, "sh", *command),
                    *(part for setting in settings for part in ("-c", setting)),
                ],
                check=True,
                stdout=subprocess.PIPE,
                stderr=log_handle,
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
                user=self.user.uid if self.user.drop else None,
                group=self.user.gid if self.user.drop else None,
                extra_groups=[] if self.user.drop else None,
                env=clean_environment(),
            )
        return int(done.stdout)

    def lives(self, pid: int) -> bool:
        return identify(pid) is not None

    def log_tail(self) -> str:
        try:
            lines = self.layout.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-_LOG_TAIL_LINES:])

    def _locale(self) -> list[str]:
        """Sorting that no operating system and no upgrade of it can change."""
        if self.binaries.major_version >= _FIRST_MAJOR_WITH_BUILTIN_LOCALE:
            return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return ["--locale=C"]


def postmaster_of(pgdata: Path) -> ProcessIdentity | None:
    """The living postmaster of these files: named in postmaster.pid AND a server process in the folder."""
    pid = _recorded_pid(pgdata / "postmaster.pid")
    return next((process for process in _servers_in(pgdata) if process.pid == pid), None)


def stop_postmaster(pgdata: Path) -> None:
    """Fast shutdown; then immediate; then kill. Touches only PostgreSQL processes of that folder."""
    postmaster = postmaster_of(pgdata)
    if postmaster is not None:
        send_signal(postmaster, signal.SIGINT)
        if not wait_until_gone([postmaster], _FAST_STOP_SECONDS):
            send_signal(postmaster, signal.SIGQUIT)
            wait_until_gone([postmaster], _HARD_STOP_SECONDS)
    _end_orphans(pgdata)


def clear_remains(pgdata: Path, socket_dir: Path) -> None:
    """Remove the lock files of a server that is gone, once no process of it holds the data any more.

    PostgreSQL itself would take a zombie, or a stranger who got the old process id, for a living server.
    """
    if postmaster_of(pgdata) is not None:
        return
    _end_orphans(pgdata)
    if not _servers_in(pgdata):
        (pgdata / "postmaster.pid").unlink(missing_ok=True)
        for name in (f".s.PGSQL.{PORT}.lock", f".s.PGSQL.{PORT}"):
            (socket_dir / name).unlink(missing_ok=True)


def _servers_in(pgdata: Path) -> list[ProcessIdentity]:
    """A postmaster and its children work in the data folder; somebody's shell there is no server."""
    return [process for process in living_processes_in(pgdata) if process.name == "postgres"]


def _end_orphans(pgdata: Path) -> None:
    """Children of a dead postmaster end by themselves, unless they are deep in a query."""
    if wait_until_gone(_servers_in(pgdata), _ORPHANS_SECONDS):
        return
    for number in (signal.SIGQUIT, signal.SIGKILL):
        orphans = _servers_in(pgdata)
        for orphan in orphans:
            send_signal(orphan, number)
        wait_until_gone(orphans, _HARD_STOP_SECONDS)


def _recorded_pid(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
