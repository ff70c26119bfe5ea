"""Which payments and reconciliations a reader asks for. Both ends of a period belong to it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """``after``: the number of the last row that the reader knows already."""

    county: str | None = None
    recorded_from: datetime | None = None
    recorded_to: datetime | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentsWanted(Recorded):
    file_number: str | None = None
    budget_project: str | None = None
    paid_from: date | None = None
    paid_to: date | None = None


@dataclass(frozen=True, slots=True)
class ReconciliationsWanted(Recorded):
    """Those that look at one of the days from ``from_day`` to ``to_day``."""

    from_day: date | None = None
    to_day: date | None = None
