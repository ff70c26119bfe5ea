"""One tick of one cycle: look at the days, then take one step after another until nothing moves.

A tick may end anywhere: what was written stands, and the next one goes on from it (``docs/decisions/0017``).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.days import Days
from clients.pipeline.domain.plan import Plan
from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.domain.states import BEHIND, CycleState, Outcome, StageState, outcome_of
from clients.pipeline.loop.changes import tell
from clients.pipeline.loop.days import fire_timers, set_days
from clients.pipeline.loop.pipeline import Pipeline, RoundDates
from clients.pipeline.loop.steps import Steps
from clients.pipeline.storage.cycles import (
    Claim,
    Cycle,
    CycleHeld,
    LeaseLost,
    guard,
    let_go,
    set_state,
)
from clients.pipeline.storage.plans import plans_in_use
from clients.pipeline.storage.stages import StageRow, list_stages
from shared.data.database import DatabaseUnavailable
from shared.errors import Kind, Refusal
from shared.logging import get_logger


@dataclass(frozen=True, slots=True)
class Position:
    """Where a cycle stands at one moment."""

    cycle: Cycle
    plans: Mapping[str, Plan]
    rows: tuple[StageRow, ...]

    def ready(self) -> list[StageRow]:
        """Stages that are not behind, all of whose predecessors are; in order."""
        behind = {row.code for row in self.rows if row.state in BEHIND}
        return [
            row
            for row in self.rows
            if row.state not in BEHIND and set(self.plans[row.plan_version].by_code[row.code].after) <= behind
        ]


async def tick(pipeline: Pipeline, held: Claim) -> Outcome:
    """Takes all steps that can be taken now; lets the cycle go at the end."""
    today: date | None = None
    trouble: Refusal | None = None
    try:
        today = await pipeline.today()
        outcome = await _work(pipeline, held, today)
    except (LeaseLost, CycleHeld):
        outcome = Outcome.ADVANCED
    except Refusal as refusal:
        if refusal.kind is not Kind.UNAVAILABLE or isinstance(refusal, DatabaseUnavailable):
            raise
        outcome, trouble = Outcome.SERVICE_AWAY, refusal
    get_logger().info("cycle_ticked", cycle=str(held.cycle_id), outcome=outcome.name.lower())
    pipeline.crash("before the cycle is let go")
    async with pipeline.database.transaction() as session:
        await let_go(
            session,
            held,
            today=today,
            again_in_seconds=pipeline.poll_seconds,
            trouble=None if trouble is None else {"zh": trouble.zh, "en": trouble.en},
        )
    return outcome


async def _work(pipeline: Pipeline, held: Claim, today: date) -> Outcome:
    ends_at = time.monotonic() + pipeline.tick_seconds
    rounds = await _rounds(pipeline, await _read(pipeline, held))
    position = await _look(pipeline, held, today, rounds)
    has_moved = await _step(pipeline, held, position, today)
    while has_moved and time.monotonic() < ends_at:
        position = await _look(pipeline, held, today, rounds)
        has_moved = await _step(pipeline, held, position, today)
    return await _end(pipeline, held, has_moved=has_moved)


async def _step(pipeline: Pipeline, held: Claim, position: Position, today: date) -> bool:
    """One step of the first stage that can take one; whether any could."""
    for row in position.ready():
        plan, in_force = (
            position.plans[version] for version in (row.plan_version, position.cycle.plan_version)
        )
        if await Steps(pipeline, held, position.cycle, plan, in_force, position.rows, today).take(row):
            return True
    return False


async def _look(pipeline: Pipeline, held: Claim, today: date, rounds: RoundDates | None) -> Position:
    """Where the cycle stands, its days set and its timers fired."""
    pipeline.crash("before days and timers")
    async with pipeline.database.transaction() as session:
        position = await _position(session, pipeline, held)
        cycle, plans, rows = position.cycle, position.plans, position.rows
        done_on = {row.code: row.done_on for row in rows if row.done_on is not None}
        days = Days(pipeline.holidays, lambda name, day: (rounds or {}).get((name, day)), done_on)
        if await set_days(session, cycle, plans, rows, days, rounds_known=rounds is not None):
            position = await _position(session, pipeline, held)
        await fire_timers(session, cycle, plans, position.rows, today=today)
    pipeline.crash("after days and timers")
    return position


async def _read(pipeline: Pipeline, held: Claim) -> Position:
    async with pipeline.database.transaction() as session:
        return await _position(session, pipeline, held)


async def _position(session: AsyncSession, pipeline: Pipeline, held: Claim) -> Position:
    cycle = await guard(session, held, lease_seconds=pipeline.lease_seconds)
    rows = await list_stages(session, cycle.id)
    versions = {row.plan_version for row in rows} | {cycle.plan_version}
    return Position(cycle, await plans_in_use(session, cycle.id, versions), tuple(rows))


async def _rounds(pipeline: Pipeline, position: Position) -> RoundDates | None:
    """The registry's calendar, where a rule of the plan asks for it; null while the registry is away."""
    plan = position.plans[position.cycle.plan_version]
    rules = [rule for stage in plan.stages for rule in (stage.not_before, stage.due) if rule is not None]
    if not any(rule.round for rule in rules):
        return {}
    try:
        return await pipeline.rounds(plan)
    except Refusal as refusal:
        if refusal.kind is not Kind.UNAVAILABLE:
            raise
        return None


async def _end(pipeline: Pipeline, held: Claim, *, has_moved: bool) -> Outcome:
    """Closes a cycle that is through; says what the others wait for."""
    position = await _read(pipeline, held)
    if all(row.state in BEHIND for row in position.rows):
        pipeline.crash("before the cycle is closed")
        async with pipeline.database.transaction() as session:
            cycle = await guard(session, held, lease_seconds=pipeline.lease_seconds)
            await set_state(session, cycle.id, CycleState.CLOSED)
            await tell(session, cycle, "closed", stage=None, actor="pipeline")
        return Outcome.ADVANCED
    if has_moved:  # the time of this tick is over; the next goes on
        return Outcome.ADVANCED
    rows = position.ready()
    waits: set[Waits] = {Reason.of(entry).waits for row in rows for entry in row.reasons}
    waits |= {Waits.MENDING for row in rows if row.state is StageState.BLOCKED}
    return outcome_of(waits, failed=any(row.state is StageState.FAILED for row in rows))
