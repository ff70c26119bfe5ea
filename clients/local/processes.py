"""What the kernel says about processes.

A process id alone proves nothing: ids are used again, and a dead child whose parent does not reap it still
has one. So a process counts as alive only when it is no zombie, and as *the same* only with its start time.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class ProcessIdentity:
    """A process that can be recognised later. `started_at_ticks` counts clock ticks since boot."""

    pid: int
    started_at_ticks: int
    name: str


def identify(pid: int) -> ProcessIdentity | None:
    """The living process of that id, or None where it is gone or a zombie."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    head, _, tail = stat.rpartition(")")  # the name in brackets may hold anything, blanks and brackets too
    fields = tail.split()
    if fields[0] in {"Z", "X", "x"}:
        return None
    return ProcessIdentity(pid=pid, started_at_ticks=int(fields[19]), name=head.partition("(")[2])


def is_alive(process: ProcessIdentity) -> bool:
    now = identify(process.pid)
    return now is not None and now.started_at_ticks == process.started_at_ticks


def command_of(pid: int) -> list[str]:
    """The command line, or an empty list where the process is gone."""
    try:
        raw = (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return [part.decode("utf-8", "replace") for part in raw.split(b"\0") if part]


def living_processes_in(folder: Path) -> list[ProcessIdentity]:
    """Processes whose working directory is `folder`: a postmaster and all its children are."""
    wanted = os.path.realpath(folder)
    found: list[ProcessIdentity] = []
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            inside = os.readlink(entry / "cwd") == wanted
        except OSError:
            continue
        process = identify(int(entry.name)) if inside else None
        if process is not None:
            found.append(process)
    return found


def send_signal(process: ProcessIdentity, number: signal.Signals) -> None:
    """Signal that very process; do nothing where it has ended."""
    if is_alive(process):
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            return


def wait_until_gone(processes: Iterable[ProcessIdentity], timeout_seconds: float) -> bool:
    """True when all of them have ended within the time."""
    remaining = list(processes)
    deadline = time.monotonic() + timeout_seconds
    while True:
        remaining = [process for process in remaining if is_alive(process)]
        if not remaining:
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
