"""Working days by the arrangements that the State Council published, and by weekends where there is none yet."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar.holiday_calendar import HolidaysUnusable, holiday_calendar
from shared.calendar.working_days import DayKind, LastDay, WorkingDays, last_day

CALENDAR = holiday_calendar()

#: 国办发明电〔2023〕7号, 〔2024〕12号 and the notice of 2025-11-04: spans off; Saturdays and Sundays that are worked.
PUBLISHED: dict[int, tuple[list[str], str]] = {
    2024: (
        ["01-01/01-01", "02-10/02-17", "04-04/04-06", "05-01/05-05", "06-10/06-10", "09-15/09-17", "10-01/10-07"],
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        ["01-01/01-01", "01-28/02-04", "04-04/04-06", "05-01/05-05", "05-31/06-02", "10-01/10-08"],
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        ["01-01/01-03", "02-15/02-23", "04-04/04-06", "05-01/05-05", "06-19/06-21", "09-25/09-27", "10-01/10-07"],
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}  # fmt: skip


def in_year(year: int, day: str) -> date:
    return date.fromisoformat(f"{year}-{day}")


def working(starts_on: str, days: int, calendar: WorkingDays = CALENDAR) -> LastDay:
    return last_day(date.fromisoformat(starts_on), days=days, kind=DayKind.WORKING, calendar=calendar)


@pytest.mark.parametrize("year", PUBLISHED)
def test_every_day_of_a_published_year_is_as_its_notice_says(year: int) -> None:
    spans, worked = PUBLISHED[year]
    off = [tuple(in_year(year, day) for day in span.split("/")) for span in spans]
    make_up = {in_year(year, day) for day in worked.split()}
    for number in range(366 if year % 4 == 0 else 365):
        day = date(year, 1, 1) + timedelta(days=number)
        free = any(first <= day <= last for first, last in off)
        expected = day in make_up or (day.weekday() < 5 and not free)
        assert CALENDAR.is_working(day) == expected, day


@pytest.mark.parametrize(
    ("starts_on", "days", "ends_on"),
    [
        ("2024-09-04", 5, "2024-09-10"),  # an ordinary week: Wednesday to Tuesday
        ("2024-09-27", 5, "2024-10-09"),  # National Day: the 27th, 29th (Sunday, worked), 30th, 8th and 9th
        ("2025-01-24", 5, "2025-02-06"),  # Spring Festival: 24th, 26th (Sunday, worked), 27th, 5th and 6th
        ("2026-02-12", 5, "2026-02-25"),  # Spring Festival: 12th, 13th, 14th (Saturday, worked), 24th, 25th
        ("2024-10-01", 1, "2024-10-08"),  # a first day that is off is not counted
        ("2024-10-11", 2, "2024-10-12"),  # Saturday, worked
        ("2018-12-28", 3, "2019-01-02"),  # 28th, 29th (Saturday, worked), 2nd: moved by the notice of 2019
        ("2020-01-23", 2, "2020-02-03"),  # the holiday of 2020 was made longer
    ],
)
def test_periods_across_published_holidays(starts_on: str, days: int, ends_on: str) -> None:
    assert working(starts_on, days) == LastDay(date.fromisoformat(ends_on), provisional=False)


def test_calendar_days_are_counted_as_they_come() -> None:
    first = date(2024, 9, 27)
    for days, end in ((1, first), (7, date(2024, 10, 3))):
        found = last_day(first, days=days, kind=DayKind.CALENDAR, calendar=CALENDAR)
        assert found == LastDay(end, provisional=False)


def test_into_a_year_that_is_not_known_weekends_only_count_and_the_end_is_provisional() -> None:
    until_2026 = replace(CALENDAR, years=frozenset(range(2004, 2027)))
    assert working("2026-12-18", 5, until_2026) == LastDay(date(2026, 12, 24), provisional=False)
    # The next year's arrangement may move days of the last week before it.
    assert working("2026-12-21", 5, until_2026) == LastDay(date(2026, 12, 25), provisional=True)
    assert working("2200-09-29", 5) == LastDay(date(2200, 10, 3), provisional=True)


@given(
    starts_on=st.dates(date(2003, 12, 1), date(2031, 1, 1)),
    days=st.integers(1, 90),
    later=st.integers(0, 40),
    more=st.integers(0, 9),
)
def test_n_working_days_are_n_working_days(starts_on: date, days: int, later: int, more: int) -> None:
    found = last_day(starts_on, days=days, kind=DayKind.WORKING, calendar=CALENDAR)
    window = [starts_on + timedelta(days=number) for number in range((found.day - starts_on).days + 1)]
    assert sum(CALENDAR.is_working(day) for day in window) == days
    assert CALENDAR.is_working(found.day)
    assert found.provisional == (not all(CALENDAR.knows(day) for day in window))
    other = last_day(
        starts_on + timedelta(days=later), days=days + more, kind=DayKind.WORKING, calendar=CALENDAR
    )
    assert other.day >= found.day
    assert (other.day > found.day) or not more


ARRANGEMENT = """
schema: county-clusters/holidays/1
arrangements:
  - year: 2190
    document: 国办发明电〔2189〕1号(示例)
    holidays:
      - {from: "2189-12-31", to: "2190-01-01"}
      - {from: "2190-05-01", to: "2190-05-05"}
      - {from: "2190-10-01", to: "2190-10-07"}
    working_days: ["2190-05-08", "2190-10-09"]
  - year: 2024
    document: 国办发明电(示例)
    holidays: [{from: "2024-10-08", to: "2024-10-08"}, {from: "2024-10-12", to: "2024-10-12"}]
    working_days: ["2024-10-07"]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "holidays.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_file_makes_a_year_known_and_changes_a_known_one_day_by_day(tmp_path: Path) -> None:
    calendar = holiday_calendar(written(tmp_path, ARRANGEMENT))
    assert working("2190-04-28", 5) == LastDay(date(2190, 5, 4), provisional=True)
    assert working("2190-04-28", 5, calendar) == LastDay(date(2190, 5, 7), provisional=False)
    assert working("2190-12-27", 2, calendar).provisional
    days = [date(2024, 10, number) for number in (6, 7, 8, 9, 12)]
    assert [CALENDAR.is_working(day) for day in days] == [False, False, True, True, True]
    assert [calendar.is_working(day) for day in days] == [False, True, False, True, False]


def test_the_example_for_operators_can_be_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[4] / "docs" / "operator.md").read_text("utf-8")
    (example,) = [block for block in page.split("```") if "county-clusters/holidays/1" in block]
    assert holiday_calendar(written(tmp_path, example)) == CALENDAR  # the library knows that change


MISTAKES = {
    "other key": (ARRANGEMENT.replace("document: 国办发明电(示例)", "source: x"), ":11 .*unknown key 'source'"),
    "no source": (ARRANGEMENT.replace("国办发明电(示例)", '""'), "a text of 1 to 500"),
    "a day of another year": (ARRANGEMENT.replace('"2190-10-09"', '"2191-10-09"'), ":4 .*not of 2190"),
    "a day that is no day": (ARRANGEMENT.replace('"2190-10-09"', '"2190-10-32"'), "a date such as"),
    "a span that runs backwards": (ARRANGEMENT.replace('to: "2190-05-05"', 'to: "2190-04-05"'), "a span of 1"),
    "a span of years": (ARRANGEMENT.replace('to: "2190-05-05"', 'to: "2195-05-05"'), "a span of 1"),
    "a working day anyway": (ARRANGEMENT.replace("2190-05-08", "2190-05-07"), "a working day anyway.*05-07"),
    "off and worked": (ARRANGEMENT.replace("2190-10-09", "2190-10-03"), "off at once: 2190-10-03"),
    "half a year": (ARRANGEMENT.replace('      - {from: "2190-10-01", to: "2190-10-07"}\n', ""), "these holidays"),
    "another schema": (ARRANGEMENT.replace("holidays/1", "holidays/2"), "county-clusters/holidays/1 is expected"),
    "no list": ("schema: county-clusters/holidays/1\narrangements: 7", "a list of at most"),
    "no YAML": ("{", "no valid YAML"),
    "nothing": ("", "a mapping is expected"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_file_with_mistakes_is_refused_with_its_lines(mistake: str, tmp_path: Path) -> None:
    text, message = MISTAKES[mistake]
    with pytest.raises(HolidaysUnusable, match=message):
        holiday_calendar(written(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HolidaysUnusable, match="cannot be read"):
        holiday_calendar(tmp_path / "none.yaml")
