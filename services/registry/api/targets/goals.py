"""Goals of clusters' plans beside actual figures."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, model_validator

from services.registry.api.dependencies import TargetReader
from services.registry.api.models.decimals import Figure
from services.registry.api.paths import QueryCode
from services.registry.api.targets.answers import ReasonOut
from services.registry.domain.targets.goals import GoalWithActual
from services.registry.use_cases.targets.list_goals import list_goals
from shared.web.dependencies import Session
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/plan-goals", tags=["targets"])


class PlanGoalOut(BaseModel):
    """A goal of the register `plan-goals`; ``zh``, ``en`` and ``actual_unit`` are of the catalogue."""

    cluster: str
    county_code: str
    year: int
    indicator: str
    zh: str | None
    en: str | None
    goal: Figure
    goal_unit: str = Field(description="as the plan states it")
    actual: Figure | None = Field(description="of the accepted filing of the newest round that has it")
    actual_unit: str | None
    filing: str | None
    difference: Figure | None = Field(description="actual less goal, where both have one unit")
    reason: ReasonOut | None = Field(description="why there is no actual figure, or none to compare with")

    @model_validator(mode="before")
    @classmethod
    def _of_goal(cls, found: object) -> object:
        if not isinstance(found, GoalWithActual):
            return found
        stated, indicator, reason = found.stated, found.indicator, found.reason
        return {
            "cluster": stated.cluster,
            "county_code": stated.county_code,
            "year": stated.year,
            "indicator": stated.indicator,
            "zh": None if indicator is None else indicator.zh,
            "en": None if indicator is None else indicator.en,
            "goal": stated.goal,
            "goal_unit": stated.goal_unit,
            "actual": found.actual,
            "actual_unit": None if indicator is None else indicator.unit,
            "filing": None if found.actual is None else stated.filing,
            "difference": found.difference,
            "reason": None if reason is None else ReasonOut(code=reason.code, zh=reason.zh, en=reason.en),
        }


@router.get("", summary="计划年度目标 · Goals of clusters' plans beside actual figures")
async def get_plan_goals(
    programme: QueryCode,
    reader: TargetReader,
    session: Session,
    page: Paging,
    answer: AnswerPage,
    cluster: QueryCode | None = None,
    year: Annotated[int | None, Query(ge=2000, le=2199)] = None,
) -> Page[PlanGoalOut]:
    """Of the clusters of the own division, in the order of cluster, year and indicator."""
    listed = await list_goals(session, programme, page, cluster=cluster, year=year, actor=reader)
    return answer.of(PlanGoalOut, listed)
