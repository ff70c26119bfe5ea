"""Start the cycle of a year by its plan."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.reading import read_plan
from clients.pipeline.loop.changes import tell
from clients.pipeline.storage.cycles import Cycle, add_cycle, find_cycle
from clients.pipeline.storage.plans import add_plan
from clients.pipeline.storage.stages import add_stages
from shared.errors import Kind, Refusal
from shared.web.principals import Principal


class CycleStartedAlready(Refusal):
    """A year of a programme has one cycle."""

    kind = Kind.CONFLICT
    code = "cycle-started-already"


async def start_cycle(
    session: AsyncSession, principal: Principal, document: Any, *, known: Collection[str], today: date
) -> Cycle:
    """``known``: the stages that this version can do. Refuses a plan with mistakes, and a second start."""
    plan = read_plan(document, known=known)
    if await find_cycle(session, plan.programme, plan.assessment_year) is not None:
        raise _started_already(plan.assessment_year)
    try:
        started = await add_cycle(
            session, programme=plan.programme, year=plan.assessment_year, division=principal.division,
            plan_version=plan.version, by=principal.actor, today=today,
        )  # fmt: skip
    except IntegrityError as error:  # at this moment, by somebody else
        raise _started_already(plan.assessment_year) from error
    await add_plan(session, started.id, plan, state="in_force", by=principal.actor)
    await add_stages(session, started.id, plan)
    await tell(session, started, "started", stage=None, actor=principal.actor, plan=plan.sha256)
    return started


def _started_already(year: int) -> CycleStartedAlready:
    return CycleStartedAlready(f"{year}年度流程已经启动", f"The cycle of {year} has been started already")
