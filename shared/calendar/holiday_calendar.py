"""The Chinese holiday calendar: from the library, and from a file of arrangements that it does not have yet.

The library's next version takes some days after the State Council's notice, and a closed network takes longer to get
it. So an operator may write a new arrangement, or a change of an old one (as of May 2019 or of January 2020),
into a file::

    schema: county-clusters/holidays/1
    arrangements:
      - year: 2020
        document: 国办发明电〔2020〕1号
        holidays: [{from: "2020-01-24", to: "2020-02-02"}]
        working_days: ["2020-01-19"]
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import chinese_calendar

from shared.calendar.working_days import WorkingDays
from shared.documents.reading import DocumentUnreadable, read_document
from shared.documents.strict_fields import StrictFields
from shared.errors import Item

_SCHEMA: Final = "county-clusters/holidays/1"
_LONGEST_HOLIDAY: Final = 31
#: Of the statutory holidays (全国年节及纪念日放假办法) those with a fixed date: a whole year's arrangement has them.
_FIXED: Final = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))


class HolidaysUnusable(ValueError):
    """The file of arrangements has mistakes; the message has each with its line."""


@dataclass(frozen=True, slots=True)
class _Arrangement:
    year: int
    days_off: tuple[date, ...]
    make_up_days: tuple[date, ...]


def holiday_calendar(file: Path | None = None) -> WorkingDays:
    """The library's calendar, with the arrangements of the file where there is one."""
    return _of_library() if file is None else _with_file(_of_library(), file)


@cache
def _of_library() -> WorkingDays:
    days_off, worked = frozenset(chinese_calendar.holidays), frozenset(chinese_calendar.workdays)
    return WorkingDays(days_off, worked, frozenset(day.year for day in days_off))


def _with_file(known: WorkingDays, file: Path) -> WorkingDays:
    try:
        document = read_document(file.read_text("utf-8"), name=file.name)
    except (OSError, UnicodeDecodeError) as error:
        raise HolidaysUnusable(f"{file}: 无法读取 / cannot be read ({type(error).__name__})") from error
    except DocumentUnreadable as error:
        raise HolidaysUnusable(f"{error.zh} / {error}") from error
    problems: list[Item] = []
    fields = StrictFields(document.content, "", problems, required=("schema", "arrangements"))
    if fields.raw("schema") != _SCHEMA:
        fields.report("choice-expected", f"应为 {_SCHEMA}", f"{_SCHEMA} is expected", at="schema")
    calendar = known
    for found in fields.each("arrangements", lambda d, at: _read(d, at, problems, known), limit=100):
        calendar = calendar.with_arrangement(
            found.year, days_off=found.days_off, make_up_days=found.make_up_days
        )
    if problems:
        lines = (f"{file.name}:{document.line_of(p.field)} {p.field}: {p.zh} / {p.en}" for p in problems)
        raise HolidaysUnusable("; ".join(lines))
    return calendar


def _read(document: object, path: str, problems: list[Item], calendar: WorkingDays) -> _Arrangement:
    keys = ("year", "document", "holidays", "working_days")
    fields = StrictFields(document, path, problems, required=keys)
    year = fields.integer("year", minimum=2000, maximum=2199)
    fields.text("document")
    spans = fields.each("holidays", lambda d, at: _read_span(d, at, problems), limit=50)
    listed = fields.each("working_days", lambda d, at: _read_day(d, at, problems), limit=50)
    found = _Arrangement(year, tuple(day for span in spans for day in span), listed)
    if not problems:
        _check(fields, found, calendar)
    return found


def _read_span(document: object, path: str, problems: list[Item]) -> list[date]:
    fields = StrictFields(document, path, problems, required=("from", "to"))
    first, last = fields.date("from"), fields.date("to")
    length = (last - first).days + 1
    if not 1 <= length <= _LONGEST_HOLIDAY:
        zh, en = f"应为1至{_LONGEST_HOLIDAY}天", f"a span of 1 to {_LONGEST_HOLIDAY} days is expected"
        fields.report("span", zh, en)
        return []
    return [first + timedelta(days=number) for number in range(length)]


def _read_day(value: object, path: str, problems: list[Item]) -> date:
    """A bare item of a list, read as the value of a mapping would be."""
    own: list[Item] = []
    day = StrictFields({"day": value}, path, own, required=("day",)).date("day")
    problems.extend(Item(path, item.rule, item.zh, item.en) for item in own)
    return day


def _check(fields: StrictFields, found: _Arrangement, calendar: WorkingDays) -> None:
    """What a slip of the pen would break: days of the year, working days that were off, a year that is whole."""
    begins = date(found.year - 1, 12, 25)
    outside = [d for d in (*found.days_off, *found.make_up_days) if d < begins or d.year > found.year]
    if outside:
        zh, en = f"不属于{found.year}年: {_names(outside)}", f"not of {found.year}: {_names(outside)}"
        fields.report("other-year", zh, en)
    usual = [d for d in found.make_up_days if d.weekday() < 5 and d not in calendar.days_off]
    both = sorted({*found.days_off} & {*found.make_up_days})
    if usual or both:
        days = _names([*usual, *both])
        zh, en = f"本就上班或又列为放假: {days}", f"a working day anyway, or off at once: {days}"
        fields.report("no-make-up-day", zh, en, at="working_days")
    missing = [d for month, day in _FIXED if (d := date(found.year, month, day)) not in found.days_off]
    if found.year not in calendar.years and missing:
        zh, en = f"全年安排缺少法定节日: {_names(missing)}", f"a year has these holidays: {_names(missing)}"
        fields.report("year-incomplete", zh, en, at="holidays")


def _names(days: Iterable[date]) -> str:
    return ", ".join(day.isoformat() for day in days)
