"""One service as a process of its own: migrated, started, asked whether it is ready, stopped."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from clients.local import child
from clients.local.errors import LocalError, PortBusy, ServiceDidNotStart
from clients.local.processes import identify
from clients.local.service_plan import HOST, ServicePlan
from clients.local.suite import RunningService

_READY_SECONDS = 90.0
_MIGRATION_SECONDS = 300.0
_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.05
_LOG_LIMIT_BYTES = 20 * 1024 * 1024
_LOG_TAIL_LINES = 15
_LOG_TAIL_BYTES = 16 * 1024


@dataclass
class ServiceProcess:
    """A service under supervision and its recent crashes (monotonic seconds)."""

    plan: ServicePlan
    module_prefix: str | None  # in the place of the real package, for tests
    process: subprocess.Popen[bytes] | None = None
    record: RunningService | None = None
    crashes_at: deque[float] = field(default_factory=lambda: deque(maxlen=32))
    start_again_at: float | None = None
    given_up: bool = False

    def begin_migration(self) -> None:
        self.process = self._spawn([*self._module(), "migrate"])

    def finish_migration(self, go_on: Callable[[], None]) -> None:
        """Wait for it; `go_on` is asked at every look and may raise to break off."""
        deadline = time.monotonic() + _MIGRATION_SECONDS
        while (status := self.ended_with()) is None and time.monotonic() < deadline:
            go_on()
            time.sleep(_POLL_SECONDS)
        self.stop()
        if status != 0:
            raise self._did_not_start("数据库升级失败", "its database migration failed")

    def start(self) -> None:
        command = [*self._module(), "serve", "--host", HOST, "--port", str(self.plan.port)]
        self.process = self._spawn(command)
        self.start_again_at = None
        identity = identify(self.process.pid)
        self.record = (
            RunningService(self.plan.name, self.plan.url, identity, tuple(command)) if identity else None
        )

    def wait_until_ready(self, go_on: Callable[[], None]) -> None:
        """Until `GET /health/ready` answers 200; a service that ended, or takes too long, is refused."""
        deadline = time.monotonic() + _READY_SECONDS
        while not self.is_ready():
            go_on()
            if self.process is None or self.process.poll() is not None:
                raise self._did_not_start("启动时退出", "it ended while starting")
            if time.monotonic() >= deadline:
                raise self._did_not_start("没有按时就绪", "it was not ready in time")
            time.sleep(_POLL_SECONDS)

    def is_ready(self) -> bool:
        """No answer and an odd one are not ready alike: before the service listens, a call can reach itself."""
        try:
            with urllib.request.urlopen(f"{self.plan.url}/health/ready", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError):
            return False

    def ended_with(self) -> int | None:
        """The exit status of a service that ended by itself; None while it runs."""
        return self.process.poll() if self.process is not None else None

    def stop(self) -> None:
        if self.process is not None:
            _end(self.process)
            self.process = None

    def _module(self) -> list[str]:
        return [
            sys.executable,
            "-m",
            self.plan.package if self.module_prefix is None else f"{self.module_prefix}.{self.plan.name}",
        ]

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        _rotate(self.plan.log_file)
        with self.plan.log_file.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", child.__file__, str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is ours to handle, in reverse order
                env=dict(self.plan.environment),
            )

    def _did_not_start(self, zh: str, en: str) -> LocalError:
        tail = log_tail(self.plan.log_file)
        return ServiceDidNotStart(
            f"服务 {self.plan.name} {zh}。日志 {self.plan.log_file}:",
            f"Service {self.plan.name}: {en}. Log {self.plan.log_file}:\n{tail}",
        )


def refuse_busy_port(port: int) -> None:
    """Try to bind it, as the service will a moment later."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise PortBusy(
                f"端口 {port} 已被占用或不可用。请停止占用它的程序,或用 --port 另选一个起始端口。",
                f"Port {port} is busy or not available. Stop the program that uses it, "
                "or choose another first port with --port.",
            ) from error


def log_tail(file: Path) -> str:
    try:
        with file.open("rb") as log:
            log.seek(max(0, file.stat().st_size - _LOG_TAIL_BYTES))
            lines = log.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-_LOG_TAIL_LINES:])


def _rotate(file: Path) -> None:
    if file.exists() and file.stat().st_size > _LOG_LIMIT_BYTES:
        file.replace(file.with_suffix(".log.1"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Terminate and wait; then kill its whole group, which is its own session."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
