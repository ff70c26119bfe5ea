"""The states of a cycle, of its stages and gates, and what one tick came to."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum, StrEnum
from typing import Final

from clients.pipeline.domain.reasons import Waits


class CycleState(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    STOPPED = "stopped"  # an emergency stop: another person lets it go on
    CLOSED = "closed"


class StageState(StrEnum):
    WAITING = "waiting"
    AT_GATE = "at_gate"
    APPLYING = "applying"
    VERIFYING = "verifying"
    DONE = "done"
    PASSED_OVER = "passed_over"  # not yet kept by a service
    WAIVED = "waived"
    BLOCKED = "blocked"  # rejected: somebody sends back, waives or tries again
    FAILED = "failed"  # a service refused: somebody mends it and tries again


#: A stage in one of these lets those after it begin.
BEHIND: Final = frozenset({StageState.DONE, StageState.PASSED_OVER, StageState.WAIVED})
#: A stage in one of these has an own proposal, and what a new plan says comes too late for it.
BEGUN: Final = frozenset(
    {StageState.AT_GATE, StageState.APPLYING, StageState.VERIFYING, StageState.BLOCKED, StageState.FAILED}
)


class GateKind(StrEnum):
    OWN = "own"  # decided here
    MIRRORED = "mirrored"  # decided at a service, and seen from here
    WAIVER = "waiver"
    PLAN = "plan"


class GateState(StrEnum):
    OPEN = "open"
    PASSED = "passed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"  # what was to be decided changed
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


class Outcome(IntEnum):
    """What a tick came to; the numbers are the exit codes of ``clusters cycle advance``, and an API."""

    ADVANCED = 0
    WAITS_FOR_PERSON = 10
    WAITS_FOR_DATE = 20
    BLOCKED = 30
    SERVICE_AWAY = 40
    FAILED = 50


def outcome_of(waits: Collection[Waits], *, failed: bool) -> Outcome:
    """What is told where nothing moved: the worst first, a person before a date. A job that runs asks for nothing."""
    if failed:
        return Outcome.FAILED
    if Waits.SERVICE in waits:
        return Outcome.SERVICE_AWAY
    if Waits.MENDING in waits:
        return Outcome.BLOCKED
    if Waits.PERSON in waits:
        return Outcome.WAITS_FOR_PERSON
    if Waits.DATE in waits:
        return Outcome.WAITS_FOR_DATE
    return Outcome.ADVANCED
