"""The beginning of a tick: what the days of all stages are now, and which timers fire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.days import Days, Due
from clients.pipeline.domain.plan import Plan, StagePlan
from clients.pipeline.domain.states import BEHIND
from clients.pipeline.domain.timers import Fired, TimerKind, firing, timers_of
from clients.pipeline.loop.changes import DESK, notify, tell
from clients.pipeline.storage.cycles import Cycle
from clients.pipeline.storage.gates import escalate_gates
from clients.pipeline.storage.stages import StageRow, change_stage
from clients.pipeline.storage.timers import list_timers, mark_fired, set_timers

ACTOR = "pipeline"
_NOWHERE = Due(None, "")


async def set_days(
    session: AsyncSession,
    cycle: Cycle,
    plans: Mapping[str, Plan],
    rows: Sequence[StageRow],
    days: Days,
    *,
    rounds_known: bool,
) -> bool:
    """Keeps each stage's days with what they rest on; whether any changed. No deadline moves silently."""
    changed = False
    for row in rows:
        planned = plans[row.plan_version].by_code[row.code]
        if row.state in BEHIND or not planned.is_kept:
            continue
        begins = days.resolve(planned.not_before) if planned.not_before else _NOWHERE
        due = days.resolve(planned.due) if planned.due else _NOWHERE
        if not rounds_known:  # the registry is away: what was known of its calendar still holds
            begins = _as_kept(begins, row.begins_on, row.is_provisional)
            due = _as_kept(due, row.due_on, row.is_provisional)
        if (begins.day, due.day, due.basis or None) == (row.begins_on, row.due_on, row.due_basis):
            continue
        changed = True
        values: dict[str, Any] = {
            "begins_on": begins.day,
            "due_on": due.day,
            "due_basis": due.basis or None,
            "is_provisional": begins.provisional or due.provisional,
        }
        await change_stage(session, cycle.id, row.code, **values)
        await set_timers(
            session, cycle.id, row.code, row.turn, timers_of(planned, begins=begins.day, due=due.day)
        )
        if row.due_on is not None and due.day != row.due_on:
            await _tell_moved(session, cycle, planned, row.due_on, due)
    return changed


def _as_kept(found: Due, kept: date | None, provisional: bool) -> Due:
    return Due(kept, found.basis, provisional) if found.basis.startswith("calendar:") else found


async def _tell_moved(
    session: AsyncSession, cycle: Cycle, planned: StagePlan, before: date, due: Due
) -> None:
    now = "" if due.day is None else due.day.isoformat()
    await tell(
        session, cycle, "deadline_moved", stage=planned.code, actor=ACTOR,
        before=before.isoformat(), after=now, basis=due.basis,
    )  # fmt: skip
    await notify(
        session, cycle, "deadline_moved", planned, _deciders(planned),
        f"截止日期由 {before} 改为 {now or '待定'}", f"its deadline was {before} and is {now or 'not known yet'} now",
    )  # fmt: skip


async def fire_timers(
    session: AsyncSession, cycle: Cycle, plans: Mapping[str, Plan], rows: Sequence[StageRow], *, today: date
) -> int:
    """Fires what has come due, in order; tells how many."""
    planned = {row.code: plans[row.plan_version].by_code[row.code] for row in rows}
    due_on = {row.code: row.due_on for row in rows}
    waiting = [entry.timer for entry in await list_timers(session, cycle.id, waiting_only=True)]
    fired = firing(waiting, today=today)
    for entry in fired:
        await mark_fired(session, cycle.id, entry, today=today)
        if not entry.is_collapsed:
            await _tell_fired(session, cycle, planned[entry.timer.stage], entry, due_on[entry.timer.stage])
    return len(fired)


async def _tell_fired(
    session: AsyncSession, cycle: Cycle, planned: StagePlan, fired: Fired, due: date | None
) -> None:
    timer = fired.timer
    await tell(
        session,
        cycle,
        f"timer_{timer.kind.value}",
        stage=planned.code,
        actor=ACTOR,
        day=timer.day.isoformat(),
    )
    if timer.kind is TimerKind.REMIND:
        zh, en = f"请于 {due} 前办理", f"is due on {due}"
        await notify(session, cycle, "reminder", planned, _deciders(planned), zh, en)
    elif timer.kind is TimerKind.DUE:
        zh, en = f"已过截止日期 {due}", f"was due on {due}"
        await notify(session, cycle, "overdue", planned, _deciders(planned), zh, en)
    elif timer.kind is TimerKind.ESCALATE:
        await escalate_gates(session, cycle.id, planned.code, planned.escalate_to)
        zh, en = f"逾期未办,截止日期 {due},请督办", f"is overdue since {due}: please look after it"
        await notify(session, cycle, "escalation", planned, planned.escalate_to, zh, en)


def _deciders(planned: StagePlan) -> Any:
    return planned.gate.roles if planned.gate else DESK
