"""Waive a stage, where the plan allows that: proposed with a reason, decided by another person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.gates import GateRules, ReasonMissing
from clients.pipeline.domain.states import BEHIND, GateKind
from clients.pipeline.loop.changes import tell
from clients.pipeline.storage.gates import open_gate, open_gates
from clients.pipeline.use_cases.change_plan import DECIDERS
from clients.pipeline.use_cases.find_cycle import own_cycle_to_change, plan_in_force, stage_of
from shared.documents.canonical import Json, document_hash
from shared.errors import Kind, Refusal
from shared.web.principals import Principal


class NotToBeWaived(Refusal):
    """The plan does not let this stage be waived, or it is behind."""

    kind = Kind.CONFLICT
    code = "not-to-be-waived"


@dataclass(frozen=True, slots=True)
class Proposed:
    """By the hash of what is to be decided."""

    proposal_sha256: str


async def propose_waiver(
    session: AsyncSession,
    principal: Principal,
    programme: str,
    year: int,
    code: str,
    *,
    reason: str,
    today: date,
) -> Proposed:
    """Opens the gate."""
    cycle = await own_cycle_to_change(session, principal, programme, year)
    row = await stage_of(session, cycle, code)
    if not reason.strip():
        raise ReasonMissing("豁免须写明理由", "A waiver needs a reason")
    planned = (await plan_in_force(session, cycle)).by_code.get(code)
    if row.state in BEHIND:
        raise NotToBeWaived("该环节已办结", "This stage is behind already")
    if planned is None or not planned.may_be_waived:
        raise NotToBeWaived("方案不允许豁免该环节", "The plan does not let this stage be waived")
    if any(gate.kind is GateKind.WAIVER for gate in await open_gates(session, cycle.id, code)):
        raise NotToBeWaived(
            "该环节的豁免已在等待审定", "A waiver of this stage waits for its decision already"
        )
    proposal: dict[str, Json] = {"stage": code, "turn": row.turn, "reason": reason.strip()}
    sha256 = document_hash(proposal)
    await open_gate(
        session, cycle.id, GateKind.WAIVER,
        GateRules(persons=1, roles=DECIDERS, units_differ=False, proposers=frozenset({principal.person})),
        stage=code, turn=row.turn, proposal=proposal, sha256=sha256, today=today,
    )  # fmt: skip
    await tell(session, cycle, "waiver_proposed", stage=code, actor=principal.actor, reason=reason.strip())
    return Proposed(sha256)
