"""The days of a stage: what a rule of the plan comes to, on what it rests, and whether it may still move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from clients.pipeline.domain.plan import DayRule
from shared.calendar.working_days import DayKind, WorkingDays, last_day

#: The day of a round in the registry's calendar (``round``, ``opens_on`` ...); null where it has none such.
RoundDays = Callable[[str, str], date | None]


@dataclass(frozen=True, slots=True)
class Due:
    """A day and what it rests on; ``day`` is null while that has not come about."""

    day: date | None
    basis: str
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """What rules are resolved by: holidays, the registry's calendar, the days on which stages were done."""

    holidays: WorkingDays
    round_days: RoundDays
    done_on: Mapping[str, date]

    def resolve(self, rule: DayRule) -> Due:
        if rule.on is not None:
            return Due(rule.on, "plan")
        if rule.round is not None and rule.round_day is not None:
            return Due(self.round_days(rule.round, rule.round_day), f"calendar:{rule.round}.{rule.round_day}")
        basis = f"after:{rule.after}+{rule.days}{'wd' if rule.kind is DayKind.WORKING else 'd'}"
        begun = self.done_on.get(rule.after or "")
        if begun is None:
            return Due(None, basis)
        if rule.days == 0:
            return Due(begun, basis)
        found = last_day(begun + timedelta(days=1), days=rule.days, kind=rule.kind, calendar=self.holidays)
        return Due(found.day, basis, found.provisional)
