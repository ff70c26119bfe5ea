"""Every point at which a worker may die has a number. A sweep lets it die at each of them, one run after another."""

from __future__ import annotations

import os
from typing import Final

VARIABLE: Final = "PIPELINE_CRASH_AT"
_KILLED: Final = 137  # as after kill -9


class Killed(BaseException):
    """The worker is gone; nothing after this point happened. Nobody may catch it but whoever plays the kill."""


class CrashPoints:
    """Counts the points that are passed, and dies at the one that is named, if any; ``last`` is the last one's name."""

    def __init__(self, at: int | None = None, *, for_real: bool = False) -> None:
        self.passed = 0
        self.last = ""
        self._at = at
        self._for_real = for_real

    def __call__(self, name: str) -> None:
        self.passed += 1
        self.last = name
        if self.passed == self._at:
            if self._for_real:
                os._exit(_KILLED)
            raise Killed(name)


def crash_points_of_environment() -> CrashPoints:
    """For a process that a sweep starts: where ``PIPELINE_CRASH_AT`` is set, it ends there without another word."""
    given = os.environ.get(VARIABLE)
    return CrashPoints(int(given), for_real=True) if given else CrashPoints()
