"""A goal of a cluster's plan (一群一计划) beside what became of it: the accepted figure, or why there is none."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.registry.domain.programme.documents import Indicator
from services.registry.domain.targets.reasons import Reason

NOT_IN_CATALOGUE: Final = Reason(
    "not-in-catalogue", "指标目录中没有该指标", "The catalogue has no such indicator"
)
NOTHING_ACCEPTED: Final = Reason(
    "nothing-accepted", "没有审核通过的该年度数据", "No accepted filing has a figure of the year"
)
OTHER_UNIT: Final = Reason(
    "other-unit",
    "目标与指标目录的单位不同，不作比较",
    "The goal has another unit than the catalogue: not compared",
)


@dataclass(frozen=True, slots=True)
class StatedGoal:
    """An entry of the register ``plan-goals`` with the figure that was accepted for it last, and in which filing."""

    key: str
    cluster: str
    county_code: str
    year: int
    indicator: str
    goal: Decimal
    goal_unit: str
    accepted: Decimal | None
    filing: str | None


@dataclass(frozen=True, slots=True)
class GoalWithActual:
    """``difference``: actual less goal; null with the reason where they cannot be compared."""

    stated: StatedGoal
    indicator: Indicator | None
    difference: Decimal | None
    reason: Reason | None

    @property
    def actual(self) -> Decimal | None:
        return None if self.indicator is None else self.stated.accepted


def beside_actual(stated: StatedGoal, indicator: Indicator | None) -> GoalWithActual:
    if indicator is None:
        return GoalWithActual(stated, None, None, NOT_IN_CATALOGUE)
    if stated.accepted is None:
        return GoalWithActual(stated, indicator, None, NOTHING_ACCEPTED)
    if stated.goal_unit != indicator.unit:
        return GoalWithActual(stated, indicator, None, OTHER_UNIT)
    return GoalWithActual(stated, indicator, stated.accepted - stated.goal, None)
