"""Reminders and deadlines of a stage. Each fires once: a clock that jumps forward fires what was missed, in order,
with several reminders as one; a clock that goes back fires nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from clients.pipeline.domain.plan import StagePlan


class TimerKind(StrEnum):
    OPEN = "open"
    REMIND = "remind"
    DUE = "due"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Timer:
    """``day``: the first day on which it fires; ``place`` tells reminders of one stage apart (days before)."""

    stage: str
    kind: TimerKind
    place: int
    day: date


@dataclass(frozen=True, slots=True)
class Fired:
    """A timer that fires now; a collapsed one is told by a later reminder of the same stage."""

    timer: Timer
    is_collapsed: bool


_ORDER = {TimerKind.OPEN: 0, TimerKind.REMIND: 1, TimerKind.DUE: 2, TimerKind.ESCALATE: 3}


def timers_of(stage: StagePlan, *, begins: date | None, due: date | None) -> tuple[Timer, ...]:
    """What is to be told about a stage; nothing where a day is not known yet."""
    found = [Timer(stage.code, TimerKind.OPEN, 0, begins)] if begins is not None else []
    if due is not None:
        found += [
            Timer(stage.code, TimerKind.REMIND, days, due - timedelta(days=days))
            for days in stage.remind_days_before
        ]
        found.append(Timer(stage.code, TimerKind.DUE, 0, due + timedelta(days=1)))
        if stage.escalate_after_days is not None:
            day = due + timedelta(days=1 + stage.escalate_after_days)
            found.append(Timer(stage.code, TimerKind.ESCALATE, stage.escalate_after_days, day))
    return tuple(found)


def firing(waiting: Sequence[Timer], *, today: date) -> tuple[Fired, ...]:
    """Those of the waiting timers whose day has come, in the order of their days."""
    due = sorted(
        (timer for timer in waiting if timer.day <= today),
        key=lambda timer: (timer.day, timer.stage, _ORDER[timer.kind], -timer.place),
    )
    last_reminder = {timer.stage: timer for timer in due if timer.kind is TimerKind.REMIND}
    missed = {timer.stage for timer in due if timer.kind is TimerKind.DUE}
    return tuple(
        Fired(
            timer,
            is_collapsed=timer.kind is TimerKind.REMIND
            and (timer.stage in missed or last_reminder[timer.stage] != timer),
        )
        for timer in due
    )
