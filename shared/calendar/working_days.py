"""Calendar days and working days: the last day of a period of n days, by a calendar of holidays.

In China an arrangement of the State Council, published in autumn for the year to come, says which weekdays are off
and which Saturdays and Sundays are worked instead (调休). A year whose arrangement is not known yet is counted by
weekends only, and what rests on such days is *provisional*.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

_SATURDAY: Final = 5
#: The arrangement of a year also moves days of the last week before it: Saturday 2018-12-29 was worked and Monday
#: 2018-12-31 was off by the arrangement of 2019.
_LAST_WEEK: Final = (12, 25)
_ONE_DAY: Final = timedelta(days=1)


class DayKind(StrEnum):
    CALENDAR = "calendar"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Days off and days worked against the week's order, in the years whose arrangement is known."""

    days_off: frozenset[date]
    make_up_days: frozenset[date]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        return day in self.make_up_days or (day.weekday() < _SATURDAY and day not in self.days_off)

    def knows(self, day: date) -> bool:
        if (day.month, day.day) >= _LAST_WEEK and day.year + 1 not in self.years:
            return False
        return day.year in self.years

    def with_arrangement(
        self, year: int, *, days_off: Iterable[date], make_up_days: Iterable[date]
    ) -> "WorkingDays":
        """What a later arrangement says goes before what was known, day by day."""
        off, worked = frozenset(days_off), frozenset(make_up_days)
        return replace(
            self,
            days_off=(self.days_off - worked) | off,
            make_up_days=(self.make_up_days - off) | worked,
            years=self.years | {year},
        )


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day of a period, itself included; provisional while the arrangement of one of its days is unknown."""

    day: date
    provisional: bool


def last_day(starts_on: date, *, days: int, kind: DayKind, calendar: WorkingDays) -> LastDay:
    """The last of n days from `starts_on`, which is the first of them: in working days, if it is one itself."""
    if kind is DayKind.CALENDAR:
        return LastDay(starts_on + timedelta(days=days - 1), provisional=False)
    day, left, known = starts_on, days, calendar.knows(starts_on)
    while (left := left - calendar.is_working(day)) > 0:
        day += _ONE_DAY
        known = known and calendar.knows(day)
    return LastDay(day, provisional=not known)
