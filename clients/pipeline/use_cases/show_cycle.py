"""Show a cycle: its stages with all reasons, open gates, what happened in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.domain.states import BEHIND, CycleState, Outcome, StageState, outcome_of
from clients.pipeline.storage.cycles import Cycle, list_cycles
from clients.pipeline.storage.effects import Effect, list_effects
from clients.pipeline.storage.events import CycleEvent, events_of
from clients.pipeline.storage.gates import DecisionRow, Gate, decisions_on, find_gate, list_gates, open_gates
from clients.pipeline.storage.plans import Pause, list_pauses, plans_in_use
from clients.pipeline.storage.stages import list_stages
from clients.pipeline.use_cases.cursors import cursor_id, cursor_programme_and_year
from clients.pipeline.use_cases.find_cycle import own_cycle
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class ShownStage:
    """A stage with the words of its plan; ``reasons`` are all, also that others come first."""

    code: str
    zh: str
    en: str
    state: StageState
    turn: int
    is_kept: bool
    after: Sequence[str]
    begins_on: date | None
    due_on: date | None
    due_basis: str | None
    is_provisional: bool
    is_overdue: bool
    done_on: date | None
    reasons: Sequence[dict[str, object]]
    problem: Any
    failures: int
    proposal_sha256: str | None
    plan_version: str


@dataclass(frozen=True, slots=True)
class ShownCycle:
    programme: str
    assessment_year: int
    state: CycleState
    plan_version: str
    started_by: str
    started_on: date
    ticked_at: datetime | None
    ticked_for: date | None
    trouble: Any
    outcome: str
    stages: Sequence[ShownStage]
    gates: Sequence[Gate]
    pauses: Sequence[Pause]


@dataclass(frozen=True, slots=True)
class ShownGate:
    gate: Gate
    decisions: Sequence[DecisionRow]


async def show_cycles(session: AsyncSession, principal: Principal, page: PageRequest) -> Listed[Cycle]:
    """Cycles of the principal's programmes, by programme and year."""
    after = cursor_programme_and_year(page.after)
    found = await list_cycles(session, principal.divisions, after=after, limit=page.limit + 1)
    return Listed.cut(found, page, lambda cycle: [cycle.programme, cycle.assessment_year])


async def show_cycle(
    session: AsyncSession, principal: Principal, programme: str, year: int, *, today: date
) -> ShownCycle:
    cycle = await own_cycle(session, principal, programme, year)
    stages = await _stages(session, cycle, today=today)
    return ShownCycle(
        cycle.programme, cycle.assessment_year, cycle.state, cycle.plan_version, cycle.started_by, cycle.started_on,
        cycle.ticked_at, cycle.ticked_for, cycle.trouble, _outcome(cycle, stages).name.lower(), stages,
        await open_gates(session, cycle.id), await list_pauses(session, cycle.id),
    )  # fmt: skip


async def show_why(
    session: AsyncSession, principal: Principal, programme: str, year: int, *, today: date
) -> list[ShownStage]:
    """The stages that are not behind, each with every reason."""
    cycle = await own_cycle(session, principal, programme, year)
    return [stage for stage in await _stages(session, cycle, today=today) if stage.state not in BEHIND]


async def show_gates(
    session: AsyncSession, principal: Principal, programme: str, year: int, page: PageRequest
) -> Listed[Gate]:
    """Open and closed ones, in the order in which they were opened."""
    cycle = await own_cycle(session, principal, programme, year)
    after = cursor_id(page.after)
    found = await list_gates(session, cycle.id, after=after, limit=page.limit + 1)
    return Listed.cut(found, page, lambda gate: [str(gate.id)])


async def show_gate(
    session: AsyncSession, principal: Principal, programme: str, year: int, gate_id: UUID
) -> ShownGate:
    cycle = await own_cycle(session, principal, programme, year)
    found = await find_gate(session, cycle.id, gate_id)
    if found is None:
        raise NotFound("审定事项", "gate")
    return ShownGate(found, await decisions_on(session, [found.id]))


async def show_effects(
    session: AsyncSession, principal: Principal, programme: str, year: int, page: PageRequest
) -> Listed[Effect]:
    """By their keys."""
    cycle = await own_cycle(session, principal, programme, year)
    found = await list_effects(session, cycle.id, after=cursor_text(page.after), limit=page.limit + 1)
    return Listed.cut(found, page, lambda effect: [effect.key])


async def show_timeline(
    session: AsyncSession, principal: Principal, programme: str, year: int, page: PageRequest
) -> Listed[CycleEvent]:
    cycle = await own_cycle(session, principal, programme, year)
    after = cursor_id(page.after)
    found = await events_of(session, cycle.code, after=after, limit=page.limit + 1)
    return Listed.cut(found, page, lambda event: [str(event.id)])


async def _stages(session: AsyncSession, cycle: Cycle, *, today: date) -> list[ShownStage]:
    rows = await list_stages(session, cycle.id)
    plans = await plans_in_use(session, cycle.id, {row.plan_version for row in rows})
    names = {row.code: plans[row.plan_version].by_code[row.code] for row in rows}
    behind = {row.code for row in rows if row.state in BEHIND}
    shown = []
    for row in rows:
        planned = names[row.code]
        before = [code for code in planned.after if code not in behind]
        reasons = (
            [] if row.state in BEHIND else [_comes_first(names[code].zh, names[code].en) for code in before]
        )
        if not before:
            reasons += list(row.reasons)
        overdue = row.state not in BEHIND and row.due_on is not None and today > row.due_on
        shown.append(
            ShownStage(
                row.code, planned.zh, planned.en, row.state, row.turn, planned.is_kept, planned.after, row.begins_on,
                row.due_on, row.due_basis, row.is_provisional, overdue, row.done_on, reasons, row.problem, row.failures,
                row.proposal_sha256, row.plan_version,
            )
        )  # fmt: skip
    return shown


def _comes_first(zh: str, en: str) -> dict[str, object]:
    return Reason("stage-first", Waits.STAGE, f"先办「{zh}」", f"“{en}” comes first").as_json()


def _outcome(cycle: Cycle, stages: Sequence[ShownStage]) -> Outcome:
    """What the next tick would come to, as far as the last one knew."""
    if cycle.state in (CycleState.PAUSED, CycleState.STOPPED):
        return Outcome.BLOCKED
    if cycle.trouble:
        return Outcome.SERVICE_AWAY
    waits = {Waits(str(reason["waits_for"])) for stage in stages for reason in stage.reasons} - {Waits.STAGE}
    waits |= {Waits.MENDING for stage in stages if stage.state is StageState.BLOCKED}
    return outcome_of(waits, failed=any(stage.state is StageState.FAILED for stage in stages))
