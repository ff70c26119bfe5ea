"""Start the cycle of a year by its plan."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.plan import Plan
from clients.pipeline.domain.reading import read_plan
from clients.pipeline.loop.changes import tell
from clients.pipeline.stages.contract import Services
from clients.pipeline.storage.cycles import Cycle, add_cycle, find_cycle
from clients.pipeline.storage.plans import add_plan
from clients.pipeline.storage.stages import add_stages
from shared.documents.canonical import Json
from shared.errors import Kind, OutOfScope, Refusal
from shared.http.client import ServiceProblem
from shared.web.principals import Principal


class CycleStartedAlready(Refusal):
    """A year of a programme has one cycle."""

    kind = Kind.CONFLICT
    code = "cycle-started-already"


class ProgrammeNotPublished(Refusal):
    kind = Kind.CONFLICT
    code = "programme-not-published"


async def plan_of_own_programme(
    services: Services, principal: Principal, document: Json, *, known: Collection[str]
) -> Plan:
    """``known``: the stages that this version can do. Refuses a plan with mistakes, and one of a programme that is
    another division's, as the registry says.
    """
    plan = read_plan(document, known=known)
    try:
        programme = await services.registry.programme(plan.programme)
    except ServiceProblem as problem:
        if problem.status != 404:
            raise
        raise ProgrammeNotPublished(
            f"计划 {plan.programme} 尚未在登记系统发布",
            f"The programme {plan.programme} is not published at the registry yet",
        ) from problem
    if programme.division_code not in principal.divisions:
        raise OutOfScope(programme.division_code)
    return plan


async def start_cycle(session: AsyncSession, principal: Principal, plan: Plan, *, today: date) -> Cycle:
    """Refuses a second start of a year."""
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
