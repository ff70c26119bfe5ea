"""The days on which the people of the demo act, by year.

Three days of 2024 are known from what was published: 27号 is of 2024-05-27; the notice of the proposed list ran from
4 to 10 September 2024; on 21 September a newspaper of 随州 printed that 曾都 had ranked 5th and got 700 万元, so that
the award list was issued by the 20th. A fourth one is that of 国办发〔2024〕52号, public since 25 December 2024: no
project is tested by its negative list before. All other days are ours, put on working days where nothing contradicts
these or the calendars of the programme.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Days:
    """In the order of the year. By its plan, the pipeline opens a notice of seven calendar days on the day after each
    decision on the lists."""

    budget_approved: date  # by the people's congress at the beginning of the year
    published: date
    filed: date
    reviewed: date
    accepted: date
    cut_off: date
    decided: date
    objected: date | None = None
    ruled: date | None = None
    decided_again: date | None = None
    designated: date
    allocated: date
    reviewed_money: date
    issued: date
    passed_down: date
    passed_on: date
    planned: date
    paid: date
    returned: date
    priority: date
    settled: date


DAYS: Final[Mapping[int, Days]] = {
    2024: Days(
        budget_approved=date(2024, 2, 2),
        published=date(2024, 6, 3),
        filed=date(2024, 6, 20),
        reviewed=date(2024, 8, 6),
        accepted=date(2024, 8, 14),
        cut_off=date(2024, 8, 16),
        decided=date(2024, 9, 3),  # the day before the published notice
        objected=date(2024, 9, 6),
        ruled=date(2024, 9, 9),
        decided_again=date(2024, 9, 10),  # the second notice begins after the first has ended
        designated=date(2024, 9, 18),
        allocated=date(2024, 9, 18),
        reviewed_money=date(2024, 9, 19),
        issued=date(2024, 9, 20),  # not later: on the next day the award of 曾都 was in a newspaper
        passed_down=date(2024, 9, 24),
        passed_on=date(2024, 10, 9),
        planned=date(2024, 10, 28),
        paid=date(2024, 12, 16),
        returned=date(2024, 12, 20),
        priority=date(2024, 12, 30),  # not before 25 December: the negative list of 国办发〔2024〕52号
        settled=date(2024, 12, 31),
    ),
    2025: Days(
        budget_approved=date(2025, 1, 24),
        published=date(2025, 5, 6),
        filed=date(2025, 5, 20),
        reviewed=date(2025, 6, 18),
        accepted=date(2025, 6, 25),
        cut_off=date(2025, 6, 27),
        decided=date(2025, 7, 8),
        designated=date(2025, 7, 17),
        allocated=date(2025, 7, 18),
        reviewed_money=date(2025, 7, 21),
        issued=date(2025, 7, 22),
        passed_down=date(2025, 7, 24),
        passed_on=date(2025, 8, 5),
        planned=date(2025, 8, 20),
        paid=date(2025, 12, 15),
        returned=date(2025, 12, 19),
        priority=date(2025, 12, 30),
        settled=date(2025, 12, 31),
    ),
    2026: Days(
        budget_approved=date(2026, 1, 30),
        published=date(2026, 5, 6),
        filed=date(2026, 5, 20),
        reviewed=date(2026, 6, 17),
        accepted=date(2026, 6, 24),
        cut_off=date(2026, 6, 26),
        decided=date(2026, 7, 7),
        designated=date(2026, 7, 16),
        allocated=date(2026, 7, 17),
        reviewed_money=date(2026, 7, 20),
        issued=date(2026, 7, 21),
        passed_down=date(2026, 7, 23),
        passed_on=date(2026, 8, 4),
        planned=date(2026, 8, 19),
        paid=date(2026, 12, 14),
        returned=date(2026, 12, 18),
        priority=date(2026, 12, 30),
        settled=date(2026, 12, 31),
    ),
}
