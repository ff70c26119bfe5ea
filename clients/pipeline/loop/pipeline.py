"""What a worker works with."""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from clients.pipeline.domain.plan import Plan
from clients.pipeline.loop.crash_points import CrashPoints
from clients.pipeline.stages.contract import Services, Stage
from clients.pipeline.storage.cycles import LEASE_SECONDS
from shared.calendar.working_days import WorkingDays
from shared.data.database import Database
from shared.documents.canonical import Json

#: The days of the rounds in the registry's calendar, by round and name of the day.
RoundDates = Mapping[tuple[str, str], date]
#: Sends a command: service, method, path, body, key, and the person who decided it, for whom it is sent (null where
#: nobody had to); the status and the answer's bytes. Raises where nobody answers.
Send = Callable[[str, str, str, Json, str, str | None], Awaitable[tuple[int, bytes]]]


def own_name() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """``today`` is asked once in a tick; ``rounds`` reads the registry's calendar of a plan's year."""

    database: Database
    services: Services
    send: Send
    stages: Mapping[str, Stage]
    holidays: WorkingDays
    today: Callable[[], Awaitable[date]]
    rounds: Callable[[Plan], Awaitable[RoundDates]]
    worker: str = field(default_factory=own_name)
    code_version: str = "1"
    crash: CrashPoints = field(default_factory=CrashPoints)
    lease_seconds: float = LEASE_SECONDS
    tick_seconds: float = 60.0
    poll_seconds: float = 5.0
