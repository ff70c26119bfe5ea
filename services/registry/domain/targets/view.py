"""Of which year, day, moment and division somebody wants to see the lines, and which days the earlier years are of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from services.registry.domain.designations import HOLDING, ClusterDesignation
from services.registry.domain.programme.designation_rules import DesignationRules
from services.registry.domain.programme.measures import Designations, Measure


@dataclass(frozen=True, slots=True)
class Wish:
    """As it stands in the query; ``year`` is the data year."""

    year: int
    as_of: date | None
    known_at: datetime | None
    division: str | None

    def day(self, today: date) -> date:
        """The day whose designations count: if none is asked for the year's last, or today if that is earlier."""
        return self.as_of or min(today, year_end(self.year))


def year_end(year: int) -> date:
    return date(year, 12, 31)


def population_day(measure: Measure, *, year: int, asked_year: int, as_of: date) -> date:
    """Whose clusters an earlier year counts: those of its own last day. Growth compares the same clusters."""
    if year == asked_year or measure.form == "growth":
        return as_of
    return min(as_of, year_end(year))


def holders(
    designations: Collection[ClusterDesignation],
    measure: Measure,
    clusters: Collection[str],
    rules: DesignationRules,
) -> list[str]:
    """Of these clusters those that hold a designation, for a measure that counts designations one of its levels."""
    levels = measure.levels if isinstance(measure, Designations) else None
    return [
        own.cluster_code
        for own in designations
        if own.status in HOLDING
        and own.cluster_code in clusters
        and (levels is None or own.highest_level(rules) in levels)
    ]
