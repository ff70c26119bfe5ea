"""Decide at a gate: what was seen is what is decided, by persons who did not propose it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.gates import Decided, check_decision, outcome_of
from clients.pipeline.domain.states import GateKind, GateState, StageState, Verdict
from clients.pipeline.loop.changes import finish, tell
from clients.pipeline.storage.cycles import Cycle, wake
from clients.pipeline.storage.gates import Gate, add_decision, close_gate, decisions_on, open_gates
from clients.pipeline.storage.stages import change_stage
from clients.pipeline.use_cases.change_plan import refuse_plan, take_plan
from clients.pipeline.use_cases.find_cycle import own_cycle_to_change, stage_of
from shared.errors import Kind, NotFound, Refusal
from shared.text.hygiene import stored
from shared.web.principals import Principal


class DecidedElsewhere(Refusal):
    """The decision belongs to a service, and the pipeline only sees it."""

    kind = Kind.CONFLICT
    code = "decided-elsewhere"


@dataclass(frozen=True, slots=True)
class DecidedGate:
    """What the decisions of a gate have come to."""

    state: GateState


async def decide(
    session: AsyncSession,
    principal: Principal,
    programme: str,
    year: int,
    gate_id: UUID,
    verdict: Verdict,
    *,
    reason: str,
    seen_sha256: str,
    today: date,
) -> DecidedGate:
    """Keeps the decision; the last one that is needed closes the gate, and so does one rejection."""
    cycle = await own_cycle_to_change(session, principal, programme, year)
    gate = next((found for found in await open_gates(session, cycle.id) if found.id == gate_id), None)
    if gate is None:
        raise NotFound("待审定事项", "open gate")
    if gate.kind is GateKind.MIRRORED:
        raise DecidedElsewhere(
            "本环节在业务系统中审定,流程只作反映",
            "This is decided at the service that owns it; the cycle only shows it",
        )
    earlier = [row.decided for row in await decisions_on(session, [gate.id])]
    check_decision(
        gate.rules, principal, verdict, reason=reason, seen_sha256=seen_sha256,
        proposal_sha256=gate.proposal_sha256, earlier=earlier,
    )  # fmt: skip
    decided = Decided(principal.person, stored(principal.name).text, principal.unit, verdict, seen_sha256)
    await add_decision(session, gate.id, decided, reason=reason.strip(), today=today)
    await tell(
        session, cycle, "decided", stage=gate.stage, actor=principal.actor, verdict=verdict.value,
        gate=gate.kind.value, proposal_sha256=seen_sha256,
    )  # fmt: skip
    state = outcome_of(gate.rules, [*earlier, decided])
    if state is not GateState.OPEN:
        await close_gate(session, gate.id, state, today=today)
        await _after(session, cycle, gate, state, principal, today=today)
    await wake(session, cycle.id)
    return DecidedGate(state)


async def _after(
    session: AsyncSession, cycle: Cycle, gate: Gate, state: GateState, principal: Principal, *, today: date
) -> None:
    """A waiver and a plan take effect with the decision; a stage's proposal at the next tick."""
    is_passed = state is GateState.PASSED
    if gate.kind is GateKind.PLAN:
        take = take_plan if is_passed else refuse_plan
        await take(session, cycle, gate.proposal["version"], actor=principal.actor)
    elif gate.stage is not None:
        row = await stage_of(session, cycle, gate.stage)
        if gate.kind is GateKind.WAIVER and is_passed:
            await finish(
                session, cycle, row, state=StageState.WAIVED, result={}, today=today, actor=principal.actor
            )
        elif gate.kind is GateKind.OWN:
            await change_stage(session, cycle.id, row.code, try_at=None)
