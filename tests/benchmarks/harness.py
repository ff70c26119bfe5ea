"""Interleaved rounds, medians, ratios with their spread.

The arms of a comparison run one after the other in every round, in turns first, on databases of their own, so
that what slows the machine down for a while slows all of them. A ratio is taken within a round.
"""

import os
import platform
import statistics
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Arm:
    """One way to do the work. ``run`` does it once and returns figures, ``seconds`` among them."""

    name: str
    run: Callable[[], Awaitable[dict[str, float]]]


@dataclass(frozen=True)
class Comparison:
    """Arms that do the same work; the first is what the others are compared with."""

    code: str
    title: str
    work: int
    unit: str
    arms: Sequence[Arm]
    rounds: int
    target: float | None = None
    notes: str = ""


@dataclass
class Outcome:
    comparison: Comparison
    runs: dict[str, list[dict[str, float]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        base = [run["seconds"] for run in self.runs[self.comparison.arms[0].name]]
        arms = {}
        for arm in self.comparison.arms:
            seconds = [run["seconds"] for run in self.runs[arm.name]]
            ratios = [first / own for first, own in zip(base, seconds, strict=True)]
            others = sorted({name for run in self.runs[arm.name] for name in run} - {"seconds"})
            arms[arm.name] = {
                "seconds_median": round(statistics.median(seconds), 3),
                "seconds_all": [round(value, 3) for value in seconds],
                f"{self.comparison.unit}_per_second": round(
                    self.comparison.work / statistics.median(seconds)
                ),
                "speed_ratio_median": round(statistics.median(ratios), 3),
                "speed_ratio_spread": [round(min(ratios), 3), round(max(ratios), 3)],
                **{
                    name: round(statistics.median(r[name] for r in self.runs[arm.name]), 1) for name in others
                },
            }
        return {
            "code": self.comparison.code,
            "title": self.comparison.title,
            "work": self.comparison.work,
            "unit": self.comparison.unit,
            "rounds": self.comparison.rounds,
            "baseline": self.comparison.arms[0].name,
            "target_speed_ratio": self.comparison.target,
            "notes": self.comparison.notes,
            "arms": arms,
        }


async def compare(comparison: Comparison, say: Callable[[str], None]) -> Outcome:
    outcome = Outcome(comparison, {arm.name: [] for arm in comparison.arms})
    for number in range(comparison.rounds):
        arms = list(comparison.arms) if number % 2 == 0 else list(reversed(comparison.arms))
        for arm in arms:
            figures = await arm.run()
            outcome.runs[arm.name].append(figures)
            say(f"{comparison.code} round {number + 1}/{comparison.rounds} {arm.name}: {figures}")
    return outcome


class PeakMemory:
    """The most memory that this process held while the block ran, in MiB above what it held before."""

    def __enter__(self) -> "PeakMemory":
        self._before = self._peak = _resident_mib()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def grown_mib(self) -> float:
        return round(self._peak - self._before, 1)

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self._peak = max(self._peak, _resident_mib())


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


class Stopwatch:
    def __init__(self) -> None:
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._started


def machine(server_version: str) -> dict[str, Any]:
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    memory = next(
        (int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 1024 / 1024, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": server_version,
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text("utf-8", errors="replace").splitlines() if file.exists() else []
