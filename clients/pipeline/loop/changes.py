"""Changes of a cycle's rows, each within the transaction of whoever makes it, with its event and its notice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.gates import GateRules
from clients.pipeline.domain.plan import Plan, StagePlan
from clients.pipeline.domain.reasons import Reason
from clients.pipeline.domain.states import GateKind, GateState, StageState
from clients.pipeline.stages.contract import Proposal
from clients.pipeline.storage.cycles import Cycle
from clients.pipeline.storage.gates import close_gates_of, open_gate
from clients.pipeline.storage.notices import add_notice
from clients.pipeline.storage.stages import StageRow, begin_again, change_stage
from clients.pipeline.storage.timers import drop_waiting
from shared.data.events import append_event
from shared.documents.canonical import document_hash
from shared.web.principals import Role

#: Who is told where a stage does not say who decides it.
DESK = frozenset({Role.PROVINCE_OFFICER})


async def tell(
    session: AsyncSession, cycle: Cycle, kind: str, *, stage: str | None, actor: str, **data: Any
) -> None:
    """Records what happened to a cycle."""
    subject = cycle.code if stage is None else f"{cycle.code}/{stage}"
    await append_event(session, f"cycle.{kind}", subject=subject, actor=actor, data=data)


async def notify(
    session: AsyncSession,
    cycle: Cycle,
    kind: str,
    stage: StagePlan,
    roles: Collection[Role],
    zh: str,
    en: str,
) -> None:
    """Puts a notice into the outbox."""
    await add_notice(
        session, cycle.id, kind, stage=stage.code, roles=roles or DESK,
        zh=f"{cycle.assessment_year}年度 {stage.zh}:{zh}", en=f"{cycle.assessment_year} {stage.en}: {en}",
    )  # fmt: skip


async def propose(
    session: AsyncSession,
    cycle: Cycle,
    row: StageRow,
    planned: StagePlan,
    proposal: Proposal,
    *,
    mirrored: bool,
    today: date,
    actor: str,
) -> None:
    """Stores what a stage is about to do, and opens its gate in the same transaction."""
    content = dict(proposal.content)
    sha256 = document_hash(content)
    gate = planned.gate
    at_gate = mirrored or gate is not None
    await change_stage(
        session, cycle.id, row.code, state=StageState.AT_GATE if at_gate else StageState.APPLYING, proposal=content,
        proposal_sha256=sha256, proposers=sorted(proposal.proposers), reasons=[], failures=0, try_at=None,
    )  # fmt: skip
    if not at_gate:
        await tell(session, cycle, "stage_begun", stage=row.code, actor=actor, proposal_sha256=sha256)
        return
    roles = gate.roles if gate else DESK
    rules = GateRules(
        persons=gate.persons if gate else 1,
        roles=roles,
        units_differ=gate.units_differ if gate else False,
        proposers=proposal.proposers,
    )
    kind = GateKind.MIRRORED if mirrored else GateKind.OWN
    await open_gate(
        session, cycle.id, kind, rules, stage=row.code, turn=row.turn, proposal=content, sha256=sha256,
        today=today, due_on=row.due_on,
    )  # fmt: skip
    await tell(
        session, cycle, "gate_opened", stage=row.code, actor=actor, gate=kind.value, proposal_sha256=sha256
    )
    await notify(session, cycle, "gate", planned, roles, "等待审定", "waits for a decision")


async def finish(
    session: AsyncSession,
    cycle: Cycle,
    row: StageRow,
    *,
    state: StageState,
    result: Mapping[str, Any],
    today: date,
    actor: str,
) -> None:
    """The stage is behind; its gate, if one is still open, is passed."""
    await change_stage(
        session, cycle.id, row.code, state=state, result=dict(result), reasons=[], failures=0, try_at=None,
        done_on=today,
    )  # fmt: skip
    gate_state = GateState.PASSED if state is StageState.DONE else GateState.WITHDRAWN
    await close_gates_of(session, cycle.id, [row.code], gate_state, today=today)
    await drop_waiting(session, cycle.id, [row.code])
    await tell(session, cycle, f"stage_{state.value}", stage=row.code, actor=actor, turn=row.turn)


async def block(
    session: AsyncSession,
    cycle: Cycle,
    row: StageRow,
    planned: StagePlan,
    *,
    reason: Reason,
    actor: str,
) -> None:
    """Nothing goes on here until somebody sends back, waives or tries again."""
    await change_stage(session, cycle.id, row.code, state=StageState.BLOCKED, reasons=[reason.as_json()])
    await tell(session, cycle, "stage_blocked", stage=row.code, actor=actor, reason=reason.code)
    await notify(session, cycle, "blocked", planned, DESK, reason.zh, reason.en)


async def fail(
    session: AsyncSession,
    cycle: Cycle,
    row: StageRow,
    planned: StagePlan,
    problem: Mapping[str, Any],
    *,
    actor: str,
) -> None:
    """A service refused, or this version would send other bytes: nothing is guessed, somebody looks."""
    await change_stage(
        session, cycle.id, row.code, state=StageState.FAILED, problem=dict(problem), reasons=[]
    )
    await tell(
        session, cycle, "stage_failed", stage=row.code, actor=actor, problem=str(problem.get("code", ""))
    )
    await notify(session, cycle, "failed", planned, DESK, f"出错:{problem['zh']}", f"failed: {problem['en']}")


async def send_back(
    session: AsyncSession,
    cycle: Cycle,
    plan: Plan,
    rows: Sequence[StageRow],
    *,
    to: str,
    zh: str,
    en: str,
    today: date,
    actor: str,
) -> None:
    """An earlier stage is done again, and those after it that had begun; their effects stand, and are told.

    ``plan``: the one in force, by which they are done again.
    """
    again = plan.later_than(to)
    begun = [row for row in rows if row.code in again and row.state is not StageState.WAITING]
    codes = [row.code for row in begun if row.state is not StageState.PASSED_OVER]
    await close_gates_of(session, cycle.id, codes, GateState.WITHDRAWN, today=today)
    await drop_waiting(session, cycle.id, codes)
    await begin_again(session, cycle.id, codes, plan_version=plan.version)
    await tell(session, cycle, "sent_back", stage=to, actor=actor, reason=zh, reason_en=en, again=codes)
    await notify(session, cycle, "sent_back", plan.by_code[to], DESK, f"退回重办:{zh}", f"sent back: {en}")
