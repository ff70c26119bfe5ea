"""What the lists in the order of recording have in common: periods, and where a reader goes on."""

from datetime import date, datetime
from typing import TypeVar

from services.funding.domain.refusals import PeriodReversed
from shared.web.pagination import PageRequest, cursor_number

Day = TypeVar("Day", date, datetime)


def check_order(first: Day | None, last: Day | None) -> None:
    if first is not None and last is not None and first > last:
        raise PeriodReversed("起始日(时刻)晚于截止日(时刻)", "The period ends before it begins")


def number_before(page: PageRequest, after: int | None) -> int:
    """The number after which the page begins: by its cursor, or by what the reader says that it knows."""
    return max(cursor_number(page.after) or 0, after or 0)
