"""Real PostgreSQL without a server to install: started by us from the programs of a wheel.

How to call it (synchronous, needs no event loop):

    postgres = EmbeddedPostgres(Path(".data/postgres"))      # the folder is made; its parent must exist
    server = postgres.ensure_running()                       # found or started (see `server.started_here`)
    server.database_url("registry")                          # postgresql+asyncpg://registry:...@/registry?host=...
    server.admin_dsn(), server.admin_url()                   # the superuser
    server.create_role("checker"); server.create_database("t1", owner="registry", template="migrated")
    server.drop_database("t1"); server.execute("SELECT 1")
    postgres.find_running()                                  # Server or None; starts nothing
    postgres.stop()                                          # clean; no process is left
    postgres.destroy()                                       # stop and remove every folder: tests

For tests: `EmbeddedPostgres(folder, durable=False)` turns fsync off.

Where things are: `<folder>/pgdata`, `run` (socket), `secrets/*.password` (0600), `postgres.log`, `lock`, and
`instance.json`. Where the low user cannot reach the folder, or where its path is too long for a unix socket,
`pgdata` or `run` are below `/var/tmp/county-clusters-<hash of the folder>-<id>` instead.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clients.local.errors import DataFolderHasOtherMajorVersion, DataFolderUnusable, PostgresDidNotStart
from clients.local.postgres.binaries import LowUser, choose_user, find_binaries, reachable_binaries
from clients.local.postgres.layout import RECORD, Layout
from clients.local.postgres.postmaster import (
    Answer,
    PostgresProcess,
    clear_remains,
    postmaster_of,
    stop_postmaster,
)
from clients.local.postgres.server import ADMIN, Server, ensure_password

_START_ATTEMPTS = 5
_START_SECONDS = 60.0
_SILENT_SECONDS = 10.0
_RECOVERY_SECONDS = 600.0
_POLL_SECONDS = 0.02


def _say_nothing(zh: str, en: str) -> None:
    """Default for callers that show no lines."""


class EmbeddedPostgres:
    """One data folder and the server on it. `say` receives notes for a person: Chinese, English."""

    def __init__(
        self, data_dir: Path, *, durable: bool = True, say: Callable[[str, str], None] = _say_nothing
    ) -> None:
        self.data_dir = Path(os.path.abspath(data_dir))
        self.durable = durable
        self._say = say

    def ensure_running(self) -> Server:
        """Find the running server or start it; after a crash recover, and retry while remains go away."""
        user = choose_user()
        with self._locked():
            layout = Layout.open(self.data_dir, user)
            binaries, copied = reachable_binaries(find_binaries(), user)
            process = PostgresProcess(binaries, user, layout, durable=self.durable)
            started_here = False
            if not self._await_answer(process):
                self._tell_places(layout, user, copied=copied, bin_dir=binaries.bin_dir)
                self._start(process, layout, user)
                started_here = True
            server = self._server(process, layout, started_here=started_here)
            if not server.is_provisioned():
                server.provision()
            return server

    def find_running(self) -> Server | None:
        """The running server, or None. Starts nothing and makes no folder."""
        if not (self.data_dir / RECORD).exists():
            return None
        user = choose_user()
        with self._locked():
            layout = Layout.open(self.data_dir, user)
            binaries, _ = reachable_binaries(find_binaries(), user)
            process = PostgresProcess(binaries, user, layout, durable=self.durable)
            return self._server(process, layout, started_here=False) if self._await_answer(process) else None

    def stop(self) -> None:
        """Stop the server, whoever started it; afterwards none of its processes is left. Idempotent."""
        if not (self.data_dir / RECORD).exists():
            return
        with self._locked():
            stop_postmaster(Layout.recorded(self.data_dir).pgdata)

    def destroy(self) -> None:
        """Stop, then remove the data folder and what belongs to it elsewhere. For tests and clean-up."""
        if not self.data_dir.exists():
            return
        self.stop()
        if (self.data_dir / RECORD).exists():
            outside = Layout.recorded(self.data_dir).outside
            if outside is not None:
                shutil.rmtree(outside, ignore_errors=True)
        shutil.rmtree(self.data_dir, ignore_errors=True)

    @property
    def _initialised_mark(self) -> Path:
        return self.data_dir / "initialised"

    def _refuse_lost_data(self, layout: Layout) -> None:
        """A new empty database in the place of a lost one would look like a clean start."""
        if self._initialised_mark.exists():
            raise DataFolderUnusable(
                f"数据库文件 {layout.pgdata} 不见了。请恢复它们;若要重新开始,请删除 {self.data_dir}。",
                f"The database files {layout.pgdata} have disappeared. Restore them, "
                f"or remove {self.data_dir} to start afresh.",
            )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time looks, starts or stops. The kernel drops the lock of a killed holder."""
        try:
            self.data_dir.mkdir(mode=0o755)
            self.data_dir.chmod(0o755)  # the low user must get through; the umask may say otherwise
        except FileExistsError:
            pass
        except OSError as error:
            raise DataFolderUnusable(
                f"无法建立数据文件夹 {self.data_dir}:{error.strerror}。请先建立其上级文件夹。",
                f"Cannot make the data folder {self.data_dir}: {error.strerror}. "
                "Make its parent folder first.",
            ) from error
        try:
            handle = os.open(self.data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise DataFolderUnusable(
                f"无法使用数据文件夹 {self.data_dir}:{error.strerror}。它是否属于另一个用户?",
                f"Cannot use the data folder {self.data_dir}: {error.strerror}. "
                "Does it belong to another user?",
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _await_answer(self, process: PostgresProcess) -> bool:
        """Whether a server answers; waits while one starts, recovers or stops. Trusts pg_isready alone."""
        deadline = time.monotonic() + _RECOVERY_SECONDS
        while (answer := process.ask()) is Answer.REJECTS and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return answer is Answer.ACCEPTS

    def _start(self, process: PostgresProcess, layout: Layout, user: LowUser) -> None:
        if not (layout.pgdata / "PG_VERSION").exists():
            self._refuse_lost_data(layout)
            process.initialise(ensure_password(layout.secrets_dir, ADMIN))
            self._initialised_mark.touch()
        self._check_version(process, layout)
        for attempt in range(_START_ATTEMPTS):
            if self._answers_after_all(process, layout):
                return
            clear_remains(layout.pgdata, layout.socket_dir)
            pid = process.spawn()
            if self._await_start(process, pid):
                return
            time.sleep(0.1 * 2**attempt)  # shared memory and sockets of a killed server may take a moment
        tail = process.log_tail()
        raise PostgresDidNotStart(
            f"PostgreSQL 没有启动(用户 {user.name}),日志 {layout.log_file}:\n{tail}",
            f"PostgreSQL did not start (user {user.name}), log {layout.log_file}:\n{tail}",
        )

    def _answers_after_all(self, process: PostgresProcess, layout: Layout) -> bool:
        """A living postmaster that says nothing: give it a moment (it may be just starting), then end it."""
        if not postmaster_of(layout.pgdata):
            return False
        deadline = time.monotonic() + _SILENT_SECONDS
        while time.monotonic() < deadline and postmaster_of(layout.pgdata):
            if self._await_answer(process):
                return True
            time.sleep(_POLL_SECONDS)
        stop_postmaster(layout.pgdata)
        return False

    def _await_start(self, process: PostgresProcess, pid: int) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._await_answer(process):
                return True
            if not process.lives(pid):
                return False
            time.sleep(_POLL_SECONDS)
        return False

    def _check_version(self, process: PostgresProcess, layout: Layout) -> None:
        found = (layout.pgdata / "PG_VERSION").read_text(encoding="ascii", errors="replace").strip()
        ours = process.binaries.major_version
        if found != str(ours):
            raise DataFolderHasOtherMajorVersion(
                f"数据文件夹 {self.data_dir} 由 PostgreSQL {found} 写成,本程序带的是 PostgreSQL {ours}。"
                f"请用 --data 指定另一个文件夹,或用 PostgreSQL {found} 导出后再导入。",
                f"The data folder {self.data_dir} was written by PostgreSQL {found}; "
                f"this is PostgreSQL {ours}. "
                f"Choose another folder with --data, or dump it with PostgreSQL {found} and load it again.",
            )

    def _server(self, process: PostgresProcess, layout: Layout, *, started_here: bool) -> Server:
        postmaster = postmaster_of(layout.pgdata)
        return Server(
            binaries=process.binaries,
            socket_dir=layout.socket_dir,
            secrets_dir=layout.secrets_dir,
            pid=postmaster.pid if postmaster else 0,
            started_here=started_here,
        )

    def _tell_places(self, layout: Layout, user: LowUser, *, copied: bool, bin_dir: Path) -> None:
        if copied:
            self._say(
                f"用户 {user.name} 无法读取已安装的 PostgreSQL,已复制到 {bin_dir}。",
                f"User {user.name} cannot reach the installed PostgreSQL; it was copied to {bin_dir}.",
            )
        if not layout.pgdata.is_relative_to(self.data_dir):
            self._say(
                f"用户 {user.name} 无法进入 {self.data_dir},数据库文件放在 {layout.pgdata}。",
                f"User {user.name} cannot enter {self.data_dir}; the database files are in {layout.pgdata}.",
            )
