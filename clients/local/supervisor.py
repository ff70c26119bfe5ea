"""Runs the whole suite on one machine and keeps it running.

    supervisor = Supervisor(SuiteOptions(data_dir=Path(".data")), say=print_line)
    supervisor.start()                 # PostgreSQL, migrations, services; returns when all are ready
    supervisor.watch()                 # until asked to stop; may run in a thread beside other work
    supervisor.ask_to_stop()           # from a signal handler or another thread; `start` heeds it too
    supervisor.stop()                  # reverse order; no process is left

What dies is started again after growing pauses. A service that keeps dying is given up, and only that one: the others
and PostgreSQL stay up, and `supervisor.failure` says which one it was.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from clients.local.errors import (
    DataFolderUnusable,
    LocalError,
    ServiceKeepsCrashing,
    StartInterrupted,
    SuiteDidNotStop,
)
from clients.local.issuer import SERVICES, LocalKeys
from clients.local.postgres.embedded import EmbeddedPostgres
from clients.local.postgres.server import Server
from clients.local.processes import identify, send_signal, wait_until_gone
from clients.local.service_plan import (
    DEFAULT_PORT,
    TOKEN_RENEWAL,
    given_database_url,
    plan_services,
    renew_service_tokens,
)
from clients.local.service_process import ServiceProcess, log_tail, refuse_busy_port
from clients.local.suite import OwnerLock, Suite, forget_suite, own_identity, read_suite

Say = Callable[[str, str], None]
_OWNER_STOP_SECONDS = 120.0


@dataclass(frozen=True)
class SuiteOptions:
    """What a start may choose. `module_prefix` lets tests put other modules in the place of the services."""

    data_dir: Path
    first_port: int = DEFAULT_PORT
    business_date: date | None = None
    division: str = "420000"  # of the service accounts: the province whose programme is played
    module_prefix: str | None = None
    durable: bool = True
    poll_seconds: float = 0.2
    crashes_allowed: int = 4
    crash_window_seconds: float = 60.0
    first_backoff_seconds: float = 0.5
    longest_backoff_seconds: float = 60.0


class Supervisor:
    """Owns the processes of one data folder. Also a context manager: entered means started."""

    def __init__(self, options: SuiteOptions, *, say: Say) -> None:
        self.options = options
        self.data_dir = options.data_dir.absolute()
        self.failure: LocalError | None = None
        self._say = say
        self._lock = OwnerLock(self.data_dir)
        self._keys = LocalKeys.below(self.data_dir)
        self.postgres = EmbeddedPostgres(self.data_dir / "postgres", durable=options.durable, say=say)
        self._server: Server | None = None
        self._services: list[ServiceProcess] = []
        self._uses_embedded_postgres = False
        self._postgres_failures = 0
        self._postgres_again_at = 0.0
        self._tokens_renewed_at = 0.0
        self._asked_to_stop = False  # a plain flag: an Event may deadlock when set by a signal handler

    def start(self) -> Suite:
        """All or nothing: what was started is stopped again where something fails.

        Call it from the main thread: a service ends with the thread that started it (see `child`).
        """
        make_data_folder(self.data_dir)
        self._lock.take()
        try:
            end_leftovers(self.data_dir, say=self._say)
            for place in range(len(SERVICES)):
                refuse_busy_port(self.options.first_port + place)
            self._prepare_files()
            self._start_services()
        except BaseException:
            self.stop()
            raise
        return self._write_state()

    def ask_to_stop(self) -> None:
        """Let `start` break off at its next step, or `watch` return. Stops nothing itself."""
        self._asked_to_stop = True

    def watch(self) -> None:
        """Watch until asked to stop."""
        while not self._asked_to_stop:
            self.tick()
            time.sleep(self.options.poll_seconds)

    def tick(self) -> None:
        """One look at everything: PostgreSQL, services, tokens. What fails of one leaves the others up."""
        self._recover_postgres()
        if time.monotonic() - self._tokens_renewed_at > TOKEN_RENEWAL.total_seconds():
            self._try("访问令牌未能更新", "The access tokens could not be renewed", self._renew_tokens)
        for service in self._services:
            self._look_after(service)

    def stop(self) -> None:
        """Services in reverse order, then PostgreSQL. Idempotent."""
        for service in reversed(self._services):
            service.stop()
        self._services = []
        if self._uses_embedded_postgres:
            self.postgres.stop()
            self._uses_embedded_postgres = False
            self._server = None
        if self._lock.is_held:
            forget_suite(self.data_dir)
            self._lock.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _prepare_files(self) -> None:
        (self.data_dir / "logs").mkdir(exist_ok=True)
        self._keys.ensure()
        self._renew_tokens()

    def _start_services(self) -> None:
        if not all(given_database_url(name) for name in SERVICES):
            self._uses_embedded_postgres = True  # also where the start below fails half-way
            self._server = self.postgres.ensure_running()
        self._go_on()
        plans = plan_services(
            self.data_dir,
            self._keys,
            first_port=self.options.first_port,
            division=self.options.division,
            business_date=self.options.business_date,
            database_url=lambda name: self._server.database_url(name) if self._server else "",
        )
        self._services = [ServiceProcess(plan, self.options.module_prefix) for plan in plans]
        for service in self._services:  # all at once: most of a migration is starting up
            service.begin_migration()
        for service in self._services:
            service.finish_migration(self._go_on)
        for service in self._services:
            service.start()
            self._write_state()
        for service in self._services:
            service.wait_until_ready(self._go_on)

    def _go_on(self) -> None:
        """Called at every step of the start: a signal breaks it off between steps, never inside one."""
        if self._asked_to_stop:
            raise StartInterrupted("启动被中断。", "The start was interrupted.")
        self._keep_postgres_up()

    def _keep_postgres_up(self) -> None:
        if self._server is not None and identify(self._server.pid) is None:
            self._say("PostgreSQL 意外退出,正在恢复。", "PostgreSQL ended unexpectedly; recovering it.")
            self._server = self.postgres.ensure_running()

    def _recover_postgres(self) -> None:
        """While watching, a recovery that fails is tried again; the services answer 503 meanwhile."""
        now = time.monotonic()
        if now < self._postgres_again_at:
            return
        try:
            self._keep_postgres_up()
            self._postgres_failures = 0
        except (LocalError, OSError) as error:
            wait_seconds = self._pause(self._postgres_failures)
            self._postgres_failures += 1
            self._postgres_again_at = now + wait_seconds
            zh, en = (error.zh, error.en) if isinstance(error, LocalError) else (str(error), str(error))
            self._say(
                f"PostgreSQL 未能恢复({zh}),{wait_seconds:g} 秒后再试。",
                f"PostgreSQL could not be recovered ({en}); trying again in {wait_seconds:g} s.",
            )

    def _look_after(self, service: ServiceProcess) -> None:
        now = time.monotonic()
        if service.given_up:
            return
        if service.start_again_at is None:
            if (status := service.ended_with()) is not None:
                self._after_crash(service, str(status))
        elif now >= service.start_again_at:
            try:
                service.start()
            except OSError as error:
                self._after_crash(service, str(error))
                return
            self._try("状态文件未能写入", "The state file could not be written", self._write_state)

    def _after_crash(self, service: ServiceProcess, reason: str) -> None:
        """Plans the next start, or gives this service up."""
        now = time.monotonic()
        service.crashes_at.append(now)
        recent = [at for at in service.crashes_at if now - at <= self.options.crash_window_seconds]
        if len(recent) > self.options.crashes_allowed:
            service.given_up = True
            self.failure = _keeps_crashing(service, len(recent))
            self._say(self.failure.zh, self.failure.en)
            return
        wait_seconds = self._pause(len(recent) - 1)
        service.start_again_at = now + wait_seconds
        self._say(
            f"服务 {service.plan.name} 意外退出({reason}),{wait_seconds:g} 秒后重新启动。"
            f"日志 {service.plan.log_file}",
            f"Service {service.plan.name} ended unexpectedly ({reason}); starting it again "
            f"in {wait_seconds:g} s. Log {service.plan.log_file}",
        )

    def _try(self, zh: str, en: str, action: Callable[[], object]) -> None:
        """What fails here ends nothing: it is said, and done again at the next occasion."""
        try:
            action()
        except (LocalError, OSError) as error:
            self._say(f"{zh}:{error}", f"{en}: {error}")

    def _pause(self, failures_before: int) -> float:
        pause = self.options.first_backoff_seconds * 2.0 ** min(failures_before, 32)
        return min(pause, self.options.longest_backoff_seconds)

    def _renew_tokens(self) -> None:
        self._tokens_renewed_at = time.monotonic()
        renew_service_tokens(self.data_dir, self._keys, division=self.options.division)

    def _write_state(self) -> Suite:
        records = tuple(service.record for service in self._services if service.record is not None)
        suite = Suite(owner=own_identity(), services=records)
        suite.write(self.data_dir)
        return suite


def make_data_folder(data_dir: Path) -> None:
    """Made where it is missing, but never its parent: a mistyped path should not grow a tree."""
    try:
        data_dir.mkdir(mode=0o755)
        data_dir.chmod(0o755)  # the low user that runs PostgreSQL must get through
    except FileExistsError:
        if data_dir.is_dir():
            return
        raise DataFolderUnusable(f"{data_dir} 不是文件夹。", f"{data_dir} is not a folder.") from None
    except OSError as error:
        raise DataFolderUnusable(
            f"无法建立数据文件夹 {data_dir}:上级文件夹不存在或不可写。",
            f"Cannot make the data folder {data_dir}: its parent folder is missing or not writable.",
        ) from error


def end_leftovers(data_dir: Path, *, say: Say) -> bool:
    """Ends services of an owner that was killed; only what is provably ours. To be called as the owner."""
    left = read_suite(data_dir)
    found = [service for service in reversed(left.services if left else ()) if service.is_ours]
    for service in found:
        say(
            f"停止上次遗留的服务 {service.name}(进程 {service.process.pid})。",
            f"Stopping service {service.name}, left by the last run (process {service.process.pid}).",
        )
        service.end()
    return bool(found)


def stop_suite(data_dir: Path, *, say: Say) -> bool:
    """Stop what is up on the folder, from another process; tells whether there was anything."""
    suite = read_suite(data_dir)
    if suite is not None and suite.is_running:
        send_signal(suite.owner, signal.SIGTERM)
        if not wait_until_gone([suite.owner], _OWNER_STOP_SECONDS):
            raise SuiteDidNotStop(
                f"进程 {suite.owner.pid} 没有按时停止。", f"Process {suite.owner.pid} did not stop in time."
            )
        return True
    if not (data_dir / "run").is_dir():
        return False
    lock = OwnerLock(data_dir)
    lock.take()
    try:
        found = end_leftovers(data_dir, say=say)
        postgres = EmbeddedPostgres(data_dir / "postgres")
        found = postgres.find_running() is not None or found
        postgres.stop()
        forget_suite(data_dir)
    finally:
        lock.release()
    return found


def _keeps_crashing(service: ServiceProcess, times: int) -> ServiceKeepsCrashing:
    name, log_file = service.plan.name, service.plan.log_file
    return ServiceKeepsCrashing(
        f"服务 {name} 在短时间内退出了 {times} 次,不再重新启动;其他服务和 PostgreSQL 继续运行。"
        f"请按日志排除原因,再停止并重新启动全部服务。日志 {log_file}:\n{log_tail(log_file)}",
        f"Service {name} ended {times} times in a short while and is not started again; the other services and "
        f"PostgreSQL stay up. Remove the cause, then stop and start all services. "
        f"Log {log_file}:\n{log_tail(log_file)}",
    )
