"""Advance a cycle: one tick now, for whoever drives it (a command line, cron, an engine that the office has)."""

from typing import Final

from clients.pipeline.domain.states import CycleState, Outcome
from clients.pipeline.loop.pipeline import Pipeline
from clients.pipeline.loop.worker import work_once
from clients.pipeline.use_cases.find_cycle import own_cycle
from clients.pipeline.use_cases.show_cycle import show_cycle
from shared.data.database import Database
from shared.web.principals import Principal

_BY_NAME: Final = {outcome.name.lower(): outcome for outcome in Outcome}


async def advance_cycle(
    database: Database, pipeline: Pipeline, principal: Principal, programme: str, year: int
) -> Outcome:
    """What the tick came to. Where the cycle is held up, or another worker is at it: what is known of it."""
    async with database.transaction() as session:
        cycle = await own_cycle(session, principal, programme, year)
    if cycle.state is CycleState.CLOSED:
        return Outcome.ADVANCED
    outcome = await work_once(pipeline, only=cycle.id)
    if outcome is not None:
        return outcome
    today = await pipeline.today()
    async with database.transaction() as session:
        return _BY_NAME[(await show_cycle(session, principal, programme, year, today=today)).outcome]
