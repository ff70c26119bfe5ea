"""When a public notice ends: never earlier than announced, never on a day that may still move."""

from dataclasses import replace
from datetime import date

import pytest

from services.scoring.domain.reading.rules import read_notice
from services.scoring.domain.refusals import (
    NoticeEndIsProvisional,
    NoticeIsNotOver,
    ObjectionOutsideNoticePeriod,
)
from services.scoring.domain.releases.life import (
    NoticePeriod,
    State,
    notice_period,
    period_as_known,
    require_finalisable,
    require_open_for_objections,
)
from services.scoring.domain.scheme.scheme import NoticeRules
from shared.calendar.holiday_calendar import holiday_calendar
from shared.calendar.working_days import DayKind, WorkingDays
from shared.errors import Item

CALENDAR = holiday_calendar()
FRIDAY = date(2024, 9, 27)
END = date(2024, 10, 9)
UNKNOWN = replace(CALENDAR, years=CALENDAR.years - {2024})


def rules(days: int = 5, day_kind: str = "working") -> NoticeRules:
    problems: list[Item] = []
    document = {"label": "illustrative", "days": days, "day_kind": day_kind}
    read = read_notice(document, "notice", problems)
    assert problems == []
    return read


def finalisable(period: NoticePeriod, today: date) -> NoticePeriod:
    return require_finalisable(State.UNDER_NOTICE, period, open_objections=[], today=today)


def test_a_scheme_may_count_its_notice_in_working_days() -> None:
    assert rules().day_kind is DayKind.WORKING
    assert notice_period(FRIDAY, rules(), CALENDAR).ends_on == END
    assert notice_period(FRIDAY, rules(day_kind="calendar"), CALENDAR).ends_on == date(2024, 10, 1)


@pytest.mark.parametrize(
    ("off", "worked", "ends_on"),
    [
        ((), (), END),
        ((date(2024, 10, 8),), (), date(2024, 10, 10)),  # a holiday more: later
        ((), (date(2024, 10, 5), date(2024, 10, 6)), END),  # fewer holidays: the announced end stays
    ],
)
def test_an_arrangement_published_later_moves_the_end_only_later(
    off: tuple[date, ...], worked: tuple[date, ...], ends_on: date
) -> None:
    announced = notice_period(FRIDAY, rules(), CALENDAR)
    changed = CALENDAR.with_arrangement(2024, days_off=off, make_up_days=worked)
    assert period_as_known(announced, changed) == replace(announced, ends_on=ends_on)


def test_a_notice_of_calendar_days_does_not_move() -> None:
    announced = notice_period(FRIDAY, rules(7, "calendar"), CALENDAR)
    everything_off = WorkingDays(frozenset(), frozenset(), frozenset())
    assert period_as_known(announced, everything_off) == announced


def test_nothing_becomes_final_while_the_end_is_provisional() -> None:
    announced = notice_period(date(2024, 9, 27), rules(), UNKNOWN)
    assert announced.provisional
    with pytest.raises(NoticeIsNotOver):
        finalisable(announced, announced.ends_on)
    with pytest.raises(NoticeEndIsProvisional):
        finalisable(announced, date(2024, 12, 1))
    known = period_as_known(announced, CALENDAR)
    with pytest.raises(NoticeIsNotOver):
        finalisable(known, known.ends_on)
    assert finalisable(known, date(2024, 12, 1)) == known


def test_nobody_is_turned_away_while_the_end_is_provisional() -> None:
    announced = notice_period(FRIDAY, rules(), UNKNOWN)
    require_open_for_objections(State.UNDER_NOTICE, announced, today=date(2024, 10, 20))
    known = period_as_known(announced, CALENDAR)
    with pytest.raises(ObjectionOutsideNoticePeriod, match="2024-09-27 to 2024-10-09"):
        require_open_for_objections(State.UNDER_NOTICE, known, today=date(2024, 10, 10))
    with pytest.raises(ObjectionOutsideNoticePeriod, match="provisional"):
        require_open_for_objections(State.UNDER_NOTICE, announced, today=date(2024, 9, 26))
