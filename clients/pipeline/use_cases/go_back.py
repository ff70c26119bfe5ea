"""Send a cycle back to an earlier stage, or try a stage again that failed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.gates import ReasonMissing
from clients.pipeline.domain.states import BEHIND, StageState
from clients.pipeline.loop.changes import send_back, tell
from clients.pipeline.storage.cycles import Cycle, wake
from clients.pipeline.storage.effects import effects_of, forget_refused
from clients.pipeline.storage.stages import change_stage, list_stages
from clients.pipeline.use_cases.find_cycle import own_cycle_to_change, plan_in_force, stage_of
from shared.errors import Kind, NotFound, Refusal
from shared.web.principals import Principal


class NoWayBack(Refusal):
    """What was issued or paid cannot be undone by going back; it is corrected."""

    kind = Kind.CONFLICT
    code = "no-way-back"


class NothingToTryAgain(Refusal):
    kind = Kind.CONFLICT
    code = "nothing-to-try-again"


@dataclass(frozen=True, slots=True)
class SentBack:
    """``stands``: keys of the effects of what is done again; they are not undone."""

    stands: list[str]


async def go_back(
    session: AsyncSession,
    principal: Principal,
    programme: str,
    year: int,
    to: str,
    *,
    reason: str,
    irrevocable: Collection[str],
    today: date,
) -> SentBack:
    """Reopens a stage that has begun and those after it."""
    cycle = await own_cycle_to_change(session, principal, programme, year)
    if not reason.strip():
        raise ReasonMissing("退回须写明理由", "It takes a reason to send back")
    rows, plan = await list_stages(session, cycle.id), await plan_in_force(session, cycle)
    if to not in plan.by_code:
        raise NotFound("环节", "stage")
    target = next(row for row in rows if row.code == to)
    if target.state is StageState.WAITING:
        raise NoWayBack(f"环节 {to} 还没有开始", f"The stage {to} has not begun")
    again = plan.later_than(to)
    lines = {effect.stage for effect in await effects_of(session, cycle.id)}
    for row in rows:
        is_behind_it = row.code in lines or row.state in BEHIND
        if (
            row.code in again
            and row.code in irrevocable
            and is_behind_it
            and row.state is not StageState.PASSED_OVER
        ):
            raise NoWayBack(
                f"环节 {row.code} 已不可撤回,只能另行更正",
                f"The stage {row.code} cannot be undone; what is wrong is corrected",
            )
    stands = [effect.key for effect in await effects_of(session, cycle.id) if effect.stage in again]
    await send_back(
        session,
        cycle,
        plan,
        rows,
        to=to,
        zh=reason.strip(),
        en=reason.strip(),
        today=today,
        actor=principal.actor,
    )
    await wake(session, cycle.id)
    return SentBack(stands)


async def try_again(
    session: AsyncSession, principal: Principal, programme: str, year: int, code: str, *, today: date
) -> Cycle:
    """A stage that failed sends again what was refused; one that was rejected is proposed anew; one that waits for a
    service does not wait any longer.
    """
    cycle = await own_cycle_to_change(session, principal, programme, year)
    row = await stage_of(session, cycle, code)
    if row.state is StageState.BLOCKED:
        plan = await plan_in_force(session, cycle)
        rows = await list_stages(session, cycle.id)
        zh, en = "重新提出", "proposed anew"
        await send_back(session, cycle, plan, rows, to=code, zh=zh, en=en, today=today, actor=principal.actor)
    elif row.state is StageState.FAILED:
        await forget_refused(session, cycle.id, code, row.turn)
        state = StageState.WAITING if row.proposal is None else StageState.APPLYING
        plan_version = cycle.plan_version if row.proposal is None else row.plan_version
        await change_stage(
            session, cycle.id, code, state=state, problem=None, reasons=[], failures=0, try_at=None,
            plan_version=plan_version,
        )  # fmt: skip
    elif row.failures:
        await change_stage(session, cycle.id, code, failures=0, try_at=None)
    else:
        raise NothingToTryAgain(f"环节 {code} 没有出错", f"The stage {code} has not failed")
    await tell(session, cycle, "tried_again", stage=code, actor=principal.actor)
    await wake(session, cycle.id)
    return cycle
