"""Change the plan of a cycle that runs: it is decided by another person, and applies from the next stage."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.gates import GateRules
from clients.pipeline.domain.plan import Plan, PlanChange, changes_between
from clients.pipeline.domain.reading import read_plan
from clients.pipeline.domain.states import BEGUN, BEHIND, GateKind
from clients.pipeline.loop.changes import tell
from clients.pipeline.storage.cycles import Cycle, set_plan
from clients.pipeline.storage.gates import open_gate, open_gates
from clients.pipeline.storage.plans import add_plan, find_plan, set_plan_state
from clients.pipeline.storage.stages import StageRow, follow_plan, list_stages
from clients.pipeline.storage.timers import drop_waiting
from clients.pipeline.use_cases.find_cycle import own_cycle_to_change, plan_in_force
from shared.documents.canonical import Json
from shared.errors import Item, Kind, Refusal
from shared.web.principals import Principal, Role

DECIDERS: Final = frozenset({Role.PROVINCE_DECIDER})


class PlanVersionKnown(Refusal):
    kind = Kind.CONFLICT
    code = "plan-version-known"


class PlanOfAnotherYear(Refusal):
    code = "plan-of-another-year"


class PlanTooLate(Refusal):
    """The new plan leaves out, or puts elsewhere, what has begun."""

    kind = Kind.CONFLICT
    code = "plan-too-late"


class PlanChangeWaits(Refusal):
    kind = Kind.CONFLICT
    code = "plan-change-waits"


@dataclass(frozen=True, slots=True)
class PlanChanges:
    """What a proposed plan changes, stage by stage."""

    changes: tuple[PlanChange, ...]


async def propose_plan(
    session: AsyncSession,
    principal: Principal,
    programme: str,
    year: int,
    document: Json,
    *,
    known: Collection[str],
    reason: str,
    today: date,
) -> PlanChanges:
    """Opens a gate on the difference to the plan in force; returns the difference."""
    cycle = await own_cycle_to_change(session, principal, programme, year)
    plan = read_plan(document, known=known)
    if (plan.programme, plan.assessment_year) != (cycle.programme, cycle.assessment_year):
        raise PlanOfAnotherYear("方案不属于这个计划和年度", "The plan is of another programme or year")
    if await find_plan(session, cycle.id, plan.version) is not None:
        raise PlanVersionKnown(f"版本 {plan.version} 已存在", f"There is a version {plan.version} already")
    if any(gate.kind is GateKind.PLAN for gate in await open_gates(session, cycle.id)):
        raise PlanChangeWaits("已有一项方案调整等待审定", "Another change of the plan waits for its decision")
    _check_not_too_late(plan, await list_stages(session, cycle.id))
    changes = changes_between(await plan_in_force(session, cycle), plan)
    await add_plan(session, cycle.id, plan, state="proposed", by=principal.actor)
    told = [{"stage": each.stage, "before": each.before, "after": each.after} for each in changes]
    await open_gate(
        session, cycle.id, GateKind.PLAN,
        GateRules(persons=1, roles=DECIDERS, units_differ=False, proposers=frozenset({principal.person})),
        stage=None, turn=1, proposal={"version": plan.version, "reason": reason, "changes": told},
        sha256=plan.sha256, today=today,
    )  # fmt: skip
    await tell(session, cycle, "plan_proposed", stage=None, actor=principal.actor, version=plan.version)
    return PlanChanges(changes)


async def take_plan(session: AsyncSession, cycle: Cycle, version: str, *, actor: str) -> None:
    """From now on the new plan says what comes; what has begun goes on as it began."""
    row = await find_plan(session, cycle.id, version)
    assert row is not None  # noqa: S101 - its gate names it
    plan, rows = row.read(), await list_stages(session, cycle.id)
    _check_not_too_late(plan, rows)
    keeping = frozenset(entry.code for entry in rows if entry.state in BEHIND | BEGUN)
    await drop_waiting(session, cycle.id, [entry.code for entry in rows if entry.code not in keeping])
    await follow_plan(session, cycle.id, plan, keeping=keeping)
    await set_plan_state(session, cycle.id, cycle.plan_version, "superseded")
    await set_plan_state(session, cycle.id, version, "in_force")
    await set_plan(session, cycle.id, version)
    await tell(session, cycle, "plan_in_force", stage=None, actor=actor, version=version)


async def refuse_plan(session: AsyncSession, cycle: Cycle, version: str, *, actor: str) -> None:
    await set_plan_state(session, cycle.id, version, "refused")
    await tell(session, cycle, "plan_refused", stage=None, actor=actor, version=version)


def _check_not_too_late(plan: Plan, rows: list[StageRow]) -> None:
    """Every stage that has begun is in the new plan, in the same order, and comes after none that has not."""
    begun = [row.code for row in rows if row.state in BEHIND | BEGUN]
    items = [
        Item(
            code,
            "stage-begun",
            f"环节 {code} 已经开始,不能删去",
            f"the stage {code} has begun and cannot be left out",
        )
        for code in begun
        if code not in plan.by_code
    ]
    for code in begun:
        planned = plan.by_code.get(code)
        for earlier in planned.after if planned else ():
            if earlier not in begun:
                items.append(
                    Item(
                        code,
                        "stage-begun",
                        f"环节 {code} 已经开始,不能再排在 {earlier} 之后",
                        f"the stage {code} has begun; it cannot come after {earlier} any more",
                    )
                )
    if items:
        raise PlanTooLate("方案改动了已经开始的环节", "The plan changes stages that have begun", items=items)
