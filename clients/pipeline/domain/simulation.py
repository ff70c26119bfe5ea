"""The days of a plan before it is started: what each stage's days would be if all is done as early as it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clients.pipeline.domain.days import Days, RoundDays
from clients.pipeline.domain.plan import Plan, StagePlan
from shared.calendar.working_days import WorkingDays


@dataclass(frozen=True, slots=True)
class SimulatedStage:
    """``earliest`` is null where a day that it counts from is not known; ``late``: it is due before it may begin."""

    code: str
    zh: str
    en: str
    is_kept: bool
    earliest: date | None
    due: date | None
    is_provisional: bool
    is_late: bool
    deciders: Sequence[str]


def simulate(
    plan: Plan, *, start: date, holidays: WorkingDays, round_days: RoundDays
) -> list[SimulatedStage]:
    """From this day on. Persons take no time here: what is late is late even so."""
    done_on: dict[str, date] = {}
    found = []
    for stage in plan.stages:
        days = Days(holidays, round_days, done_on)
        begins = days.resolve(stage.not_before) if stage.not_before else None
        due = days.resolve(stage.due) if stage.due else None
        before = [done_on[code] for code in stage.after if code in done_on]
        is_known = len(before) == len(stage.after) and (begins is None or begins.day is not None)
        earliest = (
            max([start, *before, *([begins.day] if begins and begins.day else [])]) if is_known else None
        )
        if earliest is not None:
            done_on[stage.code] = earliest
        found.append(
            SimulatedStage(
                stage.code, stage.zh, stage.en, stage.is_kept, earliest, due.day if due else None,
                any(day.provisional for day in (begins, due) if day),
                bool(due and due.day and earliest and due.day < earliest), _deciders(stage),
            )
        )  # fmt: skip
    return found


def _deciders(stage: StagePlan) -> list[str]:
    return sorted(role.value for role in stage.gate.roles) if stage.gate else []
