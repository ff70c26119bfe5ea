"""What of the targets everybody may read: years that are over, and nothing that tells of a single firm."""

from dataclasses import replace
from datetime import date
from typing import Final

from services.registry.domain.programme.measures import FirmShare, Measure, ParkRatioGrowth
from services.registry.domain.targets.figures import Point
from services.registry.domain.targets.reasons import TOO_FEW_UNITS
from shared.errors import Kind, Refusal

#: A share or a growth over fewer firms or parks than these would tell the figures of one to the others.
FEWEST_UNITS: Final = 3


class YearNotOver(Refusal):
    """Figures of a running year are still being returned; the public reads those of years that are over."""

    kind = Kind.CONFLICT
    code = "year-not-over"


def check_year_is_over(year: int, today: date) -> None:
    if year >= today.year:
        raise YearNotOver(
            f"{year} 年度尚未结束,最近可公开的年度是 {today.year - 1}",
            f"The year {year} is not over; the last one that is public is {today.year - 1}",
        )


def told(measure: Measure, point: Point) -> Point:
    """The point as everybody may read it. What counts clusters, firms or counties tells the figures of nobody."""
    known = point.sums.counted + point.sums.not_counted
    if not isinstance(measure, FirmShare | ParkRatioGrowth) or not 0 < known < FEWEST_UNITS:
        return point
    return replace(point, value=None, reason=TOO_FEW_UNITS)
