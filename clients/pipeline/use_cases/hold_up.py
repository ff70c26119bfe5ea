"""Pause a cycle, stop it in an emergency, let it go on."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.gates import ReasonMissing
from clients.pipeline.domain.states import CycleState
from clients.pipeline.loop.changes import tell
from clients.pipeline.storage.cycles import Cycle, set_state
from clients.pipeline.storage.plans import add_pause, end_pauses, list_pauses
from clients.pipeline.use_cases.find_cycle import CycleNotOpen, own_cycle_to_change
from shared.errors import MakerCannotCheck
from shared.web.principals import Principal


async def hold_up(
    session: AsyncSession, principal: Principal, programme: str, year: int, *, reason: str, is_emergency: bool
) -> Cycle:
    """Takes effect before the next intent; what is being sent at this moment is still recorded."""
    cycle = await own_cycle_to_change(session, principal, programme, year, open_only=False)
    if not reason.strip():
        raise ReasonMissing("暂停须写明理由", "It takes a reason to hold a cycle up")
    state = CycleState.STOPPED if is_emergency else CycleState.PAUSED
    if cycle.state is CycleState.CLOSED or cycle.state is state:
        raise CycleNotOpen("年度流程不在办理中", "The cycle is not under way")
    await set_state(session, cycle.id, state)
    await add_pause(session, cycle.id, state.value, by=principal.person, reason=reason.strip())
    await tell(session, cycle, state.value, stage=None, actor=principal.actor, reason=reason.strip())
    return replace(cycle, state=state)


async def resume(session: AsyncSession, principal: Principal, programme: str, year: int) -> Cycle:
    """After an emergency stop another person than who stopped it lets it go on."""
    cycle = await own_cycle_to_change(session, principal, programme, year, open_only=False)
    if cycle.state not in (CycleState.PAUSED, CycleState.STOPPED):
        raise CycleNotOpen("年度流程没有暂停", "The cycle is not held up")
    stopped_by = {
        pause.by
        for pause in await list_pauses(session, cycle.id)
        if pause.to_at is None and pause.kind == CycleState.STOPPED
    }
    if principal.person in stopped_by:
        raise MakerCannotCheck(
            "紧急停止由您发出,须由另一人恢复", "You stopped it; another person lets it go on"
        )
    await set_state(session, cycle.id, CycleState.OPEN)
    await end_pauses(session, cycle.id, by=principal.person)
    await tell(session, cycle, "resumed", stage=None, actor=principal.actor)
    return replace(cycle, state=CycleState.OPEN)
