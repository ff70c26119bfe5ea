"""Finds a cycle for a principal: what is not its programme's is not there."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.plan import Plan
from clients.pipeline.domain.states import CycleState
from clients.pipeline.storage.cycles import Cycle, find_cycle
from clients.pipeline.storage.plans import plans_in_use
from clients.pipeline.storage.stages import StageRow, list_stages
from shared.errors import Kind, NotFound, Refusal
from shared.web.principals import Principal


class CycleNotOpen(Refusal):
    """A cycle that is paused, stopped or closed takes no decision."""

    kind = Kind.CONFLICT
    code = "cycle-not-open"


_HELD_ZH = {CycleState.PAUSED: "已暂停", CycleState.STOPPED: "已紧急停止", CycleState.CLOSED: "已办结"}


async def own_cycle(session: AsyncSession, principal: Principal, programme: str, year: int) -> Cycle:
    found = await find_cycle(session, programme, year)
    return _checked(found, principal)


async def own_cycle_to_change(
    session: AsyncSession, principal: Principal, programme: str, year: int, *, open_only: bool = True
) -> Cycle:
    """Locked until the end of the transaction: workers and other people wait."""
    found = _checked(await find_cycle(session, programme, year, for_update=True), principal)
    if open_only and found.state is not CycleState.OPEN:
        raise CycleNotOpen(
            f"{year}年度流程{_HELD_ZH[found.state]},现在不能办理",
            f"The cycle of {year} is {found.state.value}; nothing can be done in it now",
        )
    return found


async def stage_of(session: AsyncSession, cycle: Cycle, code: str) -> StageRow:
    found = next((row for row in await list_stages(session, cycle.id) if row.code == code), None)
    if found is None:
        raise NotFound("环节", "stage")
    return found


async def plan_in_force(session: AsyncSession, cycle: Cycle) -> Plan:
    return (await plans_in_use(session, cycle.id, [cycle.plan_version]))[cycle.plan_version]


def _checked(found: Cycle | None, principal: Principal) -> Cycle:
    if found is None or not principal.covers([found.division]):
        raise NotFound("年度流程", "cycle")
    return found
