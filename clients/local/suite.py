"""What runs on a data folder: the state file by which other commands find it, and the lock of its owner."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from clients.local.errors import DataFolderUnusable, SuiteAlreadyRunning, SuiteNotRunning
from clients.local.processes import (
    ProcessIdentity,
    command_of,
    identify,
    is_alive,
    send_signal,
    wait_until_gone,
)

_END_SECONDS = 10.0


@dataclass(frozen=True)
class RunningService:
    """A started service: proved to be ours by process id, start time and command together."""

    name: str
    url: str
    process: ProcessIdentity
    command: tuple[str, ...]

    @property
    def is_ours(self) -> bool:
        return is_alive(self.process) and tuple(command_of(self.process.pid)) == self.command

    def end(self) -> None:
        """Terminate, then kill. Does nothing where the process is not provably ours."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.is_ours:
                send_signal(self.process, number)
                wait_until_gone([self.process], _END_SECONDS)


@dataclass(frozen=True)
class Suite:
    """The suite as its state file describes it."""

    owner: ProcessIdentity
    services: tuple[RunningService, ...]

    @classmethod
    def at(cls, urls: Mapping[str, str]) -> Suite:
        """Services that run elsewhere and are not ours to watch or to end."""
        nobody = ProcessIdentity(pid=0, started_at_ticks=0, name="")
        return cls(
            owner=nobody,
            services=tuple(RunningService(name, url, nobody, ()) for name, url in urls.items()),
        )

    @property
    def is_running(self) -> bool:
        return is_alive(self.owner)

    def url(self, name: str) -> str:
        return next(service.url for service in self.services if service.name == name)

    def write(self, data_dir: Path) -> None:
        file = _state_file(data_dir)
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        fresh.replace(file)


def read_suite(data_dir: Path) -> Suite | None:
    """What the last owner wrote, running or not; None where there is nothing that can be read."""
    try:
        state = json.loads(_state_file(data_dir).read_text(encoding="utf-8"))
        return Suite(
            owner=ProcessIdentity(**state["owner"]),
            services=tuple(
                RunningService(
                    name=entry["name"],
                    url=entry["url"],
                    process=ProcessIdentity(**entry["process"]),
                    command=tuple(entry["command"]),
                )
                for entry in state["services"]
            ),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def find_running_suite(data_dir: Path) -> Suite:
    """The services that are up on this folder; refuses with a clear line where they are not."""
    suite = read_suite(data_dir)
    if suite is None or not suite.is_running:
        raise SuiteNotRunning(
            f"{data_dir} 上没有运行中的服务。请先运行 clusters up。",
            f"No services are up on {data_dir}. Run clusters up first.",
        )
    return suite


def forget_suite(data_dir: Path) -> None:
    _state_file(data_dir).unlink(missing_ok=True)


class OwnerLock:
    """Held by one supervisor as long as it lives; the kernel drops it when the holder is killed."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._handle: int | None = None

    def take(self) -> None:
        """Makes `run/` where it is missing; refuses a second start."""
        folder = self._data_dir / "run"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DataFolderUnusable(
                f"无法使用数据文件夹 {self._data_dir}:{error.strerror}。它是否属于另一个用户?",
                f"Cannot use the data folder {self._data_dir}: {error.strerror}. "
                "Does it belong to another user?",
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise self._already_running() from None
        self._handle = handle

    @property
    def is_held(self) -> bool:
        return self._handle is not None

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _already_running(self) -> SuiteAlreadyRunning:
        suite = read_suite(self._data_dir)
        where = ", ".join(service.url for service in suite.services) if suite else ""
        pid = suite.owner.pid if suite else "?"
        return SuiteAlreadyRunning(
            f"{self._data_dir} 上已有运行中的服务(进程 {pid}){where}。"
            "请先停止它,或用 --data 和 --port 另选。",
            f"Services are already up on {self._data_dir} (process {pid}) {where}. "
            "Stop them first, or choose another --data and --port.",
        )


def own_identity() -> ProcessIdentity:
    identity = identify(os.getpid())
    if identity is None:
        raise RuntimeError("the kernel does not know this process")
    return identity


def _state_file(data_dir: Path) -> Path:
    return data_dir / "run" / "up.json"
